"""Sends requests through each server to httpd with mod_expect, and records what the client and httpd see of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clients.programs import CLIENTS
from clients.scenarios import SCENARIOS, run_client
from clients.upload_httpd import upload_httpd
from probe import CONTENT, ask
from servers import CASES, place_of
from support.machine import WORK
from support.relay import Relay

CURL = "upload by curl, `100-continue` rejected"


@dataclass
class Record:
    """`seen` by the client; `reached`: Expect and bytes of content of each request that reached httpd; `continues`: the
    100s that httpd sent."""

    seen: object
    reached: list
    continues: int


def record(server, name, situation, asked):
    """asked(front) sends one request through a server of its own, so that nothing is left over from another."""
    place = place_of(name)
    with upload_httpd(server.httpd(situation, place), place) as httpd, Relay(httpd.port) as relay:
        with server.front(situation, f"{place}/front", relay.port) as front:
            seen = asked(front)
        requests, answers = relay.requests(), relay.answers()
    return Record(
        seen, [(each.expect, each.content) for each in requests], sum(a.count(b"HTTP/1.1 100 ") for a in answers)
    )


def by_client(name, scenario):
    """asked() for a client of the clients' table, with its own relay."""
    return lambda front: run_client(CLIENTS[name], SCENARIOS[scenario], front)


def by_socket(expect_lines, uploads):
    return lambda front: ask(front.port, expect_lines, uploads)


def record_server(item):
    """The records of all cases by title, or the reason why there are none."""
    name, server = item
    try:
        records = {
            case.title: record(server, name, case.situation, by_socket(f"Expect: {case.expect}", case.uploads))
            for case in CASES
        }
        records[CURL] = record(server, name, "refused", by_client("curl", "refused"))
        return records
    except (RuntimeError, OSError) as error:
        return str(error)


def record_servers(servers):
    WORK.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(3) as pool:
        return dict(zip(servers, pool.map(record_server, servers.items())))


def whole(seen):
    return seen.content.strip() == str(len(CONTENT))


def cell(case, record):
    """What happened, in a few words; `own` is what the server did without asking httpd."""
    seen = record.seen
    words = ["100" if record.continues else "100 (own)"] * len(seen.interim) + [str(seen.status)]
    if not record.reached:
        words[-1] += " (own)"
    if case.uploads and seen.status >= 400:
        words.append("content sent" if seen.sent else "0 B")
        if not seen.sent and not seen.close and not seen.closed:
            words.append("connection kept")
    if seen.stalled:
        words.append("content sent unasked")
    if record.reached and record.reached[0][0] is None:
        words.append("httpd sees no field")
    return ", ".join(words)


def curl_cell(record):
    """What varies from run to run with the moment at which curl hears the answer is one word here."""
    seen = record.seen
    if seen.continues and seen.status in ("417", "no answer"):
        return "content sent, then 417 or repeated"
    if len(seen.expects) > 1:
        return f"{seen.status}, curl repeats until it gives up"
    if seen.status in ("400", "408"):
        return "400 or 408, content sent"  # curl's repetition was taken for content
    return ", ".join((seen.status, "content sent" if seen.sent else "0 B"))
