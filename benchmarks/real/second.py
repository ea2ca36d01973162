"""
Agents against an engine of another make, llama-cpp-python's server, and what it does through Sluice, as checks: second.py
--help. Run by second.sh.
"""

import argparse
import os
import random
import re
import signal
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import arms
import bench
import httpx
import table
import words
from behaviour import check, endings, eventually, failures, said, state
from engine import Engine, Figures, client, is_healthy
from processes import Child, free_port

N_CTX = 8_192
KV_BYTES_PER_TOKEN = 1_536 + 12  # keys and values of three layers in 16 bits; where the token stands
TOLD_RATIO = 0.75  # of the cache, for the rest is taken by what agents have outgrown
SETTINGS = "engine: {{kind: other}}\npool: {{tokens: {}}}\n"


class LocalLlama:
    """
    llama-cpp-python's server with one thread on the processors CORES. It computes one request at a time. POOL_TOKENS of
    finished ones are kept in a cache in memory, the longest unused going first; without any, only the last one's stay. As it
    comes, it breaks off a stream when another request arrives (INTERRUPTS).
    """

    def __init__(self, home, output, pool_tokens, cores, port=None, interrupts=False):
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.child = Child(
            [
                *(home / "llama/bin/python", "-m", "llama_cpp.server"),
                *("--model", home / "small.gguf", "--model_alias", "small", "--n_ctx", N_CTX),
                *("--n_threads", 1, "--n_threads_batch", 1, "--logits_all", "false"),
                *("--interrupt_requests", str(interrupts).lower()),
                *("--cache", str(pool_tokens > 0).lower(), "--cache_size", pool_tokens * KV_BYTES_PER_TOKEN),
                *("--host", "127.0.0.1", "--port", self.port),
            ],
            Path(output),
            cores,
            {"PYTHONUNBUFFERED": "1"},
        )

    def wait(self):
        with client(self.base) as http:
            self.child.wait_until(lambda: is_healthy(http, "/v1/models"), 120)
        return self

    def stop(self):
        self.child.stop()


class Llama(Engine):
    """It has no metrics; what it computed stands in what it says. POOL_TOKENS: as it was started."""

    name = "llama-cpp-python"
    COMPUTED = re.compile(r"prompt eval time =.*?/\s*(\d+) tokens")

    def __init__(self, local, pool_tokens):
        super().__init__(local.base)
        self.says = local.child.output
        self.pool = pool_tokens
        self.version = self.http.get("/openapi.json").json()["info"]["version"]

    def figures(self):
        figures = Figures("")
        figures.computed = float(sum(map(int, self.COMPUTED.findall(self.says.read_text(errors="replace")))))
        return figures

    def pool_tokens(self):
        return self.pool


@contextmanager
def running(options, name, **how):
    how = {"pool_tokens": options.pool_tokens} | how
    local = LocalLlama(options.home, options.output / f"{name}.log", cores=bench.cores()[0], **how)
    try:
        yield local.wait()
    finally:
        local.stop()


def bench_of(options, local):
    engine = Llama(local, options.pool_tokens)
    return arms.Bench(
        engine,
        options.home,
        options.output,
        bench.cores()[1],
        extra={"temperature": 0.7},
        engine_pid=local.child.process.pid,
        refused={"temperature": "none"},
        settings=SETTINGS.format(options.told_tokens or int(TOLD_RATIO * options.pool_tokens)),
    )


def measured(options):
    with running(options, "engine") as local:
        chance = random.Random(time.time())
        ours = bench_of(options, local)
        runs = bench.series(ours, options, ours.engine.tokens_per_word(words.text(chance, 1_000), 1_000))
    print(table.whole(runs))


class Stream(threading.Thread):
    """A long answer, read until it ends in one way or another."""

    def __init__(self, base, name, tokens=1_500):
        super().__init__()
        self.base, self.name, self.tokens = base, name, tokens
        self.lines, self.error = [], None
        self.start()

    def run(self):
        body = {"model": "small", "messages": said(words.text(random.Random(self.name), 200)), "max_tokens": self.tokens, "stream": True}
        try:
            with httpx.Client(base_url=self.base, timeout=120) as http:
                with http.stream("POST", "/v1/chat/completions", json=body, headers={"x-session-id": self.name}) as reply:
                    self.lines.extend(line for line in reply.iter_lines() if line)
        except httpx.HTTPError as error:
            self.error = error

    def has_begun(self):
        return len(self.lines) > 3

    def has_reason(self):
        """Whether it told why it ended, as every whole answer does."""
        return any(re.search(r'"finish_reason": ?"', line) for line in self.lines)

    def end(self):
        self.join()
        return f"{len(self.lines)} events, {'with' if self.has_reason() else 'without'} finish_reason, [DONE] {'data: [DONE]' in self.lines}, error {self.error!r}"


def told(admin):
    eventually(lambda: state(admin)["engine"]["kind"] == "other")
    seen = state(admin)
    check("the pool is the one that was configured", seen["pool"]["source"] == "configured", seen["pool"])
    check("/state says that control is feed-forward only", "feed-forward" in seen["engine"]["note"], seen["engine"]["note"])
    check("and that there are no signals", not seen["signals"]["fresh"], seen["signals"])


