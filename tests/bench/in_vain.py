"""Content in vain: an upload of 20 MiB with `Expect: 100-continue` in each of SITUATIONS, to httpd alone and with the
policy on. Whether 100 came and how many bytes of content travelled, by a client that waits for the 100 as long as it
takes, and by real curl."""

import shutil
import socket
import subprocess
from pathlib import Path

import in_vain_clients
from measured_httpd import KEPT
from situations import FILES, MODULES, READ, SITE, SITUATIONS
from support.machine import UNPACKED, WORK, program, serving_user
from support.private_httpd import PrivateHttpd
from support.private_server import PrivateServer
from support.wire import Closed, Wire

SIZE = 20 * 2**20
# Seconds after which a client sends without the 100, long enough for a busy machine.
PATIENCE = 10

PHP = """
[global]
daemonize = no
error_log = @ROOT@/error.log
[www]
listen = 127.0.0.1:@PORT@
pm = static
pm.max_children = 2
php_admin_value[post_max_size] = 64M
php_admin_value[memory_limit] = 256M
"""

SETUPS = {"stock": (None, ""), "ours": (KEPT, "ExpectPolicy On\n")}


def php_fpm():
    """The path of PHP's FastCGI server, installed or unpacked, or None."""
    for folder in (Path("/usr/sbin"), UNPACKED / "usr/sbin"):
        for file in sorted(folder.glob("php-fpm*")):
            return str(file)
    return None


def start_php():
    user = serving_user()
    lines = f"user = {user.pw_name}\n" if user else ""
    return PrivateServer("in-vain-php", [php_fpm(), "-n", "-F", "-y", "@ROOT@/php.conf"], {"php.conf": PHP + lines})


class Site(PrivateHttpd):
    """SITUATIONS' httpd; its DAV folder is as it was at first once renew() was called."""

    def __init__(self, name, php_port, tls=False):
        expect, policy = SETUPS[name]
        super().__init__(f"in-vain-{name}{'-tls' if tls else ''}", MODULES, SITE + policy, expect=expect, tls=tls,
                         files=FILES, ask="/a.txt", PHP_PORT=php_port)

    def begin(self):
        super().begin()
        user = serving_user()
        for file in (self.root / "dav", self.root / "locks", *(self.root / "dav").rglob("*")):
            if user:
                shutil.chown(file, user.pw_uid, user.pw_gid)
        return self

    def renew(self):
        (self.root / "dav" / "new.txt").unlink(missing_ok=True)
        (self.root / "dav" / "deleted.txt").write_text("to be deleted\n")


def head(situation):
    fields = "".join(f"{field}\r\n" for field in situation.fields)
    return (f"{situation.method} {situation.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {SIZE}\r\nExpect: 100-continue\r\n{fields}\r\n").encode()


def wait_for_100(site, situation):
    """What a client sees that sends nothing before the 100: {asked, status, sent, kept}."""
    site.renew()
    seen = {"asked": False, "status": None, "sent": 0, "kept": False}
    with Wire(site.port, timeout=60, tls=site.tls) as wire:
        wire.send(head(situation))
        try:
            answer = wire.response(timeout=PATIENCE)
            if answer.status == 100:
                seen["asked"] = True
                seen["sent"] = wire.send_as_taken(bytes(SIZE))
                answer = wire.response()
            seen["status"] = answer.status
            if not answer.close:
                wire.send(b"GET /a.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                seen["kept"] = wire.response().status == 200
        except (Closed, socket.timeout):
            pass
    return seen


def curl(site, situation, file):
    """{status, sent} of real curl, as it counts."""
    site.renew()
    fields = [word for field in situation.fields for word in ("-H", field)]
    ran = subprocess.run(
        [program("curl"), "-q", "-s", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", "--max-time", "120",
         "--expect100-timeout", str(PATIENCE), "-X", situation.method, "-H", "Content-Type: text/plain", "-H",
         "Expect: 100-continue", *fields, "--data-binary", f"@{file}", f"http://127.0.0.1:{site.port}{situation.path}"],
        stdout=subprocess.PIPE, text=True,
    )
    status, sent = ran.stdout.split()
    return {"status": int(status), "sent": int(sent)}


def measure(site, situations, file):
    table = {}
    for situation in situations:
        table[situation.title] = {"waits": wait_for_100(site, situation)}
        if not site.tls:
            table[situation.title]["curl"] = curl(site, situation, file)
    return table


def run(say):
    file = WORK / "in-vain-upload"
    file.write_bytes(bytes(SIZE))
    php = start_php() if php_fpm() else None
    if not php:
        say("in vain: php-fpm is not there")
    situations = [each for each in SITUATIONS if php or "/php" not in each.path]
    result = {"size": SIZE, "patience": PATIENCE,
              "situations": [{"title": each.title, "kind": each.kind} for each in situations]}
    try:
        php_port = php.begin().port if php else 9
        for name in SETUPS:
            for tls in (False, True):
                say(f"in vain: {name}{' over TLS' if tls else ''}")
                with Site(name, php_port, tls) as site:
                    result[f"{name} tls" if tls else name] = measure(site, situations, file)
        say("in vain: clients")
        with Site("stock", php_port) as stock, Site("ours", php_port) as ours:
            result["clients"] = in_vain_clients.run({"stock": stock, "ours": ours}, file)
    finally:
        if php:
            php.stop()
    return result


def in_vain(result, name, client="waits"):
    """How many of the situations in which nobody reads the content had it travel, and the bytes."""
    rows = [result[name][each["title"]][client]["sent"] for each in result["situations"] if each["kind"] != READ]
    return sum(bool(sent) for sent in rows), sum(rows)
