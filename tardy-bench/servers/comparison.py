"""One row: its servers in turn by compare.sh, and what came out, by round and server."""
import os
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

from commands import command


class Comparison:
    def __init__(self, row, rounds):
        self.row = row
        self.rounds = rounds  # by number: by server: by key

    def ratios(self, goal):
        """Requests per second of server CPU to those of the base, of each round that has both."""
        return [per_cpu(both[goal.server]) / per_cpu(both[goal.base]) for both in self._of_both(goal)]

    def tails(self, goal):
        """The 99th percentile to that of the base."""
        return [both[goal.server]["p99us"] / max(both[goal.base]["p99us"], 0.1) for both in self._of_both(goal)]

    def median(self, server, key):
        figures = [of[server][key] for of in self.rounds.values() if key in of.get(server, {})]
        return statistics.median(figures) if figures else float("nan")

    def errors(self):
        return sum(int(figures["errors"]) for of in self.rounds.values() for figures in of.values())

    def _of_both(self, goal):
        return [of for of in self.rounds.values() if goal.server in of and goal.base in of]


def per_cpu(figures):
    return figures["rps"] / max(figures["scpu"], 0.01)


def compare(row, peers, root, out, rounds, seconds, warm):
    folder = out / row.name
    folder.mkdir(parents=True, exist_ok=True)
    with backend(peers, row.workload) as port:
        lines = [f"{name} | {command(name, row.workload, root, port)}\n" for name in row.servers]
        (folder / "list").write_text("".join(lines))
        environment = {
            **os.environ,
            "JAVA_HOME_25": os.environ["JAVA_HOME"],
            "CONNS": str(row.connections),
            "SIZE": str(row.size),
            "DEPTH": str(row.depth),
            "ROUNDS": str(rounds),
            "SECS": str(seconds),
            "WARM_JVM": str(warm),
            "BASE": row.servers[0],
            "OTHERS_MAX": "0.9" if row.workload == "gateway" else os.environ.get("OTHERS_MAX", "0.15"),
            "OUT": str(folder),
        }
        workload = "echo" if row.workload == "echo" else "http"
        script = [str(peers / "compare.sh"), workload, str(folder / "list")]
        with open(folder / "log", "w") as log:
            status = subprocess.run(script, env=environment, stdout=log, stderr=log).returncode
    if status or not (folder / "raw.tsv").exists():
        sys.exit(f"servers: compare.sh failed; see {folder / 'log'}")
    return Comparison(row, read(folder / "raw.tsv"))


@contextmanager
def backend(peers, workload):
    """What a gateway asks: on the CPU of the load, while the row runs."""
    if workload != "gateway":
        yield 0
        return
    port = free_port()
    process = subprocess.Popen(["taskset", "-c", os.environ.get("LCPU", "1"), str(peers / "bin/epollsrv"), "http", str(port)])
    try:
        await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def free_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def await_port(port):
    end = time.monotonic() + 30
    while not connects(port):
        if time.monotonic() > end:
            sys.exit(f"servers: nobody listens at port {port}")
        time.sleep(0.02)


def read(raw):
    rounds = {}
    for line in raw.read_text().splitlines():
        number, server, figures = line.split("\t")
        pairs = (pair.split("=") for pair in figures.split())
        rounds.setdefault(int(number), {})[server] = {key: float(value) for key, value in pairs}
    return rounds
