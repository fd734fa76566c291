#!/usr/bin/env python3
"""Mixed traffic through restarts, killed children and scarce resources. Prints figures; exits 1 where a request got a
verdict of no policy in force, where more was lost than stock httpd loses, where memory grows, or where a child died
by itself.

    soak.py [SECONDS]     600 unless given; a fifth of it goes to stock httpd, for comparison
"""

import os
import random
import re
import signal
import sys
import time
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from server import SCARCE, Server, own_memory
from support.machine import MPM
from traffic import Clock, Traffic, next_policy

# How a report of a sanitizer begins; what it sums up at the end is none.
REPORTED = re.compile(r"\w+Sanitizer: [\w-]+(?: [a-z]+)*(?= \(pid| on )|runtime error")

RESTART_EVERY, KILL_EVERY, JUMP_EVERY = 3, 4, 2  # seconds
# Name, share of the time, restarts, kills, what the server lacks.
PHASES = (
    ("steady", 0.25, False, False, None),
    ("restarts", 0.20, True, False, None),
    ("killed children", 0.14, True, True, None),
    ("a full disk", 0.07, True, False, "disk"),
    ("no shared memory", 0.07, True, False, "shared memory"),
    ("a clock that jumps", 0.07, True, False, "time"),
    ("few descriptors", 0.08, False, False, "descriptors"),
    ("little memory", 0.08, False, False, "memory"),
    ("afterwards", 0.04, False, False, None),
)
# In seconds: a day on, the years 2153 and 1973, ten days back, a minute on and back, and right again.
JUMPS = (86400, 4000000000, -1670000000, -864000, 60, -60, 0)
# What the error log has where a fault was felt; one that nobody feels proves nothing.
FELT = {"no shared memory": "no shared memory for the counters", "a clock that jumps": " 2153] "}


class Run:
    def __init__(self, stock):
        self.server = Server("stock" if stock else "expect", stock).begin()
        self.clock = Clock(self.server.policy)
        self.traffic = Traffic(self.server.port, self.clock, stock, MPM != "prefork")
        self.tallies, self.memory, self.parent = [], [], []
        self.killed = self.restarts = self.jumps = 0
        self.chance = random.Random(1)
        # Deaths but for those for want of memory. In these httpd aborts, and now and then faults: stock httpd as well
        # (measured: 3 of 37 deaths, with the module 2 of 64), so that nobody can tell from a signal whose fault it is.
        self.by_itself, self.known_deaths = [], 0

    def restart(self):
        policy = next_policy(self.server.policy)
        self.clock.begins(policy)
        self.server.change(policy)
        self.clock.settled()
        self.restarts += 1

    def kill(self):
        children = self.server.children()
        if children:
            os.kill(self.chance.choice(children), signal.SIGKILL)
            self.killed += 1

    def jump(self):
        self.server.faults.clock(JUMPS[self.jumps % len(JUMPS)])
        self.jumps += 1

    def run_phase(self, name, seconds, restarts, kills, lacks):
        self.traffic.phase(name, lacks in SCARCE)
        self.server.lacks = lacks
        if lacks:
            self.restart()
        end = time.monotonic() + seconds
        due_restart = due_kill = due_jump = time.monotonic()
        while time.monotonic() < end:
            now = time.monotonic()
            if restarts and now >= due_restart:
                self.restart()
                due_restart = now + RESTART_EVERY
                if name == "restarts":
                    self.parent.append(own_memory(self.server.child.pid))
            if kills and now >= due_kill:
                self.kill()
                due_kill = now + KILL_EVERY
            if lacks == "time" and now >= due_jump:
                self.jump()
                due_jump = now + JUMP_EVERY
            if name == "steady":
                self.memory.append(max((own_memory(pid) for pid in self.server.children()), default=0))
            time.sleep(0.5)
        if lacks:
            self.server.lacks = None
            self.server.faults.clock(0)
            self.restart()  # the children that were starved make way
            time.sleep(1)
        self.tallies.append(self.traffic.phase("between"))
        time.sleep(1)  # httpd tells of its dead once a second
        deaths = self.server.deaths()
        self.by_itself += deaths[self.known_deaths :] if lacks != "memory" else []
        self.known_deaths = len(deaths)

    def whole(self, seconds):
        self.traffic.begin()
        time.sleep(min(5.0, seconds / 20))  # not counted: pools and caches fill
        for name, share, *what in PHASES:
            if what[-1] and os.environ.get("HTTPD_LD_PRELOAD"):
                continue  # a sanitizer has terabytes of address space, and dies for want of anything
            self.run_phase(name, seconds * share, *what)
        self.traffic.end()
        self.deaths = self.server.deaths()
        self.server.stop()
        self.reports = self.server.sanitizer_reports()
        return self


