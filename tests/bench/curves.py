"""Instructions for one request against the number of header lines and against the number of rules, for the plots."""

import client
from instructions import CountedHttpd
from setups import ALONE, SECTION, is_there, policy, rewrite, security

LINES = [4, 8, 16, 32, 64, 96]
RULES = [1, 10, 100, 1000, 10000]
# The alternatives try every rule for every request; with more rules than this they only take long to measure.
MOST_FOR_OTHERS = 1000
BATCHES = (10, 60, 1)


def measure(setup, request):
    with CountedHttpd(setup) as server:
        return server.measure(request, *BATCHES)


def run(say):
    lines = {}
    for setup in filter(is_there, (ALONE, policy(0), rewrite(), SECTION, security())):
        say(f"curves: header lines, {setup.title}")
        with CountedHttpd(setup) as server:
            requests = [client.request("get", "GET", lines=count) for count in LINES]
            lines[setup.title] = [server.measure(request, *BATCHES) for request in requests]
    expecting = client.request("continue", "GET + 100-continue", expect="100-continue", keeps=False)
    rules = {"httpd alone": [measure(ALONE, expecting)] * len(RULES)}
    for title, make in (("mod_expect", policy), ("mod_rewrite", rewrite), ("mod_security2", security)):
        if not is_there(make(1)):
            continue
        rules[title] = []
        for count in RULES:
            say(f"curves: {count:,} rules, {title}")
            skip = make is not policy and count > MOST_FOR_OTHERS
            rules[title].append(None if skip else measure(make(count), expecting))
    return {"lines": LINES, "by_lines": lines, "rules": RULES, "by_rules": rules}
