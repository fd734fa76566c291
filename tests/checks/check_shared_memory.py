#!/usr/bin/env python3
"""A reload for which there is no shared memory once ended httpd, for the sake of numbers: every host was gone. The policy stays in
force, nothing is counted until a reload finds memory, and the log says so."""

import sys

sys.path.insert(0, "tests")
from support.faults import Faults
from support.private_httpd import PrivateHttpd
from support.tap import report
from support.wire import Wire

POLICY = "ExpectPolicy On\nExpectRule meet certain-expectation\n<Location /status>\nSetHandler expect-status\n</Location>\n"
MORE = "".join(f"ExpectRule meet other-{number}\n" for number in range(70000))  # more than there is room for


def status_of(port, target, field=None):
    lines = [f"GET {target} HTTP/1.1", "Host: a", *([f"Expect: {field}"] if field else []), "Connection: close", "", ""]
    with Wire(port, timeout=20) as wire:
        wire.send("\r\n".join(lines).encode())
        return wire.final()[1].status


def main():
    faults = Faults("reload")
    trouble = []
    with PrivateHttpd("reload", config=POLICY, environment=faults.environment, patience=60) as server:
        faults.shared_memory(False)
        server.graceful(POLICY + MORE)
        for target, field, wanted in (("/resource", "foo", 417), ("/status", None, 503)):
            got = status_of(server.port, target, field)
            trouble += [f"without memory, {target} got {got}, not {wanted}"] if got != wanted else []
        faults.shared_memory(True)
        server.graceful(POLICY + MORE + "# again\n")
        got = status_of(server.port, "/status")
        trouble += [f"with memory again, the page got {got}"] if got != 200 else []
        if "expect: no shared memory for the counters" not in server.error_log():
            trouble.append("the log says nothing")
    report("shared memory: a reload without it leaves the policy in force", "\n".join(trouble))


main()
