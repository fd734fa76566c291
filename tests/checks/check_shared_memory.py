#!/usr/bin/env python3
"""A reload for which there is no shared memory once ended httpd, for the sake of numbers: every host was gone. The policy stays in
force, nothing is counted until a reload finds memory, and the log says so."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, "tests")
from support.machine import WORK
from support.private_httpd import PrivateHttpd
from support.tap import report
from support.wire import Wire

POLICY = "ExpectPolicy On\nExpectRule meet certain-expectation\n<Location /status>\nSetHandler expect-status\n</Location>\n"
MORE = "".join(f"ExpectRule meet other-{number}\n" for number in range(20000))


def status_of(port, target, field=None):
    lines = [f"GET {target} HTTP/1.1", "Host: a", *([f"Expect: {field}"] if field else []), "Connection: close", "", ""]
    with Wire(port, timeout=20) as wire:
        wire.send("\r\n".join(lines).encode())
        return wire.final()[1].status


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    library, switch = WORK.resolve() / "no_shared_memory.so", WORK.resolve() / "no_shared_memory"
    source = Path(__file__).with_name("no_shared_memory.c")
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    switch.unlink(missing_ok=True)
    preload = os.environ.get("HTTPD_LD_PRELOAD", "")
    environment = {"LD_PRELOAD": f"{preload} {library}".strip(), "NO_SHARED_MEMORY": str(switch)}
    trouble = []
    with PrivateHttpd("reload", config=POLICY, environment=environment, patience=60) as server:
        switch.touch()
        server.graceful(POLICY + MORE)
        for target, field, wanted in (("/resource", "foo", 417), ("/status", None, 503)):
            got = status_of(server.port, target, field)
            trouble += [f"without memory, {target} got {got}, not {wanted}"] if got != wanted else []
        switch.unlink()
        server.graceful(POLICY + MORE + "# again\n")
        got = status_of(server.port, "/status")
        trouble += [f"with memory again, the page got {got}"] if got != 200 else []
        if "expect: no shared memory for the counters" not in server.error_log():
            trouble.append("the log says nothing")
    report("shared memory: a reload without it leaves the policy in force", "\n".join(trouble))


main()
