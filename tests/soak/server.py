"""A private httpd whose policy changes at graceful restarts, and its processes seen from outside."""

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

from policies import POLICIES, STOCK
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
"""
FILES = {f"documents/{name}.txt": "plain\n" for name in ("plain", "ignored")}


@functools.lru_cache(None)
def probe():
    """The module that makes resources scarce, built once a run."""
    folder = WORK / "probe"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).parent / "probe" / "mod_scarce.c", folder)
    with open(folder / "build.log", "w") as log:
        apxs = os.environ.get("APXS") or "apxs"
        subprocess.run([apxs, "-c", "mod_scarce.c"], cwd=folder, check=True, stdout=log, stderr=log)
    return folder / ".libs" / "mod_scarce.so"


class Server(PrivateHttpd):
    """`scarce` is a line of configuration for the probe, and none of it while it is empty."""

    def __init__(self, name, stock=False, policy="A", **more):
        self.stock, self.policy, self.scarce = stock, STOCK if stock else policy, ""
        http2 = MPM != "prefork" and module_file("http2").exists()
        super().__init__(
            name, ["http2"] if http2 else [], self.configuration(), FILES, expect=None if stock else EXPECT_MODULE,
            # So that a limit of address space is felt.
            environment={"MALLOC_ARENA_MAX": "1"}, ask="/plain.txt", **more,
        )

    def configuration(self):
        scarce = f'LoadModule scarce_module "{probe()}"\n{self.scarce}\n' if self.scarce else ""
        return scarce + CONFIGURATION + POLICIES.get(self.policy, "")

    def change(self, policy):
        """A graceful restart with another policy."""
        self.policy = STOCK if self.stock else policy
        self.graceful(self.configuration())

    def resident(self, pid):
        """Kilobytes of a process's own memory."""
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return 0
        return sum(int(size) for size in re.findall(r"Rss(?:Anon|Shmem):\s+(\d+)", status))
