"""Requests per second, latency and CPU time: event MPM, a small file, httpd alone and with the policy on, in turns
(A B, B A, ...), so that what else the machine does falls on both alike. Where a start of httpd happens to have its
memory makes some per cent, so both start anew several times, and one start gives one figure."""

import os
import re
import statistics
import subprocess
from pathlib import Path

from measured_httpd import MeasuredHttpd
from setups import ALONE, policy
from support.machine import WORK, program

# Short rounds: other work on the machine comes and goes, and a pair of neighbours sees the same of it.
STARTS, ROUNDS, SECONDS = 12, 3, 1
H2_REQUESTS = 12000
MEMORY_STARTS = 15
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


SETUPS = {"alone": ALONE, "on": policy(0)}


def measure_memory(load):
    """Kilobytes of each set-up with as many processes as httpd has by itself, behind a load, alone on the machine;
    medians of several starts."""
    figures = {key: [] for key in SETUPS}
    for number in range(MEMORY_STARTS):
        for key, setup in list(SETUPS.items())[:: 1 if number % 2 else -1]:
            with MeasuredHttpd("memory-" + key, (*setup.modules, "http2"), HTTP2 + setup.configuration,
                               event="") as server:
                load(f"http://127.0.0.1:{server.port}/resource")
                figures[key].append(resident_kilobytes(server.child.pid))
    return {key: round(statistics.median(values)) for key, values in figures.items()}


def measure_rounds(load, runs, start):
    """One start of both set-ups, and rounds in which they take turns; adds to `runs`."""
    servers = {key: MeasuredHttpd("throughput-" + key, (*setup.modules, "http2"), HTTP2 + setup.configuration)
               for key, setup in SETUPS.items()}
    with servers["alone"], servers["on"]:
        for number in range(-1, ROUNDS):
            # Who goes first changes with every round.
            for key in list(servers)[:: 1 if (start + number) % 2 else -1]:
                server = servers[key]
                before = cpu_seconds(server.child.pid)
                run = load(f"http://127.0.0.1:{server.port}/resource")
                run["cpu"] = (cpu_seconds(server.child.pid) - before) / run["requests"] * 1e6
                # The first round only warms up.
                if number >= 0:
                    runs[key].append(run)


def compare(load, say, title):
    runs = {key: [] for key in SETUPS}
    ratios = []
    for start in range(STARTS):
        say(f"throughput: {title}, start {start + 1} of {STARTS}")
        measure_rounds(load, runs, start)
        rates = {key: statistics.mean(run["rate"] for run in rows[-ROUNDS:]) for key, rows in runs.items()}
        ratios.append(rates["on"] / rates["alone"])
    say(f"throughput: {title}, memory")
    memory = measure_memory(load)
    medians = {key: {name: statistics.median(run[name] for run in rows) for name in ("rate", "50", "90", "99", "cpu")}
               for key, rows in runs.items()}
    return {"medians": medians, "memory": memory, **median_with_range(ratios)}


def run(say):
    result = {"starts": STARTS, "rounds": ROUNDS, "duration": SECONDS, "h2_requests": H2_REQUESTS,
              "memory_starts": MEMORY_STARTS}
    if program("wrk"):
        result["HTTP/1.1"] = compare(wrk, say, "HTTP/1.1")
    if program("h2load"):
        result["HTTP/2"] = compare(h2load, say, "HTTP/2")
    return result
