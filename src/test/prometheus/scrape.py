#!/usr/bin/env python3
"""A real Prometheus scrapes a running Sluice with the alert rules loaded; every expression of rules and dashboard is asked.

    mvn -q -DskipTests package && python3 src/test/prometheus/scrape.py

Needs prometheus (Debian: apt-get install prometheus). Starts an emulated engine, Sluice and Prometheus on free ports of
loopback, lets some agents work for some seconds, and ends all three. Exits with 1 and a line for each thing that is wrong.
"""

import argparse
import concurrent.futures
import json
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
RULES = ROOT / "config/prometheus/sluice.rules.yaml"
DASHBOARD = ROOT / "config/grafana/sluice.json"
AGENTS, STEPS = 8, 6
DEADLINE_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, ready=None):
    """The process and, of its line on stdout that says that it is ready, the match."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if ready is None:
        return process, None
    for line in process.stdout:
        match = re.search(ready, line)
        if match:
            return process, match
    raise SystemExit(f"{command[0]} ended before it was ready")


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def agent(base, model, number):
    """One agent: each step sends the whole history again."""
    messages = [{"role": "system", "content": "word " * 600}]
    for step in range(STEPS):
        messages.append({"role": "user", "content": f"{number} {step} " + "more " * 400})
        body = {"model": model, "messages": messages, "max_tokens": 20, "ignore_eos": True}
        request = urllib.request.Request(
            base + "/v1/chat/completions",
            json.dumps(body).encode(),
            {"content-type": "application/json", "x-session-id": f"agent-{number}"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            messages.append(json.load(answer)["choices"][0]["message"])


def expressions():
    """Pairs of where it stands and the expression."""
    for expr in re.findall(r"^\s+expr: (.+)$", RULES.read_text(), re.M):
        yield "rule", expr
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$instance", ".*")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sluice", default=f"java -jar {ROOT}/target/sluice.jar", help="the program")
    options.add_argument("--prometheus", default="prometheus")
    asked = options.parse_args()
    sluice = shlex.split(asked.sluice)
    wrong, processes = [], []
    with tempfile.TemporaryDirectory() as folder:
        try:
            engine, ready = start(
                sluice + ["emulate", "--listen", "127.0.0.1:0", "--preset", "tiny", "--speed", "4"], r"http://[0-9.:]+")
            processes.append(engine)
            proxy, told = start(
                sluice + ["run", "--upstream", ready.group(0), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
                r"listen=(\S+) admin=(\S+)")
            processes.append(proxy)
            config = pathlib.Path(folder) / "prometheus.yaml"
            config.write_text(
                f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: ['{RULES}']\n"
                f"scrape_configs: [{{job_name: sluice, static_configs: [{{targets: ['{told.group(2)}']}}]}}]\n")
            port = free_port()
            processes.append(start([
                asked.prometheus, f"--config.file={config}", f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])[0])
            monitor = f"http://127.0.0.1:{port}"
            await_scrapes(monitor, 2)  # rates need a beginning
            model = json.loads(get(f"http://{told.group(1)}/v1/models"))["data"][0]["id"]
            with concurrent.futures.ThreadPoolExecutor(AGENTS) as pool:
                list(pool.map(lambda n: agent(f"http://{told.group(1)}", model, n), range(AGENTS)))
            await_scrapes(monitor, 8)
            wrong = check(monitor, get(f"http://{told.group(2)}/metrics"))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def ask(prometheus, path, **query):
    return json.loads(get(f"{prometheus}/api/v1/{path}?{urllib.parse.urlencode(query)}"))["data"]


def await_scrapes(prometheus, count):
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end:
        try:
            found = ask(prometheus, "query", query="count_over_time(sluice_pressure[5m])")["result"]
            if found and float(found[0]["value"][1]) >= count:
                return
        except OSError:
            pass  # it is starting
        time.sleep(0.5)
    raise SystemExit(f"Prometheus has not scraped Sluice {count} times within {DEADLINE_SECONDS} s")


def check(prometheus, page):
    wrong = []

    def api(path, **query):
        return ask(prometheus, path, **query)

    targets = api("targets")["activeTargets"]
    if [target["health"] for target in targets] != ["up"]:
        wrong.append(f"target: {[target['lastError'] for target in targets]}")
    rules = [rule for group in api("rules")["groups"] for rule in group["rules"]]
    wrong += [f"rule {rule['name']}: {rule['health']} {rule.get('lastError', '')}"
              for rule in rules if rule["health"] != "ok"]
    firing = sorted(rule["name"] for rule in rules if rule.get("state") == "firing")
    series = 0
    asked = list(expressions())
    for place, expr in asked:
        found = api("query", query=expr)["result"]
        series += len(found)
        if place != "rule" and not found:
            wrong.append(f"{place}: no series for {expr}")
    known = set(api("label/__name__/values"))
    for family, kind in re.findall(r"^# TYPE (\S+) (\S+)$", page, re.M):
        name = family + ("_bucket" if kind == "histogram" else "")
        if name not in known:
            wrong.append(f"not scraped: {name}")
    print(f"{len(rules)} rules healthy, firing: {', '.join(firing) or 'none'}; {len(asked)} expressions gave {series} series; "
          f"{len(re.findall('^# TYPE', page, re.M))} families scraped")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
