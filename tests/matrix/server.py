"""A private httpd for the matrix with its backends, with mod_expect or without (stock), and what its logs say."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import configuration
from backends import FastCgiBackend, HttpBackend

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))
from private_httpd import EXPECT_MODULE, HTTPD, MODULES, load, user_lines

WORK = Path(os.environ.get("MATRIX_DIR", "build/matrix")).resolve()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Runs while its `with` block does. `mpm` chooses the CGI module too, so that both have their turn."""

    def __init__(self, name, mpm, probes, policies, stock=False):
        self.name, self.mpm, self.stock, self.policies = name, mpm, stock, policies
        self.root = WORK / name
        self.script, self.turns = probes
        self.child = None

    def __enter__(self):
        for _ in range(5):  # a port may be taken between its choice and its use
            if self.start():
                return self
        raise RuntimeError(f"{self.name} did not start:\n{self.error_log()[-3000:]}")

    def __exit__(self, *_):
        self.stop()

    def start(self):
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        configuration.write_files(self.root, self.script)
        shutil.copy(self.script.parent / "server.pem", self.root)
        if user_lines():
            for name in ("dav", "dav-locks"):
                shutil.chown(self.root / name, user_lines().split()[1])
        names = [*configuration.MODULES, f"mpm_{self.mpm}", "cgid" if self.mpm == "worker" else "cgi"]
        modules = [load(name) for name in names if (MODULES / f"mod_{name}.so").exists()]
        modules.append(f'LoadModule turns_module "{self.turns}"')
        if not self.stock:
            shutil.copyfile(EXPECT_MODULE, self.root / "mod_expect.so")
            modules.append(f'LoadModule expect_module "{self.root}/mod_expect.so"')
        self.http_backend, self.fcgi_backend = HttpBackend(), FastCgiBackend()
        self.port, self.tls_port = free_port(), free_port()
        (self.root / "httpd.conf").write_text(configuration.text(
            root=self.root, port=self.port, tls_port=self.tls_port, user=user_lines(), modules="\n".join(modules),
            http_backend=self.http_backend.port, fcgi_backend=self.fcgi_backend.port, policies=self.policies,
        ))
        with open(self.root / "output.log", "w") as output:
            self.child = subprocess.Popen(
                [HTTPD, "-f", str(self.root / "httpd.conf"), "-DFOREGROUND"], stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True,
            )
        end = time.monotonic() + 60
        while time.monotonic() < end and self.child.poll() is None:
            if "resuming normal operations" in self.error_log() and self.script_runs():
                return True
            time.sleep(0.05)
        self.stop()
        return False

    def script_runs(self):
        """mod_cgid's daemon is up some time after its server."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as probe:
                probe.sendall(b"GET /cgi/none?ready HTTP/1.0\r\n\r\n")
                return probe.recv(12).endswith(b"200")
        except OSError:
            return False

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
        for backend in (self.http_backend, self.fcgi_backend):
            backend.stop()

    def error_log(self):
        files = [self.root / "output.log", self.root / "error.log"]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def deaths(self):
        """How many children ended by a signal."""
        return len(re.findall(r"exit signal|AH0005[12]:|AH00052", self.error_log()))

    def access_log(self):
        """(client's port, cell, request line, status, what became of the connection), in httpd's order."""
        text = (self.root / "access.log").read_text(errors="replace")
        return [tuple(line.split("\t")) for line in text.splitlines() if line.count("\t") == 4]

    def given(self):
        """For each cell (who, bytes of content) of the scripts and backends that ran for it."""
        lines = [line.split() for line in (self.root / "scripts.log").read_text().splitlines()]
        found = {}
        for cell, who, count in [*lines, *self.http_backend.records, *self.fcgi_backend.records]:
            found.setdefault(cell, []).append((who, int(count)))
        return found
