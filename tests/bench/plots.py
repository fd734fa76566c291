"""The curves as SVG, by gnuplot."""

import subprocess
from pathlib import Path

from support.machine import program

SCRIPT = """
set terminal svg size 720,440 background rgb 'white' font 'Helvetica,13' enhanced
set output '{output}'
set title "{title}"
set xlabel "{xlabel}"
set ylabel "{ylabel}"
{scale}
set key below
set grid
plot {curves}
"""


def label(title):
    return title.replace("`", "").replace('"', "").replace("_", "\\\\_")


def plot(output, title, labels, x, curves, scale):
    blocks, plots = [], []
    for number, (name, values) in enumerate(curves.items()):
        rows = [f"{a} {b / 1000}" for a, b in zip(x, values) if b is not None]
        blocks.append(f"$d{number} << EOD\n" + "\n".join(rows) + "\nEOD")
        plots.append(f'$d{number} with linespoints lw 2 pt {number + 4} title "{label(name)}"')
    script = "\n".join(blocks) + SCRIPT.format(
        output=output, title=title, xlabel=labels[0], ylabel=labels[1], curves=", ".join(plots), scale=scale)
    subprocess.run([program("gnuplot")], input=script, check=True, text=True)


def draw(result, folder: Path):
    """The names of the files written; none without gnuplot."""
    if not program("gnuplot"):
        return []
    alone = result["by_lines"]["httpd alone"]
    added = {title: [count - least for count, least in zip(counts, alone)]
             for title, counts in result["by_lines"].items() if title != "httpd alone"}
    plot(folder / "lines.svg", "GET without Expect: what is added to httpd alone",
         ("header lines of the request", "thousand instructions"), result["lines"], added,
         "set yrange [0:]\nset xtics (" + ", ".join(map(str, result["lines"])) + ")")
    plot(folder / "rules.svg", "GET with Expect: 100-continue, rules for other names",
         ("rules", "thousand instructions"), result["rules"], result["by_rules"],
         "set logscale xy\nset xtics (1, 10, 100, '1,000' 1000, '10,000' 10000)")
    return ["lines.svg", "rules.svg"]
