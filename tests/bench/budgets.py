"""The module's budgets beside what was measured. A figure above its budget is marked; it fails nothing."""

from in_vain import in_vain
from markdown import bytes_of, percent, table

WHAT_IS_LEFT = """
*Kept* is a client that stays on its connection as long as the server lets it. *New connection* and `POST` compare the
same work apart from what becomes of the connection, which is harder to meet: httpd alone gives up a connection for
every Expect field and so need not ask whether it can be kept. Where the instructions go is told below, by function.
`100-continue` on a new connection takes some 3,170 more than httpd alone: the lines pass the filter, 290; the field's
line gets another name, 440; the table of fields gets the name back, in its place, 530; the decision, 500; counters,
notes and environment for others, 500; the field is taken off, because there is no content, 250; httpd asks whether the
connection can be kept, 170; the connection's filter and the hooks, 490. None of it is done twice, and each part is a
promise to somebody: another module, a log, a backend. How far below the alternatives a plain `GET` must stay is what
the limits make of `<If>`: 13.3 % over 1.5 %, and 8.5 % over 2.4 %.
"""


def instructions(results, row):
    counts = results["instructions"]["table"]
    alone, on = counts["alone"], counts["on"]

    def added(key):
        return (on[key] / alone[key] - 1) * 100

    def within(key, what, most, say=None):
        row(f"instructions, {what}", most, say or f"+{most} %", added(key), percent(on[key], alone[key], 2))

    within("get4", "plain GET, 4 lines", 1.5)
    within("get20", "plain GET, 20 lines", 2.4)
    per_line(results["curves"], row)
    within("continue", "GET + `100-continue`, kept", 0, "fewer than httpd alone")
    within("continue_new", "GET + `100-continue`, new connection", 8)
    within("post", "POST 1 KiB + `100-continue`, read", 10)
    within("foo", "GET + `foo`, kept", 8)
    within("foo_new", "GET + `foo`, new connection", 25)
    others = [setup for setup in counts if setup not in ("alone", "off", "on", "on100")]
    for key, lines, times in (("get4", 4, 8.9), ("get20", 20, 3.5)):
        cheapest = min(counts[setup][key] - alone[key] for setup in others) / max(on[key] - alone[key], 1)
        row(f"plain GET, {lines} lines, the cheapest alternative's cost over ours", -times, f"{times} times",
            -cheapest, f"{cheapest:.1f} times")


def per_line(curves, row):
    """What a line costs, by requests with few of them and with many; two more lines pass the filter in every request,
    the first one and the empty one."""
    few, *_, many = curves["lines"]
    added = [on - alone for on, alone in zip(curves["by_lines"]["mod_expect, policy on, the built-in rules"],
                                             curves["by_lines"]["httpd alone"])]
    line = (added[-1] - added[0]) / (many - few)
    rest = added[0] - (few + 2) * line
    row(f"of it, each header line (of {few} and of {many})", 50, "50", line, f"{line:.1f}")
    row("of it, each request", 300, "300", rest, f"{rest:.0f}")


def behind_tls(results, row):
    counts = results["tls"]["table"]
    for key, lines, most in (("get4", 4, 1), ("get20", 20, 1.7)):
        alone, on = counts["tls-alone"][key], counts["tls-on"][key]
        row(f"instructions behind TLS, plain GET, {lines} lines", most, f"+{most} %", (on / alone - 1) * 100,
            percent(on, alone, 2))


def off(results, row):
    for name, key, what in (("instructions", "", ""), ("tls", "tls-", " behind TLS")):
        counts = results[name]["table"]
        alone, off = counts[f"{key}alone"], counts[f"{key}off"]
        worst = max(alone, key=lambda each: off[each] / alone[each])
        row(f"instructions{what}, loaded but off, worst request", 0.1, "+0.1 %", (off[worst] / alone[worst] - 1) * 100,
            percent(off[worst], alone[worst], 2))


def rules(results, row):
    if results["core"]["text"]:
        first = results["core"]["text"].splitlines()[1]
        core = float(first.split()[-3])
        row("the core: one `100-continue`, the default policy", 150, "150 instructions", core, f"{core:.0f}")
    curve = results["curves"]["by_rules"]["mod_expect"]
    grown = (max(curve) / min(curve) - 1) * 100
    row("request with 1 to 10,000 rules, greatest over least", 1, "flat (1 %)", grown, f"{grown:+.2f} %")
    base = results["startup"]["table"]["httpd alone"]["1"]["seconds"]
    for title, figures in results["startup"]["many"].items():
        longer = figures["seconds"] - base
        row(f"start-up, {title.split(', ')[-1]}, beyond httpd alone", 1, "1 s", longer, f"{longer:.2f} s")


def hosts(results, row):
    memory = results["startup"]["table"]
    ours = next(by_hosts for title, by_hosts in memory.items() if "policy on" in title)
    base = memory["httpd alone"]
    most = max(map(int, base))
    each = ((ours[str(most)]["kilobytes"] - base[str(most)]["kilobytes"])
            - (ours["1"]["kilobytes"] - base["1"]["kilobytes"])) * 1024 / (most - 1)
    row(f"memory for each of {most:,} inheriting hosts", 1023, "under 1 KiB", each, f"{each:,.0f} bytes")


def throughput(results, rows):
    for protocol in ("HTTP/1.1", "HTTP/2"):
        if protocol in results["throughput"]:
            result = results["throughput"][protocol]
            middle, least, most = ((result[name] - 1) * 100 for name in ("ratio", "least", "most"))
            # Two starts of the very same httpd differ by up to 3 %.
            kept = "**no**" if most < 0 else "yes" if least >= -3 else "too noisy to tell"
            rows.append([f"throughput, {protocol}", "within the noise",
                         f"{middle:+.1f} % ({least:+.1f} to {most:+.1f})", kept])


def in_vain_and_flood(results, row):
    travelled = max(in_vain(results["vain"], setup)[1] for setup in ("ours", "ours tls"))
    row("content that travels in vain", 0, "0 bytes", travelled, bytes_of(travelled))
    flood = next(figures for title, figures in results["flood"]["withheld"].items() if "mod_expect" in title)
    unanswered = sum(each["unanswered"] for each in flood.values())
    row("an Expect flood: requests of others that get no answer", 0, "none", unanswered, unanswered)


def text(results):
    rows = []

    def row(what, most, budget, value, shown):
        rows.append([what, budget, shown, "yes" if value <= most else "**no**"])

    for part in (instructions, behind_tls, off, rules, hosts, in_vain_and_flood):
        part(results, row)
    throughput(results, rows)
    return "## Budgets\n\n" + table(["what", "budget", "measured", "kept"], rows) + "\n" + WHAT_IS_LEFT
