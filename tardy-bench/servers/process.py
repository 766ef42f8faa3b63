"""A server that was started here, and is ended here."""
import os
import subprocess
import sys
import time
from contextlib import contextmanager

from comparison import connects, free_port
from commands import command

LIMIT_SECONDS = 30


class Server:
    def __init__(self, process, port, started):
        self.pid = process.pid
        self.port = port
        self.seconds = started  # until it took a connection


@contextmanager
def running(name, workload, peers, root, flags=""):
    """On the CPU of servers; ours and the peers' JVMs get the flags too."""
    port = free_port()
    line = command(name, workload, root, 0).replace("{port}", str(port)).replace("-Xmx512m", f"-Xmx512m {flags}")
    environment = {**os.environ, "JAVA_HOME_25": os.environ["JAVA_HOME"], "JVM_EXTRA": flags}
    pinned = f"exec taskset -c {os.environ.get('SCPU', '0')} {line}"
    began = time.monotonic()
    process = subprocess.Popen(["bash", "-c", pinned], cwd=peers, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not connects(port):
            if process.poll() is not None or time.monotonic() - began > LIMIT_SECONDS:
                sys.exit(f"servers: {name} does not listen: {line}")
            time.sleep(0.002)
        yield Server(process, port, time.monotonic() - began)
    finally:
        process.terminate()
        try:
            process.wait(LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
