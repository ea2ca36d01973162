"""Nonsense that any tokenizer cuts into a few tokens a word."""

import random

_ONSETS = "b d f g h k l m n p r s t v w z br dr gr kl pl st tr".split()
_VOWELS = "a e i o u ai ou".split()
_CODAS = ["", "n", "r", "l", "s", "k"]


def _make(count):
    chance = random.Random(0)
    made = set()
    while len(made) < count:
        made.add("".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS) for _ in range(2)))
    return sorted(made)


WORDS = _make(2000)


def text(chance, count):
    """So many words, drawn from that source of chance."""
    return " ".join(chance.choice(WORDS) for _ in range(count))
