"""The tables of content in vain, and their place in RESULTS.md between two markers, so that they can be renewed
alone."""

import re

from in_vain import in_vain
from machine_description import describe
from markdown import bytes_of, table
from situations import READ

BEGIN, END = "<!-- content in vain: written by make bench-vain -->", "<!-- end of content in vain -->"


def outcome(seen):
    return f"{seen['status'] or 'none'}, {bytes_of(seen['sent'])}"


def headline(result):
    nobody = [each for each in result["situations"] if each["kind"] != READ]
    stock, stock_bytes = in_vain(result, "stock")
    ours, our_bytes = in_vain(result, "ours")
    tls, tls_bytes = in_vain(result, "ours tls")
    curl, curl_bytes = in_vain(result, "ours", "curl")
    read = [each["title"] for each in result["situations"] if each["kind"] == READ]
    whole = sum(result["ours"][title]["waits"]["sent"] == result["size"] for title in read)
    kept = [title for title in read if result["ours"][title]["waits"]["kept"]]
    kept_by_stock = [title for title in read if result["stock"][title]["waits"]["kept"]]
    return f"""Of {len(nobody)} situations in which nobody reads the content, httpd alone has it sent in {stock}
({bytes_of(stock_bytes)}), mod_expect in {ours} ({bytes_of(our_bytes)}; over TLS in {tls}, {bytes_of(tls_bytes)};
by real curl in {curl}, {bytes_of(curl_bytes)}). Where something reads it, {whole} of {len(read)} uploads arrive
whole. Behind {len(kept)} of them the connection is kept ({", ".join(kept)}), with httpd alone behind
{len(kept_by_stock)}."""


def situations(result):
    rows = []
    for each in result["situations"]:
        title = each["title"]
        stock, ours = result["stock"][title], result["ours"][title]
        rows.append([title, each["kind"], "100" if stock["waits"]["asked"] else "", outcome(stock["waits"]),
                     outcome(stock["curl"]), "100" if ours["waits"]["asked"] else "", outcome(ours["waits"]),
                     outcome(ours["curl"]), bytes_of(result["ours tls"][title]["waits"]["sent"])])
    return table(["situation", "the content", "httpd alone", "waiting client", "curl", "mod_expect", "waiting client",
                  "curl", "over TLS"], rows)


def clients(result):
    rows = []
    for name, by_situation in result["clients"]["table"].items():
        cells = []
        for outcomes in by_situation.values():
            for setup in ("stock", "ours"):
                seen = outcomes[setup]
                cells.append(outcome(seen) + (f"; {seen['trouble']}" if seen["trouble"] else ""))
        rows.append([f"{name} ({result['clients']['versions'][name]})", *cells])
    titles = next(iter(result["clients"]["table"].values()), {})
    head = [f"{title}, {setup}" for title in titles for setup in ("httpd alone", "mod_expect")]
    return table(["client", *head], rows)


def text(result):
    machine = ", ".join(which for what, which in describe() if what in ("CPU", "System", "httpd"))
    return f"""{BEGIN}
## Content in vain

`make bench-vain`, {result['date']}, {machine}.
An upload of {bytes_of(result['size'])} with `Expect: 100-continue`. The waiting client sends nothing before the 100; curl would send after {result['patience']} s
(`--expect100-timeout`). Each cell has the final status and the bytes of content that travelled.

{headline(result)}

{situations(result)}

Client programs as people use them, through a relay that counts. They wait one second for the 100, Java's HttpClient as
long as it takes. That of JDK 17 sees the status of a final answer that comes before a 100, but waits in vain for the end
of its content; so it does with every refusal of httpd alone. A time limit around `sendAsync` ends the wait. Where the
client cannot be changed, it can be asked for its content always, which then travels for nothing (tried: each of the
three comes back): `ExpectRule continue 100-continue early "expr=%{{HTTP_USER_AGENT}} =~ /^Java-http-client/"`.

{clients(result)}
{END}
"""


def place(file, section):
    """Puts the section into a file, in the place of the one that is there."""
    before = file.read_text()
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END) + "\n", re.S)
    after = pattern.sub(lambda _: section, before) if pattern.search(before) else f"{before.rstrip()}\n\n{section}"
    file.write_text(after)
