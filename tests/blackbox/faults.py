#!/usr/bin/env python3
"""What an attacker's day found and nobody has mended yet, a failing case each: `make blackbox-faults`. A case that
passes has been mended, and belongs into the suite of its topic. Outside of `make check`."""

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.machine import WORK
from support.private_httpd import PrivateHttpd
from support.tap import report
from support.wire import Wire

SCRIPT = "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n%s' \"$HTTP_EXPECT\"\n"


def answered(port, request):
    with Wire(port, timeout=10) as wire:
        wire.send(request)
        return wire.final()[1]


def reload_without_shared_memory():
    """A reload for which there is no shared memory must leave httpd running, with its policy in force."""
    WORK.mkdir(parents=True, exist_ok=True)
    library = WORK / "no_shared_memory.so"
    source = Path(__file__).with_name("no_shared_memory.c")
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    switch = WORK / "no_shared_memory"
    switch.unlink(missing_ok=True)
    policy = "ExpectPolicy On\nExpectRule meet certain-expectation\n"
    more = "".join(f"ExpectRule meet other-{number}\n" for number in range(20000))
    environment = {"LD_PRELOAD": str(library), "NO_SHARED_MEMORY": str(switch)}
    with PrivateHttpd("reload", config=policy, environment=environment, patience=20, ask="/resource") as server:
        switch.touch()
        try:
            server.graceful(policy + more)
            status = answered(server.port, b"GET /resource HTTP/1.1\r\nHost: a\r\nExpect: foo\r\n\r\n").status
            return "" if status == 417 else f"a rejected field got {status}"
        except (OSError, RuntimeError):
            time.sleep(1)
            said = [line for line in server.error_log().splitlines() if ":crit]" in line or ":emerg]" in line]
            return "\n".join([f"httpd has ended with {server.child.poll()}:", *said])
        finally:
            switch.unlink()


def challenge_is_missed():
    """A rule that rejects with 401 or 407 and no Header line that names the challenge is warned of at the start."""
    trouble = []
    for status in (401, 407):
        config = f"ExpectPolicy On\nExpectRule reject 100-continue status={status}\n"
        with PrivateHttpd("challenge", modules=["headers"], config=config) as server:
            pass
        if f"status={status}" not in server.error_log():
            trouble.append(f"no warning about status={status}")
    return "\n".join(trouble)


def equal_members_count_once():
    """Members that differ only in the order of parameters, case and quotes are equal, as for patterns."""
    config = """
        ScriptSock "@ROOT@/cgisock"
        ScriptAlias "/seen" "@ROOT@/seen.sh"
        <Files "seen.sh">
            Require all granted
        </Files>
        ExpectPolicy On
        ExpectRule meet par=x;p=1;q=2
    """
    field = b'par=x;p=1;q=2, PAR="x";Q="2";p=1'
    with PrivateHttpd("equal", modules=["alias", "cgid"], config=config, files={"seen.sh": SCRIPT}) as server:
        answer = answered(server.port, b"GET /seen HTTP/1.1\r\nHost: a\r\nExpect: " + field + b"\r\n\r\n")
    return "" if answer.content == b"par=x;p=1;q=2" else f"a handler sees {answer.content!r}"


for case in (reload_without_shared_memory, challenge_is_missed, equal_members_count_once):
    report(case.__name__.replace("_", " "), case())
