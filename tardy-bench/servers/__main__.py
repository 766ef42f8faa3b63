"""servers --peers FOLDER: whole servers, ours beside others', in interleaved rounds; prints each goal beside the median ratio.

FOLDER has compare.sh, a load generator, and the others' servers (docs/performance/README.md). It is copied, and the copy is built. Writes
what it prints, all figures and a chart into a folder of its own; with --write also into docs/performance.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import peers
import report
from comparison import compare
from probe import HEAD, PROBES, Probe
from program import Program, programs
from row import Row, rows

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CHART = ROOT / "docs/performance/chart.py"


def arguments():
    parser = argparse.ArgumentParser(prog="tardy-bench/run servers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=pathlib.Path, metavar="FOLDER", help="the programs to compare with")
    parser.add_argument("--built", type=pathlib.Path, metavar="FOLDER", help="where their copy is made, or was before (default: a temporary folder)")
    parser.add_argument("--rows", default="", metavar="ROW,...", help="only these; a row, or how its name begins")
    parser.add_argument("--list", action="store_true", help="prints the rows with their servers and goals, and runs none")
    parser.add_argument("--rounds", type=int, default=12, help="turns of each server (default: 12); at most 3 of a server without load")
    parser.add_argument("--seconds", type=int, default=3, help="of a turn (default: 3)")
    parser.add_argument("--warm", type=int, default=12, metavar="SECONDS", help="load on each JVM before (default: 12)")
    parser.add_argument("--out", type=pathlib.Path, metavar="FOLDER", help="for the figures (default: a new one)")
    parser.add_argument("--write", action="store_true", help="puts figures and chart into docs/performance too")
    return parser, parser.parse_args()


def selected(parser, names, every):
    """Those that were asked for."""
    wanted = tuple(name for name in names.split(",") if name)
    for name in wanted:
        if not any(each.name.startswith(name) for each in every):
            parser.error(f"no row {name}; there are: {', '.join(each.name for each in every)}")
    return [each for each in every if not wanted or each.name.startswith(wanted)]


def show(chosen):
    for row in chosen:
        print(row.name)
        for goal in row.goals if isinstance(row, Row) else ():
            print(f"  {goal.server} ≥ {goal.bound:.2f} of {goal.base}{', its p99 not above' if goal.has_tail else ''}")


def draw(folder):
    subprocess.run([sys.executable, str(CHART), "--servers", str(folder)], check=True)


def main():
    parser, given = arguments()
    chosen = selected(parser, given.rows, [*rows(), *PROBES, *programs()])
    if given.list:
        show(chosen)
        return
    if not given.peers:
        parser.error("--peers FOLDER is missing")
    out = (given.out or pathlib.Path(tempfile.mkdtemp(prefix="tardy-servers."))).resolve()
    out.mkdir(parents=True, exist_ok=True)
    loaded, probes, others = ([row for row in chosen if isinstance(row, kind)] for kind in (Row, Probe, Program))
    failures = []
    with tempfile.TemporaryDirectory(prefix="tardy-peers.") as temporary:
        wanted = set().union(*(row.programs for row in loaded))
        built = peers.prepare(given.peers.resolve(), (given.built or pathlib.Path(temporary)).resolve(), ROOT, wanted)
        subprocess.run([str(ROOT / "tardy"), "--help"], stdout=subprocess.DEVNULL, check=True)  # builds ours, once
        if loaded:
            failures += measure(loaded, built, given, out)
        if probes:
            look(probes, built, given)
        failures += [other.name for other in others if not other.run(ROOT, built)]
    print(f"figures: {out}")
    if failures:
        sys.exit(f"servers: FAILED: {', '.join(failures)}; see {out}")


def measure(loaded, built, given, out):
    """Prints a table, and writes its figures and chart; what did not run, or not without errors."""
    found, failures = [], []
    print(report.HEAD, flush=True)
    for row in loaded:
        comparison = compare(row, built, ROOT, out, given.rounds, given.seconds, given.warm)
        for goal in row.goals:
            figures = report.figures(comparison, goal, given.seconds)
            if figures:
                print(report.line(figures), flush=True)
                found.append(figures)
            else:
                failures.append(f"{goal.server} to {goal.base}")
        print("\n".join(report.servers(comparison)), file=sys.stderr, flush=True)
        if comparison.errors():
            failures.append(f"{comparison.errors()} requests of {row.name}")
        report.write(found, out / "servers.tsv")  # after each row: a run of an hour may be stopped
    draw(out)
    if given.write:
        report.write(found, CHART.parent / "servers.tsv")
        draw(CHART.parent)
    return failures


def look(probes, built, given):
    print(HEAD, flush=True)
    for each in probes:
        print("\n".join(each.lines(built, ROOT, min(given.rounds, 3))), flush=True)


main()
