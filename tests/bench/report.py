"""Tables and plots from what was measured: printed, and written to RESULTS.md when it covers all parts."""

import sys
from pathlib import Path

import machine

HERE = Path(__file__).resolve().parent


def table(head, rows):
    """Markdown, the columns aligned so that it reads well unrendered."""
    rows = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def relative(value, base, digits=1):
    if value is None:
        return "closes"
    if base is None:
        return f"{value:,}"
    return f"{value:,} ({(value / base - 1) * 100:+.{digits}f} %)"


def instructions(result):
    base = result["table"]["alone"]
    keys = list(result["requests"])
    rows = [[result["setups"][setup], *(relative(row[key], base[key], 2) if setup != "alone" else
             relative(row[key], None) for key in keys)] for setup, row in result["table"].items()]
    return f"""## Instructions for one request

{table(["set-up", *result["requests"].values()], rows)}
"""


SECTIONS = {"instructions": instructions}


def text_of(results, names):
    return "\n".join(SECTIONS[name](results[name]) for name in names if name in SECTIONS and name in results)


def write(results, only=()):
    print(text_of(results, only or list(SECTIONS)))
