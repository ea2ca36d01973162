"""Agents against a real engine, arm beside arm: bench.py --help. Run by run.sh."""

import argparse
import asyncio
import datetime
import json
import os
import random
import signal
import statistics
import sys
import time
from dataclasses import asdict
from pathlib import Path

import agents
import arms
import httpx
import plot
import table
import words
from client import Crowd, session
from engine import Engine, Figures, LocalVllm
from processes import NotStarted, cpu_seconds

SAMPLE_SECONDS = 1.0
WARM_UP = 180
WARM_UP_AT_ONCE = 6


async def measure(bench, way, scripts):
    """One run: the crowd from its first request to its last answer, and what the engine says it did."""
    before = bench.engine.figures()
    cpu = {name: cpu_seconds(pid) for name, pid in measured(bench, way).items()}
    samples = []
    async with session(way.base) as http, session(bench.engine.base) as page:
        crowd = Crowd(http, way.style, way.cap)
        watch = asyncio.create_task(sample(crowd, page, way.admin, samples))
        makespan = await crowd.run(scripts)
        watch.cancel()
    cpu = {name: cpu_seconds(pid) - cpu[name] for name, pid in measured(bench, way).items()}
    return result(makespan, crowd.exchanges, before, bench.engine.figures(), samples) | {
        "engineCpuSeconds": cpu.get("engine"),
        "proxyCpuSeconds": cpu.get("proxy", 0.0),
    }


def measured(bench, way):
    """The processes whose time on the processors is told."""
    pids = {"engine": bench.engine_pid, "proxy": way.proxy and way.proxy.process.pid}
    return {name: pid for name, pid in pids.items() if pid}


