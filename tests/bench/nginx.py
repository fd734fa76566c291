"""A private nginx on a free port of 127.0.0.1, as another server to compare with."""

import signal
import socket
import subprocess
import time

from machine import program
from private_httpd import DOCUMENTS, WORK, free_port, kept, make_directory, make_documents, serving_user

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    client_max_body_size 1m;
    server {{
        listen 127.0.0.1:{port};
        root {documents};
    }}
}}
"""


class PrivateNginx:
    def __enter__(self):
        self.root = make_directory(WORK / "servers" / "nginx")
        make_documents()
        self.port = free_port()
        (self.root / "nginx.conf").write_text(
            CONFIGURATION.format(root=self.root, port=self.port, documents=DOCUMENTS))
        self.child = subprocess.Popen(
            [str(kept(program("nginx"))), "-p", str(self.root), "-e", str(self.root / "error.log"), "-c",
             str(self.root / "nginx.conf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **serving_user(),
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        raise RuntimeError("nginx did not start: " + (self.root / "error.log").read_text(errors="replace"))

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            self.child.wait(20)
