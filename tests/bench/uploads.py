"""An upload of 100 MiB that the server's rules forbid: how long after the last header byte the final status comes
while the client withholds the content, and how many bytes of content real curl sends before it gives up."""

import statistics
import subprocess
import time

from measured_httpd import DOCUMENTS, MeasuredHttpd
from support.machine import WORK, module_file, program
from support.private_server import nginx
from support.wire import Wire

SIZE = 100 * 2**20
RUNS = 5
# A server that has not answered by then is waiting for the content.
PATIENCE = 5.0

SETUPS = {
    "httpd alone": ((), ""),
    "mod_expect": (("expect",), "ExpectPolicy On\nExpectRule reject 100-continue longer-than=1M status=413\n"),
    "LimitRequestBody 1 MiB": ((), "LimitRequestBody 1048576\n"),
    "mod_security2": (("unique_id", "security2"), """
SecRuleEngine On
SecRequestBodyAccess Off
SecAuditEngine Off
SecRule REQUEST_HEADERS:Content-Length "@gt 1048576" "id:1,phase:1,deny,status:413,nolog,t:none"
SecRule REQUEST_HEADERS:Expect "!@rx ^(?i:100-continue)?$" "id:2,phase:1,deny,status:417,nolog,t:none"
"""),
}
NGINX = """
access_log off;
client_max_body_size 1m;
server {
    listen 127.0.0.1:@PORT@;
    root @DOCUMENTS@;
}
"""


def final_status(port, expect):
    """(status, milliseconds from sending the header section, in one write), or (None, None); a 100 means that the
    server wants the content, and counts as its answer."""
    head = f"POST /resource HTTP/1.1\r\nHost: localhost\r\nContent-Length: {SIZE}\r\nExpect: {expect}\r\n\r\n".encode()
    with Wire(port) as wire:
        begin = time.monotonic()
        wire.send(head)
        if wire.quiet(PATIENCE):
            return None, None
        milliseconds = (time.monotonic() - begin) * 1000
        return wire.response().status, milliseconds


def time_status(port, expect):
    times = []
    for _ in range(RUNS):
        status, milliseconds = final_status(port, expect)
        if milliseconds is None:
            return {"status": status, "milliseconds": None}
        times.append(milliseconds)
    return {"status": status, "milliseconds": statistics.median(times)}


def curl(port, expect, file):
    command = [program("curl"), "-q", "-s", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", "--max-time", "60", "-H",
               "Content-Type: application/octet-stream", "--data-binary", f"@{file}"]
    if expect != "100-continue":  # which curl sends by itself
        command += ["-H", f"Expect: {expect}"]
    run = subprocess.run([*command, f"http://127.0.0.1:{port}/resource"], stdout=subprocess.PIPE, text=True)
    status, sent = run.stdout.split()
    return {"status": int(status), "sent": int(sent)}


def most_sent(port, expect, file):
    """Of several runs the one that sent most: how far a client that does not wait gets is chance."""
    return max((curl(port, expect, file) for _ in range(RUNS)), key=lambda run: run["sent"])


def measure(server, file):
    with server:
        return {expect: {**time_status(server.port, expect), "curl": most_sent(server.port, expect, file)}
                for expect in ("100-continue", "foo")}


def run(say):
    file = WORK / "upload"
    with open(file, "wb") as upload:
        upload.truncate(SIZE)
    table = {}
    for title, (modules, configuration) in SETUPS.items():
        if not all(module_file(module).exists() for module in modules if module != "expect"):
            say(f"uploads: {title} is not there")
            continue
        say(f"uploads: {title}")
        table[title] = measure(MeasuredHttpd("upload", modules, configuration), file)
    if program("nginx"):
        say("uploads: nginx")
        table["nginx, client_max_body_size 1 MiB"] = measure(nginx("servers/nginx", NGINX, DOCUMENTS=DOCUMENTS), file)
    return {"table": table, "patience": PATIENCE, "runs": RUNS}
