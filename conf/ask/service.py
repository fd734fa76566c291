#!/usr/bin/env python3
"""Decides about uploads before they are sent: ExpectRule ask puts the question, see service.conf.

The question is a GET. X-Original-Method and X-Original-URI say what the client wants, X-Original-Content-Length how much
it wants to send; the field is absent where the client does not say. 2xx lets it, any other answer is the client's.
"""

import json
import posixpath
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

MEBIBYTE = 1024 * 1024
LIMITS = {"/pictures/": 20 * MEBIBYTE, "/films/": 8192 * MEBIBYTE}  # bytes, by where the upload goes


def decide(method, target, length):
    """The status and the words of the answer. length: None where it is not said."""
    # What httpd serves is the decoded path without dot segments; "/films/../etc" is not a film.
    path = posixpath.normpath(unquote(urlsplit(target).path))
    limit = next((most for place, most in LIMITS.items() if path.startswith(place)), None)
    if limit is None or method not in ("PUT", "POST"):
        return 403, {"title": "Nothing can be uploaded there.", "method": method, "path": path}
    if length is None:
        return 411, {"title": "The length of the upload is needed."}
    if length > limit:
        return 413, {"title": "The upload is too long for that place.", "limit": limit, "length": length}
    return 204, None


class Decision(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = self.headers.get("X-Original-Content-Length", "")
        status, words = decide(
            self.headers.get("X-Original-Method", ""),
            self.headers.get("X-Original-URI", ""),
            int(length) if length.isascii() and length.isdigit() else None,
        )
        content = b"" if words is None else json.dumps({"status": status} | words).encode() + b"\n"
        self.send_response(status)
        if content:
            self.send_header("Content-Type", "application/problem+json")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Decision).serve_forever()
