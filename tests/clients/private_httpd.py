"""A private httpd on a free port of 127.0.0.1 that serves the example configurations as they stand in
their files, with the port and the document root replaced. Standard library only.

Environment (the Makefile sets it): HTTPD, HTTPD_MODULES, EXPECT_MODULE, HTTPD_LD_PRELOAD, MPM, CLIENTS_DIR.
"""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path


def ask_apxs(name):
    return subprocess.run(
        [os.environ.get("APXS", "apxs"), "-q", name], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


HTTPD = os.environ.get("HTTPD") or f"{ask_apxs('sbindir')}/{ask_apxs('progname')}"
MODULES = Path(os.environ.get("HTTPD_MODULES") or ask_apxs("libexecdir"))
EXPECT_MODULE = Path(os.environ.get("EXPECT_MODULE", "build/mod_expect.so")).resolve()
WORK = Path(os.environ.get("CLIENTS_DIR", "build/clients")).resolve()
RESOURCE = "The resource.\n"

FRAME = """
ServerRoot "{root}"
PidFile "{root}/httpd.pid"
DefaultRuntimeDir "{root}"
ErrorLog "{root}/error.log"
LogLevel info
Timeout 10
ServerName localhost
{user}
{modules}
Listen 127.0.0.1:{port}
<Directory "{root}/documents">
    Require all granted
</Directory>
CustomLog "{root}/access.log" "%r %>s %X %{{expect-field}}n"
{extra}
Include "{root}/example.conf"
"""


def load(module):
    """A LoadModule line, for a module that some systems link into httpd."""
    line = f'LoadModule {module}_module "{MODULES}/mod_{module}.so"'
    return f"<IfModule !{module}_module>\n{line}\n</IfModule>"


def user_lines():
    """httpd refuses to serve as root; its user has another name on every distribution."""
    if os.geteuid() != 0:
        return ""
    for name in ("www-data", "apache", "http", "wwwrun", "nobody"):
        try:
            return f"User {name}\nGroup {grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name}"
        except KeyError:
            continue
    raise RuntimeError("running as root, and no user was found for httpd to serve as")


class PrivateHttpd:
    """Runs while its `with` block does; `url` is the address of its resource. `extra` is further configuration
    and `scripts` further files, name and text, that can be run; {root} stands for the server's directory. Servers of one configuration that run at the same time
    need different `place`s."""

    def __init__(self, configuration, extra_modules=(), extra="", scripts=None, place=""):
        self.source = Path(configuration)
        self.extra, self.scripts = extra, scripts or {}
        self.root = WORK / place / self.source.stem
        self.modules = [f"mpm_{os.environ.get('MPM', 'event')}", "unixd", "log_config", "authz_core", *extra_modules]
        self.child = None

    def write_configuration(self, port):
        shutil.rmtree(self.root, ignore_errors=True)
        (self.root / "documents").mkdir(parents=True)
        (self.root / "documents" / "resource").write_text(RESOURCE)
        for name, text in self.scripts.items():
            (self.root / name).write_text(text)
            (self.root / name).chmod(0o755)
        example = self.source.read_text()
        for old, new in (("*:80", f"127.0.0.1:{port}"), ("/var/www/html", f"{self.root}/documents")):
            if old not in example:
                raise RuntimeError(f"{self.source} has no {old}: it would not be the example that people read")
            example = example.replace(old, new)
        (self.root / "example.conf").write_text(example)
        modules = "\n".join(load(name) for name in self.modules)
        # A copy: a build meanwhile would write into the file that is running here.
        shutil.copyfile(EXPECT_MODULE, self.root / "mod_expect.so")
        modules += f'\nLoadModule expect_module "{self.root}/mod_expect.so"'
        (self.root / "httpd.conf").write_text(
            FRAME.format(
                root=self.root, port=port, user=user_lines(), modules=modules,
                extra=self.extra.replace("{root}", str(self.root)),
            )
        )

    def start(self, port):
        """Whether httpd accepted a connection; False when the port was taken in between."""
        self.write_configuration(port)
        environment = dict(os.environ)
        if os.environ.get("HTTPD_LD_PRELOAD"):
            environment["LD_PRELOAD"] = os.environ["HTTPD_LD_PRELOAD"]
        with open(self.root / "output.log", "w") as output:
            self.child = subprocess.Popen(
                [HTTPD, "-f", str(self.root / "httpd.conf"), "-DFOREGROUND"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.05)
        self.stop()
        if "Address already in use" in self.log():
            return False
        raise RuntimeError(f"httpd did not start with {self.source.name}:\n{self.log()}")

    def log(self):
        files = [self.root / name for name in ("output.log", "error.log")]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()

    def __enter__(self):
        for _ in range(10):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            if self.start(port):
                self.port = port
                self.url = f"http://127.0.0.1:{port}/resource"
                return self
        raise RuntimeError("ten free ports were taken before httpd could listen on them")

    def __exit__(self, *_):
        self.stop()
