"""Private httpds for the benchmark: one set-up each, all serving one document root (httpd walks along the path of a
file, so a longer one would cost more), and all by the copy of the module that was made when the benchmark began."""

import shutil

from support.machine import EXPECT_MODULE, WORK
from support.private_httpd import PrivateHttpd
from support.wire import Wire

DOCUMENTS = WORK / "documents"
KEPT = WORK / "kept" / "mod_expect.so"

COMMON = """
LogLevel warn
Timeout 60
MaxKeepAliveRequests 0
KeepAliveTimeout 60
"""

# What reads its content, and costs little itself.
READER = """
<Location /reader>
    SetHandler reflector
</Location>
"""

EVENT = """
StartServers 1
ServerLimit 1
ThreadsPerChild 64
MaxRequestWorkers 64
"""


def keep_module():
    """Copies the module, so that it can be built anew while the benchmark runs."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(EXPECT_MODULE, KEPT)


class MeasuredHttpd(PrivateHttpd):
    """`modules` may name "expect" and "ssl", which the port then speaks; `event` is said of the event MPM. Root's httpd
    would change its user after the start, which a profiler does not survive: it starts as that user instead."""

    def __init__(self, name, modules=(), config="", mpm="event", event=EVENT, **more):
        super().__init__(
            f"servers/{name}", [*(module for module in modules if module != "expect"), "reflector"],
            COMMON + READER + (event if mpm == "event" else "") + config, expect=KEPT if "expect" in modules else None, mpm=mpm,
            tls="ssl" in modules, documents=DOCUMENTS, ask="/resource", unprivileged=True, patience=120, **more,
        )

    def connect(self):
        return Wire(self.port, tls=self.tls)