def growth(samples):
    """Median of the last fifth over that of the second fifth, in kilobytes."""
    fifth = max(1, len(samples) // 5)
    early, late = sorted(samples[fifth : 2 * fifth] or samples), sorted(samples[-fifth:])
    return early[len(early) // 2], late[len(late) // 2]


def rate(run, name):
    """Lost requests of a phase in a million."""
    counts = next(tally.counts for tally in run.tallies if tally.name == name)
    return 1e6 * counts["lost"] / max(1, counts["answered"] + counts["lost"])


def print_run(title, run):
    print(f"\n{title}: {run.restarts} graceful restarts, {run.killed} children killed by us, {run.jumps} jumps of the clock")
    print(f"{'phase':<20}{'seconds':>8}{'answered':>10}{'HTTP/2':>8}{'vanished':>9}{'lost':>6}{'behind':>7}{'want':>6}{'wrong':>6}")
    for tally in run.tallies:
        c = tally.counts
        print(
            f"{tally.name:<20}{tally.seconds:>8.0f}{c['answered']:>10}{c['by HTTP/2']:>8}{c['vanished']:>9}"
            f"{c['lost']:>6}{c['closed behind an answer']:>7}{c['answered for want of resources']:>6}{c['wrong']:>6}"
        )
        for text, count in tally.lost.most_common(3):
            print(f"    lost {count}: {text}")
        for text in tally.wrong[:5]:
            print(f"    wrong: {text}")
    early, late = growth(run.memory)
    print(f"largest child, own resident memory while steady: {early} kB, at the end {late} kB")
    if run.parent:
        early, late = growth(run.parent)
        print(f"parent after restarts: {early} kB, at the end {late} kB")
    if os.environ.get("HTTPD_LD_PRELOAD"):
        kinds = Counter(kind for report in run.reports for kind in re.findall(REPORTED, report))
        in_module = sum("mod_expect" in report for report in run.reports)
        print(f"reports of the sanitizer: {dict(kinds)}, with a frame of the module: {in_module}")
    print("children that died by a signal: " + (", ".join(sorted(set(run.deaths))) or "none") + f" ({len(run.deaths)})")


def troubles(ours, stock):
    for tally in ours.tallies:
        if tally.counts["wrong"]:
            yield f"{tally.name}: {tally.counts['wrong']} verdicts of no policy in force"
        if not tally.counts["answered"]:
            yield f"{tally.name}: nothing was answered, so nothing was tested"
    for name in ("steady", "restarts", "a full disk", "no shared memory", "a clock that jumps", "afterwards"):
        lost = sum(tally.counts["lost"] for tally in ours.tallies if tally.name == name)
        if lost and rate(ours, name) > 2 * rate(stock, name):
            yield f"{name}: {rate(ours, name):.0f} in a million lost, of stock httpd {rate(stock, name):.0f}"
    for tally in ours.tallies:
        if tally.name in ("steady", "afterwards") and tally.counts["closed behind an answer"]:
            yield f"{tally.name}: pipelined requests unanswered where nothing was restarted"
    for name in {tally.name for tally in ours.tallies} & FELT.keys():
        if FELT[name] not in ours.server.error_log():
            yield f"{name}: the server did not feel it"
    ours_in = [report for report in ours.reports if "mod_expect" in report]
    if ours_in:
        yield f"{len(ours_in)} reports of the sanitizer with a frame of the module, the first:\n{ours_in[0]}"
    for what, samples in (("a child", ours.memory), ("the parent", ours.parent)):
        if samples and not os.environ.get("HTTPD_LD_PRELOAD"):  # a sanitizer's own memory grows
            early, late = growth(samples)
            if late > early * 1.15 + 1024:
                yield f"memory of {what} grows: {early} kB, {late} kB"
    for death in sorted(set(ours.by_itself)):
        yield f"{ours.by_itself.count(death)} children died by {death}, and not for want of memory"


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    stock = Run(stock=True).whole(seconds / 5)
    print_run(f"stock httpd, MPM {MPM}", stock)
    ours = Run(stock=False).whole(seconds * 4 / 5)
    print_run(f"with mod_expect, MPM {MPM}", ours)
    found = list(troubles(ours, stock))
    print("\n" + ("\n".join(f"TROUBLE: {text}" for text in found) if found else "no trouble"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
