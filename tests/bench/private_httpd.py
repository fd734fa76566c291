"""Private httpds for the benchmark: one set-up each, on a free port of 127.0.0.1, all serving one document root
(httpd walks along the path of a file, so a longer one would cost more). Standard library only.

Environment (the Makefile sets it): HTTPD, HTTPD_MODULES, EXPECT_MODULE, BENCH_DIR.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import client
import machine

WORK = Path(os.environ.get("BENCH_DIR", "build/bench")).resolve()
KEPT = WORK / "kept"
DOCUMENTS = WORK / "documents"
RESOURCE = "The resource.\n"
given_ports = set()

FRAME = """
ServerRoot "{root}"
PidFile "{root}/httpd.pid"
DefaultRuntimeDir "{root}"
ErrorLog "{root}/error.log"
LogLevel warn
Timeout {timeout}
ServerName localhost
{modules}
Listen 127.0.0.1:{port}
DocumentRoot "{documents}"
MaxKeepAliveRequests 0
KeepAliveTimeout 60
<Directory "{documents}">
    Require all granted
</Directory>
{tuning}
{configuration}
"""

EVENT = """
StartServers 1
ServerLimit 1
ThreadsPerChild 64
MaxRequestWorkers 64
"""


def serving_user():
    """Root's httpd would change its user after the start, which a profiler does not survive; it starts as that
    user instead. Nothing for everybody else."""
    if os.geteuid() != 0:
        return {}
    for name in ("www-data", "apache", "http", "wwwrun", "nobody"):
        try:
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        except KeyError:
            continue
    raise RuntimeError("running as root, and no user was found for httpd to serve as")


def make_directory(path):
    """A new empty directory that httpd may write to."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    user = serving_user()
    if user:
        os.chown(path, user["user"], user["group"])
    path.chmod(0o755)
    return path


def keep_built():
    """Copies what build/ holds for the servers: the module can be built anew while the benchmark runs, and the user
    that they run as, who may not enter the sources' directory, can read it."""
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    shutil.copy(os.environ.get("EXPECT_MODULE", "build/mod_expect.so"), KEPT / "mod_expect.so")
    for unpacked in ("usr/lib/apache2/modules/*.so", "usr/sbin/nginx"):
        for file in machine.UNPACKED.glob(unpacked):
            shutil.copy(file, KEPT)


def kept(file):
    """Where servers find a file of this machine: its copy, if it is one of build/."""
    return KEPT / Path(file).name if machine.UNPACKED in Path(file).parents else file


def make_documents():
    DOCUMENTS.mkdir(parents=True, exist_ok=True)
    (DOCUMENTS / "resource").write_text(RESOURCE)


def free_port():
    """A port that no other server of this run was given: two that start at once must not take each other's answers
    for their own."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in given_ports:
            given_ports.add(port)
            return port


def answers(port):
    """Whether a request is answered. That a connection is accepted says little: httpd listens long before it has
    read its configuration for the second time."""
    try:
        with client.Connection(port).socket as connection:
            connection.sendall(b"GET /resource HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(16).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def load(module):
    """A LoadModule line, for a module that some systems link into httpd."""
    file = KEPT / "mod_expect.so" if module == "expect" else kept(machine.module_file(module))
    return f'<IfModule !{module}_module>\nLoadModule {module}_module "{file}"\n</IfModule>'


class PrivateHttpd:
    """Runs while its `with` block does; `prefix` is what runs it (valgrind, say), `flags` are httpd's own, `event` is
    said of the event MPM."""

    def __init__(self, name, modules=(), configuration="", mpm="event", prefix=(), flags=("-DFOREGROUND",), timeout=60,
                 event=EVENT):
        self.root = WORK / "servers" / name
        self.modules = [f"mpm_{mpm}", "unixd", "authz_core", *modules]
        self.configuration = configuration
        self.tuning = event if mpm == "event" else ""
        self.prefix, self.flags, self.timeout = list(prefix), list(flags), timeout
        self.child, self.port, self.started_in = None, 0, 0.0

    def start(self, port):
        """Whether httpd answers requests; False when the port was taken in between."""
        make_directory(self.root)
        make_documents()
        if "ssl" in self.modules:
            client.tls_ports.add(port)
        (self.root / "httpd.conf").write_text(FRAME.format(
            root=self.root, port=port, timeout=self.timeout, documents=DOCUMENTS, tuning=self.tuning,
            modules="\n".join(map(load, self.modules)), configuration=self.configuration.replace("@PORT@", str(port)),
        ))
        begin = time.monotonic()
        prefix = [word.replace("@ROOT@", str(self.root)) for word in self.prefix]
        with open(self.root / "output.log", "w") as output:
            self.child = subprocess.Popen(
                [*prefix, machine.HTTPD, "-f", str(self.root / "httpd.conf"), *self.flags], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True, **serving_user(),
            )
        while time.monotonic() < begin + 120 and self.child.poll() is None:
            if answers(port):
                self.port, self.started_in = port, time.monotonic() - begin
                return True
            time.sleep(0.002)
        self.stop()
        if "Address already in use" in self.log():
            return False
        raise RuntimeError(f"httpd did not start as {self.root.name}:\n{self.log()}")

    def log(self):
        files = [self.root / name for name in ("output.log", "error.log")]
        return "".join(file.read_text(errors="replace")[-4000:] for file in files if file.exists())

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()

    def __enter__(self):
        for _ in range(10):
            if self.start(free_port()):
                return self
        raise RuntimeError("ten free ports were taken before httpd could listen on them")

    def __exit__(self, *_):
        self.stop()
