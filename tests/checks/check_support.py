#!/usr/bin/env python3
"""What the tests in Python rely on (tests/support/) must itself be able to see a fault: the raw client reads responses in
any cut and notices an early end, an error log's unknown line is found, a server that cannot start says why, and one
whose port was taken in between takes another, and one that is told to reload as soon as it is up does so."""

import os
import signal
import socket
import sys
import threading

os.environ["WORK_DIR"] = os.path.join(os.environ.get("WORK_DIR", "build/checks"), "support")
sys.path.insert(0, "tests")
from support import error_log, private_server
from support.faults import Faults
from support.private_httpd import PrivateHttpd
from support.relay import has_answer
from support.tap import report
from support.wire import Closed, Wire

ANSWERS = (
    b"HTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n"
    b"HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\n\r\nto the end"
)


def wire_to(data, size):
    """A client whose server has sent `data` in pieces of that size, and closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire(listener.getsockname()[1])
        server, _ = listener.accept()

    def play():
        with server:
            for at in range(0, len(data), size):
                server.sendall(data[at : at + size])

    threading.Thread(target=play, daemon=True).start()
    return wire


def check_wire():
    expected = [(100, b""), (200, b"hello"), (200, b"abcde"), (417, b"to the end")]
    trouble = []
    for size in (1, 7, len(ANSWERS)):
        with wire_to(ANSWERS, size) as wire:
            responses = [wire.response() for _ in expected]
            got = [(each.status, each.content) for each in responses]
            if got != expected or not responses[-1].close or not wire.closes():
                trouble.append(f"in pieces of {size}: {got}")
    report("support: the raw client reads responses in any cut", "\n".join(trouble))
    early = []
    for cut in (10, 60, len(ANSWERS) - 120):
        with wire_to(ANSWERS[:cut], cut) as wire:
            try:
                while wire.response().status != 417:
                    pass
                early.append(f"cut behind {cut} bytes: nothing was noticed")
            except Closed:
                pass
    report("support: the raw client notices an early end", "\n".join(early))
    frames = [bytes([0, 0, 0, kind, 0, 0, 0, 0, 1]) for kind in (4, 8, 1)]
    seen = [has_answer(b"".join(frames[:2])), has_answer(b"".join(frames)), has_answer(b"HTTP/1.1"), has_answer(b"")]
    report("support: the relay tells frames from an answer", "" if seen == [False, True, True, False] else str(seen))


def check_error_log():
    log = "[core:notice] AH00094: Command line: 'x'\nexpect: rejected\nAH00052: child pid 1 exit signal Abort (6)\n"
    cases = [(([], ["expect: rejected"]), 1), ((["expect: rejected"], ["AH00052"]), 0), ((["no such line", "expect", "AH"], []), 1)]
    wrong = [str(case) for case, count in cases if len(error_log.faults(log, *case)) != count]
    report("support: an unknown line and a missing one are found in an error log", "\n".join(wrong))
    report("support: children's deaths are found", "" if error_log.deaths(log) == ["Abort (6)"] else "they are not")


def check_servers():
    try:
        with PrivateHttpd("wrong", config="NoSuchDirective On"):
            report("support: a wrong configuration is told", "the server started")
    except RuntimeError as error:
        report("support: a wrong configuration is told", "" if "NoSuchDirective" in str(error) else str(error))

    find_port = private_server.free_port
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = [taken.getsockname()[1], find_port()]
        given = iter(ports)
        private_server.free_port = lambda: next(given)
        with PrivateHttpd("taken", ["alias"]) as server, Wire(server.port) as wire:
            wire.send(b"GET /resource HTTP/1.1\r\nHost: a\r\nExpect: foo\r\n\r\n")
            status = wire.response().status
    private_server.free_port = find_port
    right = status == 417 and server.port == ports[1]
    report("support: where a port was taken another one is", "" if right else f"{status} from {server.port} of {ports}")
    log = server.error_log()
    faults = error_log.faults(log, allowed=["client sent an unrecognized expectation"])
    report("support: the error log of a stopped server is as it was", "\n".join(faults))


def check_deaths():
    """A child that dies before the stop is known, and what httpd does at its stop is not taken for it."""
    with PrivateHttpd("dying", ask="/resource") as server:
        os.kill(server.children()[0], signal.SIGSEGV)
        server.wait_for(lambda: list(server.killed_children()) or server.deaths())
    right = len(server.deaths()) == 1 and "Segmentation fault" in server.deaths()[0]
    report("support: a child that dies just before the stop is told", "" if right else server.told())
    with PrivateHttpd("living", ask="/resource") as server:
        pass
    report("support: children that end as they should are not", "\n".join(server.deaths()))


def check_reload():
    """A server listens before it knows the signal, and says that it is up later still."""
    faults = Faults("late")
    late = {**faults.environment, "FAULTS_LATE_FOR_SIGNALS": "yes"}
    trouble = ""
    try:
        with PrivateHttpd("late", environment=late) as server:
            server.graceful()
            trouble = "" if server.generations() == 2 else f"{server.generations()} generations"
    except RuntimeError as error:
        trouble = str(error)
    report("support: a reload right behind a start is one", trouble)


check_wire()
check_error_log()
check_servers()
check_deaths()
check_reload()
