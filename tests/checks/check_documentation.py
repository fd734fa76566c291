#!/usr/bin/env python3
"""The sources, README.md and conf/expect-reference.conf speak of the same directives and words. A directive that
is only in the table exists for its author alone; one that is only in the documentation is a lie.

The words come from where the module takes them: the constants NAME_directive in include/mod_expect/, and the tables
NAME_words of include/expect/words.hpp. For patterns there is no table; PATTERNS is checked to be documented. What an
administrator reads elsewhere than in a directive (notes, environment, the dump) is taken from where it is set.

In README.md only code counts, spans and blocks: "continue", "ignore" and "on" are words of English, too.

A manual that nobody reads to its end is none, so README.md has a limit; what is measured, and what only some need, has
pages of its own. Links between the pages lead somewhere, figures are those of the page they are measured on, and the
source tour has each file of include/ once.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, "tests")
from support.tap import report

README = Path("README.md")
REFERENCE = Path("conf/expect-reference.conf")
TOUR = Path("include/README.md")
PROXIES = Path("conf/PROXIES.md")
PAGES = [README, PROXIES, TOUR, *sorted(Path("tests").rglob("*.md"))]
MOST_LINES, MOST_COLUMNS = 400, 120
PATTERNS = ["@malformed", "=*", ";*", "*"]


def sources():
    return [Path("mod_expect.cpp"), *sorted(Path("include/mod_expect").rglob("*.hpp"))]


def directives():
    """Directive names, as the constants that the directive table is made of."""
    names = [
        name for file in sources() for name in re.findall(r'_directive\s*=\s*"(\w+)"', file.read_text())
    ]
    return sorted(set(names))


def table_rows():
    text = Path("mod_expect.cpp").read_text()
    table = re.search(r"command_rec \w+\[\] = \{(.*?)\n\s*\{\}\};", text, re.S)
    return re.findall(r"\bAP_INIT_TAKE\w+\(\s*([\w\"]+)", table.group(1)) if table else []


def words(table):
    text = Path("include/expect/words.hpp").read_text()
    found = re.search(rf"\b{table}_words = \{{\{{(.*?)\}}\}};", text, re.S)
    return re.findall(r'\{"([^"]+)"', found.group(1)) if found else []


def row_helps():
    """What httpd -L says of each directive: the string literals of NAME_help, joined, by the row's constant."""
    text = "\n".join(file.read_text() for file in sources())
    found = re.findall(r"\b(\w+)_help =\s*(.*?);\n", text, re.S)
    return {f"{name}_directive": "".join(re.findall(r'"([^"]*)"', rest)) for name, rest in found}


def published_names():
    """Notes and environment variables, and the word for httpd -D."""
    text = "\n".join(file.read_text() for file in sources())
    names = re.findall(r'_(?:note|variable) = "([\w-]+)"', text)
    return sorted(set(names + re.findall(r'dump_define = "(\w+)"', text)))


def verdicts():
    """What the note says: the words of the table but the one for no verdict, and what is said in their place."""
    text = "\n".join(file.read_text() for file in sources())
    return [word for word in words("verdict") if word != "none"] + re.findall(r'"(would-\w+)"', text)


def code_of(text):
    """The code of a Markdown text: fenced and indented blocks, and spans."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.S | re.M)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    blocks += re.findall(r"^(?: {4}|\t)(.*)$", rest, re.M)
    return "\n".join(blocks + re.findall(r"(?<!`)`([^`\n]+)`(?!`)", rest))


def mentions(text, word):
    """Whether a text has the word as such, not as a part of a longer one."""
    before = r"(?<![\w-])" if word[0].isalnum() else ""
    after = r"(?![\w-])" if word[-1].isalnum() else ""
    return re.search(before + re.escape(word) + after, text) is not None


def live_lines(text):
    """The reference's directives: comment lines that are a directive once the # is gone."""
    return "\n".join(re.findall(r"^#\s{0,4}(Expect\w+ .*)$", text, re.M))


