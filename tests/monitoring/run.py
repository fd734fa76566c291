#!/usr/bin/env python3
"""What conf/monitoring/ has, in the programs that it is for: promtool reads the scrape configuration, the alerts and
the dashboard's expressions, and what the status page says; fail2ban-regex reads the error log of a private httpd.
Every metric and label that is spoken of is one that the page has. Prints TAP."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from support.machine import UNPACKED, WORK, make_directory
from support.private_httpd import PrivateHttpd
from support.tap import report, skip
from support.wire import Wire

MONITORING = HERE.parent.parent / "conf/monitoring"
CONFIG = """
ExpectPolicy On
ExpectRule reject unwanted status=403
<Location "/expect-status">
    SetHandler expect-status
</Location>
<VirtualHost 127.0.0.1:@PORT@>
    ServerName www.example.com
    ExpectRule meet "wanted=\\"a \\\\\\\\ b\\""
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT@>
    ServerName trial.example.com
    ExpectPolicy DetectionOnly
</VirtualHost>
"""
# The two that are malformed, one that is rejected, and one that another client could have written to fake a line.
SENT = [b"y 100-continue", b"foo=", b"unwanted", b'x="[client 192.0.2.66:1] expect: rejected malformed field \\""']
LOG_LINES = {"malformed": 2, "rejected": 4}


def promtool(*arguments, said=None):
    """What promtool objects to; "" where it accepts."""
    run = subprocess.run(["promtool", *map(str, arguments)], input=said, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, cwd=WORK)
    return "" if run.returncode == 0 else run.stdout or "it failed"


def dashboard_expressions():
    """The expressions of the panels as Prometheus gets them, with Grafana's variables filled in."""
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            expression = target["expr"]
            for name, value in (("$__rate_interval", "5m"), ("$__range", "6h"), ("$job", "expect"), ("$host", ".*")):
                expression = expression.replace(name, value)
            yield panel["title"], expression


def rules_of(expressions):
    """A file of recording rules with these expressions. JSON is YAML."""
    rules = [{"record": f"panel:{number}", "expr": expression} for number, (_, expression) in enumerate(expressions)]
    return json.dumps({"groups": [{"name": "dashboard", "rules": rules}]})


def unknown_in(text, page):
    """Metrics and labels in an expression that the page does not have."""
    families = dict(re.findall(r"^# TYPE (\w+) (\w+)$", page, re.M))
    labels = {"job", "instance", *re.findall(r'[{,](\w+)="', page)}
    used = {word for group in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)|\{([^}]*)\}", text) for part in group
            for word in re.findall(r'(\w+)\s*(?==|!|,|$)', re.sub(r'"[^"]*"', "", part))}
    return [f"no metric {name}" for name in set(re.findall(r"\bexpect_\w+", text)) - set(families)] + [
        f"no label {name}" for name in used - labels]


def check_prometheus(page):
    if not shutil.which("promtool"):
        skip("monitoring: Prometheus", "there is no promtool")
        return
    for file in ("prometheus.yml", "expect-alerts.yml"):
        shutil.copy(MONITORING / file, WORK)
    shutil.copy(HERE / "alerts_test.yml", WORK)
    report("monitoring: promtool finds nothing to say about the page's metrics",
           promtool("check", "metrics", said=page))
    report("monitoring: promtool accepts the scrape configuration", promtool("check", "config", "prometheus.yml"))
    report("monitoring: alerts fire when they should", promtool("test", "rules", "alerts_test.yml"))
    # It must be able to fail: with the limit of an alert moved, the test is not content.
    alerts = (MONITORING / "expect-alerts.yml").read_text()
    (WORK / "expect-alerts.yml").write_text(alerts.replace("> 0.5 *", "> 0.95 *"))
    report("monitoring: an alert that does not fire is missed",
           "" if "> 0.5 *" in alerts and promtool("test", "rules", "alerts_test.yml") else "it is not")
    expressions = list(dashboard_expressions())
    (WORK / "dashboard.yml").write_text(rules_of(expressions))
    report("monitoring: promtool accepts every expression of the dashboard", promtool("check", "rules", "dashboard.yml"))
    (WORK / "dashboard.yml").write_text(rules_of([("", "sum(rate(a[5m])")]))
    report("monitoring: an expression that is wrong is refused",
           "" if promtool("check", "rules", "dashboard.yml") else "it is accepted")
    spoken_of = [*expressions, ("the alerts", re.sub(r"^ *#.*$|\{\{.*?\}\}", "", alerts, flags=re.M))]
    report("monitoring: dashboard and alerts speak of metrics and labels that there are", "\n".join(
        f"{title}: {trouble}" for title, text in spoken_of for trouble in unknown_in(text, page)))
    report("monitoring: what there is not is missed", "" if len(unknown_in(
        'sum by (hsot) (expect_nothing_total{jbo="a"})', page)) == 3 else "it is not")


