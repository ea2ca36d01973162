"""Nonsense of three letters a word: with its blank about a token, by our own tokenizer, by the emulator's rule, and nearly so by others."""

WORDS = [a + b + c for a in "bdfghjklmnprstvz" for b in "aeiou" for c in "bdfgklmnprstvxz"]


def text(chance, count):
    """So many words, drawn from that source of chance."""
    return " ".join(chance.choices(WORDS, k=count))
