"""Where this machine has httpd, its modules and other programs, and where the tests may work. Standard library only.

Environment, as the Makefile sets it: APXS, HTTPD, HTTPD_MODULES, EXPECT_MODULE, UNPACKED, HTTPD_LD_PRELOAD, MPM and
WORK_DIR, the directory below which the servers' directories are made.
"""

import functools
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

# What this machine's administrator or user set for other purposes: files that nobody else may read, proxies, and what
# makes programs talk: a locale that is not there, options of Java.
os.umask(0o022)
for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"):
    os.environ.pop(name, None)
os.environ["LC_ALL"] = "C"
# Debian keeps servers in a directory that is not in everybody's PATH.
os.environ["PATH"] = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"


def ask_apxs(name):
    return subprocess.run(
        [os.environ.get("APXS") or "apxs", "-q", name], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


HTTPD = os.environ.get("HTTPD") or f"{ask_apxs('sbindir')}/{ask_apxs('progname')}"
MODULES = Path(os.environ.get("HTTPD_MODULES") or ask_apxs("libexecdir"))
EXPECT_MODULE = Path(os.environ.get("EXPECT_MODULE") or "build/mod_expect.so").resolve()
# tests/checks/unpack_missing.sh puts here what must not be installed into the system.
UNPACKED = Path(os.environ.get("UNPACKED") or "build/packages").resolve()
MPM = os.environ.get("MPM") or "event"
WORK = Path(os.environ.get("WORK_DIR") or "build/work").resolve()


def module_file(module):
    """The file of one of httpd's modules, by its name without mod_; it need not exist, since it may be linked in."""
    installed = MODULES / f"mod_{module}.so"
    unpacked = UNPACKED / "usr/lib/apache2/modules" / installed.name
    return unpacked if unpacked.exists() and not installed.exists() else installed


def program(name):
    """The path of a program, installed or unpacked, or None."""
    unpacked = UNPACKED / "usr/sbin" / name
    return shutil.which(name) or (str(unpacked) if unpacked.exists() else None)


@functools.lru_cache(None)
def httpd_patch():
    """18 of httpd 2.4.18."""
    said = subprocess.run([HTTPD, "-v"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(re.search(r"Apache/2\.4\.(\d+)", said).group(1))


def serving_user():
    """The passwd entry of the user that servers started by root serve as, since httpd refuses to serve as root; None
    for everybody else. The user has another name on every distribution."""
    if os.geteuid() != 0:
        return None
    for name in ("www-data", "apache", "http", "wwwrun", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("running as root, and no user was found for httpd to serve as")


def make_directory(path):
    """A new empty directory that a server may write to."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    path.chmod(0o755)
    user = serving_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path