def fail2ban(program, *arguments):
    """Runs one of fail2ban's programs, installed or unpacked, over the configuration in WORK."""
    unpacked = UNPACKED / "usr/bin" / program
    command = [shutil.which(program)] if shutil.which(program) else ["python3", str(unpacked)]
    packages = f"{UNPACKED}/usr/lib/python3/dist-packages"
    return subprocess.run([*command, "-c", str(WORK / "fail2ban"), *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONPATH": packages}).stdout


def banned(log, mode):
    """The addresses that the filter finds in a log, by their lines."""
    said = fail2ban("fail2ban-regex", "-o", "ip", log, f"expect[mode={mode}]")
    return said.split()


def check_fail2ban(log):
    original = next((each for each in (Path("/etc/fail2ban"), UNPACKED / "etc/fail2ban")
                     if (each / "filter.d/apache-common.conf").exists()), None)
    if not original:
        skip("monitoring: fail2ban", "there is no fail2ban")
        return
    shutil.rmtree(WORK / "fail2ban", ignore_errors=True)
    shutil.copytree(original, WORK / "fail2ban")
    for file in ("filter.d/expect.conf", "jail.d/expect.conf"):
        shutil.copy(MONITORING / "fail2ban" / file, WORK / "fail2ban" / file)
    for mode, lines in LOG_LINES.items():
        found = banned(log, mode)
        report(f"monitoring: fail2ban finds who is rejected, mode {mode}",
               "" if found == ["127.0.0.1"] * lines else f"it finds {found}")
    # An IPv6 address has colons as well, and the port behind it may be as short as a part of it.
    other = WORK / "ipv6.log"
    other.write_text(re.sub(r"\[client 127\.0\.0\.1:\d+\]", "[client 2001:db8::17:4711]", log.read_text()))
    found = banned(other, "rejected")
    report("monitoring: fail2ban finds addresses of IPv6", "" if set(found) == {"2001:db8::17"} else f"it finds {found}")
    # The backend is Ubuntu's default.
    (WORK / "fail2ban/jail.local").write_text(f"[DEFAULT]\nbackend = systemd\napache_error_log = {log}\n")
    jail = fail2ban("fail2ban-client", "-d")
    missing = [word for word in ("'add', 'expect'", "'set', 'expect', 'maxretry', 5", "malformed field", str(log))
               if word not in jail]
    report("monitoring: fail2ban reads the jail", f"no {missing} in {jail[-2000:]}" if missing else "")


def main():
    make_directory(WORK)
    with PrivateHttpd("httpd", ["log_config"], CONFIG) as server:
        for expectation in SENT:
            with Wire(server.port) as wire:
                wire.send(b"GET /resource HTTP/1.1\r\nHost: www.example.com\r\nExpect: " + expectation + b"\r\n\r\n")
                wire.response()
        page = urlopen(f"http://127.0.0.1:{server.port}/expect-status?prometheus").read().decode()
    report("monitoring: the error log has nothing else", "\n".join(server.faults(["expect: rejected"])))
    check_prometheus(page)
    check_fail2ban(server.root / "error.log")


main()
