"""Rows that another program of tardy-bench measures: it prints the figures, below the goal that is told here."""
import os
import shlex
import subprocess

from commands import command

TRANSPORTS = ("epoll", "io_uring")


class Program:
    """Its arguments are a function of the folders of ours and of the peers; it runs beside the load that it makes, or anywhere."""

    def __init__(self, name, goal, arguments, makes_load=False):
        self.name, self.goal, self.arguments, self.makes_load = name, goal, arguments, makes_load

    def run(self, root, peers):
        """Whether it ran, and met what it knows of its goal."""
        print(f"{self.name}: {self.goal}", flush=True)
        pinned = ["taskset", "-c", os.environ.get("LCPU", "1")] if self.makes_load else []
        ours = [*pinned, str(root / "tardy-bench/run"), *self.arguments(root, peers)]
        return subprocess.run(ours, cwd=peers).returncode == 0


def fixed(arguments):
    return lambda root, peers: shlex.split(arguments)


def warmup(workload, servers):
    """One CPU for all of a server's threads, the compilers' too."""

    def arguments(root, peers):
        started = (f"{name}=taskset -c 0 {command(name, workload, root, 0)}" for name in servers)
        return ["warmup", *started, *(["--http"] if workload == "http" else [])]

    return arguments


def programs():
    yield Program("micro", "the goals of single steps", fixed("micro --ratios"))
    for transport in TRANSPORTS:
        yield Program(
            f"file-reads-{transport}",
            "4 KiB at random of 512 MiB in memory, 64 frames: ≥ 1.50 of FileChannel on 64 virtual threads, per CPU second (on io_uring)",
            fixed(f"file-reads --transport {transport} --frames 64 --virtual-threads 64 --file-mib 512"),
        )
        yield Program(
            f"tree-walk-{transport}", "the sizes below /usr: ≤ 1.00 of the time of walkFileTree", fixed(f"tree-walk --transport {transport} /usr")
        )
        yield Program(
            f"tls-rate-{transport}",
            "an echo behind TLS on a Socket, bytes per CPU second: not below a FrameChannel behind Netty's handler, with the same engine",
            fixed(f"tls-rate --transport {transport} --cpu 0"),
            makes_load=True,
        )
        netty = {"epoll": "netty-epoll", "io_uring": "netty-uring"}[transport]
        for workload, ours in (("echo", "echo"), ("http", "frame-http")):
            yield Program(
                f"warmup-{ours}-{transport}",
                "from the start, under load, to nine tenths of the steady rate: not above Netty's",
                warmup(workload, [netty, f"tardy-{ours}-{transport}"]),
                makes_load=True,
            )
