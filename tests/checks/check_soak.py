#!/usr/bin/env python3
"""The soak and memcheck run for minutes and are no part of `make check`; what they hold to be right is tried here, each kind of request
under each policy, once over HTTP/1.1 and once over HTTP/2, so that they do not fall behind the module unnoticed."""

import sys

sys.path[:0] = ["tests/soak", "tests"]
import http1
import http2
from policies import KINDS, POLICIES, STOCK
from server import Server
from support.tap import report


def told(way, server, name, right):
    try:
        got = way.outcome(server.port, KINDS[name])
    except (OSError, http2.GoneAway) as error:
        got = repr(error)
    return [] if got in right else [f"{name}, {way.__name__}: got {got}, not {' or '.join(map(str, right))}"]


def main():
    for policy in (STOCK, *POLICIES):
        trouble = []
        with Server(f"soak-{policy}", stock=policy == STOCK, policy=policy) as server:
            for name, kind in KINDS.items():
                if policy in kind.outcomes:
                    outcome = kind.outcomes[policy]
                    trouble += told(http1, server, name, {outcome})
                    trouble += told(http2, server, name, http2.like(outcome)) if "http2" in server.modules else []
        report(f"soak: every kind of request gets what is expected, policy {policy}", "\n".join(trouble))


main()
