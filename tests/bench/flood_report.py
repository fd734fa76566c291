"""The tables of the floods."""

from markdown import table


def what_others_get(figures):
    slowest = "" if figures["slowest"] is None else f", slowest {figures['slowest']:.0f} ms"
    unanswered = f", {figures['unanswered']} unanswered" if figures["unanswered"] else ""
    return f"{figures['rate']:,.0f}/s{slowest}{unanswered}"


def withheld(result):
    rows = []
    for title, figures in result["withheld"].items():
        rows.append([title, "none", *[what_others_get(figures["none"])] * len(result["attacks"])])
        for count in result["attackers"]:
            rows.append([title, count, *(what_others_get(figures[f"{attack}, {count}"]) for attack in result["attacks"])])
    return table(["set-up", "attackers", *result["attacks"]], rows)


def refused(result):
    rows = [[title, f"{figures['per_core']:,.0f}", f"{figures['rate']:,.0f}"]
            for title, figures in result["refused"].items()]
    return table(["set-up", "refusals for each second of CPU", "refusals/s, one client program beside it"], rows)


def text(result):
    few, many = result["attackers"]
    return f"""## Floods

Clients announce content that is refused, or that nobody reads, and never send it; whenever the server has ended their
connection, they come again a second later. Meanwhile {result['others']} others ask for a small file for {result['duration']:.0f} s: what they
are served, the slowest answer, and how many requests got none within as long. httpd has {result['workers']} workers (event MPM) and a
`Timeout` of 60 s, so {few} attackers are as many as there are workers, {many} ten times as many; nginx has one process. The
attacks: `POST` of 1 MB with `Expect: 100-continue` to a
static file, and to a path that nobody may have (403), and with `Expect: foo` (417). Each meets a new server.

{withheld(result)}

A flood of rejected fields, by `wrk -t1 -c16 -d{result['refusing']}s -H 'Expect: foo'`: every request is refused. httpd
alone closes behind every refusal, the others keep the connection. The second of CPU is the server's own, whatever else
the machine does; mod_expect's refusal has a page about it, is counted, and is put on the list of the last ones, the
others' is a constant.

{refused(result)}
"""
