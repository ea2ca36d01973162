#!/usr/bin/env python3
"""
The last of some laws against the best of the others on crowds drawn by chance, in virtual time: benchmarks/law/random_crowds.py,
from the repository's root after "mvn -q -DskipTests package". Equal seeds give equal crowds. A crowd whose result lies in the
output is not run again: another jar, another output.
"""

import argparse
import copy
import json
import math
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

LONGEST = {"dense-32b-2xh100": 131_072, "moe-8xh100": 131_072, "tiny": 16_384, "13m-one-core": 8_192}  # contexts
SCALE = {"tiny": 1 / 8, "13m-one-core": 1 / 12}  # of all sizes
BLOCK = 16
MOST_STEPS = 2_500
LAWS = "off,static-best,concur-5s,token-gate-mended,working-set"
MAKESPAN, MEAN = "makespanSeconds", "meanSeconds"
FIGURES = (MAKESPAN, MEAN)


def log_uniform(chance, low, high):
    return math.exp(chance.uniform(math.log(low), math.log(high)))


def around(chance, median, sigma):
    return median * math.exp(chance.gauss(0, sigma)) if sigma else median


class Kind:
    """Agents that are alike, drawn. Sizes in tokens, pauses in seconds; medians, where there is a sigma."""

    def __init__(self, chance, scale):
        self.first = log_uniform(chance, 500, 40_000) * scale
        self.first_sigma = chance.choice([0, 0.3, 0.8])
        self.growth = log_uniform(chance, 100, 5_000) * scale
        self.growth_shape = chance.choice(["constant", "lognormal", "lognormal", "heavy", "compacted"])
        self.steps_shape = chance.choice(["constant", "uniform", "geometric", "bimodal"])
        self.steps = log_uniform(chance, 2, 60)
        self.answer = log_uniform(chance, 20, 2_000) * scale
        self.answer_sigma = chance.choice([0, 0.6, 1.0])
        self.pause_shape = chance.choice(["constant", "lognormal", "lognormal", "bimodal", "human"])
        self.pause = log_uniform(chance, 0.05, 300 if chance.random() < 0.3 else 30)
        self.pause_sigma = chance.uniform(0.5, 2)
        self.spawns = chance.choice([0, 0, 0, 0.15, 0.4])  # how often an answer starts sub-agents
        self.children = chance.randint(1, 6)  # so many
        self.share = chance.choice(["system", "parent"])  # whose prompt they begin with

    def chatting(self, chance, scale):
        return self.but(steps_shape="constant", steps=2, first=log_uniform(chance, 300, 3_000) * scale, spawns=0)

    def child(self):
        first, steps, pause = min(self.first, 3_000), max(2, min(self.steps, 8)), min(self.pause, 10)
        return self.but(spawns=0, steps_shape="uniform", steps=steps, first=first, pause_shape="lognormal", pause=pause)

    def but(self, **changes):
        other = copy.copy(self)
        vars(other).update(changes)
        return other

    def count(self, chance):
        if self.steps_shape == "uniform":
            return chance.randint(max(1, int(self.steps / 2)), max(2, int(self.steps * 1.5)))
        if self.steps_shape == "geometric":
            return 1 + int(math.log(max(1e-9, chance.random())) / math.log(1 - 1 / max(1.5, self.steps)))
        if self.steps_shape == "bimodal":
            return max(2, int(self.steps / 4)) if chance.random() < 0.8 else int(self.steps * 2.5)
        return round(self.steps)

    def next_pause(self, chance):
        if self.pause_shape == "lognormal":
            return around(chance, self.pause, self.pause_sigma)
        if self.pause_shape == "bimodal":
            return around(chance, self.pause if chance.random() < 0.8 else self.pause * 20, 0.5)
        if self.pause_shape == "human":
            return around(chance, min(self.pause, 5), 0.8) if chance.random() < 0.85 else around(chance, 90, 1)
        return self.pause

    def next_growth(self, chance):
        if self.growth_shape == "lognormal":
            return around(chance, self.growth, 0.8)
        return around(chance, self.growth / 2, 1.5) if self.growth_shape == "heavy" else self.growth

    def __str__(self):
        spawns = f", {self.spawns} x {self.children} children ({self.share})" if self.spawns else ""
        grows = f"{self.first:,.0f} + {self.growth:,.0f} {self.growth_shape} x {self.steps:.0f} {self.steps_shape}"
        return f"{grows}, answers {self.answer:,.0f}, pauses {self.pause:.2g} s {self.pause_shape}{spawns}"


