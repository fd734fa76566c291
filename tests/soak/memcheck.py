#!/usr/bin/env python3
"""valgrind's memcheck over httpd in one process (prefork, -X): mixed requests under each policy, at two counts of
requests. Exits 1 after an error with a frame of the module, and where what leaks grows with the requests.

valgrind sees what goes through malloc; APR's pools map their memory themselves. So `make memcheck` preloads
probe/exact_pool.cpp, and the same requests go, more of them, to a httpd without valgrind, whose resident memory is
measured.

    memcheck.py [FEWER MORE]     500 and 2000 requests unless given
"""

import os
import random
import re
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["MPM"] = "prefork"
import http1
from policies import KINDS, POLICIES
from server import Server, own_memory

VALGRIND = ("valgrind", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible", "--num-callers=30",
            "--keep-debuginfo=yes", "--log-file=@ROOT@/valgrind.out")


def ask(port, policy, count):
    """Sends the requests one after the other; returns how many were answered wrongly."""
    chance, wrong = random.Random(count), 0
    for number in range(count):
        kind = KINDS[chance.choice(list(KINDS))]
        way = chance.random()
        if way < 0.1:
            http1.vanish(port, kind, chance.randrange(120))
        elif way < 0.4 and kind.content is None:
            wrong += http1.pipelined(port, kind) != (*kind.outcomes[policy], 200)
        else:
            wrong += http1.outcome(port, kind) != kind.outcomes[policy]
    return wrong


def run(policy, count):
    """The number of wrong answers, and valgrind's report. Once in a while httpd under valgrind dies of its SIGTERM
    before it can hand over to valgrind's own end: then all is done again."""
    for _ in range(3):
        wrong, text = run_once(policy, count)
        if wrong or "ERROR SUMMARY" in text:
            break
    return wrong, text


def run_once(policy, count):
    name = f"memcheck-{policy}-{count}"
    with Server(name, policy=policy, prefix=VALGRIND, arguments=("-X",), patience=120) as server:
        wrong = ask(server.port, policy, count)
    return wrong, (server.root / "valgrind.out").read_text(errors="replace")


def resident(counts):
    """Kilobytes of one process's own memory after so many requests in all, for each count."""
    os.environ.pop("HTTPD_LD_PRELOAD", None)
    sizes, done, wrong = [], 0, 0
    with Server("memcheck-resident", arguments=("-X",)) as server:
        for count in counts:
            wrong += ask(server.port, "A", count - done)
            done = count
            sizes.append(own_memory(server.child.pid))
    return sizes, wrong


def number(text, pattern):
    found = re.search(pattern + r":? +([\d,]+)", text)
    return int(found.group(1).replace(",", "")) if found else 0


def with_our_frames(text):
    """The reports that name a source file of the module."""
    reports = re.split(r"\n==\d+== \n", text)
    return [report for report in reports if re.search(r"(mod_expect|expect/\w+\.hpp|\w+\.hpp:\d+)", report) and " at 0x" in report]


def main():
    http1.PATIENCE = 0.02
    if shutil.which("valgrind") is None:
        sys.exit("valgrind not found; Debian's package has its name")
    counts = [int(word) for word in sys.argv[1:3]] or [500, 2000]
    trouble = 0
    print(f"{'policy':<8}{'requests':>9}{'wrong':>7}{'errors':>8}{'of ours':>8}{'definite':>10}{'indirect':>10}{'possible':>10}")
    for policy in POLICIES:
        leaks = []
        for count in counts:
            wrong, text = run(policy, count)
            errors, ours = number(text, "ERROR SUMMARY"), with_our_frames(text)
            leak = [number(text, f"{kind} lost") for kind in ("definitely", "indirectly", "possibly")]
            leaks.append(sum(leak))
            print(f"{policy:<8}{count:>9}{wrong:>7}{errors:>8}{len(ours):>8}" + "".join(f"{size:>10}" for size in leak))
            print("\n".join(ours[:3]), end="")
            trouble += wrong + len(ours) + ("ERROR SUMMARY" not in text)
            sys.stdout.flush()
        if leaks[-1] > leaks[0]:
            print(f"policy {policy}: what leaks grows with the requests, from {leaks[0]} to {leaks[-1]} bytes")
            trouble += 1
    more = [counts[0] * 4, counts[-1] * 2, counts[-1] * 4]
    sizes, wrong = resident(more)
    print(f"without valgrind, resident memory after {more} requests: {sizes} kB; wrong answers: {wrong}")
    trouble += wrong + (sizes[-1] > sizes[0] * 1.05 + 128)
    print("TROUBLE" if trouble else "no trouble")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
