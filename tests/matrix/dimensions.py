"""The dimensions of the matrix, the cells that make sense, and their names. A cell's name holds all that is needed to
run it again."""

import itertools
from dataclasses import dataclass

from handlers import HANDLERS

# The policy of a virtual host, by the action that `Expect: 100-continue` meets there. A section's rule stands before
# one of the host that says something else, so that the section is seen to win.
IN_SECTION = '{host}\n<Location "/">\nExpectRule {rule}\n</Location>'
POLICIES = {
    "off": "ExpectPolicy Off",
    "detection": "ExpectPolicy DetectionOnly\nExpectRule reject *",
    "meet": "ExpectPolicy On",
    "continue": "ExpectPolicy On\nExpectRule continue 100-continue",
    "early": "ExpectPolicy On\nExpectRule continue 100-continue early",
    "ignore": "ExpectPolicy On\nExpectRule ignore 100-continue",
    "reject": "ExpectPolicy On\nExpectRule reject 100-continue",
    "reject-413": "ExpectPolicy On\nExpectRule reject 100-continue status=413",
    "ask-grants": "ExpectPolicy On\nExpectRule ask 100-continue url=/cgi/asked-grants",
    "ask-refuses": "ExpectPolicy On\nExpectRule ask 100-continue url=/cgi/asked-refuses",
    "section-meet": IN_SECTION.format(host="ExpectPolicy On\nExpectRule reject *", rule="meet 100-continue"),
    "section-continue": IN_SECTION.format(host="ExpectPolicy On\nExpectRule reject *", rule="continue 100-continue"),
    "section-ignore": IN_SECTION.format(host="ExpectPolicy On", rule="ignore 100-continue"),
    "section-reject": IN_SECTION.format(host="ExpectPolicy On", rule="reject 100-continue"),
}
AS_STOCK = ("off", "detection")

# For the statuses that the cells come to. `reads` and `status` are scripts that, unwisely, read their input.
STATUSES = (400, 401, 403, 404, 409, 413, 417)
ERROR_DOCUMENTS = {
    "none": "",
    "text": '"the text"',
    "path": "/error.txt",
    "ssi": "/error.shtml",
    "status": "/cgi/error-status",
    "reads": "/cgi/error-reads",
    "proxied": "/proxy/error",
}

FRAMINGS = ("none", "zero", "length", "long", "chunked", "broken", "both", "both-broken", "over", "over-chunked")
SENDINGS = ("whole", "withheld", "half", "late")

DIMENSIONS = {
    "mpm": ("prefork", "worker", "event"),
    "wire": ("clear", "tls"),
    "policy": tuple(POLICIES),
    "framing": FRAMINGS,
    "sending": SENDINGS,
    "handler": tuple(HANDLERS),
    "error": tuple(ERROR_DOCUMENTS),
    "second": ("behind", "after"),
    "access": ("allowed", "denied"),
    "version": ("1.1", "1.0"),
}


@dataclass(frozen=True)
class Cell:
    """`second`: another request is in the same segment as the (rest of the) content, or waits for the first answer."""

    mpm: str
    wire: str
    policy: str
    framing: str
    sending: str
    handler: str
    error: str
    second: str
    access: str
    version: str

    @property
    def name(self):
        return "/".join(getattr(self, dimension) for dimension in DIMENSIONS)

    @property
    def has_content(self):
        return self.framing not in ("none", "zero")

    @property
    def ends(self):
        """Whether a server can tell where the content ends."""
        return "broken" not in self.framing

    @property
    def over_limit(self):
        return self.framing.startswith("over")

    @property
    def may_kill_stock(self):
        """A broken chunk that an included script may read ends a child of httpd itself, by chance: where mod_expect has
        such a request treated as httpd treats it."""
        includes = self.error == "ssi" or HANDLERS[self.handler].includes
        return not self.ends and includes and (self.action not in ("meet", "ignore", "reject", "ask-refuses") or self.version == "1.0")

    @property
    def action(self):
        action = self.policy.removeprefix("section-").removesuffix("-413")
        return "meet" if action == "ask-grants" else action


def parse(name):
    values = name.split("/")
    known = list(DIMENSIONS.values())
    if len(values) != len(known) or any(value not in row for value, row in zip(values, known)):
        raise SystemExit(f"no such cell: {name}")
    return Cell(*values)


def makes_sense(values):
    """Whether a choice of values, which may be of some dimensions only, is not the same as another or impossible."""
    framing, sending = values.get("framing"), values.get("sending")
    if framing in ("none", "zero") and sending not in (None, "whole"):
        return False
    if sending == "withheld" and values.get("second") == "behind":
        return False
    # Only there it can be told which cell ended a child.
    if values.get("mpm") != "prefork" and len(values) == len(DIMENSIONS) and Cell(**values).may_kill_stock:
        return False
    # mod_cgid loses the output of a script that leaves input unread.
    if values.get("mpm") == "worker" and values.get("handler") in ("cgi-some", "cgi-none", "cgi-refuses"):
        return False
    # Not HTTP/1.0: httpd says 400 before any policy.
    return not (values.get("version") == "1.0" and framing in ("chunked", "broken", "both", "both-broken", "over-chunked"))


def every_cell(chosen):
    """All of them, in the order of the dimensions; `chosen` are the values of each."""
    for values in itertools.product(*chosen.values()):
        if makes_sense(dict(zip(chosen, values))):
            yield Cell(*values)


def some_cells(chosen, count, random):
    """`count` different ones; all of them where there are no more. HTTP/1.0 knows no 100 and is rarely asked about."""
    values = list(chosen.values())
    total = sum(1 for _ in every_cell(chosen)) if count > 200_000 else None
    found = {}
    misses = 0
    while len(found) < count and misses < 50 * count and (total is None or len(found) < total):
        choice = dict(zip(chosen, (random.choice(row) for row in values)))
        if choice["version"] == "1.0" and random.random() < 0.8:
            continue
        if makes_sense(choice):
            cell = Cell(**choice)
            misses += cell in found
            found[cell] = None
    return list(found)
