"""A private httpd whose policy changes at graceful restarts, and its processes seen from outside.

Environment (the Makefile sets it): HTTPD, HTTPD_MODULES, EXPECT_MODULE, HTTPD_LD_PRELOAD, MPM, SOAK_DIR.
"""

import atexit
import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import http1
from policies import KINDS, POLICIES, STOCK

WORK = Path(os.environ.get("SOAK_DIR", "build/soak")).resolve()
MODULES = Path(os.environ["HTTPD_MODULES"])
MPM = os.environ.get("MPM") or "event"

FRAME = """
ServerRoot "{root}"
PidFile "{root}/httpd.pid"
DefaultRuntimeDir "{root}"
ErrorLog "{root}/error.log"
LogLevel notice
Timeout 15
KeepAliveTimeout 5
ServerName localhost
{modules}
Listen 127.0.0.1:{port}
DocumentRoot "{root}/documents"
<Directory "{root}/documents">
    Require all granted
</Directory>
<IfModule http2_module>
    Protocols h2c http/1.1
</IfModule>
<IfModule mpm_prefork_module>
    StartServers 8
    MinSpareServers 8
    MaxSpareServers 32
    MaxRequestWorkers 64
</IfModule>
<IfModule !mpm_prefork_module>
    StartServers 2
    ServerLimit 16
    ThreadsPerChild 25
    MinSpareThreads 25
    MaxSpareThreads 75
    MaxRequestWorkers 75
    ThreadStackSize 262144
</IfModule>
{user}
{policy}
"""


def user_lines():
    if os.geteuid() != 0:
        return ""
    for name in ("www-data", "apache", "http", "wwwrun", "nobody"):
        try:
            return f"User {name}\nGroup {grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name}"
        except KeyError:
            continue
    raise RuntimeError("running as root, and no user was found for httpd to serve as")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def probe():
    """The module that makes resources scarce, built once a run."""
    folder = WORK / "probe"
    built = folder / ".libs" / "mod_scarce.so"
    if not built.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).parent / "probe" / "mod_scarce.c", folder)
        with open(folder / "build.log", "w") as log:
            apxs = os.environ.get("APXS", "apxs")
            subprocess.run([apxs, "-c", "mod_scarce.c"], cwd=folder, check=True, stdout=log, stderr=log)
    return built


class Server:
    def __init__(self, name, stock=False, command=(), arguments=("-DFOREGROUND",)):
        self.root, self.stock = WORK / name, stock
        self.command, self.arguments = [*command, os.environ["HTTPD"]], arguments
        shutil.rmtree(self.root, ignore_errors=True)
        (self.root / "documents").mkdir(parents=True)
        for file in ("plain.txt", "ignored.txt"):
            (self.root / "documents" / file).write_text("plain\n")
        if not stock:  # a copy: a build meanwhile would write into the file that is running here
            shutil.copyfile(os.environ["EXPECT_MODULE"], self.root / "mod_expect.so")
        self.port, self.scarce = free_port(), ""
        self.policy = STOCK if stock else "A"

    def write(self):
        names = [f"mpm_{MPM}", "unixd", "authz_core", *(["http2"] if MPM != "prefork" else [])]
        lines = [
            f'LoadModule {name}_module "{MODULES}/mod_{name}.so"'
            for name in names
            if (MODULES / f"mod_{name}.so").exists()
        ]
        if not self.stock:
            lines.append(f'LoadModule expect_module "{self.root}/mod_expect.so"')
        if self.scarce:
            lines.append(f'LoadModule scarce_module "{probe()}"\n{self.scarce}')
        (self.root / "httpd.conf").write_text(
            FRAME.format(
                root=self.root, port=self.port, modules="\n".join(lines), user=user_lines(),
                policy=POLICIES.get(self.policy, ""),
            )
        )

    def start(self, patience=30):
        self.write()
        environment = dict(os.environ, MALLOC_ARENA_MAX="1")  # so that a limit of address space is felt
        if os.environ.get("HTTPD_LD_PRELOAD"):
            environment["LD_PRELOAD"] = os.environ["HTTPD_LD_PRELOAD"]
        with open(self.root / "output.log", "w") as output:
            self.process = subprocess.Popen(
                [*self.command, "-d", str(self.root), "-f", str(self.root / "httpd.conf"), *self.arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True,
            )
        atexit.register(self.stop)  # whatever ends the run
        self.wait_for(self.answers, patience)
        return self

    def answers(self):
        try:
            return http1.outcome(self.port, KINDS["no field"]) == (200,)
        except OSError:
            return False

    def wait_for(self, condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(f"httpd does not come up:\n{self.log()[-3000:]}")
            time.sleep(0.02)

    def log(self):
        return "".join(
            path.read_text(errors="replace") for path in (self.root / "output.log", self.root / "error.log") if path.exists()
        )

    def graceful(self, policy):
        """Asks for a restart with another policy; returns when the new generation is up and the old one is gone or,
        where somebody holds a connection, no longer accepts."""
        generations = self.log().count("resuming normal operations")
        old = set(self.children())
        self.policy = STOCK if self.stock else policy
        self.write()
        self.process.send_signal(signal.SIGUSR1)
        self.wait_for(lambda: self.log().count("resuming normal operations") > generations, 60)
        self.wait_for(lambda: set(self.children()) - old and self.answers(), 60)
        end = time.monotonic() + 3
        while old & set(self.children()) and time.monotonic() < end:
            time.sleep(0.02)

    def children(self):
        try:
            text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except OSError:
            return []
        return [int(pid) for pid in text.split()]

    def resident(self, pid):
        """Kilobytes of a process's own memory."""
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return 0
        return sum(int(size) for size in re.findall(r"Rss(?:Anon|Shmem):\s+(\d+)", status))

    def deaths(self):
        """Signals that ended children, as httpd says it."""
        return re.findall(r"exit signal ([A-Za-z ]+\(\d+\))", self.log())

    def sanitizer_reports(self):
        blocks = re.split(r"^=+$", self.log(), flags=re.M)
        return [block for block in blocks if re.search(r"Sanitizer:|runtime error:", block)]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
