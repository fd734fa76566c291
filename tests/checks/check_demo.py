#!/usr/bin/env python3
"""What `make run` prints to try: each curl line gets the answers that the line above it says. A demonstration that shows
something else is worse than none."""

import os
import re
import shlex
import subprocess
import sys

sys.path.insert(0, "tests")
from support.free_port import free_port
from support.machine import EXPECT_MODULE, HTTPD, MODULES
from support.tap import report

SECONDS = 60  # that a slow machine may take for the start


def read_until(stream, word):
    """Lines up to the one with the word; fewer where there is no such line."""
    lines = []
    for line in stream:
        lines.append(line)
        if word in line:
            break
    return "".join(lines)


def examples(text):
    """What is said and the command to try, for each."""
    return re.findall(r"^\d+\. (.*)\n {5}(curl .*)$", text, re.M)


def trouble(said, command):
    wanted = re.findall(r"HTTP/1\.1 (\d{3}) ", said)
    program, *words = shlex.split(command)
    tried = subprocess.run(
        [program, "-q", "-sS", "--max-time", str(SECONDS), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", timeout=2 * SECONDS,
    )
    got = re.findall(r"^HTTP/1\.1 (\d{3}) ", tried.stdout, re.M)
    if not wanted:
        return "it does not say what will be answered"
    return "" if got == wanted else f"said: {wanted}, answered: {got}\n{command}\n{tried.stdout}"


def main():
    surroundings = {"HTTPD": HTTPD, "HTTPD_MODULES": str(MODULES), "EXPECT_MODULE": str(EXPECT_MODULE)}
    demo = subprocess.Popen(
        ["conf/demo/run.sh", str(free_port("127.0.0.1"))], env={**os.environ, **surroundings}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    try:
        text = read_until(demo.stdout, "Ctrl-C ends it")
        tried = examples(text)
        report("demonstration: it starts, and says what to try", "" if len(tried) >= 10 else text)
        for said, command in tried:
            report(f"demonstration: {said}", trouble(said, command))
    finally:
        demo.terminate()
        rest = demo.stdout.read()
        demo.wait(SECONDS)
    bad = [line for line in rest.splitlines() if re.match(r"\[(?!info\]|notice\])\w+\]", line)]
    report("demonstration: it ends, and the log has nothing to complain of", "\n".join(bad) or demo.returncode and rest)


main()
