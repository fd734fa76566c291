"""The scenario table: what each client is asked to do, against servers as people configure them, through a relay
that counts what travels. Standard library only.
"""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from clients.programs import UPLOAD
from clients.upload_httpd import upload_httpd
from support.machine import WORK
from support.relay import Relay

HERE = Path(__file__).resolve().parent
ATTEMPTS = 5


@dataclass
class Scenario:
    title: str
    configuration: str
    expectation: str
    status: str
    uploads: bool = True


@dataclass
class Outcome:
    """What one client made of one scenario. `size` are the bytes of the file, `sent` those of content that left the
    client, `arrived` what the resource counted; `expects` the Expect field of each request that it made; `continues`
    the 100s it was sent over HTTP/1; `impatient`: content left it before any answer had come."""

    status: str
    size: int
    arrived: str
    sent: int
    expects: list
    continues: int
    impatient: bool
    error: str


SCENARIOS = {
    "rejected": Scenario("`certain-expectation`, rejected", "example.com-rejects.conf", "certain-expectation", "417", False),
    "met": Scenario("`certain-expectation`, met", "example.com-meets.conf", "certain-expectation", "200", False),
    "accepted": Scenario("upload, met", "example.com-rejects.conf", "100-continue", "200"),
    "refused": Scenario("upload, rejected", "upload-refused.conf", "100-continue", "417"),
    "too long": Scenario("upload, `status=413`", "upload-too-long.conf", "100-continue", "413"),
    "ignored": Scenario("upload, ignored", "upload-ignored.conf", "100-continue", "200"),
}


def run_client(client, scenario, server):
    """The client's outcome. Most clients wait one second for an answer, which a busy machine may need: one that waits
    and sent what was then refused is asked again. An answer that waits for the content is late each time."""
    for _ in range(ATTEMPTS):
        outcome = run_client_once(client, scenario, server)
        if not client.waits or not outcome.impatient or scenario.status == "200":
            break
    return outcome


def run_client_once(client, scenario, server):
    size = client.uploads if scenario.status == "200" else UPLOAD
    with Relay(server.port) as relay:
        path = "upload" if scenario.uploads else "resource"
        command = [*map(str, client.command), f"http://127.0.0.1:{relay.port}/{path}", scenario.expectation]
        try:
            ended = subprocess.run(
                command + ([str(upload_file(size))] if scenario.uploads else []), text=True, errors="replace", timeout=60,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env=client.surroundings(),
            )
            output, error = ended.stdout, ended.stderr.strip()
            if ended.returncode and not error:
                error = f"exit status {ended.returncode}"
        except (OSError, subprocess.TimeoutExpired) as trouble:
            output, error = "", str(trouble)
        requests, answers, impatient = relay.requests(), relay.answers(), relay.content_came_first()
    status, _, content = output.partition("\n")
    return Outcome(
        status or "no answer", size, content.strip(), sum(each.content for each in requests),
        [each.expect for each in requests], sum(each.count(b"HTTP/1.1 100 ") for each in answers), impatient, error,
    )


def upload_file(size):
    """A file of so many bytes for clients to upload."""
    file = WORK / f"upload-{size}.bin"
    if not file.exists() or file.stat().st_size != size:
        unfinished = file.with_suffix(f".{threading.get_ident()}")
        unfinished.write_bytes((bytes(range(251)) * (size // 251 + 1))[:size])
        unfinished.replace(file)
    return file


def run_scenario(scenario, chosen):
    """The outcome of each chosen client. Some clients spend their time waiting, hence several at once."""
    WORK.mkdir(parents=True, exist_ok=True)
    with upload_httpd(HERE / scenario.configuration) as server, ThreadPoolExecutor(3) as pool:
        return dict(zip(chosen, pool.map(lambda client: run_client(client, scenario, server), chosen.values())))
