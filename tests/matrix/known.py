"""Cells that once found something: they are always asked."""

import itertools

from dimensions import Cell

ROWS = (
    # wire, policy, framing, sending, handler, error, second, access
    # An ErrorDocument that reads, behind an error exit of HTTP_IN: the content was served as a request.
    ("clear", "ignore", "over", "whole", "cgi-all", "status", "after", "allowed"),
    ("clear", "ignore", "over", "whole", "cgi-all", "proxied", "after", "allowed"),
    ("clear", "ignore", "broken", "whole", "cgi-all", "status", "after", "allowed"),
    ("clear", "ignore", "broken", "whole", "cgi-all", "proxied", "behind", "allowed"),
    # A page that includes a script, and a chunk that is none: a child died.
    ("clear", "ignore", "broken", "whole", "ssi", "none", "after", "allowed"),
    ("clear", "meet", "broken", "whole", "ssi", "none", "after", "allowed"),
    ("clear", "meet", "both-broken", "whole", "ssi", "none", "after", "allowed"),
    ("clear", "ignore", "broken", "whole", "header-name", "none", "after", "allowed"),
    # The included script got the content.
    ("clear", "ignore", "length", "whole", "ssi", "none", "after", "allowed"),
    ("clear", "ignore", "length", "whole", "header-name", "none", "after", "allowed"),
    # A refusal waited for content.
    ("clear", "ignore", "length", "withheld", "static", "none", "after", "denied"),
    ("clear", "ignore", "length", "withheld", "static", "reads", "after", "denied"),
    ("clear", "ignore", "length", "withheld", "missing", "reads", "after", "allowed"),
    # The last internal request is the one that tells whether something was read.
    ("clear", "meet", "length", "whole", "action", "none", "behind", "allowed"),
    ("clear", "meet", "length", "late", "rewrite-cgi", "none", "behind", "allowed"),
    # The field went to a proxied ErrorDocument, whose backend sent 100.
    ("clear", "meet", "length", "late", "static", "proxied", "after", "denied"),
    ("clear", "ignore", "length", "late", "static", "proxied", "after", "denied"),
    ("clear", "section-ignore", "chunked", "whole", "static", "proxied", "after", "denied"),
    ("clear", "continue", "length", "late", "missing", "proxied", "after", "denied"),
    # Answered before its section was known, with empty content announced: the connection was kept.
    ("clear", "section-continue", "zero", "whole", "redirect", "ssi", "after", "denied"),
    # Others.
    ("clear", "meet", "length", "late", "script-post", "none", "after", "allowed"),
    ("clear", "meet", "length", "late", "cached", "none", "after", "allowed"),
    ("clear", "meet", "length", "withheld", "static", "reads", "after", "denied"),
    ("clear", "meet", "length", "withheld", "turns-suspended", "none", "after", "allowed"),
    ("clear", "meet", "length", "withheld", "turns-done", "none", "after", "allowed"),
    ("clear", "meet", "length", "withheld", "turns-declined", "none", "after", "allowed"),
    ("clear", "meet", "length", "whole", "dav-put", "none", "behind", "allowed"),
)
KNOWN = [Cell(mpm, *row, "1.1") for mpm, row in itertools.product(("prefork", "event"), ROWS)]
