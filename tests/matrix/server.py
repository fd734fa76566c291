"""The matrix's httpd with its backends, with mod_expect or without (stock), and what its logs say."""

import subprocess

import re

import configuration
from backends import FastCgiBackend, HttpBackend
from support.machine import EXPECT_MODULE, serving_user
from support.private_httpd import PrivateHttpd


# How many of a child's last requests may have been the one that ended it; a child of prefork has one at a time.
LAST, LAST_OF_PREFORK = 40, 2


class Server(PrivateHttpd):
    """`mpm` chooses the CGI module too, so that both have their turn. `probes` are build_probes()'s."""

    def __init__(self, place, mpm, probes, policies, stock=False):
        modules = [*configuration.MODULES, "cgid" if mpm == "worker" else "cgi"]
        super().__init__(place, modules, configuration.text(policies), expect=None if stock else EXPECT_MODULE, mpm=mpm,
                         ask="/cgi/none?ready", files=configuration.DOCUMENTS, TURNS=probes.turns)
        self.probes = probes

    def write_files(self):
        self.http_backend, self.fcgi_backend = HttpBackend(), FastCgiBackend()
        self.fill.update(HTTP_BACKEND=self.http_backend.port, FCGI_BACKEND=self.fcgi_backend.port)
        configuration.write_files(self.root, self.probes.script, serving_user())
        super().write_files()

    def stop(self):
        super().stop()
        for backend in (self.http_backend, self.fcgi_backend):
            backend.stop()

    def clients_of_the_dead(self):
        """The client's ports of the last requests of each child that died, by the access log and the error log."""
        text = self.told()
        found = set()
        last = LAST_OF_PREFORK if self.mpm == "prefork" else LAST
        for child in set(re.findall(r"child pid (\d+) exit signal", text)):
            logged = [port for port, _, _, _, pid in self.access_log() if pid == child]
            failed = re.findall(rf"\[pid {child}:tid \d+\].* \[client 127\.0\.0\.1:(\d+)\]", text)
            found.update(map(int, logged[-last:] + failed[-last:]))
        return found

    def access_log(self):
        """(client's port, cell, request line, status, process id of the child), in httpd's order."""
        text = (self.root / "access.log").read_text(errors="replace")
        return [tuple(line.split("\t")) for line in text.splitlines() if line.count("\t") == 4]

    def given(self):
        """For each cell (who, bytes of content) of the scripts and backends that ran for it."""
        lines = [line.split() for line in (self.root / "scripts.log").read_text().splitlines()]
        found = {}
        for cell, who, count in [*lines, *self.http_backend.records, *self.fcgi_backend.records]:
            found.setdefault(cell, []).append((who, int(count)))
        return found
