"""The scenario table: what each client is asked to do, against servers as people configure them, through a relay
that counts what travels. Standard library only.
"""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from clients.upload_httpd import upload_httpd
from support.machine import WORK
from support.relay import Relay

HERE = Path(__file__).resolve().parent
UPLOAD = 2 * 1024 * 1024  # bytes; more than fits where bytes wait between client and server unread


@dataclass
class Scenario:
    title: str
    configuration: str
    expectation: str
    status: str
    uploads: bool = True


@dataclass
class Outcome:
    """What one client made of one scenario. `sent` are the bytes of content that left it, `arrived` what the
    resource counted; `expects` the Expect field of each request that it made; `continues` the 100s it was sent over
    HTTP/1."""

    status: str
    arrived: str
    sent: int
    expects: list
    continues: int
    error: str


SCENARIOS = {
    "rejected": Scenario("`certain-expectation`, rejected", "example.com-rejects.conf", "certain-expectation", "417", False),
    "met": Scenario("`certain-expectation`, met", "example.com-meets.conf", "certain-expectation", "200", False),
    "accepted": Scenario("upload, met", "example.com-rejects.conf", "100-continue", "200"),
    "refused": Scenario("upload, rejected", "upload-refused.conf", "100-continue", "417"),
    "too long": Scenario("upload, `status=413`", "upload-too-long.conf", "100-continue", "413"),
    "ignored": Scenario("upload, ignored", "upload-ignored.conf", "100-continue", "200"),
}


def run_client(client, scenario, server, file):
    """The client's outcome; one that failed by a chance of its own is asked again."""
    for _ in range(10):
        outcome = run_client_once(client, scenario, server, file)
        if not client.own_fault or client.own_fault not in outcome.error:
            break
    return outcome


def run_client_once(client, scenario, server, file):
    with Relay(server.port) as relay:
        path = "upload" if scenario.uploads else "resource"
        command = [*map(str, client.command), f"http://127.0.0.1:{relay.port}/{path}", scenario.expectation]
        try:
            ended = subprocess.run(
                command + ([str(file)] if scenario.uploads else []), text=True, errors="replace", timeout=60,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=client.surroundings(),
            )
            output, error = ended.stdout, ended.stderr.strip()
            if ended.returncode and not error:
                error = f"exit status {ended.returncode}"
        except (OSError, subprocess.TimeoutExpired) as trouble:
            output, error = "", str(trouble)
        requests, answers = relay.requests(), relay.answers()
    status, _, content = output.partition("\n")
    return Outcome(
        status or "no answer", content.strip(), sum(each.content for each in requests),
        [each.expect for each in requests], sum(each.count(b"HTTP/1.1 100 ") for each in answers), error,
    )


def upload_file():
    """The file that clients upload."""
    file = WORK / "upload.bin"
    if not file.exists() or file.stat().st_size != UPLOAD:
        file.write_bytes(bytes(i % 251 for i in range(1024)) * (UPLOAD // 1024))
    return file


def run_scenario(scenario, chosen):
    """The outcome of each chosen client. Some clients spend their time waiting, hence several at once."""
    WORK.mkdir(parents=True, exist_ok=True)
    file = upload_file()
    with upload_httpd(HERE / scenario.configuration) as server, ThreadPoolExecutor(3) as pool:
        return dict(zip(chosen, pool.map(lambda client: run_client(client, scenario, server, file), chosen.values())))
