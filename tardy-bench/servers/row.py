"""The rows of the table of whole servers: which run side by side, under which load, and how fast ours have to be."""
from dataclasses import dataclass

C = {"epoll": "c-epoll", "io_uring": "c-uring"}
NETTY = {"epoll": "netty-epoll", "io_uring": "netty-uring", "poll": "netty-nio"}


@dataclass(frozen=True)
class Goal:
    """How many times as many requests per second of server CPU one has to answer as another."""

    server: str
    base: str
    bound: float
    has_tail: bool = True  # its 99th percentile must not be above the base's either


@dataclass(frozen=True)
class Row:
    name: str
    workload: str  # echo, http or gateway
    connections: int
    size: int  # bytes of a message
    depth: int  # messages that each connection has in flight
    goals: tuple

    @property
    def servers(self):
        """All that a goal names, each once, the bases first."""
        return list(dict.fromkeys([goal.base for goal in self.goals] + [goal.server for goal in self.goals]))

    @property
    def programs(self):
        """What it needs of the programs in C."""
        own = {f"{name[2:]}srv" for name in self.servers if name.startswith("c-")}
        return own | ({"epollsrv"} if self.workload == "gateway" else {"echoload"} if self.workload == "echo" else set())


def echo(transport, label, connections, size, depth, netty, c=None, handlers=None):
    ours = f"tardy-echo-{transport}"
    goals = [Goal(ours, NETTY[transport], netty)]
    if c:
        goals.append(Goal(ours, C[transport], c, has_tail=False))
    if handlers:
        goals.append(Goal(f"tardy-netty-echo-{transport}", NETTY[transport], handlers, has_tail=False))
    return Row(f"echo-{transport}-{label}", "echo", connections, size, depth, tuple(goals))


def http(transport):
    goals = [
        Goal(f"tardy-netty-http-{transport}", NETTY[transport], 0.99, has_tail=False),
        Goal(f"tardy-frame-http-{transport}", f"tardy-netty-http-{transport}", 0.98, has_tail=False),
    ]
    if transport in C:
        goals.append(Goal(f"tardy-http-{transport}", C[transport], 0.90, has_tail=False))
    return Row(f"http-{transport}", "http", 64, 64, 1, tuple(goals))


def gateway():
    goals = [
        Goal("tardy-gateway-epoll", "netty-epoll", 1.30, has_tail=False),
        Goal("tardy-gateway-io_uring", "netty-epoll", 1.55, has_tail=False),
        Goal("tardy-gateway-epoll", "netty-epoll-vt", 1.70, has_tail=False),
        Goal("tardy-gateway-io_uring", "netty-epoll-vt", 1.70, has_tail=False),
        Goal("tardy-frame-gateway-epoll", "netty-epoll", 1.05, has_tail=False),
        Goal("tardy-frame-gateway-io_uring", "netty-uring", 1.05, has_tail=False),
        Goal("tardy-gateway-epoll", "java-vt", 1.00, has_tail=False),
    ]
    return Row("gateway", "gateway", 64, 64, 1, tuple(goals))


NETTY_GOAL = {"epoll": 1.08, "io_uring": 1.15, "poll": 1.00}
C_GOAL = {"epoll": 0.95, "io_uring": 1.05}


def rows():
    """All, in the order of the table."""
    found = []
    for transport in ("epoll", "io_uring", "poll"):
        netty, c = NETTY_GOAL[transport], C_GOAL.get(transport)
        found.append(echo(transport, "d1", 64, 64, 1, netty, c, handlers=0.99))
        found.append(echo(transport, "d8", 64, 64, 8, netty, c))
        found.append(echo(transport, "1-connection", 1, 64, 1, 1.00))
        found.append(echo(transport, "1000-connections", 1000, 64, 1, 1.00))
        found.append(echo(transport, "16k", 64, 16384, 1, 1.00))
    found += [http(transport) for transport in ("epoll", "io_uring", "poll")]
    found.append(gateway())
    return found
