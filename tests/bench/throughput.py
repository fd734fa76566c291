"""Requests per second, latency and CPU time: event MPM, a small file, httpd alone and with the policy on, in turns
(A B, B A, ...), so that what else the machine does falls on both alike. Both servers run all the time; the one not
asked sleeps."""

import os
import re
import statistics
import subprocess
from pathlib import Path

from machine import program
from private_httpd import WORK, PrivateHttpd
from setups import ALONE, policy

# Many short rounds: other work on the machine comes and goes, and a pair of neighbours sees the same of it.
ROUNDS, SECONDS = 30, 1
H2_REQUESTS = 12000
HTTP2 = "Protocols h2c http/1.1\n"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def cpu_seconds(leader):
    """CPU time so far of a server and all its processes, by the first one's id."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_kilobytes(leader):
    """Memory of a server and all its processes; a page that n processes share counts 1/n for each."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int((process / "stat").read_text().rsplit(")", 1)[1].split()[3]) == leader:
                rollup = (process / "smaps_rollup").read_text()
                total += int(re.search(r"^Pss: +(\d+)", rollup, re.M)[1])
        except OSError:
            continue
    return total


def median_with_range(values):
    """The median, and between which values it lies with 95 % confidence (ranks of the sorted values)."""
    values = sorted(values)
    rank = max(0, int((len(values) - 1.96 * len(values) ** 0.5) / 2))
    return {"ratio": statistics.median(values), "least": values[rank], "most": values[-1 - rank]}


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def wrk(url):
    text = output_of(program("wrk"), "-t1", "-c16", f"-d{SECONDS}s", "--latency", url)
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    percentiles = {name: float(value) * UNITS[unit]
                   for name, value, unit in re.findall(r"^ +(50|90|99)% +([\d.]+)(us|ms|s)$", text, re.M)}
    return {"rate": float(re.search(r"Requests/sec: +([\d.]+)", text)[1]), **percentiles,
            "requests": int(re.search(r"(\d+) requests in", text)[1])}


def h2load(url):
    log = WORK / "h2load.log"
    log.unlink(missing_ok=True)
    text = output_of(program("h2load"), "-c", "8", "-m", "4", "-n", str(H2_REQUESTS), f"--log-file={log}", url)
    if f"{H2_REQUESTS} succeeded" not in text:
        raise RuntimeError(text)
    times = sorted(int(line.split()[2]) / 1000 for line in log.read_text().splitlines())
    return {"rate": float(re.search(r"([\d.]+) req/s", text)[1]), "requests": H2_REQUESTS,
            **{str(percent): times[len(times) * percent // 100] for percent in (50, 90, 99)}}


def compare(load, say, title):
    setups = {"alone": ALONE, "on": policy(0)}
    runs = {key: [] for key in setups}
    servers = {key: PrivateHttpd("throughput-" + key, (*setup.modules, "http2"), HTTP2 + setup.configuration)
               for key, setup in setups.items()}
    with servers["alone"], servers["on"]:
        for number in range(-1, ROUNDS):
            if number % 10 == 9:
                say(f"throughput: {title}, round {number + 1} of {ROUNDS}")
            # Who goes first changes with every round.
            for key in list(servers)[:: 1 if number % 2 else -1]:
                server = servers[key]
                before = cpu_seconds(server.child.pid)
                run = load(f"http://127.0.0.1:{server.port}/resource")
                run["cpu"] = (cpu_seconds(server.child.pid) - before) / run["requests"] * 1e6
                # The first round only warms up.
                if number >= 0:
                    runs[key].append(run)
        memory = {key: resident_kilobytes(server.child.pid) for key, server in servers.items()}
    medians = {key: {name: statistics.median(run[name] for run in rows) for name in ("rate", "50", "90", "99", "cpu")}
               for key, rows in runs.items()}
    ratios = [on["rate"] / alone["rate"] for alone, on in zip(runs["alone"], runs["on"])]
    return {"medians": medians, "memory": memory, **median_with_range(ratios)}


def run(say):
    result = {"rounds": ROUNDS, "duration": SECONDS, "h2_requests": H2_REQUESTS}
    if program("wrk"):
        result["HTTP/1.1"] = compare(wrk, say, "HTTP/1.1")
    if program("h2load"):
        result["HTTP/2"] = compare(h2load, say, "HTTP/2")
    return result
