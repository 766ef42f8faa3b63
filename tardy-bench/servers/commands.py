"""How each server is started: a command for compare.sh, which runs in the folder of the peers and fills in {port}."""
import shlex

# The flags that the peers' own script gives to their JVMs.
FLAGS = "-XX:+UseParallelGC -Xmx512m --sun-misc-unsafe-memory-access=allow"
BACKEND = "{backend}"  # a port


def peer(name, workload):
    if name.startswith("c-"):
        return f"./bin/{name[2:]}srv {workload} {{port}}"
    kind, _, mechanism = name.partition("-")
    if workload == "gateway":
        return f"./java/run.sh gateway {mechanism} {{port}} {BACKEND}"
    return f"./java/run.sh {kind} {mechanism} {workload} {{port}}" if kind == "netty" else f"./java/run.sh vt {workload} {{port}}"


def ours(name, root):
    """One of ./tardy: tardy-PROGRAM-TRANSPORT."""
    program, _, transport = name.removeprefix("tardy-").rpartition("-")
    asks = f" --backend 127.0.0.1:{BACKEND}" if program.endswith("gateway") else ""
    # compare.sh knows a JVM, which is to warm up, by the word java.
    environment = f'env PROGRAM_OF=java TARDY_JAVA_OPTS="{FLAGS}"'
    return f"{environment} {shlex.quote(str(root / 'tardy'))} {program}{asks} --transport {transport} --port {{port}} --runtimes 1"


def command(name, workload, root, backend):
    made = ours(name, root) if name.startswith("tardy-") else peer(name, workload)
    return made.replace(BACKEND, str(backend))
