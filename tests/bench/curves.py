"""Instructions for one request against the number of header lines and against the number of rules, for the plots."""

import client
from instructions import measure_setup, settle
from setups import ALONE, SECTION, is_there, policy, rewrite, security

LINES = [4, 8, 16, 32, 64, 96]
RULES = [1, 10, 100, 1000, 10000]
# The alternatives try every rule for every request; with more rules than this they only take long to measure.
MOST_FOR_OTHERS = 1000
STARTS = 3


def measure(setup, requests, alone=None):
    """For each request its figure and those of all starts."""
    figures, _ = measure_setup(setup, requests, STARTS)
    return [settle(figures[key], (alone or figures)[key]) for key in figures], figures


def run(say):
    lines, alone = {}, None
    for setup in filter(is_there, (ALONE, policy(0), rewrite(), SECTION, security())):
        say(f"curves: header lines, {setup.title}")
        requests = [client.request(f"get{count}", "GET", lines=count) for count in LINES]
        lines[setup.title], figures = measure(setup, requests, alone)
        alone = alone or figures
    expecting = client.request("continue", "GET + 100-continue", expect="100-continue", keeps=False)
    figure, alone = measure(ALONE, [expecting])
    rules = {"httpd alone": figure * len(RULES)}
    for title, make in (("mod_expect", policy), ("mod_rewrite", rewrite), ("mod_security2", security)):
        if not is_there(make(1)):
            continue
        rules[title] = []
        for count in RULES:
            say(f"curves: {count:,} rules, {title}")
            skip = make is not policy and count > MOST_FOR_OTHERS
            rules[title] += [None] if skip else measure(make(count), [expecting], alone)[0]
    return {"lines": LINES, "by_lines": lines, "rules": RULES, "by_rules": rules}
