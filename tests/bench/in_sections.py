"""Instructions for one request to a host with a rule in a section, which is judged later, and past quick handlers.
httpd alone has the same section with a directive of its own, so that its walk and its merging are in both figures."""

from instructions import measure_table
from setups import Setup

KEYS = ("get4", "get20", "continue_new", "foo_new")
SECTION = """
<Location "/resource">
    LimitXMLRequestBody 1000000
    {rule}
</Location>
"""

SETUPS = [
    Setup("section", "httpd alone, a section", (), SECTION.format(rule="")),
    Setup("section-rule", "mod_expect, policy on, a rule in the section", ("expect",),
          "ExpectPolicy On\n" + SECTION.format(rule="ExpectRule reject name-0")),
]


def run(say):
    return measure_table(say, "in sections", SETUPS, KEYS)
