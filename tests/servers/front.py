"""Starts another server in front of a relay and httpd, from its configuration file, and ends it by process id."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))
from private_httpd import WORK, user_lines

# Debian keeps servers in a directory that is not in everybody's PATH.
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def program(name):
    return shutil.which(name, path=PATH)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serving_user():
    """The user that httpd serves as when started by root; nothing otherwise."""
    return user_lines().split()[1] if user_lines() else ""


class Front:
    """Runs while its `with` block does. `files` are the texts of its configuration by name, in which @PORT@,
    @HTTPD_PORT@ and @ROOT@ are filled in; `command` may name them as {root}/NAME and its port as {port}."""

    def __init__(self, name, command, files, httpd_port):
        self.name, self.command, self.files, self.httpd_port = name, command, files, httpd_port
        self.root = WORK / name
        self.child = None

    def start(self, port):
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        user = serving_user()
        if user:
            shutil.chown(self.root, user)
        for name, text in self.files.items():
            for old, new in (("@PORT@", port), ("@HTTPD_PORT@", self.httpd_port), ("@ROOT@", self.root)):
                text = text.replace(old, str(new))
            for line in [each for each in text.splitlines() if "@USER@" in each]:
                text = text.replace(line, line.replace("@USER@", user) if user else "")
            (self.root / name).write_text(text)
        command = [part.format(root=self.root, port=port) for part in self.command]
        with open(self.root / "output.log", "w") as output:
            self.child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                cwd=self.root, env={**os.environ, "PATH": PATH},
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.05)
        self.stop()
        return False

    def log(self):
        return "".join(
            f"{file.name}: {file.read_text(errors='replace')[-2000:]}" for file in sorted(self.root.glob("*.log"))
        )

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()

    def __enter__(self):
        for _ in range(3):  # a port may be taken between its choice and its use
            port = free_port()
            if self.start(port):
                self.port = port
                return self
        raise RuntimeError(f"{self.name} did not start:\n{self.log()}")

    def __exit__(self, *_):
        self.stop()
