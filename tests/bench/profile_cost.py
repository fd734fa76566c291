"""Where the module's instructions go: for one request, the functions whose own instructions differ between the
policy on and httpd alone, from callgrind's dumps."""

import re
import subprocess

import client
from instructions import PAUSE, REQUESTS, CountedHttpd
from setups import ALONE, policy

COUNT = 200
SHOWN = 40
# Callgrind gives the functions that never return within a dump what they call as their own.
OUTERMOST = re.compile(r"main|\(below main\)|ap_run_mpm|__libc_start_main.*|PROGRAM TOTALS")


def own_costs(setup, request):
    with CountedHttpd(setup) as server:
        client.send(server.port, request, 20, PAUSE)
        server.count()
        client.send(server.port, request, COUNT, PAUSE)
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


def run(say):
    for key in ("get4", "get20", "continue_new", "foo_new"):
        request = next(request for request in REQUESTS if request.key == key)
        say(f"profile: {request.title}")
        alone, on = own_costs(ALONE, request), own_costs(policy(0), request)
        total = on["PROGRAM TOTALS"] - alone["PROGRAM TOTALS"]
        rows = [(on.get(name, 0) - alone.get(name, 0), name) for name in {*alone, *on}]
        rows = [row for row in rows if abs(row[0]) >= 1 and not OUTERMOST.fullmatch(row[1])]
        rows.sort(key=lambda row: -abs(row[0]))
        print(f"\n{request.title}: {total:+,.0f} instructions per request")
        for difference, name in rows[:SHOWN]:
            print(f"{difference:+9,.0f}  {name}")
