#!/usr/bin/env python3
"""The desynchronisation matrix: policies, framings, ways of sending, handlers, ErrorDocuments, MPMs and TLS. Content is
always a request in disguise. Each cell is asked of httpd with mod_expect and of httpd alone. Prints TAP, one line for
each MPM and policy, and a table at the end.

    run.py pairs                       cells in which each pair of two dimensions' values occurs
    run.py some COUNT [SEED]           as many, chosen by chance; the seed is printed
    run.py cell NAME...                these alone, with their bytes
    --only DIMENSION=VALUE,...         values that a dimension is limited to; may be repeated
    --jobs N                           conversations at a time
"""

import argparse
import random
import sys
import time
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import configuration
from conversation import converse
from dimensions import DIMENSIONS, parse, some_cells
from handlers import HANDLERS
from known import KNOWN
from pairs import cover_pairs
from server import Server
from support.machine import WORK
from verdict import RULES, Case, faults_of

# Seconds of silence, for all cells at once and for one that is asked again alone.
PATIENCE, LONG_PATIENCE = 1.5, 10
AGAIN_AT_MOST, FEW = 200, 8
# What a busy machine, or another cell that ended a child, may have caused: it has to be seen again alone.
BY_CHANCE = {"silent", "unanswered", "close", "answer", "as stock", "interim"}


def prepare(server, cell, number):
    """The file that a request takes away."""
    file = HANDLERS[cell.handler].file
    if file:
        (server.root / "dav" / file.format(cell=number)).write_text("to be deleted\n")


def ask_both(servers, cell, number, patience):
    """Of stock, withheld content is asked for to its end, so that there is a final answer to compare with."""
    ours, stock = servers
    for server in servers:
        prepare(server, cell, number)
    counterpart = replace(cell, sending="late") if cell.sending == "withheld" else cell
    return converse(ours, cell, number, patience), converse(stock, counterpart, number, PATIENCE)


def with_logs(server, cells, talks):
    """The cases of the conversations, with what the server wrote down."""
    given = server.given()
    logged, strange = {}, {}
    for port, cell, line, status, _ in server.access_log():
        if cell != "-":
            logged.setdefault(cell, []).append(line)
        elif "?ready" not in line and status != "408":
            strange.setdefault(int(port), []).append(f"{line} {status}")
    backend_lines = server.http_backend.lines
    for number, cell in cells.items():
        seen, stock = talks[number]
        name = f"c{number}"
        smuggled = [f"at the backend: {line}" for line in backend_lines if f"SMUGGLED-{name} " in line]
        yield number, Case(cell, seen, stock, given.get(name, []), logged.get(name, []),
                           strange.get(seen.local_port, []) + smuggled)


def run_together(mpm, cells, arguments, probes):
    """All cells of an MPM at once: the cases by number, and the numbers of those that may have ended a child."""
    with Server(f"{mpm}-ours", mpm, probes, arguments.policies) as ours, \
            Server(f"{mpm}-stock", mpm, probes, arguments.policies, stock=True) as stock:
        with ThreadPoolExecutor(arguments.jobs) as pool:
            asked = {number: pool.submit(ask_both, (ours, stock), cell, number, PATIENCE)
                     for number, cell in cells.items()}
            talks = {number: future.result() for number, future in asked.items()}
        ours.stop()  # its logs are whole now
        stock.stop()
        cases = dict(with_logs(ours, cells, talks))
        ports = ours.clients_of_the_dead()
        dead = {number for number, case in cases.items() if case.seen.local_port in ports}
        print(f"# {mpm}: {len(cells)} cells, deaths of children: {len(ours.deaths())}, stock {len(stock.deaths())}", flush=True)
        unanswered = {number for number, case in cases.items() if not case.seen.first and not case.seen.given_up}
    return cases, dead | unanswered if ours.deaths() else set()


def run_alone(mpm, cells, arguments, probes):
    """Those that may have ended a child one after the other, each seen to leave its child alive; then the others, a few at a
    time."""
    with Server(f"{mpm}-ours-alone", mpm, probes, arguments.policies) as ours, \
            Server(f"{mpm}-stock-alone", mpm, probes, arguments.policies, stock=True) as stock:
        servers, deaths, talks = (ours, stock), {}, {}
        for number, (cell, deadly) in cells.items():
            if deadly:
                before = len(ours.deaths()), len(stock.deaths())
                talks[number] = ask_both(servers, cell, number, LONG_PATIENCE)
                time.sleep(1.5)  # httpd notices a child's end once a second
                deaths[number] = len(ours.deaths()) - before[0], len(stock.deaths()) - before[1]
        with ThreadPoolExecutor(FEW) as pool:
            asked = {number: pool.submit(ask_both, servers, cell, number, LONG_PATIENCE)
                     for number, (cell, deadly) in cells.items() if not deadly}
            talks.update((number, future.result()) for number, future in asked.items())
        ours.stop()
        cases = dict(with_logs(ours, {number: cell for number, (cell, _) in cells.items()}, talks))
    for number, counts in deaths.items():
        cases[number].deaths, cases[number].stock_deaths = counts
    return cases


