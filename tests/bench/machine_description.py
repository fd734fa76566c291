"""How the report calls this machine."""

import os
import platform
import subprocess
from pathlib import Path

from support.machine import HTTPD


def version_of(*command):
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError:
        return "not found"
    return next((line.strip() for line in run.stdout.splitlines() if line.strip()), "unknown")


def describe():
    """Rows of (what, which) for the head of the report."""
    cpu = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    release = {}
    for line in Path("/etc/os-release").read_text().splitlines():
        key, _, value = line.partition("=")
        release[key] = value.strip('"')
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        ("CPU", f"{cpu}, {os.cpu_count()} cores"),
        ("Memory", f"{memory:.0f} GiB"),
        ("System", f"{release.get('PRETTY_NAME', 'unknown')}, Linux {platform.release().split('-')[0]}"),
        ("httpd", version_of(HTTPD, "-v").replace("Server version: ", "")),
        ("Compiler", version_of(os.environ.get("CXX", "g++"), "--version")),
    ]
