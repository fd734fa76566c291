"""Markdown tables that read well unrendered, and numbers as the report writes them."""


def table(head, rows):
    rows = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def percent(value, base, digits=1):
    return f"{(value / base - 1) * 100:+.{digits}f} %"


def relative(value, base, digits=1):
    """The value, with what it adds to the base."""
    return f"{value:,}" if base is None else f"{value:,} ({percent(value, base, digits)})"


def bytes_of(count):
    if count < 2**20:
        return f"{count / 2**10:,.0f} KiB" if count else "0"
    return f"{count / 2**20:,.0f} MiB"
