"""A private httpd whose policy changes at graceful restarts, and its processes seen from outside."""

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

from backend import Backend
from policies import ASKED, BACKEND, IGNORED, POLICIES, READER, STOCK
from support.faults import Faults
from support.machine import EXPECT_MODULE, MPM, WORK, module_file
from support.private_httpd import PrivateHttpd

CONFIGURATION = """
LogLevel notice
Timeout 15
KeepAliveTimeout 5
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
<LocationMatch "^(@READERS@)$">
    SetHandler reflector
</LocationMatch>
ProxyPass "@BEHIND@" "http://127.0.0.1:@BACKEND@/" disablereuse=On retry=0
"""
FILES = {"documents/plain.txt": "plain\n", "documents/application": "yes\n"}
MODULES = ["alias", "log_config", "proxy", "proxy_http", "reflector"]
# What says nothing of children that die stays in the log of the main server.
FULL_DISK = 'ErrorLog "/dev/full"\nLogLevel debug\nCustomLog "/dev/full" "%r %{expect-verdict}n"\n'
# So many rules want more memory for their counters than there is.
MANY_RULES = "".join(f"ExpectRule meet another-{number}\n" for number in range(70000))
# What a child has left of a scarce resource: too little for what the traffic wants at times.
SCARCE = {"descriptors": 6, "memory": 48 << 10}


@functools.lru_cache(None)
def backend():
    """One for all servers."""
    return Backend()


@functools.lru_cache(None)
def probe():
    """The module that makes resources scarce, built once a run."""
    folder = WORK / "probe"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).parent / "probe" / "mod_scarce.c", folder)
    with open(folder / "build.log", "w") as log:
        apxs = os.environ.get("APXS") or "apxs"
        subprocess.run([apxs, "-c", "-Wc,-Werror=implicit-function-declaration", "mod_scarce.c"], cwd=folder, check=True, stdout=log, stderr=log)
    return folder / ".libs" / "mod_scarce.so"


def own_memory(pid):
    """Kilobytes of a process's own memory; 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return sum(int(size) for size in re.findall(r"Rss(?:Anon|Shmem):\s+(\d+)", status))


class Server(PrivateHttpd):
    """`lacks` is None or says what there is too little of: "descriptors", "memory", "disk" or "shared memory"; the next
    change of the policy makes it so. Of "time" there is always enough: the clock is set by `faults`."""

    def __init__(self, name, stock=False, policy="A", **more):
        self.stock, self.policy, self.lacks = stock, STOCK if stock else policy, None
        self.faults = Faults(name)
        http2 = ["http2"] if MPM != "prefork" and module_file("http2").exists() else []
        super().__init__(
            name, [*MODULES, *http2], self.configuration(), FILES, expect=None if stock else EXPECT_MODULE,
            # So that a limit of address space is felt.
            environment={"MALLOC_ARENA_MAX": "1", **self.faults.environment}, ask="/plain.txt",
            READERS="|".join((READER, IGNORED, ASKED)), BEHIND=BACKEND, BACKEND=backend().port, **more,
        )

    def configuration(self):
        scarce = host = ""
        if self.lacks in SCARCE:
            scarce = f'LoadModule scarce_module "{probe()}"\nScarce {self.lacks} {SCARCE[self.lacks]}\n'
        elif self.lacks == "disk":
            host = FULL_DISK
        elif self.lacks == "shared memory" and not self.stock:
            host = MANY_RULES
        host += POLICIES.get(self.policy, "")
        return f"{scarce}{CONFIGURATION}<VirtualHost 127.0.0.1:@PORT@>\n{host}</VirtualHost>\n"

    def change(self, policy):
        """A graceful restart with another policy."""
        self.policy = STOCK if self.stock else policy
        self.faults.shared_memory(self.lacks != "shared memory")
        self.graceful(self.configuration())
