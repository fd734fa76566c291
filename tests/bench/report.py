"""Tables and plots from what was measured: printed, and written to RESULTS.md when all parts were measured."""

import time
from pathlib import Path

import before
import budgets
import flood_report
import in_vain_report
import machine_description
import plots
from markdown import bytes_of, relative, table

HERE = Path(__file__).resolve().parent


def instruction_table(result):
    base = next(iter(result["table"].values()))
    keys = list(result["requests"])
    rows = []
    for setup, row in result["table"].items():
        cells = [relative(row[key], None if row is base else base[key], 2)
                 + (", closes" if key in result["closing"][setup] else "") for key in keys]
        rows.append([result["setups"][setup], *cells])
    return table(["set-up", *result["requests"].values()], rows)


def instructions(result):
    return f"""## Instructions for one request

The httpd process under callgrind (`-X`, prefork, no access log, a file of 14 bytes); two batches of requests, their
counts subtracted, five starts. All clients send the same bytes. *Kept*: requests follow each other on one connection
as long as the server keeps it; where it "closes", which httpd alone does behind every request with an Expect field,
each request has a new one, whose cost is in the figure. *New connection*: every request says `Connection: close`, on
every set-up alike, so that the work for one request is compared, apart from what becomes of the connection. In the
columns `foo` the 417 of httpd alone comes from its core before any module is asked; the rules of mod_rewrite, `<If>`
and mod_security2 are never reached there. Percentages are against httpd alone. The `POST` sends its content after the
100 arrived, to mod_reflector, which reads it and sends it back. A field whose name begins with E, as `Exempt:`, is
looked at more closely than others.

{instruction_table(result)}
"""


def tls(result):
    return f"""## Behind TLS

The same, kept, with mod_ssl before it.

{instruction_table(result)}
"""


def sections(result):
    return f"""## Rules in sections

A host of which a section holds a rule, against httpd alone with the same section around a directive of its own. Every
request pays for four hooks more, in which it would be judged and answered. One with the field is judged when its
section is known: a rejection that httpd alone answers as soon as it has read the header section goes through httpd's
walk over the sections first.

{instruction_table(result)}
"""


def curves(result):
    titles = list(result["by_lines"])
    lines = table(["header lines", *titles], [
        [str(count), *(f"{result['by_lines'][title][row]:,}" for title in titles)]
        for row, count in enumerate(result["lines"])])
    names = list(result["by_rules"])
    rules = table(["rules", *names], [
        [f"{count:,}", *("not measured" if result["by_rules"][name][row] is None else
                         f"{result['by_rules'][name][row]:,}" for name in names)]
        for row, count in enumerate(result["rules"])])
    return f"""## Cost against header lines

Instructions for one `GET` without Expect, one kept connection.

![instructions against header lines](lines.svg)

{lines}

## Cost against rules

Instructions for one `GET` with `100-continue`, new connection, with rules for other names in front.

![instructions against rules](rules.svg)

{rules}
"""


def throughput(result):
    rows = []
    for protocol in ("HTTP/1.1", "HTTP/2"):
        if protocol not in result:
            continue
        for key, title in (("alone", "httpd alone"), ("on", "mod_expect, policy on")):
            medians = result[protocol]["medians"][key]
            ratio = result[protocol]
            middle, least, most = (f"{(ratio[name] - 1) * 100:+.1f}" for name in ("ratio", "least", "most"))
            change = "" if key == "alone" else f"{middle} % ({least} to {most})"
            rows.append([protocol, title, f"{medians['rate']:,.0f}", change, f"{medians['cpu']:.1f}",
                         *(f"{medians[name]:.2f}" for name in ("50", "90", "99")),
                         f"{result[protocol]['memory'][key]:,}"])
    return f"""## Throughput and latency

Event MPM, a small file, plain `GET`; {result['starts']} starts of httpd alone and with the policy on, which take turns
in {result['rounds']} rounds each; medians. HTTP/1.1: `wrk -t1 -c16 -d{result['duration']}s`; HTTP/2 (prior knowledge):
`h2load -c 8 -m 4 -n {result['h2_requests']}`. The load comes from the same machine. *Change* is the median of the
starts' ratios, with the range in which it lies with 95 % confidence: two starts of the very same httpd differ by up
to 3 %. Where the range includes zero, nothing was seen but noise, and the instructions above are the finer measure.
*Memory* is that of a server with httpd's own number of processes, behind one such load (median of
{result['memory_starts']} starts; proportional set size: what processes share counts once). What the module adds is its
code and tables, once for all processes, and a few pages of counters: some 110 KiB by its mappings, whatever the server
serves; the rest of a difference is that of one start from another.

{table(["protocol", "set-up", "requests/s", "change", "CPU µs per request", "p50 ms", "p90 ms", "p99 ms",
        "memory KiB"], rows)}
"""


