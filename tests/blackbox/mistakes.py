#!/usr/bin/env python3
"""What httpd says to each configuration of mistakes.txt, which are plausible mistakes and, among them, what looks like
one and means what it says: mistakes.py prints them in three chapters, refused, warned of and accepted."""

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.machine import EXPECT_MODULE, HTTPD, MPM, WORK, make_directory, module_file
from support.private_httpd import load

MODULES = [f"mpm_{MPM}", "authz_core", "alias", "headers", "proxy", "proxy_http"]


def main():
    root = make_directory(WORK / "mistakes")
    files = {name: module_file(name) for name in MODULES} | {"expect": EXPECT_MODULE}
    frame = f'ServerName localhost\nListen 127.0.0.1:1\nPidFile "{root}/pid"\nErrorLog "{root}/error.log"\n'
    frame += "\n".join(load(name, file) for name, file in files.items()) + "\n"
    chapters = {"refused": [], "warned of": [], "accepted": []}
    for mistake in Path(__file__).with_name("mistakes.txt").read_text().rstrip("\n").split("\n----\n"):
        (root / "httpd.conf").write_text(frame + mistake + "\n")
        told = subprocess.run(
            [HTTPD, "-d", root, "-f", root / "httpd.conf", "-t"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        said = re.sub(r"^(AH00526: Syntax error.*|Syntax OK)\n|^\[[^]]*\] |\[pid [^]]*\] ", "", told.stdout, flags=re.M)
        chapter = "refused" if told.returncode else "warned of" if "expect:warn" in said else "accepted"
        chapters[chapter].append((mistake, said.replace(f"{root}/", "").strip()))
    for chapter, entries in chapters.items():
        print(f"\n## {len(entries)} {chapter}\n")
        for mistake, said in entries:
            print("\n".join("    " + line for line in mistake.splitlines()), said, sep="\n")


main()
