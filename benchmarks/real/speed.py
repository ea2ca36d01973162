"""How fast an idle engine is, as the emulator counts it: speed.py --engine URL. Prints what fits a preset of docs/emulator.md."""

import argparse
import asyncio
import json
import random
import statistics
import time

import words
from client import session

ROUNDS = 3
PROMPTS = [100, 400, 800, 1_600, 2_400, 3_200]
BATCHES = [1, 4, 8]
ANSWER = 48


async def stream(http, model, text, tokens):
    """Seconds to the first token, and between tokens."""
    body = {"model": model, "prompt": text, "max_tokens": tokens, "ignore_eos": True, "stream": True}
    began = time.perf_counter()
    moments = []
    async with http.stream("POST", "/v1/completions", json=body) as reply:
        async for line in reply.aiter_lines():
            if line.startswith("data: {"):
                moments.append(time.perf_counter())
    return moments[0] - began, (moments[-1] - moments[0]) / max(1, len(moments) - 1)


async def prefill(http, model, chance, count):
    """The least of some, as neighbours only ever add."""
    times = []
    for _ in range(ROUNDS):
        times.append((await stream(http, model, words.text(chance, count), 1))[0])
    return min(times)


async def decode(http, model, chance, batch):
    texts = [words.text(chance, 400) for _ in range(batch)]
    for text in texts:
        await stream(http, model, text, 1)
    rounds = []
    for _ in range(ROUNDS):
        gaps = await asyncio.gather(*(stream(http, model, text, ANSWER) for text in texts))
        rounds.append(statistics.mean(gap for _, gap in gaps))
    return min(rounds)


async def main(base):
    chance = random.Random()
    async with session(base) as http:
        model = (await http.get("/v1/models")).json()["data"][0]["id"]
        await prefill(http, model, chance, 100)
        prompts = {count: await prefill(http, model, chance, count) for count in PROMPTS}
        batches = {batch: await decode(http, model, chance, batch) for batch in BATCHES}
    print(json.dumps({"firstTokenSeconds": prompts, "tokenGapSeconds": batches, **fitted(prompts, batches)}, indent=1))


def fitted(prompts, batches):
    """t = base + compute · n + attention · n²/2 by least squares of relative errors; base is told from decoding."""
    base = batches[1]
    rows = [(n, n * n / 2, t - base, t) for n, t in prompts.items()]
    aa = sum((a / t) ** 2 for a, _, _, t in rows)
    bb = sum((b / t) ** 2 for _, b, _, t in rows)
    ab = sum(a * b / t**2 for a, b, _, t in rows)
    ay = sum(a * y / t**2 for a, _, y, t in rows)
    by = sum(b * y / t**2 for _, b, y, t in rows)
    apart = aa * bb - ab * ab
    compute, attention = (ay * bb - by * ab) / apart, (by * aa - ay * ab) / apart
    return {
        "baseNanos": round(base * 1e9),
        "computeNanosPerToken": round(compute * 1e9),
        "attentionNanosPerTokenContext": round(attention * 1e9, 1),
        "decodeNanosPerSequence": round((batches[8] - batches[1]) / 7 * 1e9),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", required=True)
    asyncio.run(main(parser.parse_args().engine))
