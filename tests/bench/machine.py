"""What this machine has: where httpd, its modules and the other programs are, and how the report calls it."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

# Debian keeps the servers in a directory that is not in everybody's PATH.
os.environ["PATH"] += ":/usr/sbin:/sbin"


def ask_apxs(name):
    return subprocess.run(
        [os.environ.get("APXS", "apxs"), "-q", name], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


HTTPD = os.environ.get("HTTPD") or f"{ask_apxs('sbindir')}/{ask_apxs('progname')}"
MODULES = Path(os.environ.get("HTTPD_MODULES") or ask_apxs("libexecdir"))
# tests/checks/unpack_missing.sh puts here what must not be installed into the system.
UNPACKED = Path(os.environ.get("UNPACKED", "build/packages")).resolve()


def module_file(module):
    installed = MODULES / f"mod_{module}.so"
    unpacked = UNPACKED / "usr/lib/apache2/modules" / installed.name
    return unpacked if unpacked.exists() and not installed.exists() else installed


def program(name):
    """The path of a program, or None."""
    unpacked = UNPACKED / "usr/sbin" / name
    return shutil.which(name) or (str(unpacked) if unpacked.exists() else None)


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
