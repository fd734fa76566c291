"""For checks written in Python: report(name, trouble) prints one TAP line, "ok" where trouble is empty, else
"not ok" and the trouble below it."""


def report(name, trouble):
    print(f"{'not ok' if trouble else 'ok'} - {name}")
    for line in (trouble or "").splitlines():
        print(f"#   {line}")
