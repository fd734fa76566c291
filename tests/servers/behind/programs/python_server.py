"""http.server: /denied is refused when the header section is there, and the connection kept."""

import http.server
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def handle_expect_100(self):
        if self.path != "/denied":
            return super().handle_expect_100()
        self.answer(403, "denied\n")
        return False

    def do_GET(self):
        self.answer(200, "next\n")

    def do_POST(self):
        if self.path == "/denied":
            self.answer(403, "denied\n")
        else:
            content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.answer(200, f"{len(content)}\n")


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