@dataclass
class Context:
    """A prompt as runs of block ids. IDS: how many the whole crowd has so far, in a list of one."""

    ids: list
    runs: list
    tokens: int = 0

    def grow(self, tokens):
        blocks = (self.tokens + tokens) // BLOCK - self.tokens // BLOCK
        if blocks:
            self.runs.append([self.ids[0] + 1, blocks])
            self.ids[0] += blocks
        self.tokens += tokens


def session(chance, kind, system, longest, begun=None):
    """As a line of a trace. BEGUN: the context with which a sub-agent begins."""
    start = begun or system
    context = replace(start, runs=list(start.runs))
    first = max(32, int(around(chance, kind.first, kind.first_sigma)))
    context.grow(first if begun else max(32, first - system.tokens))
    count = max(1, min(120, kind.count(chance)))
    limit = max(context.tokens * 1.5, 0.4 * longest)
    requests = []
    for step in range(count):
        answer = min(8_000, max(4, int(around(chance, kind.answer, kind.answer_sigma))))
        if context.tokens + answer > 0.95 * longest:
            break
        pause = round(min(1_200, kind.next_pause(chance)), 3) if step else 0
        requests.append({"in": context.tokens, "out": answer, "h": list(context.runs), "think": pause})
        if not begun and kind.spawns and step + 1 < count and chance.random() < kind.spawns:
            shared = context if kind.share == "parent" else system
            children = [session(chance, kind.child(), system, longest, shared) for _ in range(kind.children)]
            requests += [child | {"type": "subagent"} for child in children if child["requests"]]
        context.grow(max(answer + BLOCK, int(min(longest / 4, kind.next_growth(chance)))))
        if kind.growth_shape == "compacted" and context.tokens > limit:
            context = replace(system, runs=list(system.runs))
            context.grow(max(64, int(0.15 * limit)))
    return {"block": BLOCK, "requests": requests}


def sizes(of):
    """What the context of each step comes to."""
    for request in of["requests"]:
        yield from sizes(request) if "requests" in request else [request["in"] + request["out"]]