def examine(mpm, cells, arguments, probes):
    """{number: (case, faults)} for the cells of an MPM that have faults."""
    cases, deadly = run_together(mpm, cells, arguments, probes)
    faults = {number: faults_of(case) for number, case in cases.items()}
    again = {number: (cells[number], number in deadly) for number in cases
             if {name for name, _ in faults[number]} & BY_CHANCE or number in deadly}
    if len(again) > AGAIN_AT_MOST:
        print(f"# {mpm}: {len(again)} cells are to be asked again, of which {AGAIN_AT_MOST} are")
        again = dict(list(again.items())[:AGAIN_AT_MOST])
    alone = run_alone(mpm, again, arguments, probes) if again else {}
    found = {}
    for number, case in cases.items():
        now = faults[number]
        if number in alone:
            case = alone[number]
            seen_again = faults_of(case)
            names = {name for name, _ in seen_again}
            now = seen_again + [(name, f"{text} (not when asked again)") for name, text in now
                                if name not in BY_CHANCE and name not in names]
        if now:
            found[number] = case, now
    killers = [case.cell.name for case in alone.values() if case.deaths]
    if killers:
        print(f"# {mpm}: a child dies, of stock httpd as well unless a fault says otherwise: {', '.join(killers)}")
    if deadly and not killers and not any(cells[number].may_kill_stock for number in deadly):
        names = ", ".join(cells[number].name for number in sorted(deadly))
        print(f"not ok - {mpm}: a child died, and none of these alone ends one: {names}")
    return found


def describe(case):
    seen = case.seen
    answers = [f"{answer.status}{' closes' if answer.close else ''} {answer.content[:60]!r}" for answer in seen.answers]
    yield f"interim {seen.interims}, answers {answers}, silent {seen.silent}, closed {seen.closed}"
    stock = case.stock
    yield (f"stock: interim {stock.interims}, answers "
           f"{[f'{answer.status}{chr(32) + chr(99) if answer.close else str()}' for answer in stock.answers]}, "
           f"silent {stock.silent}, closed {stock.closed}")
    yield f"given {case.given}, logged {case.logged}, strange {case.strange}"
    yield f"sent {seen.bytes!r}"


def report(mpm, cells, found):
    for policy in DIMENSIONS["policy"]:
        numbers = [number for number, cell in cells.items() if cell.policy == policy]
        if not numbers:
            continue
        told = [number for number in numbers if number in found]
        wrong = [number for number in told if found[number][1]]
        print(f"{'not ok' if wrong else 'ok'} - {mpm}, {policy}: {len(numbers)} cells, {len(wrong)} with faults")
        for number in told:
            case, faults = found[number]
            print(f"# {case.cell.name}")
            for name, text in faults:
                print(f"#     {name}: {text}")
            for line in describe(case):
                print(f"#         {line}")
    sys.stdout.flush()


def summarise(cells, found):
    """Faults by rule and policy."""
    rules = list(RULES)
    print("# " + " ".join(f"{word:>12}" for word in ["", "cells", *rules]))
    for policy in DIMENSIONS["policy"]:
        numbers = [number for number, cell in cells.items() if cell.policy == policy]
        if numbers:
            counts = [sum(any(name == rule for name, _ in found[number][1]) for number in numbers if number in found)
                      for rule in rules]
            print("# " + " ".join(f"{word:>12}"[:16] for word in [policy[:12], len(numbers), *counts]))


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("pairs", "some", "cell"))
    parser.add_argument("values", nargs="*")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=32)
    arguments = parser.parse_args()
    chosen = dict(DIMENSIONS)
    for each in arguments.only:
        name, _, values = each.partition("=")
        unknown = set(values.split(",")) - set(DIMENSIONS.get(name, ()))
        if unknown:
            sys.exit(f"no such value of {name}: {', '.join(sorted(unknown))}")
        chosen[name] = tuple(values.split(","))
    arguments.policies = chosen["policy"]
    return arguments, chosen


def choose_cells(arguments, chosen):
    if arguments.what == "cell":
        return [parse(name) for name in arguments.values]
    known = [cell for cell in KNOWN if all(getattr(cell, name) in values for name, values in chosen.items())]
    if arguments.what == "pairs":
        return list(dict.fromkeys(known + cover_pairs(chosen, random.Random(1))))
    seed = int(arguments.values[1]) if len(arguments.values) > 1 else random.SystemRandom().randrange(10**6)
    print(f"# seed {seed}")
    return list(dict.fromkeys(known + some_cells(chosen, int(arguments.values[0]), random.Random(seed))))


def main():
    arguments, chosen = read_arguments()
    cells = dict(enumerate(choose_cells(arguments, chosen)))
    probes = configuration.build_probes(WORK / "probe")
    begin, found = time.monotonic(), {}
    for mpm in chosen["mpm"]:
        of_mpm = {number: cell for number, cell in cells.items() if cell.mpm == mpm}
        if not of_mpm:
            continue
        if arguments.what == "cell":
            cells_alone = {number: (cell, True) for number, cell in of_mpm.items()}
            for number, case in run_alone(mpm, cells_alone, arguments, probes).items():
                found[number] = case, faults_of(case)
        else:
            found.update(examine(mpm, of_mpm, arguments, probes))
        report(mpm, of_mpm, found)
    summarise(cells, {number: each for number, each in found.items() if each[1]})
    print(f"# {len(cells)} cells, {sum(bool(faults) for _, faults in found.values())} with faults, "
          f"{time.monotonic() - begin:.0f} s")
    return any(faults for _, faults in found.values())


sys.exit(main())