async def warm_up(bench, way):
    """
    Requests that the engine refuses, so that no arm pays for the start of a process, and nobody learns anything about agents
    that come and go.
    """
    async with session(way.base) as http:

        async def ask():
            for _ in range(WARM_UP // WARM_UP_AT_ONCE):
                said = [{"role": "user", "content": words.text(random, 500)}]
                body = {"model": bench.engine.model, "messages": said, "stream": True, **bench.refused}
                await http.post("/v1/chat/completions", json=body)

        await asyncio.gather(*(ask() for _ in range(WARM_UP_AT_ONCE)))


async def sample(crowd, page, admin, samples):
    """The engine's gauge beside our pressure, once a second."""
    async with session(admin or "http://127.0.0.1") as state:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            try:
                figures = Figures((await page.get("/metrics")).text)
                moment = {
                    "seconds": crowd.now(),
                    "gauge": figures.sums.get("vllm:kv_cache_usage_perc"),
                    "running": figures["vllm:num_requests_running"],
                    "waiting": figures["vllm:num_requests_waiting"],
                }
                if admin:
                    told = (await state.get("/state")).json()
                    moment["pressure"] = told["pressure"]
                    moment["agents"] = told["agents"]
                samples.append(moment)
            except httpx.HTTPError:
                continue


def result(makespan, exchanges, before, after, samples):
    whole = [e for e in exchanges if not e.error]
    queries = after["vllm:prefix_cache_queries_total"] - before["vllm:prefix_cache_queries_total"]
    hits = after["vllm:prefix_cache_hits_total"] - before["vllm:prefix_cache_hits_total"]
    computed = after.computed - before.computed
    lives = {}
    for e in exchanges:
        begun, ended = lives.get(e.agent, (e.began, e.ended))
        lives[e.agent] = (min(begun, e.began), max(ended, e.ended))
    first = sorted(e.first - e.began for e in whole)
    gauges = [s["gauge"] for s in samples if s["gauge"] is not None]
    return {
        "makespanSeconds": makespan,
        "meanSeconds": statistics.mean(end - begin for begin, end in lives.values()),
        "steps": len(whole),
        "computedPerStep": computed / max(1, len(whole)),
        "hitRatio": hits / queries if queries else 0.0 if "vllm:prefix_cache_queries_total" in after else None,
        "toldHitRatio": sum(max(0, e.cached) for e in whole) / max(1, sum(e.prompt for e in whole)),
        "ttftP50Seconds": quantile(first, 0.5),
        "ttftP99Seconds": quantile(first, 0.99),
        "longestStartedSeconds": max((e.first - e.began for e in whole if e.number), default=0.0),
        "longestDoorSeconds": max((e.first - e.began for e in whole if not e.number), default=0.0),
        "gaveUp": len(exchanges) - len(whole),
        "refused": sum(e.refused for e in exchanges),
        "preemptions": after["vllm:num_preemptions_total"] - before["vllm:num_preemptions_total"],
        "gaugePeak": max(gauges, default=None),
        "gaugeMean": statistics.mean(gauges) if gauges else None,
        "pressurePeak": max((s["pressure"] or 0.0 for s in samples if "pressure" in s), default=None),
        "errors": sorted({e.error for e in exchanges if e.error})[:5],
        "samples": samples,
        "exchanges": [asdict(e) for e in exchanges],
    }


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", help="an engine that is already there, http://HOST:PORT or unix:/PATH; else a vLLM is started here")
    parser.add_argument("--engine-pid", type=int, help="its process, if it runs here: its time on the processors is told, too")
    parser.add_argument("--pool-tokens", type=int, default=16_384, help="of the vLLM that is started (default %(default)s)")
    parser.add_argument("--engine-flags", default="", help="more of them for the vLLM that is started, --engine-flags=--FLAG: with --no-enable-prompt-tokens-details its answers do not tell what was cached")
    parser.add_argument("--socket", action="store_true", help="the vLLM that is started listens on a Unix socket")
    parser.add_argument("--kinds", default="short", help="of short,long,family,single (default %(default)s)")
    parser.add_argument("--loads", default="2,4", help="agents over what fits (default %(default)s)")
    parser.add_argument("--arms", default="direct,cap-4,cap-6,cap-8,cap-12,working-set,working-set-no-ids")
    parser.add_argument("--seeds", default="1", help="how many, or A-B (default %(default)s)")
    parser.add_argument("--output", type=Path, default=Path("target/real"))
    parser.add_argument("--home", type=Path, required=True, help="where the engine and the model are installed")
    return parser.parse_args()


def cores():
    """Those of the engine and those of clients and proxies: apart where there is more than one."""
    mine = sorted(os.sched_getaffinity(0))
    return ",".join(map(str, mine[:-1] or mine)), str(mine[-1])


def seeds(text):
    first, _, last = text.rpartition("-")
    return range(int(first or 1), int(last) + 1)


def series(bench, options, tokens_per_word):
    pool = bench.engine.pool_tokens()
    specs = options.arms.split(",")
    runs = []
    for kind in options.kinds.split(","):
        fits = agents.room(kind, pool, tokens_per_word)
        for load in map(float, options.loads.split(",")):
            count = max(1, round(fits * load))
            for seed in seeds(options.seeds):
                # Each seed begins with another arm, so that nobody always comes after the same one.
                for turn in range(len(specs)):
                    spec = specs[(turn + seed) % len(specs)]
                    try:
                        runs.append(one(bench, spec, kind, load, count, seed))
                    except NotStarted as error:
                        print(f"{spec}: left out: {error}", file=sys.stderr)
                        continue
                    save(options.output, bench, pool, tokens_per_word, runs)
    return runs


def one(bench, spec, kind, load, count, seed):
    scripts = agents.crowd(kind, count, seed, words.text(random.Random(), 8))
    name = f"{kind}-{load:g}x-{spec}-{seed}"
    with arms.arm(spec)(bench, name) as way:
        asyncio.run(warm_up(bench, way))
        run = asyncio.run(measure(bench, way, scripts))
        if way.admin:
            (bench.output / f"{name}.state.json").write_text(httpx.get(way.admin + "/state").text)
            (bench.output / f"{name}.prom").write_text(httpx.get(way.admin + "/metrics").text)
    run = {"kind": kind, "load": load, "agents": count, "seed": seed, "arm": spec, **run}
    print(table.line(run), flush=True)
    return run


def save(output, bench, pool, tokens_per_word, runs):
    about = {
        "engine": f"{bench.engine.name} {bench.engine.version}",
        "model": bench.engine.model,
        "poolTokens": pool,
        "tokensPerWord": tokens_per_word,
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "command": " ".join(sys.argv),
    }
    (output / "runs.json").write_text(json.dumps({**about, "runs": runs}))


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    options.output.mkdir(parents=True, exist_ok=True)
    engine_cores, client_cores = cores()
    os.sched_setaffinity(0, {int(client_cores)})
    local = None
    try:
        base = options.engine
        if not base:
            socket = str(options.output.absolute() / "engine.sock") if options.socket else None
            local = LocalVllm(options.home, options.output / "engine.log", options.pool_tokens, engine_cores, socket, options.engine_flags.split())
            base = local.wait().base
        engine = Engine(base)
        extra = {"ignore_eos": True, "temperature": 0.7}
        bench = arms.Bench(engine, options.home, options.output, client_cores, extra, local.child.process.pid if local else options.engine_pid)
        text = words.text(random.Random(time.time()), 1_000)
        runs = series(bench, options, engine.tokens_per_word(text, 1_000))
    finally:
        if local:
            local.stop()
    print(table.whole(runs))
    (options.output / "runs.svg").write_text(plot.picture(runs))


if __name__ == "__main__":
    main()
