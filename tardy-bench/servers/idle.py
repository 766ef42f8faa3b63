"""What an idle connection costs: bytes of resident memory and of heap, each after one echo."""
import os
import re
import resource
import socket
import subprocess
import sys

CONNECTIONS = 10_000
FIRST = 100  # that make what a server makes once
MESSAGE = b"x" * 64
# All of the heap is resident from the start, so that what grows is not the heap; that is counted by what is alive in it.
FLAGS = "-Xms512m -XX:+AlwaysPreTouch"


def bytes_each(server):
    """server is a process.Server that echoes."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < CONNECTIONS + FIRST + 100:
        sys.exit("servers: an idle row needs 10,200 descriptors: raise ulimit -n")
    held = [connect(server.port) for _ in range(FIRST)]
    before = memory(server.pid)
    held += [connect(server.port) for _ in range(CONNECTIONS)]
    after = memory(server.pid)
    for connection in held:
        connection.close()
    return (after - before) / CONNECTIONS


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(MESSAGE)
    received = 0
    while received < len(MESSAGE):
        count = len(connection.recv(len(MESSAGE)))
        if count == 0:
            sys.exit("servers: the server has closed a connection")
        received += count
    return connection


def memory(pid):
    """Live heap, and what is resident besides; after a collection."""
    histogram = subprocess.run([os.path.join(os.environ["JAVA_HOME"], "bin/jcmd"), str(pid), "GC.class_histogram"], capture_output=True, text=True, check=True).stdout
    live = int(re.search(r"^Total\s+\d+\s+(\d+)", histogram, re.MULTILINE)[1])
    return live + resident(pid)


def resident(pid):
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        return 1024 * int(re.search(r"^Rss:\s+(\d+)", rollup.read(), re.MULTILINE)[1])
