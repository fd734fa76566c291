#!/usr/bin/env python3
"""The status page in headless Chromium, after clients sent names that try to become part of the page. Prints TAP.

    run.py [WORD]     only the cases whose name contains WORD
"""

import html
import re
import sys

sys.dont_write_bytecode = True
import chromium
import page
from support.tap import report, skip

# Each would show if it were taken for anything but text: as an element, as a changed title, or as another text.
# The list shows the last one first; a comment that was not escaped would hide what is behind it.
HOSTILE = [
    b'x="</title></style></textarea><!--"',
    b"x=\"<script>document.title='owned'</script>\"",
    b"x=\"</code></span></td></tr></table><img src=x onerror=document.title='owned'>\"",
    b'x="\\"><svg/onload=document.title=1>"',
    b"x=\"' onmouseover='document.title=1\"",
    b'x="&lt;b&gt; &amp;amp; &#60;b&#62; &notanentity; %3Cb%3E"',
    b'x="javascript:alert(1)"',
    b'x="caf\xc3\xa9 \xe9 \xff"',
    b"x=\"\xe2\x80\xae\xf0\x9f\x98\x80\xc0\xbcscript\xc0\xbe\"",
    b"`${document.title}`",
    b"w" * 5000,
]
SHOWN = 135  # bytes of an expectation that the list keeps, "..." included where it is cut

# A page beside the status page looks at it from outside, in a frame as wide as a telephone's screen.
WIDTH, HEIGHT = 360, 740
FRAME = f"""<title>waiting</title>
<iframe id=f width={WIDTH} height={HEIGHT} src=/expect-status style=border:0></iframe>
""" + """<script>
f.onload = () => {
    const seen = f.contentDocument, root = seen.documentElement;
    seen.querySelectorAll("details").forEach(each => each.open = OPEN);
    document.title = [
        root.scrollWidth, root.scrollHeight, seen.title, seen.querySelectorAll("script, img, svg, b b, code *, em *, [onload], [onerror]").length,
        ...[...seen.querySelectorAll("tbody td")].map(cell => cell.getBoundingClientRect().right)
            .filter(right => right > f.width).slice(0, 3)
    ].join("|");
};
</script>"""


def texts(document, element):
    return [html.unescape(each) for each in re.findall(rf"<{element}>([^<]*)</{element}>", document)]


def title(document):
    return html.unescape(re.search(r"<title>([^<]*)", document).group(1))


def as_shown(sent):
    """C1 control characters are not HTML; the rest is ISO 8859-1."""
    return re.sub("[\x00-\x1f\x7f-\x9f]", "\ufffd", (sent if len(sent) <= SHOWN else sent[:SHOWN - 3] + b"...").decode("latin-1"))


def seen_on_a_phone(server, are_open):
    """Width and height of the page in pixels, its title, how many of the elements that nobody wrote are in it, and
    where cells end that end beyond the screen; with what is folded shown or not."""
    frame = server.root / "documents" / "frame.html"
    frame.write_text(FRAME.replace("OPEN", "true" if are_open else "false"))
    width, height, name, elements, *beyond = title(
        chromium.document(f"http://127.0.0.1:{server.port}/frame.html")).split("|")
    return int(width), int(height), name, int(elements), beyond


def cases(server):
    address = f"http://127.0.0.1:{server.port}"
    ours = chromium.document(f"{address}/expect-status")
    # One row each, the newest first. Requests and rules are shown in <code>, too.
    expected = [as_shown(sent) for sent in reversed(HOSTILE)]
    shown = [each for each in texts(ours, "code") if each != f"GET {page.PATH}"][:len(HOSTILE)]
    yield "every expectation is shown as the text that was sent", "\n".join(
        f"{now!r}\n  in place of {then!r}" for now, then in zip(shown, expected) if now != then
    ) or ("" if len(shown) == len(HOSTILE) else f"{len(shown)} are shown")
    wanted = "Expect policy of 127.0.0.1"
    yield "the title is ours: no script ran", "" if title(ours) == wanted else title(ours)
    made = set(re.findall(r"<([a-z0-9]+)", ours))
    known = set("html head meta title style body h1 h2 div b table thead tbody tr th td span code small p a hr address "
                "time em details summary".split())
    yield "no element is there but the page's own", ", ".join(sorted(made - known))
    rules = [each for each in texts(ours, "code") if "bold" in each]
    yield "a rule with markup is text", "" if rules == ["reject 'note=\"<b>bold</b>\"' status=403"] else str(rules)

    # A page without JavaScript is the same page: nothing on it waits for a script.
    without = chromium.document(f"{address}/expect-status", "--blink-settings=scriptEnabled=false")
    yield "it says the same without JavaScript", "" if texts(without, "code") == texts(ours, "code") else without[:500]

    width, _, name, elements, beyond = seen_on_a_phone(server, are_open=True)
    yield "nothing is wider than a telephone's screen", (
        "" if width == WIDTH and not any(beyond) else f"the page is {width} pixels wide; cells end at {beyond}"
    )
    yield "scripts outside of it find none of theirs inside", "" if (name, elements) == (wanted, 0) else (
        f"title {name!r}, {elements} elements"
    )


def check_many_hosts():
    """Fifty hosts, each with traffic, a rejection and rules, on a telephone."""
    with page.many_hosts(50) as server:
        width, height, *_ = seen_on_a_phone(server, are_open=False)
        report("browser: fifty hosts are seen on a telephone within ten screens",
               "" if width == WIDTH and height <= 10 * HEIGHT else f"it is {height / HEIGHT:.1f} screens, {width} wide")
        width, _, _, _, beyond = seen_on_a_phone(server, are_open=True)
        report("browser: with all that is folded, nothing is wider than the screen",
               "" if width == WIDTH and not any(beyond) else f"{width} pixels; cells end at {beyond}")


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if not chromium.PROGRAM:
        skip("browser: the status page in Chromium", "there is no chromium")
        return
    # What shows that the browser would have run a script: one that is not escaped.
    control = title(chromium.document("data:text/html,<title>a</title><script>document.title=1</script>"))
    report_case("a script that is on a page does run", "" if control == "1" else control, word)
    with page.served("hostile") as server:
        for sent in HOSTILE:
            status = page.ask(server, page.WWW, sent)
            if status not in (400, 417):
                report_case(f"{sent!r} is rejected", f"status {status}", word)
        for name, trouble in cases(server):
            report_case(name, trouble, word)
    if word in "many hosts":
        check_many_hosts()


def report_case(name, trouble, word):
    if word in name:
        report(f"browser: {name}", trouble)


main()
