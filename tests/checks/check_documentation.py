#!/usr/bin/env python3
"""The sources, README.md and conf/expect-reference.conf speak of the same directives and words. A directive that
is only in the table exists for its author alone; one that is only in the documentation is a lie.

The words come from where the module takes them: the constants NAME_directive in include/mod_expect/, and the tables
NAME_words of include/expect/words.hpp. For patterns there is no table; PATTERNS is checked to be documented.
"""

import re
from pathlib import Path

from tap import report

README = Path("README.md")
REFERENCE = Path("conf/expect-reference.conf")
PATTERNS = ["@malformed", "=*", ";*", "*"]


def sources():
    return [Path("mod_expect.cpp"), *sorted(Path("include/mod_expect").glob("*.hpp"))]


def directives():
    """Directive names, as the constants that the directive table is made of."""
    names = [
        name for file in sources() for name in re.findall(r'_directive\s*=\s*"(\w+)"', file.read_text())
    ]
    return sorted(set(names))


def table_rows():
    text = Path("mod_expect.cpp").read_text()
    table = re.search(r"command_rec \w+\[\] = \{(.*?)\n\s*\{\}\};", text, re.S)
    return re.findall(r"\btake_\w+\(\s*([\w\"]+)", table.group(1)) if table else []


def words(table):
    text = Path("include/expect/words.hpp").read_text()
    found = re.search(rf"\b{table}_words = \{{\{{(.*?)\}}\}};", text, re.S)
    return re.findall(r'\{"([^"]+)"', found.group(1)) if found else []


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


def check_text(file, text, name):
    report(f"documentation: {name} has every directive", missing("directives", directives(), file, text))
    report(f"documentation: {name} has no directive that does not exist", unknown_directives(file, text))
    for kind in ("policy_mode", "action", "option"):
        report(f"documentation: {name} has every {kind} word", missing(f"{kind} words", words(kind), file, text))
    report(f"documentation: {name} has every kind of pattern", missing("patterns", PATTERNS, file, text))


def main():
    report("documentation: the directive table and the constants agree", check_table())
    check_text(README, README.read_text() if README.exists() else "", "README.md")
    reference = REFERENCE.read_text()
    check_text(REFERENCE, reference, "the reference")
    # Beyond being told of, each can be tried by taking a # away.
    shown = live_lines(reference)
    for kind in ("action", "option"):
        report(f"documentation: the reference shows every {kind} in a directive",
               missing(f"{kind} words", words(kind), "no directive of " + str(REFERENCE), shown))


main()
