"""Clients that send every kind of request for as long as they are told to, and hold each answer against the policies
that were in force while it was made."""

import random
import threading
import time
from collections import Counter

import http1
import http2
from policies import KINDS, POLICIES


class Clock:
    """Which policies were in force when: the old one until a restart is over, the new one from when it is asked for."""

    def __init__(self, policy):
        self.lock, self.spans = threading.Lock(), [[0.0, None, policy]]

    def begins(self, policy):
        with self.lock:
            self.spans.append([time.monotonic(), None, policy])

    def settled(self):
        """Connections from now on are the newest policy's."""
        with self.lock:
            for span in self.spans[:-1]:
                span[1] = span[1] or time.monotonic()

    def policies(self, start, end):
        with self.lock:
            return {policy for begin, over, policy in self.spans if begin <= end and (over is None or over >= start)}


class Tally:
    """What was counted during a phase."""

    def __init__(self, name):
        self.name, self.counts, self.wrong, self.lost = name, Counter(), [], Counter()
        self.began, self.seconds = time.monotonic(), 0.0


# What httpd answers by itself where it lacks descriptors or memory.
SCARCE = (403, 500, 503)


class Traffic:
    def __init__(self, port, clock, stock, has_http2, connections=8, pause=0.004):
        self.port, self.clock, self.stock, self.pause = port, clock, stock, pause
        self.over, self.lock = threading.Event(), threading.Lock()
        self.scarce = False
        self.tally = Tally("")
        self.kinds = {name: kind for name, kind in KINDS.items() if not stock or "stock" in kind.outcomes}
        ways = [self.by_http1] * connections + ([self.by_http2] * 2 if has_http2 else [])
        self.threads = [threading.Thread(target=self.run, args=(way, at), daemon=True) for at, way in enumerate(ways)]

    def begin(self):
        for thread in self.threads:
            thread.start()

    def phase(self, name, scarce=False):
        """Counts under another name from now on; returns what was counted before."""
        with self.lock:
            done, self.tally, self.scarce = self.tally, Tally(name), scarce
            done.seconds = time.monotonic() - done.began
        return done

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join(60)
        return self.phase("")

    def run(self, way, seed):
        chance = random.Random(seed)
        while not self.over.is_set():
            name = chance.choice(list(self.kinds))
            tally, scarce = self.tally, self.scarce  # a request counts for the phase that it began in
            start = time.monotonic()
            try:
                seen, expected = way(chance, self.kinds[name])
            except http2.GoneAway:
                with self.lock:
                    tally.counts["asked to repeat (HTTP/2)"] += 1
                continue
            except http1.ClosedBehind:
                with self.lock:
                    tally.counts["closed behind an answer"] += 1
                continue
            except (OSError, ValueError, IndexError) as error:
                with self.lock:
                    tally.counts["lost"] += 1
                    tally.lost[f"{name}: {error}"] += 1
                time.sleep(0.05)
                continue
            if seen is not None:
                self.judge(tally, scarce, name, seen, expected, start)
            time.sleep(self.pause * chance.random())

    def by_http1(self, chance, kind):
        if chance.random() < 0.1:
            http1.vanish(self.port, kind, chance.randrange(120))
            with self.lock:
                self.tally.counts["vanished"] += 1
            return None, None
        # Stock httpd closes behind its 417.
        keeps = not self.stock or kind.outcomes["stock"] == (200,)
        if kind.content is None and keeps and chance.random() < 0.2:
            return http1.pipelined(self.port, kind), lambda outcome: {(*outcome, 200)}
        return http1.outcome(self.port, kind), lambda outcome: {outcome}

    def by_http2(self, _, kind):
        seen = http2.outcome(self.port, kind)
        with self.lock:
            self.tally.counts["by HTTP/2"] += 1
        return seen, http2.like

    def judge(self, tally, scarce, name, seen, expected, start):
        in_force = self.clock.policies(start, time.monotonic())
        right = set().union(*(expected(KINDS[name].outcomes[policy]) for policy in in_force))
        with self.lock:
            tally.counts["answered"] += 1
            if seen in right:
                tally.counts[name] += 1
            elif scarce and any(status in SCARCE for status in seen):
                tally.counts["answered for want of resources"] += 1
            else:
                tally.counts["wrong"] += 1
                tally.wrong.append(f"{name}: got {seen}, in force {sorted(in_force)}: {sorted(right)}")


def next_policy(policy):
    names = list(POLICIES)
    return names[(names.index(policy) + 1) % len(names)] if policy in names else policy
