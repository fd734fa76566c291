"""The attacker's laboratory: one httpd with many handlers and a virtual host for each policy, and a backend that keeps
its connections and never drains what it has not read."""

import re
import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.private_httpd import PrivateHttpd

MODULES = (
    "alias headers env setenvif mime dir autoindex include cgid negotiation rewrite dav dav_fs dav_lock lua proxy"
    " proxy_http authn_core authn_file authz_host authz_user auth_basic status info http2 deflate"
).split()

POLICIES = {
    "meet": "ExpectRule meet certain-expectation",
    "ignore": "ExpectRule ignore *",
    "continue": "ExpectRule continue 100-continue",
    "early": "ExpectRule continue 100-continue early",
    "ask": "ExpectRule ask 100-continue url=/cgi/quota.sh\nExpectRule ask certain-expectation url=/cgi/quota.sh?x=1",
    "askback": "ExpectRule ask * url=/back/quota?mode=read",
    "reject": "ExpectRule reject 100-continue longer-than=10 status=413 retry-after=7",
    "sections": """
        <Location "/cgi">
            ExpectRule continue 100-continue
        </Location>
        <Directory "@DOCUMENTS@">
            ExpectRule reject 100-continue longer-than=1000 status=413
        </Directory>""",
    "off": "ExpectPolicy Off",
    "detect": "ExpectPolicy DetectionOnly\nExpectRule reject 100-continue longer-than=10 status=413",
    "harden": """
        ExpectRule meet 100-continue "expr=%{REQUEST_METHOD} in {'POST', 'PUT', 'PATCH'}"
        ExpectRule reject 100-continue
        ExpectRule reject *
        ExpectRule reject @malformed status=400
        Proxy100Continue Off
        RequestHeader unset Expect""",
    "ban": "ExpectRule ignore 100-continue\nExpectRule reject * status=400\nExpectRule reject @malformed status=400",
}

SITE = """
ScriptAlias "/cgi/" "@ROOT@/cgi/"
<Directory "@ROOT@/cgi">
    Require all granted
</Directory>
Alias "/dav" "@ROOT@/dav"
<Directory "@ROOT@/dav">
    Require all granted
    Dav On
</Directory>
Alias "/lua/" "@ROOT@/lua/"
<Directory "@ROOT@/lua">
    Require all granted
    SetHandler lua-script
</Directory>
<Directory "@DOCUMENTS@">
    Options +Includes +Indexes +MultiViews
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
</Directory>
<Location "/denied">
    Require all denied
</Location>
<Location "/auth">
    AuthType Basic
    AuthName a
    AuthUserFile "@ROOT@/htpasswd"
    Require valid-user
</Location>
<Location "/expect-status">
    SetHandler expect-status
</Location>
<Location "/small">
    LimitRequestBody 20
</Location>
ErrorDocument 404 /cgi/err.sh
ErrorDocument 403 /cgi/err.sh
ProxyPass "/back/" "http://127.0.0.1:@BACK@/"
"""

FRAME = """
TypesConfig /etc/mime.types
ScriptSock "@ROOT@/cgisock"
DavLockDB "@ROOT@/DavLock"
LogFormat "%v|%r|%>s|%{expect-verdict}n" blackbox
CustomLog "@ROOT@/access.log.txt" blackbox
LogLevel expect:warn
Timeout 15
ProxyTimeout 8
MaxKeepAliveRequests 0
Protocols h2c http/1.1
"""


def script(printf, more=""):
    return f"#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n{printf}\\n' \"$REQUEST_URI\"; {more}\n"


def lua(body):
    return f"function handle(r)\n r.content_type = 'text/plain'\n {body}\n return apache2.OK\nend\n"


FILES = {
    "cgi/read.sh": script("read %s", "cat | wc -c"),
    "cgi/noread.sh": script("not read %s"),
    "cgi/err.sh": script("error %s", "cat | wc -c"),
    "cgi/local.sh": "#!/bin/sh\nprintf 'Location: /cgi/read.sh\\r\\n\\r\\n'\n",
    "cgi/early401.sh": "#!/bin/sh\nprintf 'Status: 401 No\\r\\nContent-Type: text/plain\\r\\n\\r\\nno\\n'\n",
    "cgi/quota.sh": """#!/bin/sh
case "$HTTP_X_ORIGINAL_URI" in *no=*) echo 'Status: 507 Full';; esac
printf 'Content-Type: text/plain\\r\\n\\r\\nquota\\n'; cat
""",
    "lua/read.lua": lua("r:puts(tostring(#(r:requestbody() or '')))"),
    "lua/noread.lua": lua("r:puts('not read')"),
    "documents/page.shtml": '<!--#include virtual="/cgi/read.sh" -->\n',
    "documents/list/a.txt": "a",
    "documents/neg.html.en": "en",
    "documents/neg.html.de": "de",
    "documents/auth/x": "x",
    "dav/x.txt": "x",
    "htpasswd": "",
}


class Backend(threading.Thread):
    """Answers by `mode=` in the target and notes each header section it takes for a request's."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port, self.requests = self.listener.getsockname()[1], []
        self.start()

    def run(self):
        while True:
            threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()

    def serve(self, client):
        client.settimeout(20)
        with client, client.makefile("rb") as stream:
            try:
                while self.answer(client, stream):
                    pass
            except (OSError, ValueError):
                pass

    def answer(self, client, stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline(65536)
            if not line:
                return False
            head += line
        self.requests.append(head.decode("latin-1"))
        target = (head.split(b" ") + [b"?"])[1]
        mode = re.search(rb"mode=([a-z]*)(\d*)", target)
        word, status = (mode[1], mode[2]) if mode else (b"read", b"")
        if word == b"drop":
            return False
        if word == b"hints":
            client.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        if word not in (b"early", b"close"):
            if re.search(rb"(?im)^expect:.*100-continue", head):
                client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * (2 if word == b"twice" else 1))
            self.read_content(head, stream)
        close = b"Connection: close\r\n" if word == b"close" else b""
        client.sendall(b"HTTP/1.1 %s X\r\nContent-Length: 5\r\n%s\r\nback\n" % (status or b"200", close))
        return not close

    @staticmethod
    def read_content(head, stream):
        length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
        if re.search(rb"(?im)^transfer-encoding:.*chunked", head):
            while (size := int(stream.readline().split(b";")[0], 16)) > 0:
                stream.read(size + 2)
            stream.readline()
        elif length:
            stream.read(int(length[1]))


def laboratory(place, backend, policies=POLICIES, more="", **options):
    """The server; `host.test` is the virtual host of that policy."""
    hosts = "".join(
        f"<VirtualHost 127.0.0.1:@PORT@>\nServerName {name}.test\nExpectPolicy On\n{policy}\n{SITE}</VirtualHost>\n"
        for name, policy in policies.items()
    )
    modules = [name for name in MODULES if name != "http2" or options.get("mpm") != "prefork"]
    return PrivateHttpd(place, modules=modules, config=FRAME + more + hosts, files=FILES, BACK=backend.port, **options)
