"""run.py [JAR]: three pairs of Sluice and embedded engine behind HAProxy, and agents with a session header through them. Checks that every
agent stays on its engine, that those of a stopped Sluice move and the others do not, and tells what that does to the engines' caches
beside the same fleet by turns. Needs a JDK and HAProxy (apt-get install haproxy); a minute; everything on loopback.

    mvn -q -DskipTests package && python3 benchmarks/fleet/run.py
"""
import collections
import concurrent.futures
import http.client
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
JAR = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "target/sluice.jar")
JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-jar", JAR]
NAMES = "abc"
AGENTS, STEPS = 24, 8


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def started(command, key):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = process.stdout.readline()
    return process, re.search(rf"{key}=(\S+)", line).group(1), line


class Fleet:
    """The pairs and the balancer; `balance` replaces the documented way of choosing."""

    def __init__(self, balance=None):
        self.processes, self.sluices, self.admins = [], {}, {}
        text = (ROOT / "docker/haproxy/haproxy.cfg").read_text()
        for number, name in enumerate(NAMES, 1):
            engine, url, _ = started(JAVA + ["emulate", "--listen", "127.0.0.1:0", "--speed", "10"], "url")
            self.processes.append(engine)
            sluice, listen, line = started(JAVA + ["run", "--upstream", url.rstrip("/"), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"], "listen")
            self.processes.append(sluice)
            admin = re.search(r"admin=(\S+)", line).group(1)
            self.sluices[name], self.admins[name] = sluice, admin
            text = text.replace(f"127.0.0.1:808{number} port 909{number}", f"{listen} port {admin.split(':')[1]}")
        self.port = free_port()
        text = text.replace("bind 127.0.0.1:8080", f"bind 127.0.0.1:{self.port}")
        if balance:
            text = text.replace("balance hash var(txn.agent)\n", f"balance {balance}\n").replace("    hash-type consistent\n", "")
        self.file = tempfile.NamedTemporaryFile("w", suffix=".cfg")
        self.file.write(text)
        self.file.flush()
        subprocess.run(["haproxy", "-c", "-q", "-f", self.file.name], check=True)
        self.processes.append(subprocess.Popen(["haproxy", "-f", self.file.name, "-db"], stderr=subprocess.DEVNULL))
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("HAProxy does not listen")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)


def step(fleet, agent, messages):
    """One step: who served it, and its usage."""
    connection = http.client.HTTPConnection("127.0.0.1", fleet.port, timeout=120)
    body = json.dumps({"model": "emulated-tiny", "max_tokens": 20, "messages": messages})
    connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json", "x-session-id": agent})
    answer = connection.getresponse()
    page = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, page
    usage = page["usage"]
    messages.append(page["choices"][0]["message"])
    return answer.getheader("x-served-by"), usage["prompt_tokens"], usage["prompt_tokens_details"]["cached_tokens"]


def live(fleet, number, history, steps):
    """An agent's loop; returns what its steps told."""
    agent = f"agent-{number}"
    told = []
    for _ in range(steps):
        history.append({"role": "user", "content": f"{agent} step {len(history)} " + f"result {number} of the tool " * 30})
        told.append(step(fleet, agent, history))
    return told


def crowd(fleet, histories, steps):
    with concurrent.futures.ThreadPoolExecutor(AGENTS) as threads:
        return list(threads.map(lambda n: live(fleet, n, histories[n], steps), range(AGENTS)))


def hit_ratio(told):
    prompt = sum(prompt for agent in told for _, prompt, _ in agent)
    return sum(cached for agent in told for _, _, cached in agent) / prompt


def main():
    begin = time.monotonic()
    with Fleet() as fleet:
        histories = [[] for _ in range(AGENTS)]
        told = crowd(fleet, histories, STEPS)
        homes = [{served for served, _, _ in agent} for agent in told]
        assert all(len(home) == 1 for home in homes), homes
        spread = collections.Counter(next(iter(home)) for home in homes)
        assert set(spread) == set(NAMES), spread
        print(f"{AGENTS} agents, {STEPS} steps each: every agent stayed on one engine; {dict(sorted(spread.items()))}; hit rate {hit_ratio(told):.2f}")

        fleet.sluices["b"].send_signal(signal.SIGTERM)
        assert fleet.sluices["b"].wait(timeout=30) == 0
        after = crowd(fleet, histories, 2)
        moved = 0
        for number, agent in enumerate(after):
            served = {name for name, _, _ in agent}
            assert len(served) == 1 and "b" not in served, served
            stayed = served == homes[number]
            assert stayed or homes[number] == {"b"}, (served, homes[number])
            moved += not stayed
        assert moved == spread["b"]
        print(f"b stopped: its {moved} agents moved, the other {AGENTS - moved} stayed, no request failed")
    with Fleet("roundrobin") as fleet:
        told = crowd(fleet, [[] for _ in range(AGENTS)], STEPS)
        print(f"the same by turns: hit rate {hit_ratio(told):.2f}")
    print(f"{time.monotonic() - begin:.0f} s")


main()
