"""The module's budgets beside what was measured. A figure above its budget is marked; it fails nothing."""

from markdown import percent, table


WHAT_IS_LEFT = """
The budgets are meant for a client that stays on its connection as long as the server lets it: *kept*. *New connection*
and `POST` compare the same work apart from what becomes of the connection, which is harder to meet: httpd alone gives
up a connection for every Expect field and so need not ask whether it can be kept. What is left there, in rounded
instructions, is what the policy is for. `100-continue`: the look over the section and its lines 350, the decision and
its counters 450, notes and environment for others 440, httpd's question about the connection 250, httpd's asking of the
hooks 120, and the field taken off where there is no content 190, or the content's length read 250 and its 100 counted
on the way out 300. `foo`: the same without the last three, and a page that names what was wrong and what would be
right 2,000, a line in the journal 300, the field's name given back 450, and the way through httpd's handlers, which
keeps the connection, in place of a constant from the core behind which it closes. Memory is the module's code and
tables, some 110 KiB for all processes together: 1 % of an httpd of 11 MiB, more of the smallest ones, as this is.
"""


def text(results):
    rows = []

    def row(what, allowed, value, shown):
        rows.append([what, allowed[1], shown, "yes" if value <= allowed[0] else "**no**"])

    counts = results["instructions"]["table"]
    alone, on = counts["alone"], counts["on"]

    def added(key, setup="on"):
        return (counts[setup][key] / alone[key] - 1) * 100

    for key, what, most in (("get4", "plain GET, 4 lines", 1), ("get20", "plain GET, 20 lines", 1),
                            ("get20e", "plain GET, 20 lines, one `Exempt:`", 1),
                            ("continue", "GET + `100-continue`, kept", 2), ("foo", "GET + `foo`, kept", 5),
                            ("continue_new", "GET + `100-continue`, new connection", 2),
                            ("post", "POST 1 KiB + `100-continue`", 2),
                            ("foo_new", "GET + `foo`, new connection", 5)):
        row(f"instructions, {what}", (most, f"+{most} %"), added(key), percent(on[key], alone[key], 2))
    worst = max(alone, key=lambda key: added(key, "off"))
    row("instructions, loaded but off, worst request", (0.1, "+0.1 %"), added(worst, "off"),
        percent(counts["off"][worst], alone[worst], 2))

    others = [setup for setup in counts if setup not in ("alone", "off", "on", "on100")]
    for key, lines in (("get4", 4), ("get20", 20)):
        cheapest = min(counts[setup][key] - alone[key] for setup in others)
        ours = on[key] - alone[key]
        row(f"plain GET, {lines} lines, the cheapest alternative's cost over ours", (-10, "10 times"),
            -cheapest / max(ours, 1), f"{cheapest / max(ours, 1):.1f} times")

    curve = results["curves"]["by_rules"]["mod_expect"]
    grown = (max(curve) / min(curve) - 1) * 100
    row("request with 1 to 10,000 rules, greatest over least", (1, "flat (1 %)"), grown, f"{grown:+.2f} %")

    memory = {title: by_hosts for title, by_hosts in results["startup"]["table"].items()}
    ours = next(by_hosts for title, by_hosts in memory.items() if "policy on" in title)
    base = memory["httpd alone"]
    most = max(map(int, base))
    each = ((ours[str(most)]["kilobytes"] - base[str(most)]["kilobytes"])
            - (ours["1"]["kilobytes"] - base["1"]["kilobytes"])) * 1024 / (most - 1)
    row(f"memory for each of {most:,} inheriting hosts", (1023, "under 1 KiB"), each, f"{each:,.0f} bytes")

    for protocol in ("HTTP/1.1", "HTTP/2"):
        if protocol in results["throughput"]:
            result = results["throughput"][protocol]
            middle, least, most = ((result[name] - 1) * 100 for name in ("ratio", "least", "most"))
            kept = "yes" if least >= -1 else "**no**" if most < -1 else "within the noise"
            rows.append([f"throughput, {protocol}", "-1 %", f"{middle:+.1f} % ({least:+.1f} to {most:+.1f})", kept])
            memory = result["memory"]
            row(f"resident memory after it, {protocol}", (1, "+1 %"), (memory["on"] / memory["alone"] - 1) * 100,
                percent(memory["on"], memory["alone"]))
    return "## Budgets\n\n" + table(["what", "budget", "measured", "kept"], rows) + "\n" + WHAT_IS_LEFT
