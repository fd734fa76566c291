"""nginx with the files of conf/nginx/ through the clients' table of scenarios: the same answers as httpd alone gives, so
far as the files promise them."""

from concurrent.futures import ThreadPoolExecutor

import nginx
from probe import CONTENT
from record import by_client, by_socket, record, whole
from servers import SERVERS
from support.tap import report, skip

SCENARIO_OF = {"too long, by httpd": "too long"}
EXPECT = {"rejected": "certain-expectation", "met": "certain-expectation"}
STATUS = {"rejected": 417, "met": 200, "accepted": 200, "refused": 417, "too long": 413, "too long, by httpd": 413}
CLIENTS = ["raw socket", "curl", "Python requests"]

# Where nothing of the content leaves a client that waits. Through pass-through.conf nginx asks for it before httpd can
# judge, hence only its own limit.
SPARED = {"nginx, alone.conf": ("refused", "too long"), "nginx, pass-through.conf": ("too long",)}

# A 417 that reaches curl while it sends, without a close, makes it repeat as long as it hears the 417 in mid-sending.
LEFT_OUT = {("nginx, pass-through.conf", "refused", "curl")}

# Neither file may take these for 100-continue, or let a rule that meets it be reached by them.
OBFUSCATED = {
    "a word before": "Expect: y 100-continue",
    "a semicolon": "Expect: 100-continue;",
    "two lines": "Expect: 100-continue\r\nExpect: unknown",
    "two lines, the other first": "Expect: unknown\r\nExpect: 100-continue",
    "folded": "Expect:\r\n 100-continue",
    "quoted": 'Expect: "100-continue"',
    "a list with an unknown member": "Expect: 100-continue, unknown",
}


def scenario_troubles(name, situation, client, result):
    seen, status = result.seen, STATUS.get(situation, 200)
    uploads = situation not in EXPECT
    if str(seen.status) != str(status):
        yield f"status {seen.status} in place of {status}"
    if client == "raw socket":
        arrived = whole(seen)
        if seen.again or len(seen.interim) > 1:
            yield f"interim answers {seen.interim}, again {seen.again}"
        if status == 417 and "Expectation Failed" not in seen.content:
            yield f"the content does not say why: {seen.content!r}"
        if status in (413, 417) and situation in SPARED[name] and not seen.close:
            yield "no Connection: close, although content is unread"
    else:
        arrived = seen.arrived == str(len(CONTENT))
        if len(seen.expects) != 1:
            yield f"{len(seen.expects)} requests"
    if uploads and status == 200 and not arrived:
        yield "the content did not arrive whole"
    if situation in SPARED[name] and client != "Python requests" and seen.sent:
        yield f"{seen.sent} bytes of content travelled"
    if situation in SPARED[name] and result.reached:
        yield "httpd was asked"


def obfuscated_troubles(result):
    if result.seen.status not in (400, 417):
        yield f"status {result.seen.status}"
    if result.seen.interim:
        yield f"interim answers {result.seen.interim}"


def twice_troubles(result):
    if result.seen.interim != [100, 100]:
        yield f"interim answers {result.seen.interim}: behind-nginx.conf and the README say otherwise"


def jobs(name):
    """Test name, situation, how to ask, how to judge."""
    situations = nginx.PASS_THROUGH if name == "nginx, pass-through.conf" else nginx.ALONE
    for situation in situations:
        if situation == "not ignored":
            continue
        scenario = SCENARIO_OF.get(situation, situation)
        for client in CLIENTS:
            if (name, situation, client) in LEFT_OUT:
                continue
            if client == "raw socket":
                uploads = situation not in EXPECT
                asked = by_socket(f"Expect: {EXPECT.get(situation, '100-continue')}", uploads)
            else:
                asked = by_client(client, scenario)
            yield (
                f"{name}: {situation}: {client}", situation, asked,
                lambda result, s=situation, c=client: scenario_troubles(name, s, c, result),
            )
    for title, lines in OBFUSCATED.items():
        if title == "folded" and tuple(map(int, SERVERS[name].version_number().split(".")[:2])) < (1, 22):
            continue  # it hands on an empty field, and httpd has nothing to judge
        yield f"{name}: obfuscated: {title}", "accepted", by_socket(lines, True), obfuscated_troubles
    if "not ignored" in situations and SERVERS[name].version_number().startswith("1.22."):
        yield (
            f"{name}: takes httpd's 100 for the final answer where httpd does not ignore 100-continue",
            "not ignored", by_socket("Expect: 100-continue", True), twice_troubles,
        )


def run_job(name, number, job):
    title, situation, asked, judge = job
    try:
        return title, "\n".join(judge(record(SERVERS[name], f"{name} {'abc'[number % 3]}", situation, asked)))
    except (RuntimeError, OSError) as error:
        return title, str(error)


def run(word=""):
    for name in ("nginx, pass-through.conf", "nginx, alone.conf"):
        server = SERVERS[name]
        if server.missing:
            if word in name:
                skip(name, server.missing)
            continue
        chosen = [job for job in jobs(name) if word in job[0]]
        # Three at once, each with a place of its own; of each three the next ones start when all have ended.
        for start in range(0, len(chosen), 3):
            with ThreadPoolExecutor(3) as pool:
                group = list(enumerate(chosen[start : start + 3]))
                for title, trouble in pool.map(lambda each: run_job(name, *each), group):
                    report(title, trouble)
