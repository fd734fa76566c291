"""Where the module's instructions go: for one request, the functions whose own instructions differ between the
policy on and httpd alone, from callgrind's dumps. One start: a string that lies across the end of a page makes
some hundred instructions in glibc's comparisons here or there (see instructions.py)."""

import re
import subprocess

import client
from instructions import PAUSE, REQUESTS, CountedHttpd, closes
from setups import ALONE, policy

COUNT = 200
SHOWN = 24
# Callgrind gives the functions that never return within a dump what they call as their own.
OUTERMOST = re.compile(r"main|\(below main\)|ap_run_mpm|__libc_start_main.*|PROGRAM TOTALS")


def own_costs(setup, request):
    with CountedHttpd(setup) as server:
        reconnects = request.keeps and closes(server, request)
        client.send(server, request, 20, PAUSE, reconnects)
        server.count()
        client.send(server, request, COUNT, PAUSE, reconnects)
        server.count()
        dump = server.root / f"callgrind.out.{server.dumps}"
    text = subprocess.run(["callgrind_annotate", "--threshold=100", "--auto=no", "--tree=none", str(dump)], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    costs = {}
    for number, name in re.findall(r"^ *([\d,]+) (?:\( *[\d.]+%\) +)?(.+)$", text, re.M):
        # What was inlined belongs to the function it is in; recursion (a'2) to the function itself.
        name = re.sub(r"^(\?\?\?|[^ :]*\.\w+):| \[.*\]$|'\d+", "", name)
        costs[name] = costs.get(name, 0) + int(number.replace(",", "")) / COUNT
    return costs


def short(name):
    """A function's name without what C++ writes around it."""
    name = re.sub(r"\(anonymous namespace\)::|\[.*\]$", "", name)
    while "<" in name and (shorter := re.sub(r"<[^<>]*>", "", name)) != name:
        name = shorter
    return name.split("(")[0].split(" ")[-1]


def compare(alone, on):
    """What was added in all, and by which functions, the most first."""
    total = on["PROGRAM TOTALS"] - alone["PROGRAM TOTALS"]
    rows = [(on.get(name, 0) - alone.get(name, 0), short(name)) for name in {*alone, *on}
            if not OUTERMOST.fullmatch(name)]
    # What has no symbol and the whole sum as its own is outermost, too.
    rows = [row for row in rows if abs(row[0]) >= 1 and not (row[1].startswith("0x") and abs(row[0] - total) < 1)]
    return round(total), sorted(rows, key=lambda row: -abs(row[0]))


def run(say):
    requests = {}
    for key in ("get4", "get20", "continue_new", "post", "foo", "foo_new"):
        request = next(request for request in REQUESTS if request.key == key)
        say(f"profile: {request.title}")
        total, rows = compare(own_costs(ALONE, request), own_costs(policy(0), request))
        rest = round(sum(row[0] for row in rows[SHOWN:]))
        requests[request.title] = {"total": total, "rows": [[round(added), name] for added, name in rows[:SHOWN]],
                                   "rest": rest}
    return {"requests": requests}
