// Node's http. It waits for the 100 for ever: a program that does not want that needs a timer of its own.
const fs = require('fs');
const http = require('http');

const [url, expectation, file] = process.argv.slice(2);
const content = file ? fs.readFileSync(file) : undefined;
const headers = { Expect: expectation };
if (content) headers['Content-Length'] = content.length;

const request = http.request(url, { method: content ? 'POST' : 'GET', headers });
let waiting;
function send() {
    clearTimeout(waiting);
    request.end(content);
}
if (content && expectation === '100-continue') {
    request.flushHeaders();
    request.on('continue', send);
    if (!process.env.NO_TIMER) waiting = setTimeout(send, 1000);
} else {
    send();
}
request.on('response', (response) => {
    clearTimeout(waiting);
    console.log(response.statusCode);
    response.pipe(process.stdout);
    response.on('end', () => request.destroy());
});
request.setTimeout(20000, () => request.destroy(new Error('no 100 and no answer within 20 s')));
request.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
});
