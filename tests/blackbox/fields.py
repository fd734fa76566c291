#!/usr/bin/env python3
"""Fields by chance against a reader of one's own, written from RFC 9110 alone: fields.py SEED SECONDS

What status each gets, from a host's rules and from a section's, in one segment and in pieces, and which members a
handler sees of what was met."""

import random
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.private_httpd import PrivateHttpd
from support.wire import Wire

RULES = r"""
    ExpectRule meet certain
    ExpectRule ignore gone
    ExpectRule meet k=v
    ExpectRule meet 'q="a, b"'
    ExpectRule meet any=*
    ExpectRule meet par=x;p=1;q=2
    ExpectRule meet all=*;*
    ExpectRule meet star=v;*
    ExpectRule reject bad status=403
    ExpectRule reject worse=* status=429 retry-after=3
    ExpectRule reject @malformed status=400
"""
CONFIG = f"""
TypesConfig /etc/mime.types
ScriptSock "@ROOT@/cgisock"
ScriptAlias "/seen" "@ROOT@/seen.sh"
<Files "seen.sh">
    Require all granted
</Files>
MaxKeepAliveRequests 0
LogLevel expect:warn
<VirtualHost 127.0.0.1:@PORT@>
    ServerName host.test
    ExpectPolicy On
    {RULES}
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT@>
    ServerName section.test
    ExpectPolicy On
    <Location "/">
        {RULES}
    </Location>
</VirtualHost>
"""
SCRIPT = "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n%s' \"$HTTP_EXPECT\"\n"
PARTS = [
    b"100-continue", b"100-CONTINUE", b"100-continue=", b"100-continue;q=1", b"certain", b"certain;", b"gone", b"k=v",
    b'K="V"', b"k = v", b"k=v;*", b'q="a, b"', b'q="a\\, b"', b"any=1", b"any=1;", b"any=1;p=2", b"any=1;p",
    b"any=1;;;p=1", b"any=*", b"any=1,any=1", b'any="\xff"', b'any="\\"\\\\,;="', b"par=x;p=1;q=2", b"par=x;p=1",
    b'par=x ; Q="2" ; p=1', b"all=z;a=b;c=d", b"star=v;zz=1", b"bad", b"worse=1", b"worse", b"foo", b"", b" ", b"\t",
    b",", b";", b"=", b'"', b"\\", b"*", b"@malformed", b"\xff", b"a b",
]  # fmt: skip
TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
VALUE = rb"(?:" + TOKEN + rb"|\"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*\")"
PARAMETER = rb"[ \t]*;[ \t]*(?:(" + TOKEN + rb")=(" + VALUE + rb"))?"
MEMBER = re.compile(rb"(" + TOKEN + rb")(?:=(" + VALUE + rb")((?:" + PARAMETER.replace(b"(" + TOKEN, b"(?:" + TOKEN)
                    .replace(b"(" + VALUE + b")", VALUE) + rb")*))?")  # fmt: skip


def plain(value):
    """A token or quoted-string without quotes and quoted-pairs, in lower case."""
    return (re.sub(rb"\\(.)", rb"\1", value[1:-1], flags=re.S) if value.startswith(b'"') else value).lower()


def members(field):
    """The members as (name, value or None, parameters), or None for what is malformed."""
    found, at = [], 0
    while True:
        at = re.compile(rb"[ \t,]*").match(field, at).end()
        if at == len(field):
            return found if len(found) <= 64 else None
        member = MEMBER.match(field, at)
        if not member:
            return None
        name, value, parameters = member.groups()
        pairs = re.findall(PARAMETER, parameters or b"", re.S)
        named = tuple(sorted((each.lower(), plain(of)) for each, of in pairs if each))
        found.append((name.lower(), None if value is None else plain(value), named))
        at = re.compile(rb"[ \t]*").match(field, member.end()).end()
        if at < len(field) and field[at : at + 1] != b",":
            return None


def status_of(member):
    name, value, parameters = member
    if value is None:
        return 200 if name in (b"100-continue", b"certain", b"gone") else 403 if name == b"bad" else 417
    exact = [(b"k", b"v", ()), (b"q", b"a, b", ()), (b"par", b"x", ((b"p", b"1"), (b"q", b"2")))]
    if member in exact or name == b"all" or name == b"any" and not parameters or (name, value) == (b"star", b"v"):
        return 200
    return 429 if name == b"worse" and not parameters else 417


def expected(found):
    return 400 if found is None else next((status_of(each) for each in found if status_of(each) != 200), 200)


def random_lines(chance):
    """The field's lines, and whether one is folded."""
    count = chance.choice([1, 1, 2, 3, 5, 64, 65, 66])
    parts = [chance.choice(PARTS) for _ in range(count)] if count < 60 else [b"any=%d" % each for each in range(count)]
    ends = [b",", b", ", b" ,", b",,"] + ([b"", b" ", b";"] if chance.random() < 0.1 else [])
    field = b"".join(part + chance.choice(ends) for part in parts)
    field = field.rstrip(b", ") if chance.random() < 0.5 else field
    cut = chance.randrange(len(field) + 1)
    if chance.random() < 0.03 and len(field) > 3:
        return [field[:cut] + b"\r\n " + field[cut:]], True
    return ([field[:cut], field[cut:]] if chance.random() < 0.2 else [field]), False


def main(seed, seconds):
    chance, asked, statuses, differences, wire = random.Random(int(seed)), 0, {}, [], None
    with PrivateHttpd("fields", modules=["alias", "cgid", "mime"], config=CONFIG, files={"seen.sh": SCRIPT}) as server:
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            lines, folded = random_lines(chance)
            found = None if folded else members(b", ".join(line.strip(b" \t") for line in lines))
            host = chance.choice([b"host", b"section"])
            request = b"GET /seen HTTP/1.1\r\nHost: " + host + b".test\r\n"
            for line in lines:
                request += chance.choice([b"Expect", b"expect", b"eXPECT"]) + chance.choice([b": ", b":", b":\t"])
                request += line + b"\r\n"
            request += b"\r\n"
            wire = wire or Wire(server.port, timeout=20)
            size = 7 if chance.random() < 0.2 else len(request)
            for at in range(0, len(request), size):
                wire.send(request[at : at + size])
            interim, answer = wire.final()
            asked += 1
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            if interim or answer.status != expected(found):
                differences.append((answer.status, expected(found), interim, request))
            elif answer.status == 200:
                seen = members(answer.content)
                wanted = {each for each in found if each[:2] not in ((b"gone", None), (b"100-continue", None))}
                if seen is None or set(seen) != wanted:
                    differences.append(("a handler sees", answer.content, request))
            if answer.close:
                wire.close()
                wire = None
    print(f"seed {seed}: {asked} fields, statuses {dict(sorted(statuses.items()))}, {len(differences)} differences")
    for difference in differences[:10]:
        print("   ", difference)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
