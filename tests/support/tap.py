"""Test results as TAP lines, which tests/checks/suite.py counts."""


def report(name, trouble):
    """One case: "ok" where `trouble` is empty, else "not ok" and the trouble below it."""
    print(f"{'not ok' if trouble else 'ok'} - {name}")
    for line in (trouble or "").splitlines():
        print(f"#   {line}")
    print(end="", flush=True)


def skip(name, why):
    print(f"ok - {name} # SKIP {why}", flush=True)
