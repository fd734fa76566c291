"""The clients: programs of programs/, each called with the address, the expectation and, for an upload, the file. It
prints the final status and then the answer's content. A new client is a program there and a row here.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.machine import WORK, httpd_patch, module_file

PROGRAMS = Path(__file__).resolve().parent / "programs"
BUILT = WORK / "programs"
UPLOAD = 2 * 1024 * 1024  # bytes; more than fits where bytes wait between client and server unread


def core_answers_first():
    """See the README's limits."""
    http2 = module_file("http2")
    return 49 <= httpd_patch() <= 54 and not (http2.exists() and b"H2StreamTimeout" in http2.read_bytes())


@dataclass
class Client:
    command: list
    version: list  # a command that prints it
    waits: bool = True  # for the 100, before it sends content
    goes_on: bool = True  # without the 100, after a while of its own
    ends: bool = True  # returns from a refused upload
    hears: bool = True  # the status of a refused upload, and not an error of its own
    by_http_2: bool = False
    uploads: int = UPLOAD  # bytes, where the upload is met
    build: list = ()
    environment: dict = None

    @property
    def missing(self):
        """What it needs and is not installed, or None."""
        if self.by_http_2 and core_answers_first():
            return "an httpd that asks modules over HTTP/2"
        needed = [str(self.version[0]), *(str(each) for each in self.build[:1])]
        return next((each for each in needed if not shutil.which(each)), None)

    def compile(self):
        """What went wrong, or None."""
        if not self.build:
            return None
        BUILT.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            [*map(str, self.build)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
            env=self.surroundings(),
        )
        return made.stdout if made.returncode else None

    def surroundings(self):
        return {**os.environ, **(self.environment or {})}

    def version_number(self):
        asked = subprocess.run(
            [*map(str, self.version)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60
        )
        found = re.search(r"\d+\.\d+(\.\d+)*", asked.stdout)
        return found.group() if found else ""


def python_with_requests():
    """Debian's package belongs to Debian's interpreter, which need not be the first in PATH."""
    for python in ("/usr/bin/python3", sys.executable):
        if shutil.which(python):
            try:
                subprocess.run([python, "-c", "import requests"], check=True, stderr=subprocess.DEVNULL)
                return python
            except subprocess.CalledProcessError:
                pass
    return "/usr/bin/python3"  # its error message says what is missing


# Nothing outside Go's standard library is needed, and nothing may be asked of a network.
GO = {"GO111MODULE": "off", "GOCACHE": str(BUILT / "go-cache"), "GOPATH": str(BUILT / "go"), "CGO_ENABLED": "0"}
GO_BUILD = ["go", "build", "-o", BUILT / "go_net_http", PROGRAMS / "go_net_http.go"]
JAVA = ["java", "-Djdk.httpclient.allowRestrictedHeaders=expect", "-XX:TieredStopAtLevel=1", "-cp", BUILT]
JAVA_BUILD = ["javac", "-d", BUILT, PROGRAMS / "java_http_client.java"]
REQUESTS = python_with_requests()
PYTHON = [sys.executable, "-c", "import sys; print(sys.version)"]
NODE = ["node", PROGRAMS / "node_http.js"]
LWP_VERSION = ["perl", "-MLWP", "-e", "print $LWP::VERSION"]

CLIENTS = {
    "curl": Client(["sh", PROGRAMS / "curl.sh"], ["curl", "--version"]),
    "PHP ext-curl": Client(["php", PROGRAMS / "php_curl.php"], ["php", "--version"]),
    "Python requests": Client(
        [REQUESTS, PROGRAMS / "python_requests.py"],
        [REQUESTS, "-c", "import requests; print(requests.__version__)"], waits=False,
    ),
    "Python http.client": Client([sys.executable, PROGRAMS / "python_http_client.py"], PYTHON, waits=False),
    "Node http, with a timer": Client(NODE, ["node", "--version"]),
    "Node http, without": Client(NODE, ["node", "--version"], goes_on=False, environment={"NO_TIMER": "1"}),
    "Go net/http, timeout 1 s": Client([BUILT / "go_net_http"], ["go", "version"], build=GO_BUILD, environment=GO),
    "Go net/http, timeout 0": Client(
        [BUILT / "go_net_http"], ["go", "version"], waits=False, build=GO_BUILD, environment={**GO, "NO_WAIT": "1"}
    ),
    "Java HttpClient": Client(
        [*JAVA, "java_http_client"], ["java", "--version"], goes_on=False, ends=False, build=JAVA_BUILD
    ),
    "Perl LWP": Client(["perl", PROGRAMS / "perl_lwp.pl"], LWP_VERSION, goes_on=False),
    "wget": Client(["sh", PROGRAMS / "wget.sh"], ["wget", "--version"], waits=False),
    # mod_http2 resets the stream behind an early answer, and curl then tells of the reset.
    "curl (HTTP/2)": Client(
        ["sh", PROGRAMS / "curl.sh"], ["curl", "--version"], hears=False, by_http_2=True,
        environment={"HTTP_2": "1"},
    ),
    # A second after the request nghttp submits its content, though the 100 has come and the content is on its way: it
    # then gives up. What fits the window that a stream begins with is no longer on its way (RFC 9113, 6.9.2).
    "nghttp (HTTP/2)": Client(
        ["sh", PROGRAMS / "nghttp.sh"], ["nghttp", "--version"], by_http_2=True, uploads=60_000
    ),
}
