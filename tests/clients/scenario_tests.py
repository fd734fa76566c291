"""Asserts of the scenario table what is promised. Prints TAP.

Promised by the module: the status, that no 100 goes out unless it is met, that an upload arrives whole, and that a
refused one is not repeated. What a client does by itself, such as sending its content unasked or waiting for ever,
is in the table but may be better in another version of it; where we know it to be good, it is asserted as well.
"""

from clients.programs import CLIENTS
from clients.scenarios import SCENARIOS, run_scenario
from support.tap import report, skip


def troubles(client, scenario, outcome):
    given_up = scenario.status == "200" and scenario.expectation == "100-continue" and outcome.continues == 0
    if outcome.status == "no answer" and given_up and not client.goes_on:
        return
    if not client.hears and scenario.uploads and scenario.status != "200":
        return
    if outcome.status != scenario.status:
        yield f"status {outcome.status} in place of {scenario.status}"
    if outcome.error and client.ends:
        yield outcome.error
    if len(outcome.expects) != 1:
        yield f"{len(outcome.expects)} requests: Expect {outcome.expects}"
    if not scenario.uploads:
        if outcome.sent:
            yield f"{outcome.sent} bytes of content in a request without"
        return
    if scenario.status == "200" and outcome.arrived != str(outcome.size):
        yield f"{outcome.arrived} bytes arrived of {outcome.size}"
    if scenario.status != "200" and client.waits and outcome.sent:
        yield f"{outcome.sent} bytes travelled of a refused upload"
    if scenario.configuration != "example.com-rejects.conf" and outcome.continues:
        yield f"{outcome.continues} times 100 Continue"


def run(word=""):
    missing = {name: client.missing for name, client in CLIENTS.items()}
    broken = {}
    for name, client in CLIENTS.items():
        if not missing[name] and any(word in f"{key}: {name}" for key in SCENARIOS):
            broken[name] = client.compile()
    for key, scenario in SCENARIOS.items():
        names = {name: f"{key}: {name} through a counting relay" for name in CLIENTS}
        wanted = [name for name in CLIENTS if word in names[name]]
        chosen = {name: CLIENTS[name] for name in wanted if not missing[name] and not broken[name]}
        try:
            outcomes = run_scenario(scenario, chosen) if chosen else {}
        except (RuntimeError, OSError) as error:
            outcomes = {}
            broken.update({name: broken[name] or str(error) for name in chosen})
        for name in wanted:
            if missing[name]:
                skip(names[name], f"{missing[name]} is not installed")
            elif name not in outcomes:
                report(names[name], broken[name])
            else:
                report(names[name], "\n".join(troubles(CLIENTS[name], scenario, outcomes[name])))
