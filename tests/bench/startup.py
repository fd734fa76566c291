"""Start-up: time from exec to the first answer and resident memory of the parent process, which holds
the configuration, for many virtual hosts that inherit one policy, and for many rules in one."""

import statistics
from pathlib import Path

from measured_httpd import MeasuredHttpd
from setups import ALONE, OFF, one_name, policy

HOSTS = [1, 100, 1000, 10000]
RULES = 10000
RUNS = 5


def hosts(count):
    return "\n".join(f"<VirtualHost 127.0.0.1:@PORT@>\nServerName host-{number}.example\n</VirtualHost>"
                     for number in range(count))


def measure(setup, count):
    seconds, kilobytes = [], []
    for _ in range(RUNS):
        with MeasuredHttpd("startup", setup.modules, f"{setup.configuration}\n{hosts(count)}") as server:
            seconds.append(server.started_in)
            status = Path(f"/proc/{server.child.pid}/status").read_text()
            kilobytes.append(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")))
    return {"seconds": statistics.median(seconds), "kilobytes": statistics.median(kilobytes)}


def run(say):
    table = {}
    for setup in (ALONE, OFF, policy(10)):
        table[setup.title] = {}
        for count in HOSTS:
            say(f"startup: {count:,} hosts, {setup.title}")
            table[setup.title][str(count)] = measure(setup, count)
    many = {}
    for setup in (policy(RULES), one_name(RULES)):
        say(f"startup: {setup.title}")
        many[setup.title] = measure(setup, 1)
    return {"hosts": HOSTS, "table": table, "runs": RUNS, "many": many}
