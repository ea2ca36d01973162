"""The arms: what stands between agents and engine, each with what its clients have to send."""

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from client import Style, session
from engine import client, is_healthy
from processes import Child, free_port

ROOT = Path(__file__).resolve().parents[2]

HAPROXY = """global
  maxconn 2000
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout queue 600s
listen engine
  bind 127.0.0.1:{port}
  server engine {server} maxconn {limit}
"""


# What vLLM Router's program scheduling wants to know of an engine, measured on the small model on one core; and a window of
# statistics that a run of two hundred steps fills.
ROUTER_TOLD = {
    "stats_window_size": 20,
    "prefill_cost_model": {
        "intercept_seconds": 0.005,
        "linear_seconds_per_1k_tokens": 0.322,
        "quadratic_seconds_per_1k_tokens_squared": 0.0095,
    },
    "decode_throughput_model": {
        "fixed_step_seconds": 0.005,
        "batch_step_seconds_per_request": 0.0006,
        "context_step_seconds_per_token": 2e-7,
    },
}


@dataclass
class Way:
    """How to reach the engine in one arm: where, speaking how, and past whom."""

    base: str
    style: Style
    cap: int | None = None
    proxy: Child | None = None
    admin: str | None = None


@dataclass
class Bench:
    """
    What all arms of a session share. CORES: of clients and proxies. EXTRA: fields of every request. ENGINE_PID: its process,
    if it runs here. REFUSED: fields of a request that the engine refuses unread. SETTINGS: what Sluice has to be told of this
    engine, in YAML.
    """

    engine: object
    home: Path
    output: Path
    cores: str
    extra: dict
    engine_pid: int | None = None
    refused: dict = field(default_factory=lambda: {"model": "nobody"})
    settings: str = ""

    def style(self, **how):
        return Style(self.engine.model, extra=self.extra, **how)


@contextmanager
def direct(bench, name):
    yield Way(bench.engine.base, bench.style())


@contextmanager
def whole(bench, name):
    yield Way(bench.engine.base, bench.style(streamed=False))


@contextmanager
def cap(bench, name, agents):
    """A cap on agents set by hand, kept by the clients themselves: it knows each agent's end."""
    yield Way(bench.engine.base, bench.style(), cap=agents)


@contextmanager
def sluice(bench, name, law="working-set", streamed=True, ids=True, told=False, settings=""):
    """TOLD: clients tell of the end of their agents, as those of vLLM Router do and as the caps know it. SETTINGS: in YAML."""
    jar = os.environ.get("SLUICE_JAR", str(ROOT / "target/sluice.jar"))
    command = ["java", "-jar", jar, "run", "--upstream", bench.engine.base, "--law", law]
    command += ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    settings = bench.settings + settings
    if told:
        settings += f"admin: {{tokenFile: {token_file(bench.output)}}}\n"
    if settings:
        config = bench.output / f"{name}.yaml"
        config.write_text(settings)
        command += ["--config", config]
    child = Child(command, bench.output / f"{name}.log", bench.cores)
    ready = re.compile(r"sluice ready listen=(\S+) admin=(\S+)")
    try:
        child.wait_until(lambda: ready.search(child.output.read_text()), 60)
        listen, admin = ready.search(child.output.read_text()).groups()
        style = bench.style(ids=ids, streamed=streamed, farewell=farewell(f"http://{admin}") if told else None)
        yield Way(f"http://{listen}", style, proxy=child, admin=f"http://{admin}")
    finally:
        child.stop()


TOKEN = "known-to-the-bench-alone"


def token_file(output):
    token = (output / "token").absolute()
    token.write_text(TOKEN)
    return token


def farewell(admin):
    async def tell(agent):
        async with session(admin) as http:
            (await http.delete(f"/agents/{agent}", headers={"authorization": f"Bearer {TOKEN}"})).raise_for_status()

    return tell


@contextmanager
def haproxy(bench, name, limit):
    """A limit on requests: what does not go at once waits in line."""
    port = free_port()
    server = bench.engine.base.removeprefix("http://")
    server = f"unix@{server[5:]}" if server.startswith("unix:") else server
    config = bench.output / f"{name}.cfg"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(HAPROXY.format(port=port, server=server, limit=limit))
    with proxy(bench, name, ["haproxy", "-f", config], port) as way:
        yield way


@contextmanager
def litellm(bench, name):
    port = free_port()
    config = bench.output / f"{name}.yaml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(
        "model_list:\n"
        f"  - model_name: {bench.engine.model}\n"
        "    litellm_params:\n"
        f"      model: hosted_vllm/{bench.engine.model}\n"
        f"      api_base: {bench.engine.base}/v1\n"
        "general_settings:\n"
        "  dangerously_permit_weak_or_unset_master_key: true\n"  # it listens on loopback alone
    )
    command = [bench.home / "litellm/bin/litellm", "--config", config, "--host", "127.0.0.1", "--port", port]
    with proxy(bench, name, command, port, path="/health/liveliness") as way:
        yield way


@contextmanager
def router(bench, name, programs=False):
    """vLLM Router; with program scheduling it is told the pool, what prompts and answers cost, and each program's end."""
    port, metrics = free_port(), free_port()
    command = [bench.home / "router/bin/vllm-router", "--host", "127.0.0.1", "--port", port]
    command += ["--worker-urls", bench.engine.base, "--prometheus-port", metrics, "--policy", "consistent_hash"]
    if programs:
        told = ROUTER_TOLD | {"token_capacity_per_dp_rank": bench.engine.pool_tokens()}
        command += ["--enable-program-scheduling", "--program-scheduling-config-json", json.dumps(told)]
    with proxy(bench, name, command, port, program=programs) as way:
        yield way


@contextmanager
def proxy(bench, name, command, port, path="/health", env=None, **how):
    child = Child(command, bench.output / f"{name}.log", bench.cores, env)
    base = f"http://127.0.0.1:{port}"
    try:
        with client(base) as http:
            child.wait_until(lambda: is_healthy(http, path), 120)
        yield Way(base, bench.style(**how), proxy=child)
    finally:
        child.stop()


ARMS = {
    "direct": direct,
    "whole": whole,
    "concur": lambda bench, name: sluice(bench, name, law="concur"),
    "off": lambda bench, name: sluice(bench, name, law="off"),
    "working-set": sluice,
    "working-set-no-ids": lambda bench, name: sluice(bench, name, ids=False),
    "working-set-told": lambda bench, name: sluice(bench, name, told=True),
    "working-set-whole": lambda bench, name: sluice(bench, name, streamed=False),
    "litellm": litellm,
    "router": router,
    "router-programs": lambda bench, name: router(bench, name, programs=True),
}

NUMBERED = {"cap": cap, "haproxy": haproxy}


def arm(spec):
    """The arm of that name: one of ARMS, or cap-N, haproxy-N."""
    if spec in ARMS:
        return ARMS[spec]
    kind, _, number = spec.rpartition("-")
    if kind in NUMBERED and number.isdigit():
        return lambda bench, name: NUMBERED[kind](bench, name, int(number))
    raise SystemExit(f"arm {spec}: expected one of {', '.join([*ARMS, *(k + '-N' for k in NUMBERED)])}")
