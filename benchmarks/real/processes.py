"""Child processes: started, waited for, measured, ended; no other process is ever touched."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class NotStarted(Exception):
    """A process ended, or was not ready in time."""


class Child:
    """A process and its descendants, in a group of its own. OUTPUT: where what it says is kept."""

    def __init__(self, command, output, cores=None, env=None):
        output.parent.mkdir(parents=True, exist_ok=True)
        self.output = output
        pin = ["taskset", "-c", cores] if cores else []
        if not shutil.which(str(command[0])):
            raise NotStarted(f"{command[0]} is not installed")
        with output.open("w") as out:
            self.process = subprocess.Popen(
                [*pin, *map(str, command)],
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    def wait_until(self, ready, seconds):
        """Waits for READY() to be true; fails if the process ends, or takes longer than that."""
        limit = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                raise NotStarted(f"ended with {self.process.returncode}; its last words:\n{self.tail()}")
            if time.monotonic() > limit:
                raise NotStarted(f"not ready after {seconds} s; its last words:\n{self.tail()}")
            time.sleep(0.1)

    def tail(self):
        return "".join(self.output.read_text(errors="replace").splitlines(keepends=True)[-15:])

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def stop(self, seconds=30):
        """SIGTERM, and SIGKILL to the group when that is not enough."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def cpu_seconds(root):
    """Time on the processors, of a process and its descendants."""
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, parent = stat.parent.name, stat.read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue
        children.setdefault(int(parent), []).append(int(pid))
    total, todo = 0.0, [root]
    while todo:
        pid = todo.pop()
        total += cpu_of(pid)
        todo += children.get(pid, [])
    return total


def cpu_of(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def answers(url):
    """A check for wait_until: GET gives 200."""

    def check():
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:
                return reply.status == 200
        except OSError:
            return False

    return check
