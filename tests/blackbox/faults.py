#!/usr/bin/env python3
"""What an attacker's day found and nobody has mended yet, a failing case each: `make blackbox-faults`. A case that
passes has been mended, and belongs into the suite of its topic. Outside of `make check`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.private_httpd import PrivateHttpd
from support.tap import report
from support.wire import Wire

SCRIPT = "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n%s' \"$HTTP_EXPECT\"\n"


def answered(port, request):
    with Wire(port, timeout=10) as wire:
        wire.send(request)
        return wire.final()[1]


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


for case in (equal_members_count_once,):
    report(case.__name__.replace("_", " "), case())
