"""Scripts of agents, from a seed: what each says, how long the answers are, how long it pauses. Equal seeds, equal scripts."""

import random
from dataclasses import dataclass, field

import words

SIZE_SIGMA = 0.5


@dataclass(frozen=True)
class Shape:
    """Sizes in words (about a token each), pauses in seconds; medians of log-normals."""

    steps: int
    shared: int = 256
    task: int = 700
    tool: int = 220
    answer: int = 20
    pause: float = 0.3
    pause_sigma: float = 0.8
    longest_pause: float = 30.0

    def peak(self):
        """Context of a mean agent at its end."""
        grown = 1.13  # the mean of these log-normals over their median
        return self.shared + grown * (self.task + (self.steps - 1) * self.tool + self.steps * self.answer)


@dataclass
class Step:
    text: str
    answer: int
    pause: float
    children: list = field(default_factory=list)


@dataclass
class Agent:
    name: str
    parent: str | None
    system: str
    steps: list


SHORT = Shape(steps=6)
LONG = Shape(steps=6, pause=2.0, pause_sigma=1.2)
PARENT = Shape(steps=5)
CHILD = Shape(steps=3)
SINGLE = Shape(steps=1, task=1_700)

# Sub-agents at a time, and after which of its answers a parent starts them.
CHILDREN = 2
SPAWNS = (1,)


def size(median, chance):
    return max(1, round(median * chance.lognormvariate(0, SIZE_SIGMA)))


def agent(name, shape, chance, system, parent=None):
    count = chance.randint(-(-shape.steps // 2), shape.steps + shape.steps // 2)
    steps = [
        Step(
            text=words.text(chance, size(shape.task if step == 0 else shape.tool, chance)),
            answer=max(4, size(shape.answer, chance)),
            pause=min(shape.longest_pause, shape.pause * chance.lognormvariate(0, shape.pause_sigma)),
        )
        for step in range(count)
    ]
    return Agent(name, parent, system, steps)


def family(name, chance, system):
    root = agent(name, PARENT, chance, system)
    for at in SPAWNS:
        if at < len(root.steps) - 1:
            root.steps[at].children = [
                agent(f"{name}.{at}.{child}", CHILD, chance, system, parent=name) for child in range(CHILDREN)
            ]
    return root


def crowd(kind, count, seed, run):
    """
    So many agents (families, conversations) of a kind: short, long, family, single. RUN, some words that no run before had,
    begins all that they say: nothing of it is in the engine's cache.
    """
    chance = random.Random(f"{kind}-{seed}")
    system = f"{run} {words.text(random.Random(7), SHORT.shared)}"
    made = []
    for number in range(count):
        name = f"{kind}-{seed}-{number}"
        if kind == "family":
            made.append(family(name, chance, system))
        else:
            shape = {"short": SHORT, "long": LONG, "single": SINGLE}[kind]
            made.append(agent(name, shape, chance, system if kind != "single" else run))
    return made


def room(kind, pool_tokens, tokens_per_word):
    """How many of a kind fit the pool at their full size."""
    shape = {"short": SHORT, "long": LONG, "family": PARENT, "single": SINGLE}[kind]
    peak = shape.peak() - shape.shared
    if kind == "family":
        peak += CHILDREN * (CHILD.peak() - CHILD.shared) * 0.5  # they live for a part of their parent's time
    return max(1, round((pool_tokens / tokens_per_word - shape.shared) / peak))
