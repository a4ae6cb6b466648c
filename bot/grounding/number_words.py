"""The words of which English numbers are made, with their values."""

from __future__ import annotations

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
SMALL = {word: n for n, word in enumerate(f"{ONES} seventeen eighteen nineteen".split())}
TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
DECADES = {f"{word[:-1]}ies": n for word, n in TENS.items()}
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
SUFFIXES = {"k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9} | SCALES
FRACTIONS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10}
PLURAL_SCALES = {f"{word}s": value for word, value in SCALES.items()}
IRREGULAR_ORDINALS = {"third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
ORDINALS = IRREGULAR_ORDINALS | {f"{word}th": n for word, n in SMALL.items() if n > 3 and f"{word}th" != "nineth"}
COUNTS = {"couple": 2.0, "pair": 2.0, "twice": 2.0, "doubled": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0}
