"""A private httpd on free ports of 127.0.0.1, with mod_expect or without. Standard library only.

    from support.private_httpd import PrivateHttpd

    with PrivateHttpd("meets", modules=["alias", "cgi"], config='''
            ExpectPolicy On
            ScriptAlias "/count" "@ROOT@/count.sh"
            <Files "count.sh">
                Require all granted
            </Files>
            <VirtualHost 127.0.0.1:@PORT2@>
                ExpectRule ignore 100-continue
            </VirtualHost>''', files={"count.sh": "#!/bin/sh\\n...", "documents/a.txt": "a"}) as server:
        server.port, server.ports["PORT2"], server.root, server.url
        server.graceful(config)                # SIGUSR1, with another configuration or the same one
        ...
    server.faults(announced=["expect: rejected"])   # lines of the error log that nobody announced; [] is right

Beside it: `expect=None` is the stock server for the same bytes, a path another build of the module; `tls=True` lets
PORT speak TLS; `mpm="prefork"`.
Later directives override earlier ones, so the configuration may say Timeout, LogLevel, StartServers, ... anew.
"""

import grp
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from support import error_log
from support.machine import EXPECT_MODULE, HTTPD, MPM, UNPACKED, WORK, module_file, serving_user
from support.private_server import PrivateServer
from support.wire import Wire

RESOURCE = "The resource.\n"

FRAME = """
ServerRoot "@ROOT@"
PidFile "@ROOT@/httpd.pid"
DefaultRuntimeDir "@ROOT@"
ErrorLog "@ROOT@/error.log"
LogLevel info
Timeout 30
ServerName localhost
@MODULES@
<IfModule ssl_module>
    LogLevel ssl:warn
</IfModule>
<IfModule http2_module>
    LogLevel http2:warn
</IfModule>
@LISTEN@
DocumentRoot "@DOCUMENTS@"
<Directory "@DOCUMENTS@">
    Require all granted
</Directory>
"""

TLS = """
SSLEngine On
SSLCertificateFile "@CERTIFICATE@"
SSLCertificateKeyFile "@KEY@"
SSLSessionCache none
"""


def load(module, file):
    """A LoadModule line, for a module that some systems link into httpd."""
    return f'<IfModule !{module}_module>\nLoadModule {module}_module "{file}"\n</IfModule>'


def user_lines():
    user = serving_user()
    return f"User {user.pw_name}\nGroup {grp.getgrgid(user.pw_gid).gr_name}" if user else ""


def identity():
    """A certificate and its key for 127.0.0.1, made once; whatever user httpd starts as can read them."""
    certificate, key = WORK / "tls.crt", WORK / "tls.key"
    if not certificate.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        made = [file.with_suffix(f"{file.suffix}.{os.getpid()}") for file in (certificate, key)]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", made[0], "-keyout", made[1]],
            check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        made[1].chmod(0o644)
        os.replace(made[1], key)
        os.replace(made[0], certificate)
    return certificate, key