def missing(kind, found, file, text):
    if not found:
        return f"no {kind} found in the sources: this check has to learn where they are now"
    return "\n".join(f"{file} does not mention {word}" for word in found if not mentions(text, word))


def unknown_directives(file, text):
    known = set(directives())
    # ExpectX is how a directive of ours is spelled; httpd's own HttpExpectStrict has another beginning.
    used = set(re.findall(r"(?<!\w)Expect[A-Z]\w+", text))
    # Names that are words of other projects' interfaces, told of in the tables about clients.
    used -= {"ExpectContinueTimeout"}
    return "\n".join(f"{file} tells of {name}, which the module does not have" for name in sorted(used - known))


def check_table():
    rows, constants = table_rows(), directives()
    if len(rows) != len(constants) or not rows:
        return f"the table has {len(rows)} rows ({', '.join(rows)}), the constants are {', '.join(constants)}"
    return "\n".join(f'{row} is not a constant' for row in rows if row.startswith('"'))


def check_helps():
    helps = row_helps()
    wanted = {"policy_directive": ["policy_mode"], "rule_directive": ["action", "option"]}
    return "\n".join(
        trouble for row, kinds in wanted.items() for kind in kinds
        if (trouble := missing(f"{kind} words", words(kind), f"the help of {row}", helps.get(row, "")))
    )


def required():
    """Everything that README.md and the reference must have, by kind."""
    kinds = {"directive": directives(), "pattern": PATTERNS}
    kinds.update({f"{kind} word": words(kind) for kind in ("policy_mode", "action", "option")})
    return kinds


def check_text(file, text, name, everything):
    for kind, found in everything.items():
        report(f"documentation: {name} has every {kind}", missing(f"{kind}s", found, file, text))



def check_size():
    lines = README.read_text().splitlines()
    troubles = [f"{README} has {len(lines)} lines, {MOST_LINES} at most"] if len(lines) > MOST_LINES else []
    troubles += [
        f"{README}:{number} has {len(line)} columns, {MOST_COLUMNS} at most"
        for number, line in enumerate(lines, 1) if len(line) > MOST_COLUMNS
    ]
    return "\n".join(troubles)


