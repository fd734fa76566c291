"""httpd's error log against what a test announced: each line must be known. The same rules as those of the end-to-end
tests (e2e/harness/logs.cpp)."""

import re

# What httpd says of itself when it starts, reloads and stops. A message about a request, a child that died or a
# resource that ran out is never in here.
OWN_NOTICES = re.compile(
    "AH00489:|AH00163:|AH00292:"  # resuming normal operations (event, prefork, worker)
    "|AH00094: Command line:"
    "|AH00490:|AH00164:|AH00293:|Server built:"  # the server's build date
    "|AH00491:|AH00169:|AH00295:"  # caught SIGTERM, shutting down
    "|AH00096: removed PID file"
    "|AH00493:|AH00171:|AH00297:"  # SIGUSR1 received
    "|AH00492:|AH00170:|AH00296:"  # caught SIGWINCH, shutting down gracefully
    "|expect: over HTTP/2 the core of httpd 2\\.4\\.5[2-4] "  # which those versions are
    "|AH01906:|AH01909:|AH01873:"  # the tests' own certificate, and no cache of TLS sessions
)
# Stock httpd's double close of a socket at its stop, and the faults that come of it.
STOP_RACES = re.compile(
    r"\(9\)Bad file descriptor: AH(0309[0-9]|00468|03465):|AH00052: child pid \d+ exit signal Segmentation fault"
)


def without_stop_races(text):
    """The lines of a log since the stop, without those races."""
    return "".join(line for line in text.splitlines(True) if not STOP_RACES.search(line))


def faults(text, announced=(), allowed=()):
    """What is wrong with a log, a line each: lines that match neither an announced nor an allowed pattern, and
    announced patterns that no line matches."""
    lines = [line for line in text.splitlines() if line.strip() and not OWN_NOTICES.search(line)]
    known = [re.compile(pattern) for pattern in (*announced, *allowed)]
    found = [f"the error log holds: {line}" for line in lines if not any(each.search(line) for each in known)]
    return found + [f"the error log lacks: {each}" for each in announced if not re.search(each, text)]


def deaths(text):
    """The signals by which children ended, as httpd says it."""
    return re.findall(r"exit signal ([A-Za-z ]+\(\d+\))", text)