class PrivateHttpd(PrivateServer):
    """See above and PrivateServer, whose @NAMES@ stand in `config` and `files` too, and @CERTIFICATE@ and @KEY@ with
    them where mod_ssl is loaded.

    modules: beside the MPM, unixd, authz_core and mod_expect. documents: the document root, a directory of its own
    unless given, in which a file "resource" is. ask: the path of a request that must be answered 200 before the server
    counts as up; without it the server is asked nothing, so that counters and logs hold only the test's requests.
    prefix: what runs httpd, valgrind say. arguments: httpd's own."""

    def __init__(self, place, modules=(), config="", files=None, expect=EXPECT_MODULE, mpm=None, tls=False,
                 documents=None, ask=None, prefix=(), arguments=("-DFOREGROUND",), **more):
        command = [*prefix, HTTPD, "-d", "@ROOT@", "-f", "@ROOT@/httpd.conf", *arguments]
        super().__init__(place, command, files or {}, **more)
        self.mpm, self.expect, self.tls, self.config, self.ask = mpm or MPM, expect, tls, config, ask
        self.modules = list(dict.fromkeys(
            [f"mpm_{self.mpm}", "unixd", "authz_core", *modules, *(["ssl"] if tls else [])]
        ))
        self.documents = Path(documents or self.root / "documents")
        preload = os.environ.get("HTTPD_LD_PRELOAD")
        if preload:
            self.environment = {"LD_PRELOAD": preload, **self.environment}
        self.until_stop = self.unnoticed = ""

    @property
    def url(self):
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/resource"

    def module_lines(self):
        files = {name: module_file(name) for name in self.modules}
        if self.expect:
            files["expect"] = Path(self.expect)
        for name, file in files.items():
            # A copy: a build meanwhile would write into the file that is running here. And what is unpacked may lie
            # where an unprivileged server cannot go.
            if name == "expect" or self.unprivileged and UNPACKED in file.parents:
                files[name] = shutil.copy(file, self.root / f"mod_{name}.so")
        return "\n".join(load(name, file) for name, file in files.items())

    def write_files(self):
        self.documents.mkdir(parents=True, exist_ok=True)
        (self.documents / "resource").write_text(RESOURCE)
        if "ssl" in self.modules:
            self.fill["CERTIFICATE"], self.fill["KEY"] = identity()
        self.fill.update(DOCUMENTS=self.documents)
        self.fill.update(MODULES=self.module_lines())
        super().write_files()
        self.write_configuration()

    def write_configuration(self):
        # Filled in first: each port that it names is listened on.
        config = self.filled((TLS if self.tls else "") + self.config)
        listen = "\n".join(f"Listen 127.0.0.1:{port}" for port in self.ports.values())
        frame = FRAME.replace("@LISTEN@", listen)
        users = "" if self.unprivileged else user_lines()
        (self.root / "httpd.conf").write_text("\n".join((self.filled(frame), users, config, "")))

    def is_up(self):
        """The process id is written once the ports are ours, so no other server is taken for this one."""
        if not (self.root / "httpd.pid").exists() or not self.has_cgi_daemon():
            return False
        return self.answers() if self.ask else super().is_up()

    def has_cgi_daemon(self):
        """Whether mod_cgid's daemon, where there is one, can be asked by the serving user."""
        if "cgid" not in self.modules:
            return True
        is_given = not serving_user() or self.unprivileged
        try:
            return any(is_given or file.stat().st_uid != os.geteuid() for file in self.root.glob("cgisock*"))
        except OSError:
            return False

    def answers(self):
        try:
            with Wire(self.port, tls=self.tls) as wire:
                wire.send(f"GET {self.ask} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                return wire.response().status == 200
        except OSError:
            return False

    def graceful(self, config=None):
        """Asks for a graceful restart, with another configuration where one is given. Returns when the new generation
        is up and the old one is gone or, where somebody holds a connection, no longer accepts."""
        self.wait_for(self.generations)  # it listens before it knows the signal, which would end it
        generations, old = self.generations(), set(self.children())
        if config is not None:
            self.config = config
        self.write_configuration()
        self.child.send_signal(signal.SIGUSR1)
        self.wait_for(lambda: self.generations() > generations)
        self.wait_for(lambda: set(self.children()) - old and self.is_up())
        end = time.monotonic() + 3
        while old & set(self.children()) and time.monotonic() < end:
            time.sleep(0.02)

    def generations(self):
        return self.error_log().count("resuming normal operations")

    def wait_for(self, condition):
        end = time.monotonic() + self.patience
        while not condition():
            if time.monotonic() > end or self.child.poll() is not None:
                raise RuntimeError(f"httpd does not come up again:\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def children(self):
        """The process ids of its children."""
        try:
            text = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text()
        except OSError:
            return []
        return [int(pid) for pid in text.split()]

    def error_log(self):
        """The error log, behind what httpd printed before that was open and what a sanitizer prints."""
        files = [self.root / name for name in ("output.log", "error.log")]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    log = error_log

    def stop(self):
        if self.child and self.child.poll() is None:
            self.unnoticed = "".join(
                f"child pid {pid} exit signal {signal.strsignal(number)} ({number}), unnoticed before the stop\n"
                for pid, number in self.killed_children()
            )
            self.until_stop = self.error_log()
        super().stop()

    def killed_children(self):
        """(process id, signal) of each child that a signal has ended and that httpd has not heard of yet."""
        for pid in self.children():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] == "Z" and os.WIFSIGNALED(int(fields[-1])):
                yield pid, os.WTERMSIG(int(fields[-1]))

    def start(self):
        self.until_stop = self.unnoticed = ""
        super().start()

    def told(self):
        """The error log, the races of httpd's stop left out where it has been stopped, and children that had died
        unnoticed told."""
        text = self.error_log()
        if self.until_stop:
            text = self.until_stop + self.unnoticed + error_log.without_stop_races(text[len(self.until_stop):])
        return text

    def faults(self, announced=(), allowed=()):
        """What error_log.faults() finds in what is told."""
        return error_log.faults(self.told(), announced, allowed)

    def deaths(self):
        """The signals by which children ended, but for what httpd does at its stop."""
        return error_log.deaths(self.told())

    def sanitizer_reports(self):
        """What a sanitizer in the server wrote, a text for each fault."""
        blocks = re.split(r"^=+$", self.error_log(), flags=re.M)
        return [block for block in blocks if re.search(r"Sanitizer:|runtime error:", block)]
