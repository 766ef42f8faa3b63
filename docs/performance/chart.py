#!/usr/bin/env python3
"""Draws ratio.svg from echo.tsv and netty.tsv: a dot for each run of each Tardy server.

Also prints the table at the top of docs/performance.md. With --check it writes nothing, and fails if
the chart or the table is not what the figures give. With --servers FOLDER it draws servers.svg from
the servers.tsv there, which `tardy-bench/run servers` writes. Needs Python 3 only.
"""
import csv
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
CHART = HERE / "ratio.svg"
PAGE = HERE.parent / "performance.md"

TRANSPORTS = {"epoll": "#1f6feb", "io_uring": "#bc4c00", "poll": "#1a7f37"}
# What the rows are called, and which runs are theirs: file, server (up to the transport's name), requests in flight.
ROWS = [
    ("`echo`, one request in flight", "echo", "tardy-", "1"),
    ("`echo`, eight in flight", "echo", "tardy-", "8"),
    ("`netty-echo`", "netty", "tardy-netty-echo", "1"),
    ("`netty-http`", "netty", "tardy-netty-http", "1"),
    ("`frame-http`", "netty", "tardy-frame-http", "1"),
]

TOP, ROW, GAP, BOTTOM = 56, 19, 12, 34


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def ratios():
    """By row and transport: the ratio of each run, in the order of the runs."""
    figures = {name: read(HERE / f"{name}.tsv") for name in ("echo", "netty")}
    return [
        [
            [
                run["ratio_cpu"]
                for run in figures[name]
                if run["transport"] == transport and run["depth"] == depth and run["server"].startswith(server)
            ]
            for transport in TRANSPORTS
        ]
        for _, name, server, depth in ROWS
    ]


def table():
    lines = ["| | " + " | ".join(TRANSPORTS) + " |", "| --- |" + " --- |" * len(TRANSPORTS)]
    for (label, *_), cells in zip(ROWS, ratios()):
        lines.append(f"| {label} | " + " | ".join(", ".join(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


class Line:
    """One server's: dots, and perhaps the range that they come from and the goal that they have."""

    def __init__(self, label, colour, dots, between=(), goal=None):
        self.label, self.colour, self.dots, self.between, self.goal = label, colour, dots, between, goal


class Chart:
    """Groups of lines over an axis of ratios."""

    def __init__(self, title, base, left, right, lowest, highest):
        self.title, self.base, self.left, self.right = title, base, left, right
        self.lowest, self.highest = lowest, highest
        self.body, self.y = [], TOP

    def x(self, ratio):
        within = min(max(ratio, self.lowest), self.highest)
        return self.left + (within - self.lowest) / (self.highest - self.lowest) * (self.right - self.left)

    def group(self, label, lines):
        self.body.append(text(12, self.y + ROW / 2 + 4, label.replace("`", ""), style=' font-weight="600"'))
        for line in lines:
            self._line(line, self.y + ROW / 2)
            self.y += ROW
        self.y += GAP

    def _line(self, line, y):
        fill = f' fill="{line.colour}"'
        self.body.append(text(self.left - 16, y + 4, line.label, "end", fill))
        self.body.append(f'<line x1="{self.left}" y1="{y}" x2="{self.right}" y2="{y}" stroke="#eaeef2"/>')
        if line.between:
            low, high = (self.x(end) for end in line.between)
            stroke = f'stroke="{line.colour}" stroke-opacity="0.4" stroke-width="3"'
            self.body.append(f'<line x1="{low:.1f}" y1="{y}" x2="{high:.1f}" y2="{y}" {stroke}/>')
        if line.goal:
            at = self.x(line.goal)
            self.body.append(f'<line x1="{at:.1f}" y1="{y - 7}" x2="{at:.1f}" y2="{y + 7}" stroke="#1f2328"/>')
        for ratio in line.dots:
            self.body.append(f'<circle cx="{self.x(ratio):.1f}" cy="{y}" r="4.5"{fill} fill-opacity="0.75"/>')

    def svg(self):
        axis = self.y - GAP + 6
        one = f"{self.x(1):.1f}"
        grid = [f'<line x1="{one}" y1="{TOP - 6}" x2="{one}" y2="{axis}" stroke="#57606a" stroke-dasharray="3 3"/>']
        for tenth in range(round(self.lowest * 10), round(self.highest * 10) + 1):
            grid.append(text(self.x(tenth / 10), axis + 16, f"{tenth / 10:.1f}", "middle", ' fill="#57606a"'))
        width, height = self.right + 24, axis + BOTTOM
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}" viewBox="0 0 {width} {height:.0f}"'
                ' font-family="system-ui, sans-serif" font-size="12" fill="#1f2328" role="img" aria-labelledby="title">',
                f'<title id="title">{self.title}</title>',
                f'<rect width="{width}" height="{height:.0f}" fill="#ffffff"/>',
                text(12, 22, self.title, style=' font-size="14" font-weight="600"'),
                text(self.x(1), TOP - 12, self.base, "middle", ' fill="#57606a"'),
                text(self.right, TOP - 12, "faster →", "end", ' fill="#57606a"'),
                *grid,
                *self.body,
                "</svg>",
                "",
            ]
        )


def text(at, y, content, anchor="start", style=""):
    return f'<text x="{at:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{content}</text>'


def chart():
    drawn = Chart("Requests per second of server CPU, relative to Netty", "Netty", 270, 720, 0.9, 1.4)
    for (label, *_), cells in zip(ROWS, ratios()):
        drawn.group(
            label,
            [
                Line(transport, colour, [float(ratio) for ratio in cell])
                for (transport, colour), cell in zip(TRANSPORTS.items(), cells)
            ],
        )
    return drawn.svg()


def servers_chart(figures):
    """A line for each goal: the median of the rounds, between the lowest and the highest, and a mark at the goal."""
    drawn = Chart("Requests per second of server CPU, to those of another; | is the goal", "as fast", 520, 920, 0.6, 2.0)
    for row in dict.fromkeys(figure["row"] for figure in figures):
        drawn.group(row, [servers_line(figure) for figure in figures if figure["row"] == row])
    return drawn.svg()


def servers_line(figure):
    colour = TRANSPORTS[figure["server"].rpartition("-")[2]]
    between = float(figure["ratio_min"]), float(figure["ratio_max"])
    label = f"{figure['server']} to {figure['base']}"
    return Line(label, colour, [float(figure["ratio"])], between, float(figure["goal"]))


def main():
    if sys.argv[1:2] == ["--servers"]:
        folder = pathlib.Path(sys.argv[2])
        (folder / "servers.svg").write_text(servers_chart(read(folder / "servers.tsv")))
        return
    if sys.argv[1:] == ["--check"]:
        if CHART.read_text() != chart():
            sys.exit("docs/performance/ratio.svg is not what the figures give: run docs/performance/chart.py")
        if table() not in PAGE.read_text():
            sys.exit("docs/performance.md does not have this table:\n" + table())
        if (HERE / "servers.tsv").exists() and (HERE / "servers.svg").read_text() != servers_chart(read(HERE / "servers.tsv")):
            sys.exit("docs/performance/servers.svg is not what the figures give: run docs/performance/chart.py --servers docs/performance")
        return
    CHART.write_text(chart())
    print(table(), end="")


if __name__ == "__main__":
    main()
