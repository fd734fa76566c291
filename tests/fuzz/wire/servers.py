"""The two servers that are compared: httpd as it comes, and httpd with mod_expect, with the same hosts on as many ports."""

import os
import re

from streams import HOST
from support.machine import module_file
from support.private_httpd import PrivateHttpd

RULES = "ExpectRule meet good\nExpectRule ignore other\nExpectRule reject no status=403\n"
ASKING = "ExpectRule ask 100-continue url=/plain.txt\nExpectRule ask foo url=/nothing\n"

# Each is a port. Off: a host whose policy is off, in front of one of the same address whose policy is on.
HOSTS = {
    "off": "",
    "detection": f"ExpectPolicy DetectionOnly\n{RULES}",
    "unsafe": "HttpProtocolOptions Unsafe",
    "on": f"ExpectPolicy On\n{RULES}",
    "ignore": f"ExpectPolicy On\nExpectRule ignore 100-continue\nExpectRule ignore @malformed\n{RULES}",
    "continue": f"ExpectPolicy On\nExpectRule continue 100-continue\nExpectRule meet *\n{RULES}",
    "early": f"ExpectPolicy On\nExpectRule continue 100-continue early\nExpectRule meet *\n{RULES}",
    "ask": f"ExpectPolicy On\n{ASKING}{RULES}",
    "sections": f"ExpectPolicy On\n{RULES}<Location /kept>\nExpectRule reject 100-continue status=413\nExpectRule meet foo\n</Location>\n",
}
AS_STOCK = ("off", "detection", "unsafe")
IN_FORCE = tuple(key for key in HOSTS if key not in AS_STOCK)
PORTS = {key: f"PORT{index or ''}" for index, key in enumerate(HOSTS)}

FRAME = f"""
LogLevel notice
Timeout 20
KeepAliveTimeout 20
MaxKeepAliveRequests 0
ServerName {HOST}:80
UseCanonicalName On
ServerSignature Off
TraceEnable extended
<LocationMatch "/echo$">
    SetHandler lua-script
</LocationMatch>
<IfModule lua_module>
    AliasMatch "/echo$" "@DOCUMENTS@/echo.lua"
</IfModule>
Header always set X-Expect "expr=%{{req:Expect}}%{{req:Exqect}}"
StartServers 1
<IfModule !mpm_prefork_module>
    ServerLimit 1
    ThreadsPerChild 64
    MaxRequestWorkers 64
    MinSpareThreads 1
    MaxSpareThreads 64
    AsyncRequestWorkerFactor 4
</IfModule>
"""

HOST_FRAME = f"""
<VirtualHost 127.0.0.1:@{{port}}@>
    ServerName {HOST}:80
    {{policy}}
</VirtualHost>
<VirtualHost 127.0.0.1:@{{port}}@>
    ServerName on.test:80
    {{beside}}
</VirtualHost>
"""

# Answers what a handler sees: the fields, sorted, and the content.
ECHO = """
function handle(r)
    local lines = {}
    for name, value in pairs(r:headers_in_table()) do lines[#lines + 1] = name .. ": " .. value end
    table.sort(lines)
    r.content_type = "text/plain"
    local content = r:requestbody() or ""
    r:puts(r.method .. "\\n" .. table.concat(lines, "\\n") .. "\\n\\n" .. content)
    return apache2.OK
end
"""
PLAIN_FILES = ("plain.txt", "directory/plain.txt", "kept/plain.txt")


def policy_of(key, is_stock):
    """The host's own lines, for the stock server without those of the module."""
    lines = HOSTS[key].splitlines()
    return "\n".join(line for line in lines if not (is_stock and re.match(r"Expect|</?Location", line)))


class Server(PrivateHttpd):
    """One of the two; to_host("off") is that host's port."""

    def __init__(self, place, is_stock):
        beside = "" if is_stock else "ExpectPolicy On"
        hosts = "".join(
            HOST_FRAME.format(port=port, policy=policy_of(key, is_stock), beside=beside) for key, port in PORTS.items()
        )
        files = {f"documents/{name}": "plain\n" for name in PLAIN_FILES}
        more = {"expect": None} if is_stock else {}
        lua = ["lua"] if module_file("lua").exists() else []  # a package of its own on some systems
        super().__init__(
            place, ["alias", "headers", *lua], FRAME + hosts, {**files, "documents/echo.lua": ECHO}, ask="/plain.txt", **more
        )

    def write_files(self):
        super().write_files()
        for name in PLAIN_FILES:
            os.utime(self.root / "documents" / name, (0, 0))  # equal entity tags

    def to_host(self, key):
        return self.ports[PORTS[key]]
