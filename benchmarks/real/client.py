"""Agents as clients: streamed answers read to their end, refusals obeyed, 300 s of patience."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import httpx

PATIENCE_SECONDS = 300
MOST_TRIES = 20
LONGEST_RETRY_SECONDS = 60


@dataclass
class Exchange:
    """One step as its client saw it; seconds from the start of the run."""

    agent: str
    number: int
    began: float
    first: float = 0.0
    ended: float = 0.0
    waited: float = 0.0
    refused: int = 0
    prompt: int = 0
    cached: int = -1
    completion: int = 0
    error: str = ""
    known_as: str = ""


@dataclass
class Style:
    """How the clients of an arm speak. FAREWELL: what is done, given an agent's opaque id, when it has ended; a coroutine."""

    model: str
    ids: bool = True
    streamed: bool = True
    extra: dict = field(default_factory=dict)
    program: bool = False
    farewell: object = None


class Crowd:
    """Runs a crowd of scripted agents against one base address."""

    def __init__(self, http, style, cap=None):
        self.http = http
        self.style = style
        self.places = asyncio.Semaphore(cap) if cap else None
        self.exchanges = []
        self.begin = 0.0

    async def run(self, scripts):
        self.begin = time.perf_counter()
        await asyncio.gather(*(self.root(script) for script in scripts))
        return time.perf_counter() - self.begin

    async def root(self, script):
        """A root agent, under the cap where there is one; what its place costs it counts into its first step."""
        asked = self.now()
        if self.places is None:
            return await self.live(script, asked)
        async with self.places:
            return await self.live(script, asked)

    def now(self):
        return time.perf_counter() - self.begin

    async def live(self, script, asked=None):
        messages = [{"role": "system", "content": script.system}]
        for number, step in enumerate(script.steps):
            messages.append({"role": "user", "content": step.text})
            exchange = Exchange(script.name, number, self.now() if asked is None else asked)
            asked = None
            self.exchanges.append(exchange)
            answer = await self.ask(script, step, messages, exchange)
            if exchange.error:
                return
            messages.append({"role": "assistant", "content": answer})
            if step.children:
                await asyncio.gather(*(self.live(child) for child in step.children))
            if number < len(script.steps) - 1:
                await asyncio.sleep(step.pause)
        if self.style.farewell and exchange.known_as:
            await self.style.farewell(exchange.known_as)

    async def ask(self, script, step, messages, exchange):
        """One step, with all its tries."""
        body = {
            "model": self.style.model,
            "messages": messages,
            "max_tokens": step.answer,
            "stream": self.style.streamed,
            **self.style.extra,
        }
        if self.style.streamed:
            body["stream_options"] = {"include_usage": True}
        headers = {}
        if self.style.ids:
            headers["x-session-id"] = script.name
            if script.parent:
                headers["x-parent-session-id"] = script.parent
        if self.style.program:
            body["vllm_xargs"] = {"agentic_context": json.dumps(program(script, exchange.number))}
        for attempt in range(MOST_TRIES):
            try:
                return await (self.stream if self.style.streamed else self.whole)(body, headers, exchange)
            except Refused as refused:
                exchange.refused += 1
                await asyncio.sleep(refused.seconds)
            except (httpx.HTTPError, Broken) as error:
                if attempt >= 2:
                    exchange.error = repr(error)
                    return ""
                await asyncio.sleep(0.5 * 2**attempt)
        exchange.error = f"refused {MOST_TRIES} times"
        return ""

    async def stream(self, body, headers, exchange):
        text = []
        finished = False
        async with self.http.stream("POST", "/v1/chat/completions", json=body, headers=headers) as reply:
            await check(reply)
            async for line in reply.aiter_lines():
                if not line.startswith("data:") or line == "data: [DONE]":
                    continue
                event = json.loads(line[5:])
                if "error" in event:
                    raise refusal_in(event["error"])
                for choice in event.get("choices", []):
                    piece = choice.get("delta", {}).get("content")
                    if piece:
                        if not text:
                            exchange.first = self.now()
                        text.append(piece)
                    finished = finished or bool(choice.get("finish_reason"))
                if event.get("usage"):
                    read_usage(event["usage"], exchange)
        if not finished:
            raise Broken("the stream ended without finish_reason")
        self.end(exchange, reply)
        return "".join(text)

    async def whole(self, body, headers, exchange):
        reply = await self.http.post("/v1/chat/completions", json=body, headers=headers)
        await check(reply)
        answer = reply.json()
        exchange.first = self.now()
        read_usage(answer["usage"], exchange)
        self.end(exchange, reply)
        return answer["choices"][0]["message"]["content"]

    def end(self, exchange, reply):
        exchange.ended = self.now()
        exchange.first = exchange.first or exchange.ended
        exchange.waited = float(reply.headers.get("sluice-wait-ms", 0)) / 1000
        exchange.known_as = reply.headers.get("sluice-agent", "")


def program(script, number):
    """
    Who is asking, in the words of vLLM Router's program scheduling, and whether that one will come back. It travels as a
    string, for the router passes it on, and vLLM 0.32 takes no objects there.
    """
    context = {
        "program_id": script.name,
        "step_id": number,
        "expected_resume": number < len(script.steps) - 1,
        "expected_output_length": script.steps[number].answer,
    }
    if script.parent:
        context |= {"parent_program_id": script.parent, "root_program_id": script.parent, "blocks_parent": True}
    return context


class Refused(Exception):
    """Come again after so many seconds."""

    def __init__(self, seconds):
        super().__init__(f"refused for {seconds} s")
        self.seconds = seconds


class Broken(Exception):
    """An answer that is none."""


async def check(reply):
    if reply.status_code in (429, 503):
        await reply.aread()
        raise Refused(min(LONGEST_RETRY_SECONDS, float(reply.headers.get("retry-after", 1))))
    if reply.status_code != 200:
        await reply.aread()
        raise Broken(f"{reply.status_code} {reply.text[:200]}")


def refusal_in(error):
    return Refused(1) if error.get("code") in (429, 503) else Broken(str(error))


def read_usage(usage, exchange):
    exchange.prompt = usage["prompt_tokens"]
    exchange.completion = usage["completion_tokens"]
    details = usage.get("prompt_tokens_details") or {}
    exchange.cached = details.get("cached_tokens", -1) if details else -1


def session(base):
    """A pool of connections like an SDK's. BASE: http://HOST:PORT or unix:/PATH."""
    timeout = httpx.Timeout(PATIENCE_SECONDS, connect=10)
    limits = httpx.Limits(max_connections=None, keepalive_expiry=4)
    if base.startswith("unix:"):
        transport = httpx.AsyncHTTPTransport(uds=base[5:], limits=limits)
        return httpx.AsyncClient(base_url="http://engine", transport=transport, timeout=timeout)
    return httpx.AsyncClient(base_url=base, timeout=timeout, limits=limits)
