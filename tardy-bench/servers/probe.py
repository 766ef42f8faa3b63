"""What is measured of a server without load: its start, and what a connection costs that does nothing."""
import statistics
import time

import idle
from process import running
from row import NETTY

MIB = 1 << 20
IDLE_BYTES = 2048
START_SECONDS = 0.5
START_MIB = 20  # more than Netty's
SETTLED_SECONDS = 2


class Probe:
    """A row of the second table."""

    def __init__(self, name, transport, measure):
        self.name, self.transport, self.measure = name, transport, measure

    def lines(self, peers, root, rounds):
        """Of several rounds: ours and Netty's in turn."""
        names = f"tardy-echo-{self.transport}", NETTY[self.transport]
        figures = [[self.measure(name, peers, root) for name in names] for _ in range(rounds)]
        medians = [[statistics.median(column) for column in zip(*of)] for of in zip(*figures)]
        return self._judged(*medians)

    def _judged(self, ours, netty):
        raise NotImplementedError


class Idle(Probe):
    def __init__(self, transport):
        super().__init__(f"idle-{transport}", transport, idle_bytes)

    def _judged(self, ours, netty):
        is_met = ours[0] <= IDLE_BYTES and ours[0] < netty[0]
        yield line(self.name, "bytes of an idle connection", f"≤ {IDLE_BYTES}, below Netty's", f"{ours[0]:.0f}", f"{netty[0]:.0f}", is_met)


class Start(Probe):
    def __init__(self, transport):
        super().__init__(f"start-{transport}", transport, start)

    def _judged(self, ours, netty):
        is_met = ours[0] <= START_SECONDS
        yield line(self.name, "seconds until it listens", f"≤ {START_SECONDS}", f"{ours[0]:.2f}", f"{netty[0]:.2f}", is_met)
        is_met = ours[1] <= netty[1] + START_MIB
        yield line(self.name, "MiB resident after it", f"≤ Netty's + {START_MIB}", f"{ours[1]:.1f}", f"{netty[1]:.1f}", is_met)


def line(row, what, goal, ours, netty, is_met):
    return f"| {row} | {what} | {goal} | {ours}{'' if is_met else ' missed'} | {netty} |"


def idle_bytes(name, peers, root):
    with running(name, "echo", peers, root, idle.FLAGS) as server:
        return [idle.bytes_each(server)]


def start(name, peers, root):
    with running(name, "echo", peers, root) as server:
        time.sleep(SETTLED_SECONDS)  # what it still loads
        return [server.seconds, idle.resident(server.pid) / MIB]


HEAD = "| row | | goal | ours | Netty's |\n| --- | --- | --- | --- | --- |"
PROBES = [kind(transport) for kind in (Idle, Start) for transport in ("epoll", "io_uring")]
