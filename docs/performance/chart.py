#!/usr/bin/env python3
"""Draws ratio.svg from echo.tsv and netty.tsv: a dot for each run of each Tardy server.

Also prints the table at the top of docs/performance.md. With --check it writes nothing, and fails if
the chart or the table is not what the figures give. Needs Python 3 only.
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

LEFT, RIGHT, TOP, ROW, GAP, BOTTOM = 270, 720, 56, 19, 12, 34
LOWEST, HIGHEST = 0.9, 1.4


def read(name):
    with open(HERE / f"{name}.tsv", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def ratios():
    """By row and transport: the ratio of each run, in the order of the runs."""
    figures = {name: read(name) for name in ("echo", "netty")}
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


def x(ratio):
    return LEFT + (ratio - LOWEST) / (HIGHEST - LOWEST) * (RIGHT - LEFT)


def text(at, y, content, anchor="start", style=""):
    return f'<text x="{at:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{content}</text>'


def chart():
    body = []
    y = TOP
    for (label, *_), cells in zip(ROWS, ratios()):
        body.append(text(12, y + ROW / 2 + 4, label.replace("`", ""), style=' font-weight="600"'))
        for (transport, colour), cell in zip(TRANSPORTS.items(), cells):
            middle = y + ROW / 2
            body.append(text(LEFT - 16, middle + 4, transport, "end", f' fill="{colour}"'))
            body.append(f'<line x1="{LEFT}" y1="{middle}" x2="{RIGHT}" y2="{middle}" stroke="#eaeef2"/>')
            for ratio in cell:
                body.append(f'<circle cx="{x(float(ratio)):.1f}" cy="{middle}" r="4.5" fill="{colour}" fill-opacity="0.75"/>')
            y += ROW
        y += GAP
    axis = y - GAP + 6
    grid = [f'<line x1="{x(1):.1f}" y1="{TOP - 6}" x2="{x(1):.1f}" y2="{axis}" stroke="#57606a" stroke-dasharray="3 3"/>']
    for tenth in range(round(LOWEST * 10), round(HIGHEST * 10) + 1):
        grid.append(text(x(tenth / 10), axis + 16, f"{tenth / 10:.1f}", "middle", ' fill="#57606a"'))
    width, height = RIGHT + 24, axis + BOTTOM
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}" viewBox="0 0 {width} {height:.0f}"'
            ' font-family="system-ui, sans-serif" font-size="12" fill="#1f2328" role="img" aria-labelledby="title">',
            '<title id="title">Requests per second of server CPU, relative to Netty</title>',
            f'<rect width="{width}" height="{height:.0f}" fill="#ffffff"/>',
            text(12, 22, "Requests per second of server CPU, relative to Netty", style=' font-size="14" font-weight="600"'),
            text(x(1), TOP - 12, "Netty", "middle", ' fill="#57606a"'),
            text(RIGHT, TOP - 12, "faster →", "end", ' fill="#57606a"'),
            *grid,
            *body,
            "</svg>",
            "",
        ]
    )


def main():
    if sys.argv[1:] == ["--check"]:
        if CHART.read_text() != chart():
            sys.exit("docs/performance/ratio.svg is not what the figures give: run docs/performance/chart.py")
        if table() not in PAGE.read_text():
            sys.exit("docs/performance.md does not have this table:\n" + table())
        return
    CHART.write_text(chart())
    print(table(), end="")


if __name__ == "__main__":
    main()
