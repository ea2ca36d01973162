#!/usr/bin/env python3
"""Proxies side by side: builds the load generator and the fake engine, starts everything, and takes turns.

    benchmarks/path/run.py [--rounds 5] [--ms 1500] [--warm-ms 500] [--heat-ms 8000] [--only SCENARIO,...] [--arms ARM,...]
                           [--jar target/sluice.jar] [--java java] [--flags "..."] [--cores 0,1] [--json FILE]

from the repository's root. The proxies share one core, engine and load the other; a round visits every arm of a scenario in an
order of chance (seeded), and ratios are taken within a round. --cores none pins nothing.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
OUT = pathlib.Path("target/path")
# Two alike, as a process may have 20,000 descriptors and each arm keeps up to 5,000 connections: the second is Sluice's.
ENGINES = {28100: OUT / "engine.sock", 28106: OUT / "engine-2.sock"}
ENGINE_PORT, SOCKET = list(ENGINES.items())[1]

# name: load's arguments in front of the times and behind them
SCENARIOS = {
    "sse-100x50": (["sse", 100, 20_000], []),
    "sse-1000x20": (["sse", 1000, 50_000], []),
    "sse-1000x20-bursts": (["sse", 1000, 50_000], ["burst"]),
    "sse-1000x20-edited": (["sse", 1000, 50_000], ["edit"]),
    "sse-5000x4": (["sse", 5000, 250_000], []),
    "sse-saturated": (["sse", 1000, 8_000], []),
    "post-512B-32": (["post", 32, 512], []),
    "post-512B-256": (["post", 256, 512], []),
    "post-100KB": (["post", 32, 100_000], []),
    "post-100KB-new": (["post", 32, 100_000], ["new"]),
    "post-1MB": (["post", 8, 1_000_000], []),
    "post-1MB-new": (["post", 8, 1_000_000], ["new"]),
}

HEATING = ("post-100KB", "post-100KB-new", "sse-1000x20-edited", "sse-1000x20", "post-512B-32")

ARMS = {"nginx": 28101, "nginx-unix": 28102, "haproxy": 28103, "sluice": 28104, "sluice-unix": 28105, "relay": 28107}
BASE = "nginx"
JVMS = ("sluice", "sluice-unix", "relay")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ms", type=int, default=1500)
    parser.add_argument("--warm-ms", type=int, default=500)
    parser.add_argument("--heat-ms", type=int, default=8000, help="for what compiles while it runs, before the first round")
    parser.add_argument("--only", default=",".join(SCENARIOS))
    parser.add_argument("--arms", default="nginx,haproxy,sluice,sluice-unix")
    parser.add_argument("--jar", default="target/sluice.jar")
    parser.add_argument("--java", default="java")
    parser.add_argument("--flags", default=(HERE.parents[1] / "docker" / "jvm.flags").read_text())
    parser.add_argument("--cores", default="0,1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    for given, known in ((options.only, SCENARIOS), (options.arms, ARMS)):
        for name in given.split(","):
            if name not in known:
                parser.error(f"{name}: unknown (expected: {', '.join(known)})")
    return options


class Bench:
    """Everything that runs beside this script; ends with it."""

    def __init__(self, options):
        self.options = options
        self.cores = None if options.cores == "none" else [int(core) for core in options.cores.split(",")]
        self.processes = []
        self.pids = {}

    def spawn(self, command, core, **more):
        pinned = (lambda: os.sched_setaffinity(0, {self.cores[core]})) if self.cores else None
        process = subprocess.Popen([str(word) for word in command], preexec_fn=pinned, **more)
        self.processes.append(process)
        return process

    def start(self):
        OUT.mkdir(parents=True, exist_ok=True)
        subprocess.run(["make", "-s", "-C", HERE], check=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        for port, socket in ENGINES.items():
            self.spawn([OUT / "engine", port, socket], 1, stdin=subprocess.PIPE)
        time.sleep(0.2)
        for socket in ENGINES.values():
            socket.chmod(0o666)  # nginx's worker is another user
        arms = self.options.arms.split(",")
        if any(arm.startswith("nginx") for arm in arms):
            nginx = self.spawn(["nginx", "-p", os.getcwd() + "/", "-c", HERE / "nginx.conf"], 0, **quiet)
            self.pids["nginx"] = self.pids["nginx-unix"] = self.worker_of(nginx.pid)
        if "haproxy" in arms:
            self.pids["haproxy"] = self.spawn(["haproxy", "-db", "-f", HERE / "haproxy.cfg"], 0, **quiet).pid
        for arm, upstream in (("sluice", f"http://127.0.0.1:{ENGINE_PORT}"), ("sluice-unix", f"unix:{SOCKET.resolve()}")):
            if arm in arms:
                self.pids[arm] = self.start_sluice(ARMS[arm], upstream)
        if "relay" in arms:
            self.pids["relay"] = self.start_java(["-cp", self.options.jar, HERE / "Relay.java", ARMS["relay"], ENGINE_PORT])
        time.sleep(1)

    @staticmethod
    def worker_of(pid):
        for _ in range(50):
            time.sleep(0.1)
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if children:
                return int(children[0])
        sys.exit("nginx did not start")

    def start_sluice(self, port, upstream):
        jar = self.options.jar
        command = ["-jar", jar] if ":" not in jar else ["-cp", jar, "dev.sluice.app.Main"]
        command += ["run", "--listen", f"127.0.0.1:{port}", "--upstream", upstream, "--config", HERE / "sluice.yaml"]
        return self.start_java(command)

    def start_java(self, command):
        command = [self.options.java, *self.options.flags.split(), *command]
        process = self.spawn(command, 0, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if b" ready" not in process.stdout.readline():
            sys.exit(f"{' '.join(map(str, command))} did not start")
        return process.pid

    def heat(self, arms):
        """What compiles while it runs has both cores for that, for a bounded time."""
        if not self.cores:
            return
        for arm in arms:
            self.pin(self.pids[arm], self.cores)
        for scenario in HEATING:
            for arm in arms:
                self.load(arm, scenario, 0, self.options.heat_ms)
        for arm in arms:
            self.pin(self.pids[arm], self.cores[:1])

    @staticmethod
    def pin(pid, cores):
        for task in os.listdir(f"/proc/{pid}/task"):
            os.sched_setaffinity(int(task), cores)

    def load(self, arm, scenario, warm_ms, ms):
        front, behind = SCENARIOS[scenario]
        warm_ms = max(warm_ms, front[1] // 2) if warm_ms else 0  # many streams take their time to begin
        command = [OUT / "load", front[0], ARMS[arm], self.pids[arm], *front[1:], warm_ms, ms, *behind]
        process = self.spawn(command, 1, stdout=subprocess.PIPE)
        out, _ = process.communicate(timeout=120)
        self.processes.remove(process)
        if process.returncode != 0:
            sys.exit(f"{arm}, {scenario}: the load generator found a fault")
        return json.loads(out)

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGKILL if process.args[0] == self.options.java else signal.SIGTERM)
        for process in self.processes:
            process.wait()


def median(values):
    return statistics.median(values) if values else float("nan")


def ratios(results, arm, key):
    base = results[BASE] if BASE in results else results[next(iter(results))]
    return [mine[key] / theirs[key] for mine, theirs in zip(results[arm], base) if theirs[key]]


def report(scenario, results):
    print(f"\n{scenario}")
    print(f"  {'arm':12} {'cpu us':>8} {'x base':>7} {'(min..max)':>13} {'per s':>9} {'x base':>7} {'p50 us':>8} {'x base':>7} {'p99 us':>8} {'x base':>7} {'busy':>5} {'MiB':>5}")
    for arm, rounds in results.items():
        cpu = ratios(results, arm, "cpu_us")
        row = [median([r[k] for r in rounds]) for k in ("cpu_us", "per_second", "p50_us", "p99_us", "busy", "rss_kib")]
        rel = [median(ratios(results, arm, k)) for k in ("per_second", "p50_us", "p99_us")]
        print(f"  {arm:12} {row[0]:8.2f} {median(cpu):7.2f} {min(cpu):6.2f}..{max(cpu):4.2f}  {row[1]:9.0f} {rel[0]:7.2f}"
              f" {row[2]:8.0f} {rel[1]:7.2f} {row[3]:8.0f} {rel[2]:7.2f} {row[4]:5.2f} {row[5] / 1024:5.0f}")
    sys.stdout.flush()


def main():
    options = arguments()
    chance = random.Random(options.seed)
    arms, scenarios = options.arms.split(","), options.only.split(",")
    bench = Bench(options)
    results = {}
    try:
        bench.start()
        bench.heat([arm for arm in arms if arm in JVMS])
        for scenario in scenarios:
            results[scenario] = {arm: [] for arm in arms}
            for turn in range(options.rounds + 1):
                for arm in chance.sample(arms, len(arms)):
                    measured = bench.load(arm, scenario, options.warm_ms, options.ms)
                    if turn > 0:  # the first round warms up
                        results[scenario][arm].append(measured)
            report(scenario, results[scenario])
            keep(options, results)
    finally:
        bench.stop()


def keep(options, results):
    if options.json:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
        told = {"commit": commit, "machine": os.uname().release, "command": " ".join(sys.argv), "scenarios": results}
        pathlib.Path(options.json).write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