class Crowd:
    """Its kinds are drawn from one source of chance, its agents from another. The seed 1 gives the crowds of decision 29."""

    def __init__(self, seed, number):
        chance = random.Random(10_000 * seed + number)
        self.preset = chance.choice(["dense-32b-2xh100"] * 4 + ["moe-8xh100"] * 3 + ["tiny", "13m-one-core"])
        scale, longest = SCALE.get(self.preset, 1), LONGEST[self.preset]
        agents, mix, order = int(log_uniform(chance, 8, 200)), 1, "mixed"
        if chance.random() < 0.3:
            has_chats = chance.random() < 0.5
            one = Kind(chance, scale)
            self.kinds = [one.chatting(chance, scale) if has_chats else one, Kind(chance, scale)]
            mix, order = chance.choice([0.5, 0.8, 0.9]), chance.choice(["mixed", "mixed", "first", "last"])
        else:
            self.kinds = [Kind(chance, scale)]
        shared = 0 if chance.random() < 0.4 else log_uniform(chance, 500, 15_000) * scale
        room = chance.random()
        chance = random.Random(1_000 * number + seed - 1)
        system = Context([0], [])
        system.grow(int(min(shared, 0.8 * min(kind.first for kind in self.kinds))) // BLOCK * BLOCK)
        which = [int(agent >= mix * agents) for agent in range(agents)]
        if order == "mixed":
            chance.shuffle(which)
        elif order == "last":
            which.reverse()
        self.draw_sessions(chance, [self.kinds[kind] for kind in which], system, longest)
        self.draw_pool(room)

    def draw_sessions(self, chance, kinds, system, longest):
        self.sessions, self.peaks, self.steps = [], [], 0
        for kind in kinds:
            made = session(chance, kind, system, longest)
            if made["requests"]:
                self.sessions.append(made)
                self.peaks.append(max(sizes(made)))
                self.steps += len(list(sizes(made)))
            if self.steps > MOST_STEPS:
                break

    def draw_pool(self, room):
        """Room for two sessions of median size up to room for all."""
        low = max(2 * sorted(self.peaks)[len(self.peaks) // 2], 1.05 * max(self.peaks) + 64, 512)
        high = max(low * 1.2, 1.1 * sum(self.peaks))
        self.pool = int(low * (high / low) ** room) // BLOCK * BLOCK

    def __str__(self):
        size = f"{self.preset}, {len(self.sessions)} agents, {self.steps:,} steps, pool {self.pool / sum(self.peaks):.2f} of all"
        return f"{size}; " + " / ".join(map(str, self.kinds))


@dataclass(frozen=True)
class Result:
    number: int
    about: str
    rows: dict

    @property
    def ours(self):
        return list(self.rows.values())[-1]

    def best(self, figure):
        return min(list(self.rows.values())[:-1], key=lambda row: row[figure])

    def over_best(self, figure):
        return self.ours[figure] / self.best(figure)[figure]

    def over_off(self, figure):
        return self.ours[figure] / self.rows["off"][figure]

    def __str__(self):
        ratios = (
            f"{name} {self.over_best(figure):.2f} of {self.best(figure)['law'].split()[0]}, {self.over_off(figure):.2f} of off"
            for name, figure in (("makespan", MAKESPAN), ("mean", MEAN))
        )
        return f"{self.number:3}: {', '.join(ratios)}: {self.about}"


def measured(options, number):
    crowd = Crowd(options.seed, number)
    result, part, trace = (options.output / f"{options.seed}-{number}.{suffix}" for suffix in ("json", "part", "jsonl"))
    if list(rows_of(result)) != options.laws:
        trace.write_text("".join(json.dumps(made) + "\n" for made in crowd.sessions))
        command = ["java", *options.java.split(), "-jar", options.jar, "simulate", "--trace", trace, "--json", part]
        command += ["--agents", str(len(crowd.sessions)), "--preset", crowd.preset, "--pool-tokens", str(crowd.pool)]
        subprocess.run([*command, "--laws", ",".join(options.laws)], check=True, stdout=subprocess.DEVNULL)
        part.rename(result)
    return Result(number, str(crowd), rows_of(result))


def rows_of(path):
    """By the laws as they were asked for; none if it has not been run."""
    tables = json.loads(path.read_text()) if path.exists() else {}
    rows = [row for table in tables.values() for row in table]
    return {"static-best" if row["law"].endswith(" (best)") else row["law"]: row for row in rows}


def summary(results):
    def mean(ratio, figure):
        return math.exp(sum(math.log(ratio(result, figure)) for result in results) / len(results))

    def count(holds):
        makespan, lives = (sum(holds(result.over_best(figure)) for result in results) for figure in FIGURES)
        return f"{makespan} ({lives})"

    longest = max(results, key=lambda result: result.ours["startedWaitMaxSeconds"])
    print(f"\n{len(results)} crowds, {results[0].ours['law']}, makespan (mean):")
    for name, ratio in (("the best of the others", Result.over_best), ("off", Result.over_off)):
        print(f"over {name}, geometric mean: {mean(ratio, MAKESPAN):.3f} ({mean(ratio, MEAN):.3f})")
    print(f"within 2 % of the best: {count(lambda ratio: ratio <= 1.02)}")
    print(f"more than 10 % behind: {count(lambda ratio: ratio > 1.1)}, more than 50 %: {count(lambda ratio: ratio > 1.5)}")
    print(f"longest wait of a started step: {longest.ours['startedWaitMaxSeconds']:.0f} s (crowd {longest.number})")
    print(f"gave up: {sum(result.ours['failed'] for result in results):.0f}\n\nThe ten furthest behind in makespan:")
    for result in sorted(results, key=lambda result: -result.over_best(MAKESPAN))[:10]:
        print(result)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crowds", type=int, default=260)
    parser.add_argument("--only", help="numbers of single crowds, from 0, with commas between them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--laws", default=LAWS, help="the last against the others (%(default)s)")
    parser.add_argument("--jar", default="target/sluice.jar")
    parser.add_argument("--java", default="-XX:+UseSerialGC -XX:TieredStopAtLevel=1", help="options of each JVM (%(default)s)")
    parser.add_argument("--output", type=Path, default="target/law/random")
    parser.add_argument("--parallel", type=int, default=1)
    options = parser.parse_args()
    options.laws = options.laws.split(",")
    if "off" not in options.laws[:-1]:
        parser.error("--laws: off is not among them (expected: off, others, and the law that is held against them)")
    options.output.mkdir(parents=True, exist_ok=True)
    numbers = list(map(int, options.only.split(","))) if options.only else range(options.crowds)
    results = []
    with ThreadPoolExecutor(options.parallel) as runs:
        for result in runs.map(partial(measured, options), numbers):
            print(result, flush=True)
            results.append(result)
    summary(results)


if __name__ == "__main__":
    main()
