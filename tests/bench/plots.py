"""The curves as SVG, by gnuplot."""

import subprocess
from pathlib import Path

from machine import program

SCRIPT = """
set terminal svg size 760,400 background rgb 'white' font 'Helvetica,13' enhanced
set output '{output}'
set title "{title}"
set xlabel "{xlabel}"
set ylabel "thousand instructions"
set logscale {logscale}
set key outside right top
set grid
set yrange [{lowest}:]
{ticks}
plot {curves}
"""


def label(title):
    return title.replace("`", "").replace('"', "").replace("_", "\\\\_")


def plot(output, title, xlabel, x, curves, logscale, ticks):
    blocks, plots = [], []
    for number, (name, values) in enumerate(curves.items()):
        rows = [f"{a} {b / 1000}" for a, b in zip(x, values) if b is not None]
        blocks.append(f"$d{number} << EOD\n" + "\n".join(rows) + "\nEOD")
        plots.append(f'$d{number} with linespoints lw 2 pt {number + 4} title "{label(name)}"')
    script = "\n".join(blocks) + SCRIPT.format(
        output=output, title=title, xlabel=xlabel, curves=", ".join(plots), logscale=logscale, ticks=ticks,
        lowest="*" if "y" in logscale else 0)
    subprocess.run([program("gnuplot")], input=script, check=True, text=True)


def draw(result, folder: Path):
    """The names of the files written; none without gnuplot."""
    if not program("gnuplot"):
        return []
    plot(folder / "lines.svg", "One GET without Expect", "header lines of the request", result["lines"],
         result["by_lines"], "x 2", "set xtics (" + ", ".join(map(str, result["lines"])) + ")")
    plot(folder / "rules.svg", "One GET with Expect: 100-continue, rules for other names", "rules", result["rules"],
         result["by_rules"], "xy", "set xtics (1, 10, 100, '1,000' 1000, '10,000' 10000)")
    return ["lines.svg", "rules.svg"]