def uploads(result):
    rows = []
    for title, by_expect in result["table"].items():
        for expect, row in by_expect.items():
            if row["milliseconds"] is None:
                answer = f"nothing within {result['patience']:.0f} s"
            else:
                answer = f"{row['milliseconds']:.2f} ms"
            wire = {None: "none", 100: "100 (asks for the content)"}.get(row["status"], row["status"])
            rows.append([title, f"`{expect}`", wire, answer, row["curl"]["status"], bytes_of(row["curl"]["sent"])])
    return f"""## A forbidden upload of 100 MiB

Allowed: 1 MiB, and no expectation but `100-continue`. A client that withholds its content, from sending the header
section to the first byte of the answer (median of {result['runs']}); and the bytes of content that curl sent, as curl
counts them (the most of {result['runs']} runs). With `foo` curl sends at once and stops when it sees the answer. httpd
alone has no rule about size, so it accepts.

{table(["set-up", "Expect", "answer to a withheld upload", "after", "curl's status", "content curl sent"], rows)}
"""


def startup(result):
    rows = []
    for title, by_hosts in result["table"].items():
        for count, row in by_hosts.items():
            rows.append([title, f"{int(count):,}", f"{row['seconds'] * 1000:,.0f}", f"{row['kilobytes']:,}"])
    for title, row in result["many"].items():
        rows.append([title, "1", f"{row['seconds'] * 1000:,.0f}", f"{row['kilobytes']:,}"])
    return f"""## Start-up

From exec to the first answer, and resident memory of httpd's parent process (which holds the configuration) then;
medians of {result['runs']}. Every host inherits the main server's policy.

{table(["set-up", "virtual hosts", "start ms", "resident KiB"], rows)}
"""


def core(result):
    return f"""## The core alone

```
{result['text'].rstrip()}
```
""" if result["text"] else ""


def profile(result):
    blocks = []
    for title, request in result["requests"].items():
        lines = [f"{added:+8,}  {name}" for added, name in request["rows"]]
        blocks.append("\n".join([f"{title}: {request['total']:+,}", *lines, f"{request['rest']:+8,}  all others"]))
    listing = "\n\n".join(blocks)
    return f"""## Where the instructions go

What the policy adds to one request, by function; those of httpd, APR and libc are called more often than without it, or
less. Where httpd alone closes, what a new connection costs is in its figure, as above. A plain `GET` pays for a call
of the filter for each line (`expect_hold_filter`, `ap_get_brigade`, and APR's function that reads a bucket, which has no
name), and for httpd asking the module's hooks, as it asks every module's: none can go, because the field has to be back
before the first module that looks (`expect_restore`), judged when the host is known (`expect_judge`), answered before a
cache does (`expect_quick_handler`), and content that nobody reads is closed behind (`expect_gate`). A request with the
field pays besides for the new name of its line (`hold_line`) and the table of fields that is made anew
(`restore_lines`), for what others are told (notes, environment and counters), for the field taken off where there is no
content (`apr_table_unset`), and for the connection: httpd asks whether it can be kept (`ap_set_keepalive`,
`ap_find_token`), where alone it always gives it up. A rejection pays for a page that says what was wrong and what would
be right, for its place on the list of the last ones, and for the way through the handlers, on which the connection stays
usable; the 417 of httpd alone is a constant behind which it closes.

```
{listing}
```
"""


SECTIONS = {"instructions": instructions, "tls": tls, "sections": sections, "curves": curves, "throughput": throughput,
            "uploads": uploads, "flood": flood_report.text, "vain": in_vain_report.text,
            "startup": startup, "core": core, "profile": profile}


def write(results, only=(), one_run=True):
    """Everything, to RESULTS.md, when `only` names no part; those parts, printed, otherwise. Content in vain has its
    own place there."""
    if only:
        print("\n".join(SECTIONS[name](results[name]) for name in only))
        if "vain" in only:
            in_vain_report.place(HERE / "RESULTS.md", SECTIONS["vain"](results["vain"]))
        return
    plots.draw(results["curves"], HERE)
    seconds = sum(result["seconds"] for result in results.values())
    text = "\n".join([
        "# Results", "",
        f"`make bench`, {time.strftime('%Y-%m-%d', time.gmtime())}, {seconds // 60} minutes"
        f"{'' if one_run else ', some parts measured again by themselves'}. Written by the benchmark;"
        " what it measures and how is told with each table. Times were taken on a machine that may have had other work;"
        " counts of instructions do not mind that.", "",
        table(["machine", ""], machine_description.describe()), "",
        budgets.text(results), before.text(results),
        *(SECTIONS[name](results[name]) for name in SECTIONS if name in results)])
    (HERE / "RESULTS.md").write_text(text)
    print(text)
