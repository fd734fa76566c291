"""A private server (nginx, HAProxy, ...) on free ports of 127.0.0.1, started from configuration texts, ended by its
process id. PrivateHttpd is one of them. Standard library only.

    site = "http { server { listen 127.0.0.1:@PORT@; location / { proxy_pass http://127.0.0.1:@HTTPD_PORT@; } } }"
    with nginx("front", site, HTTPD_PORT=server.port) as front: ...      # front.port
    with haproxy("front", "defaults ... bind 127.0.0.1:@PORT@ ...", HTTPD_PORT=server.port) as front: ...
"""

import atexit
import functools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

from support.free_port import free_port
from support.machine import WORK, make_directory, program, serving_user

ATTEMPTS = 10
PORT_TAKEN = re.compile(r"Address already in use|could not bind|Cannot bind|cannot bind", re.I)


# Ended from outside, a test still ends its servers, which are in sessions of their own: atexit is told below.
if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class PrivateServer:
    """Runs while its `with` block does; begin() and stop() do the same by hand.

    place: the server's directory below WORK, made anew; servers that run at the same time need places of their own.
    command: the words of the command. files: texts by path below the directory; what begins with #! can be executed.
    In both, @ROOT@ is the directory, @PORT@, @PORT2@, ... are free ports, @USER@ is the user to serve as (its line is
    left out where there is none), and @NAME@ for each NAME=value of `fill` is the value. The port at which the server
    is known to be up is `port`; others are `ports["PORT2"]`.
    unprivileged: root starts it as the serving user, which a profiler needs. environment is added to ours.
    patience: seconds after which a server that is not up counts as one that does not start."""

    def __init__(self, place, command, files, unprivileged=False, environment=None, patience=60, **fill):
        self.root = WORK / place
        self.command, self.files, self.fill = list(command), dict(files), fill
        self.unprivileged, self.environment, self.patience = unprivileged, environment or {}, patience
        self.child, self.ports, self.started_in = None, {}, 0.0

    @property
    def port(self):
        return self.ports["PORT"]

    def filled(self, text):
        """`text` with what the @NAMES@ in it stand for."""
        user = serving_user()
        if not user:
            text = re.sub(r"^.*@USER@.*\n?", "", text, flags=re.M)
        known = {"ROOT": self.root, "USER": user and user.pw_name, **self.fill}

        def value(match):
            name = match.group(1)
            if re.fullmatch(r"PORT\d*", name):
                return str(self.ports.setdefault(name, 0) or self.give_port(name))
            return str(known[name]) if name in known else match.group()

        return re.sub(r"@([A-Z][A-Z0-9_]*)@", value, text)

    def give_port(self, name):
        self.ports[name] = free_port()
        return self.ports[name]

    def write_files(self):
        for name, text in self.files.items():
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.filled(text))
            file.chmod(0o755 if text.startswith("#!") else 0o644)

    def begin(self):
        """Starts it and returns when it is up; another port is tried where somebody else was quicker."""
        for _ in range(ATTEMPTS):
            make_directory(self.root)
            self.ports = {"PORT": free_port()}
            self.write_files()
            self.start()
            if self.comes_up():
                return self
            self.stop()
            if not PORT_TAKEN.search(self.log()):
                break
        raise RuntimeError(f"{self.root.name} did not start:\n{self.log()[-4000:]}")

    def start(self):
        user = serving_user() if self.unprivileged else None
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        atexit.register(self.stop)
        self.began = time.monotonic()
        with open(self.root / "output.log", "w") as output:
            self.child = subprocess.Popen(
                [self.filled(str(word)) for word in self.command], stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, cwd=self.root, env={**os.environ, **self.environment}, start_new_session=True,
                **identity,
            )

    def comes_up(self):
        while time.monotonic() < self.began + self.patience and self.child.poll() is None:
            if self.is_up():
                self.started_in = time.monotonic() - self.began
                return True
            time.sleep(0.002)
        return False

    def is_up(self):
        """Whether connections are accepted."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            return True
        except OSError:
            return False

    def log(self):
        """What it printed and all its logs."""
        return "".join(file.read_text(errors="replace") for file in sorted(self.root.glob("*.log")))

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
        atexit.unregister(self.stop)

    def __enter__(self):
        return self.begin()

    def __exit__(self, *_):
        self.stop()


NGINX_FRAME = """
daemon off;
user @USER@;
pid @ROOT@/nginx.pid;
error_log @ROOT@/error.log;
worker_processes 1;
events {
}
http {
    access_log @ROOT@/access.log;
    client_body_temp_path @ROOT@/client_body;
    proxy_temp_path @ROOT@/proxy;
    fastcgi_temp_path @ROOT@/fastcgi;
    uwsgi_temp_path @ROOT@/uwsgi;
    scgi_temp_path @ROOT@/scgi;
    include @ROOT@/site.conf;
}
"""


@functools.lru_cache(None)
def early_log(binary):
    """Where nginx logs before it has read its configuration: into the system's log unless told, which it can be since
    1.19.5."""
    told = subprocess.run([binary, "-h"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    return ("-e", "@ROOT@/error.log") if "-e filename" in told else ()


def nginx(place, site, **more):
    """nginx whose http block is `site`."""
    binary = program("nginx") or "nginx"
    command = [binary, "-p", "@ROOT@", *early_log(binary), "-c", "@ROOT@/nginx.conf"]
    return PrivateServer(place, command, {"nginx.conf": NGINX_FRAME, "site.conf": site}, **more)


def haproxy(place, configuration, **more):
    """HAProxy with this configuration, which should have `user @USER@` in its global section."""
    command = [program("haproxy") or "haproxy", "-db", "-f", "@ROOT@/haproxy.cfg"]
    return PrivateServer(place, command, {"haproxy.cfg": configuration}, **more)