def anchors(text):
    """What GitHub and others make of the headings of a page."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text):
    """Targets of links, pictures and references, but those into the world."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    text = re.sub(r"(?<!`)`[^`\n]+`(?!`)", "", text)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^\[[^\]]+\]: (\S+)$", text, re.M)
    return [target for target in found if "://" not in target]


def broken_links(page, text):
    """Links of a page that lead to no file, or to no heading of it."""
    broken = []
    for target in links(text):
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists():
            broken.append(f"{page}: {target} leads nowhere")
        elif anchor and anchor not in anchors(text if file == page else file.read_text()):
            broken.append(f"{page}: {file} has no heading for {target}")
    return broken


def check_links():
    troubles = [trouble for page in PAGES for trouble in broken_links(page, page.read_text())]
    if not links(README.read_text()):
        troubles.append(f"no link found in {README}: this check has to learn how they are written")
    return "\n".join(troubles)


def check_missed_links():
    """A link that is spoilt, by its file or by its heading, must be missed."""
    text = README.read_text()
    unseen = []
    for target in set(links(text)):
        spoilt = text.replace(f"]({target})", f"]({target}-spoilt)")
        if spoilt != text and not broken_links(README, spoilt):
            unseen.append(f"{target} can be spoilt without being missed")
    return "\n".join(unseen)


def check_tour():
    """Each header is in the tour once, below its folder."""
    told, section, folder = [], "", ""
    for line in TOUR.read_text().splitlines():
        if found := re.match(r"## (\w+)/", line):
            section, folder = found[1], ""
        elif line.startswith("## "):
            section = ""
        elif found := re.match(r"\| \*\*`(\w+)/`", line):
            folder = found[1]
        elif section and (found := re.match(r"\| `([\w.]+)` \| \S", line)):
            told.append(str(Path("include", section, folder, found[1])))
    there = [str(file) for file in Path("include").rglob("*.hpp")]
    troubles = [f"{TOUR} does not tell of {file}" for file in sorted(set(there) - set(told))]
    troubles += [f"{TOUR} tells of {file}, which is not there" for file in sorted(set(told) - set(there))]
    troubles += [f"{TOUR} tells of {file} twice" for file in sorted(set(told)) if told.count(file) > 1]
    return "\n".join(troubles)


def check_figures():
    """README.md's figures of content in vain are those of the benchmark."""
    measured = re.search(
        r"Of (\d+) situations in which nobody reads the content, httpd alone has it sent in (\d+)\s.*?mod_expect in (\d+)",
        Path("tests/bench/RESULTS.md").read_text(), re.S,
    )
    told = re.search(r"Of (\d+) situations in which nobody reads.*? sent in (\d+); with mod_expect in (\w+)",
                     README.read_text(), re.S)
    if not measured or not told:
        return "the figures of content in vain are not found: this check has to learn how they are written"
    told = (told[1], told[2], "0" if told[3] == "none" else told[3])
    return "" if told == measured.groups() else f"measured {measured.groups()}, told {told}"


def check_counters():
    """The counters that the chapter about them tells of."""
    names = re.findall(r'"([a-z_]+)",\s*"', Path("include/mod_expect/status/view.hpp").read_text())
    chapter = README.read_text().partition("## Counters")[2].partition("\n## ")[0]
    told = {name.removeprefix("expect_").removesuffix("_total") for name in re.findall(r"\b[a-z]+_[a-z_]+\b", code_of(chapter))}
    if not told:
        return "no counter is told of: this check has to learn how they are written"
    return "\n".join(f"{README} tells of {name}, which is not counted" for name in sorted(told - set(names)))


def check_itself(file, text):
    """Each word, taken out of a text that has it, must be missed: else this script proves nothing."""
    unseen = []
    for word in (word for found in required().values() for word in found):
        before = r"(?<![\w-])" if word[0].isalnum() else ""
        after = r"(?![\w-])" if word[-1].isalnum() else ""
        without = re.sub(before + re.escape(word) + after, " ", text)
        if not missing("words", [word], file, without):
            unseen.append(f"{word} can be forgotten without being missed")
    return "\n".join(unseen)


def main():
    report("documentation: the directive table and the constants agree", check_table())
    report("documentation: each directive's help names the words it takes", check_helps())
    readme = README.read_text() if README.exists() else ""
    told = {"note, variable and -D word": published_names(), "verdict": verdicts()}
    check_text(README, code_of(readme), "README.md", {**required(), **told})
    reference = REFERENCE.read_text()
    for file, text, name in ((README, readme, "README.md"), (REFERENCE, reference, "the reference")):
        report(f"documentation: {name} has no directive that does not exist", unknown_directives(file, text))
    check_text(REFERENCE, reference, "the reference", required())
    # Beyond being told of, each can be tried by taking a # away.
    shown = live_lines(reference)
    for kind in ("action", "option"):
        report(f"documentation: the reference shows every {kind} in a directive",
               missing(f"{kind} words", words(kind), f"{REFERENCE}, in its directives,", shown))
    report("documentation: a forgotten word is missed", check_itself(REFERENCE, reference))
    report(f"documentation: README.md has at most {MOST_LINES} lines of {MOST_COLUMNS} columns", check_size())
    report("documentation: every link leads somewhere", check_links())
    report("documentation: a spoilt link is missed", check_missed_links())
    report("documentation: the source tour has each file of include/ once", check_tour())
    report("documentation: figures are those that were measured", check_figures())
    report("documentation: the counters that are told of exist", check_counters())


main()
