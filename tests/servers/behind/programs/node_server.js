// Node's http: /denied is refused when the header section is there, and the connection kept.
'use strict';
const http = require('http');

function answer(request, response) {
  const status = request.url === '/denied' ? 403 : 200;
  const text = status === 403 ? 'denied\n' : 'next\n';
  response.writeHead(status, {'Content-Length': text.length});
  response.end(text);
}

const server = http.createServer(answer);
server.on('checkContinue', (request, response) => {
  if (request.url !== '/denied') response.writeContinue();
  answer(request, response);
});
server.listen(Number(process.argv[2]), '127.0.0.1');
