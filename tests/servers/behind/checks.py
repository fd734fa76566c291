"""Early answers of backends through httpd with mod_expect, and what backends see of the field as RESULTS.md has it."""

from concurrent.futures import ThreadPoolExecutor

from behind import early, fields
from behind.backends import BACKENDS, Scripted
from behind.fronts import FRONTS
from behind.table import RESULTS
from support.machine import httpd_patch
from support.tap import report, skip

PLAIN = early.Upload()


def start_front(place, variant):
    return lambda port: FRONTS["httpd with mod_expect"](place, port, variant)


def check_scripted(numbered):
    number, row = numbered
    with Scripted(row.answer) as backend:
        seen = early.record(start_front(f"checks-{number}", row.variant), backend.port, row.upload)
    return "\n".join(early.trouble(seen, row.status))


def check_backend(name, backend):
    place = "checks-real-" + "".join(c if c.isalnum() else "-" for c in name)
    with backend.start(f"{place}-backend") as started:
        seen = early.record(start_front(place, "plain"), started.port, PLAIN)
    return "\n".join(early.trouble(seen, 403))


def recorded_fields():
    """By row and protocol, from the last table of RESULTS.md, and the httpd that they are of."""
    text = RESULTS.read_text()
    rows = [line[2:-2].split(" | ") for line in text[text.index("| protocol |"):].splitlines() if line.startswith("| ")]
    titles = rows[0][1:]
    return {(title, row[0]): cell for row in rows[1:] for title, cell in zip(titles, row[1:])}, f"httpd 2.4.{httpd_patch()}," in text


def check_fields():
    known, is_this_version = recorded_fields()
    found = fields.cells()
    for (title, protocol), now in found.items():
        name = f"field at a backend: {protocol}: {title}"
        if not is_this_version:
            skip(name, "RESULTS.md is of another httpd")
            continue
        was = known.get((title, protocol))
        report(name, None if was == now else f"RESULTS.md says: {was}\nnow: {now}")


def run(word=""):
    if word in "early answer":
        with ThreadPoolExecutor(3) as pool:
            for row, trouble in zip(early.ROWS, pool.map(check_scripted, enumerate(early.ROWS))):
                report(f"early answer: {row.title}", trouble)
        for name, backend in BACKENDS.items():
            if backend.missing:
                skip(f"early answer of {name}", backend.missing)
            else:
                report(f"early answer of {name}", check_backend(name, backend))
    if word in "field at a backend":
        check_fields()
