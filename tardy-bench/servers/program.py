"""Rows that another program of tardy-bench measures: it prints the figures, below the goal that is told here."""
import shlex
import subprocess


class Program:
    def __init__(self, name, goal, arguments):
        self.name, self.goal, self.arguments = name, goal, shlex.split(arguments)

    def run(self, root):
        """Whether it ran, and met what it knows of its goal."""
        print(f"{self.name}: {self.goal}", flush=True)
        return subprocess.run([str(root / "tardy-bench/run"), *self.arguments]).returncode == 0


PROGRAMS = [Program("micro", "the goals of single steps", "micro --ratios")]
