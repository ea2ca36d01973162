"""What a real vLLM does, through Sluice, each as a check that can fail: behaviour.py --home DIR. Run by behaviour.sh."""

import argparse
import os
import random
import signal
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import arms
import httpx
import words
from bench import cores
from engine import Engine, Figures, LocalVllm

POOL_TOKENS = 16_384
FREED_SECONDS = 0.2

chance = random.Random(11)
failures = []


def check(name, is_so, seen):
    print(f"{'ok  ' if is_so else 'FAIL'}  {name}: {seen}", flush=True)
    if not is_so:
        failures.append(name)


def chat(http, messages, tokens=16, headers=None, **fields):
    body = {"model": "small", "messages": messages, "max_tokens": tokens, "ignore_eos": True, **fields}
    return http.post("/v1/chat/completions", json=body, headers=headers or {})


def said(text):
    return [{"role": "user", "content": text}]


def events(http, messages, tokens=16, headers=None):
    """A streamed answer: its status and its data lines."""
    body = {"model": "small", "messages": messages, "max_tokens": tokens, "ignore_eos": True, "stream": True}
    with http.stream("POST", "/v1/chat/completions", json=body, headers=headers or {}) as reply:
        return reply.status_code, [line[6:] for line in reply.iter_lines() if line.startswith("data: ")]


def metric(admin, name, **labels):
    """The sum of a metric of Sluice over the series with these labels."""
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    total = 0.0
    for line in httpx.get(admin + "/metrics").text.splitlines():
        head, _, value = line.rpartition(" ")
        if head.partition("{")[0] == name and all(label in head for label in wanted):
            total += float(value)
    return total


def endings(admin, ending):
    return metric(admin, "sluice_steps_total", ending=ending)


def eventually(condition, seconds=10):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.05)
    return False


def state(admin):
    return httpx.get(admin + "/state").json()


def signals(engine, admin, pages):
    """The running engine's page, read by Sluice."""
    page = engine.page.get("/metrics").text
    (pages / "idle.prom").write_text(page)
    eventually(lambda: state(admin)["pool"]["tokens"] and state(admin)["engine"]["maxModelTokens"])
    told = state(admin)
    check("the engine is known", told["engine"]["kind"] == "vllm", f"{told['engine']['kind']} {told['engine']['version']}")
    wanted = "poolSize kvUsage running waiting waitingForCapacity prefixHits computedPrompt preemptions progress sleep".split()
    lacking = [name for name in wanted if not told["engine"]["capabilities"].get(name)]
    check("every signal is found", not lacking, f"lacking: {lacking or 'none'}")
    check("the pool's size", told["pool"]["tokens"] == Figures(page).pool_tokens() == POOL_TOKENS, told["pool"])
    check("the longest context", told["engine"]["maxModelTokens"] == 8192, told["engine"]["maxModelTokens"])


def growth(http, admin):
    """An agent's steps: what we expect to find cached, and what its answers say was found."""
    messages, shortest = [], 1.0
    context = 0
    for step in range(6):
        messages.append({"role": "user", "content": words.text(chance, 400 if step == 0 else 120)})
        answer = chat(http, messages, headers={"x-session-id": "grows"}).json()
        usage = answer["usage"]
        if step:
            shortest = min(shortest, usage["prompt_tokens_details"]["cached_tokens"] / context)
        context = usage["prompt_tokens"] + usage["completion_tokens"]
        messages.append({"role": "assistant", "content": answer["choices"][0]["message"]["content"]})
    expected = metric(admin, "sluice_expected_cached_tokens_total")
    lost = metric(admin, "sluice_lost_tokens_total")
    check("cached tokens come back as expected", expected > 2_000 and lost == 0, f"expected {expected:.0f}, lost {lost:.0f}, worst step {shortest:.2f} of the context")


def leaving(engine, base, admin):
    """A client that leaves amid its answer, or before it, frees the engine."""
    for streamed in (True, False):
        with httpx.Client(base_url=base, timeout=60) as http:
            body = {"model": "small", "messages": said(words.text(chance, 300)), "max_tokens": 4_000, "ignore_eos": True, "stream": streamed}
            left = []
            if streamed:
                with http.stream("POST", "/v1/chat/completions", json=body) as reply:
                    next(reply.iter_lines())
                    time.sleep(0.5)
                    left.append(time.monotonic())
            else:
                try:
                    http.post("/v1/chat/completions", json=body, timeout=1.5)
                except httpx.TimeoutException:
                    left.append(time.monotonic())
        freed = eventually(lambda: engine.figures()["vllm:num_requests_running"] == 0, 5)
        seconds = time.monotonic() - left[0]
        what = "streamed" if streamed else "whole"
        check(f"a client that leaves frees the engine ({what})", freed and seconds < FREED_SECONDS, f"{seconds * 1000:.0f} ms")
    eventually(lambda: endings(admin, "client_gone") == 2)
    check("and is counted as gone", endings(admin, "client_gone") == 2, endings(admin, "client_gone"))