def two_at_once(base, admin):
    before = endings(admin, "completed")
    both = [Stream(base, f"beside-{number}", 200) for number in range(2)]
    seen = [stream.end() for stream in both]
    check("two streams at once are both whole", all(stream.has_reason() for stream in both), seen)
    check("and counted as completed", endings(admin, "completed") == before + 2, endings(admin, "completed") - before)


def leaving(local, base, admin):
    with httpx.Client(base_url=base, timeout=60) as http:
        body = {"model": "small", "messages": said(words.text(random.Random(5), 200)), "max_tokens": 4_000, "stream": True}
        with http.stream("POST", "/v1/chat/completions", json=body) as reply:
            next(reply.iter_lines())
            time.sleep(0.5)
        left = time.monotonic()
    freed = eventually(lambda: "Disconnected from client" in local.child.output.read_text(errors="replace"))
    check("a client that leaves frees the engine", freed, f"{(time.monotonic() - left) * 1000:.0f} ms")
    eventually(lambda: endings(admin, "client_gone") == 1)
    check("and is counted as gone", endings(admin, "client_gone") == 1, endings(admin, "client_gone"))


def killed(local, base, admin):
    before = endings(admin, "engine_died")
    stream = Stream(base, "dying")
    eventually(stream.has_begun)
    os.killpg(local.child.process.pid, signal.SIGKILL)
    seen = stream.end()
    check("an answer whose engine was killed is not shown as whole", not stream.has_reason() and stream.error is not None, seen)
    check("and counted as died", endings(admin, "engine_died") == before + 1, endings(admin, "engine_died") - before)
    code = httpx.post(base + "/v1/chat/completions", json={"model": "small", "messages": said("hello")}).json()["error"]["code"]
    check("then the engine is down", code == "engine_down", code)


def reuse(options):
    """What is found again of an agent's prompt when another's came between."""
    for pool_tokens in (options.pool_tokens, 0):
        with running(options, f"reusing-{pool_tokens}", pool_tokens=pool_tokens) as local:
            engine = Llama(local, pool_tokens)
            texts = [words.text(random.Random(number), 1_000) for number in range(2)]
            computed = []
            for text in (texts[0], texts[0] + " more", texts[1], texts[0] + " and more"):
                before = engine.figures().computed
                engine.http.post("/v1/chat/completions", json={"model": "small", "messages": said(text), "max_tokens": 1})
                eventually(lambda: engine.figures().computed > before)
                computed.append(engine.figures().computed - before)
            found = [tokens < 100 for tokens in computed]
            wanted = [False, True, False, pool_tokens > 0]
            check(f"with {pool_tokens} tokens of cache: what is found again", found == wanted, f"computed {computed}")


def interrupting(options):
    """What the engine does as it comes, where streams meet."""
    with running(options, "interrupting", interrupts=True) as local, arms.sluice(bench_of(options, local), "sluice-interrupting") as way:
        for where, base in (("direct", local.base), ("through Sluice", way.base)):
            stream = Stream(base, f"first-{where}")
            eventually(stream.has_begun)
            other = Stream(base, f"second-{where}", 20)
            seen = stream.end()
            other.join()
            check(f"with interrupt_requests another request breaks off a stream, {where}", not stream.has_reason() and stream.error is not None, seen)
        died, completed = endings(way.admin, "engine_died"), endings(way.admin, "completed")
        check("which Sluice counts as died", (died, completed) == (1, 1), f"died {died:.0f}, completed {completed:.0f}")
        stream = Stream(local.base, "asked")
        eventually(stream.has_begun)
        httpx.get(local.base + "/v1/models")
        check("and so does a question for the models", not stream.has_reason(), stream.end())
        stream = Stream(way.base, "alone", 3_000)
        stream.join()
        check("Sluice itself asks nothing that would break off a stream", stream.has_reason(), stream.end())


def checks(options):
    with running(options, "checked") as local, arms.sluice(bench_of(options, local), "sluice-checked") as way:
        told(way.admin)
        two_at_once(way.base, way.admin)
        leaving(local, way.base, way.admin)
        killed(local, way.base, way.admin)
        with running(options, "again", port=local.port):
            eventually(lambda: Stream(way.base, "back", 5).end() and endings(way.admin, "completed") >= 3)
            check("and found again when it is back", endings(way.admin, "completed") >= 3, endings(way.admin, "completed"))
    reuse(options)
    interrupting(options)
    print(f"{len(failures)} failed" if failures else "all as it should be")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool-tokens", type=int, default=8_192, help="of the engine's cache in memory (default %(default)s)")
    parser.add_argument("--told-tokens", type=int, help="what Sluice is told of it; three quarters if not given")
    parser.add_argument("--kinds", default="short")
    parser.add_argument("--loads", default="2", help="agents over what fits (default %(default)s)")
    parser.add_argument("--arms", default="direct,cap-2,cap-3,cap-4,working-set")
    parser.add_argument("--seeds", default="2")
    parser.add_argument("--only", choices=["runs", "checks"])
    parser.add_argument("--output", type=Path, default=Path("target/second"))
    parser.add_argument("--home", type=Path, required=True, help="where engine and model are installed")
    return parser.parse_args()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    options.output.mkdir(parents=True, exist_ok=True)
    if options.only != "runs":
        checks(options)
    if options.only != "checks":
        os.sched_setaffinity(0, {int(bench.cores()[1])})
        measured(options)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