def refused_requests(http, admin):
    """What the engine itself refuses is passed on as it came."""
    before = endings(admin, "engine_refused")
    reply = chat(http, said(words.text(chance, 9_000)))
    check("a context too long", reply.status_code == 400 and "maximum context length" in reply.text, f"{reply.status_code} {reply.json()['error']['message'][:90]}")
    reply = chat(http, said("hello"), model="other")
    check("an unknown model", reply.status_code == 404, f"{reply.status_code} {reply.json()['error']['message']}")
    status, lines = events(http, said(words.text(chance, 9_000)))
    check("a context too long, streamed", status == 400 or any("error" in line for line in lines), f"{status} {lines[:1]}")
    check("and all are counted as refused", endings(admin, "engine_refused") == before + 3, endings(admin, "engine_refused") - before)


def full_engine(base, admin, pages):
    """An engine with --max-num-queued-reqs refuses by itself: never an answer, never the end of a step that succeeded."""
    before = {ending: endings(admin, ending) for ending in ("engine_refused", "completed")}
    answers = []

    def ask(number):
        with httpx.Client(base_url=base, timeout=120) as http:
            headers = {"x-session-id": f"crowd-{number}"}
            text = said(words.text(random.Random(number), 300))
            if number % 2:
                answers.append(("whole", chat(http, text, 64, headers)))
            else:
                answers.append(("streamed", events(http, text, 64, headers)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    whole = [reply for kind, reply in answers if kind == "whole" and reply.status_code != 200]
    streamed = [reply for kind, reply in answers if kind == "streamed" and is_refusal(*reply)]
    check("a full engine refuses whole answers", {reply.status_code for reply in whole} == {503}, f"{len(whole)} of 8, {whole[0].text[:100] if whole else ''}")
    seen = streamed[0] if streamed else (0, [])
    check("and streamed ones", seen[0] == 503 or seen[1][-1:] == ["[DONE]"], f"{len(streamed)} of 8, {seen}")
    if seen[1]:
        (pages / "refused.sse").write_text("".join(f"data: {line}\n\n" for line in seen[1]))
    refused = endings(admin, "engine_refused") - before["engine_refused"]
    completed = endings(admin, "completed") - before["completed"]
    check("each is counted as what it was", (refused, completed) == (len(whole) + len(streamed), 16 - len(whole) - len(streamed)), f"refused {refused:.0f}, completed {completed:.0f}")


def is_refusal(status, lines):
    """A stream is refused by a status, or by an event behind a 200, as the moment has it."""
    return status == 503 or any('"error"' in line for line in lines)


def termination(local, base, admin, pages):
    """
    SIGTERM amid streams: passed on as it came, and never taken for an answer. What comes is a race inside vLLM 0.32: its streams end
    with an event of an error and a clean end (a death), or stay open without a word until somebody loses patience (here Sluice).
    """
    before = {ending: endings(admin, ending) for ending in ("engine_died", "engine_slow", "completed", "engine_refused")}
    seen = []

    def ask(number):
        with httpx.Client(base_url=base, timeout=60) as http:
            body = {"model": "small", "messages": said(words.text(random.Random(number), 200)), "max_tokens": 3_000, "ignore_eos": True, "stream": True}
            lines = []
            try:
                with http.stream("POST", "/v1/chat/completions", json=body, headers={"x-session-id": f"dying-{number}"}) as reply:
                    lines.extend(line[6:] for line in reply.iter_lines() if line.startswith("data: "))
            except httpx.HTTPError as error:
                lines.append(repr(error))
            seen.append(lines)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    [thread.start() for thread in threads]
    time.sleep(2)
    local.child.process.send_signal(signal.SIGTERM)
    [thread.join() for thread in threads]
    (pages / "terminated.sse").write_text("".join(f"data: {line}\n\n" for line in seen[0]))
    told = {ending: endings(admin, ending) - count for ending, count in before.items()}
    broken_off = told["engine_died"] + told["engine_slow"]
    check("an engine told to stop amid streams is accounted as broken off", broken_off == 3, f"{told}; clients saw {seen[0][-2:]}")
    told_whole = [line for lines in seen for line in lines if '"finish_reason":"stop"' in line or '"finish_reason":"length"' in line]
    check("and no stream says that it is whole", not told_whole, told_whole or "none")


def absence(http, admin):
    reply = chat(http, said("hello"))
    code = reply.json().get("error", {}).get("code")
    check("an engine that is not there", (reply.status_code, code) == (503, "engine_down"), f"{reply.status_code} {code}")


def return_with_empty_cache(http, admin, pages):
    """The engine is back, its cache empty: no resident agent is counted on, nothing is taken for a loss."""
    lost = metric(admin, "sluice_lost_tokens_total")
    eventually(lambda: state(admin)["signals"]["fresh"], 15)
    resident = state(admin)["agents"]["resident"]
    check("after a restart nobody is taken to be in the cache", resident == 0, f"resident {resident}")
    answers = chat(http, said(words.text(random.Random(3), 300)), headers={"x-session-id": "grows"})
    check("and the next step is answered", answers.status_code == 200, answers.status_code)
    check("and is no loss", metric(admin, "sluice_lost_tokens_total") == lost, metric(admin, "sluice_lost_tokens_total") - lost)


@contextmanager
def engine_at(options, name, socket=None, port=None, flags=()):
    local = LocalVllm(options.home, options.output / f"{name}.log", POOL_TOKENS, cores()[0], socket, flags, port)
    try:
        yield local.wait()
    finally:
        local.stop()


def over_tcp(options, pages):
    with engine_at(options, "first") as local:
        bench = arms.Bench(Engine(local.base), options.home, options.output, cores()[1], {})
        with arms.sluice(bench, "sluice-tcp", settings="upstream: {silence: 10s}\n") as way, httpx.Client(base_url=way.base, timeout=120) as http:
            signals(bench.engine, way.admin, pages)
            growth(http, way.admin)
            (pages / "worked.prom").write_text(bench.engine.page.get("/metrics").text)
            leaving(bench.engine, way.base, way.admin)
            refused_requests(http, way.admin)
            termination(local, way.base, way.admin, pages)
            local.stop()
            absence(http, way.admin)
            with engine_at(options, "second", port=local.port):
                return_with_empty_cache(http, way.admin, pages)


def over_socket(options, pages):
    socket = str(options.output.absolute() / "engine.sock")
    with engine_at(options, "third", socket, flags=("--max-num-queued-reqs", 3)) as local:
        bench = arms.Bench(Engine(local.base), options.home, options.output, cores()[1], {})
        with arms.sluice(bench, "sluice-socket") as way, httpx.Client(base_url=way.base, timeout=120) as http:
            reply = chat(http, said("hello"))
            check("a step over a Unix socket", reply.status_code == 200, reply.status_code)
            full_engine(way.base, way.admin, pages)
            os.killpg(local.child.process.pid, signal.SIGKILL)
            local.child.process.wait()
            check("a killed engine leaves its socket behind", Path(socket).exists(), socket)
            absence(http, way.admin)
            Path(socket).unlink()
            absence(http, way.admin)
            with engine_at(options, "fourth", socket):
                reply = chat(http, said("hello"))
                check("and is found again at a socket made anew", reply.status_code == 200, reply.status_code)


def long_prompts(options):
    """A question that comes just behind a long prompt: as the engine comes, and where it divides long prompts."""
    waits = []
    for flags in ((), ("--long-prefill-token-threshold", 256)):
        with engine_at(options, f"prompts-{len(waits)}", flags=flags) as local, httpx.Client(base_url=local.base, timeout=120) as http:
            chat(http, said("hello"), 1)
            longer = threading.Thread(target=chat, args=(http, said(words.text(chance, 6_500)), 1))
            longer.start()
            time.sleep(0.2)
            began = time.monotonic()
            chat(http, said("how are you?"), 1)
            waits.append(time.monotonic() - began)
            longer.join()
            print(f"      the long prompt took {time.monotonic() - began + 0.2:.2f} s", flush=True)
    check("a question waits for less where long prompts are divided", waits[1] < waits[0] / 2, "%.2f and %.2f s" % tuple(waits))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("target/real-behaviour"))
    parser.add_argument("--only", choices=["tcp", "socket", "prompts"])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    pages = options.output / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    if options.only in (None, "tcp"):
        over_tcp(options, pages)
    if options.only in (None, "socket"):
        over_socket(options, pages)
    if options.only in (None, "prompts"):
        long_prompts(options)
    print(f"{len(failures)} failed" if failures else "all as it should be")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
