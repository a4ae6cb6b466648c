"""Words in quotation marks, and whether they were said: the whole quote aligned word by word, in order.

A rule of "three words in a row" or "35 % of the characters" accepts 15 to 52 % of the quotes of other episodes; whole
alignment of at least 0.8 accepts next to none. What recognisers and editors change is not counted as a difference:
fillers, contractions, numbers as digits, compounds, inflections and names that sound alike.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.grounding.names import sounds_alike
from bot.grounding.numbers_in_words import with_digits
from bot.grounding.opposites import is_negator
from bot.search.keywords import STOP_WORDS, stem

ALIGNED = 0.8
SHORTEST = 3  # fewer words in quotation marks are a term or a title, not a quote
_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]|(?<!\w)['‘]([^‘\n]{12,400}?)['’](?!\w)")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_FILLERS = frozenset(
    """um uh er ah oh like well just actually basically really so right okay yeah and kind sort of you know i mean a
    the""".split()
)
_LOUD_FILLERS = frozenset("um uh er ah oh hmm mhm".split())
_CONTRACTIONS = {
    "'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "n't": "not", "'s": "is",
}  # fmt: skip
_SPOKEN = {
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "kinda": "kind of",
    "cannot": "can not",
    "'cause": "because",
    "cuz": "because",
    "till": "until",
}
_SKIPPED = 0.25  # what a word of the text costs that the quote leaves out
_SWAPPED = 0.1  # what another word in its place costs, beside its own weight


def find_quotes(text: str) -> tuple[str, ...]:
    """The quotes of at least three words; an ellipsis parts one into pieces."""
    found = (next(filter(None, match.groups()), "") for match in _QUOTED.finditer(text))
    pieces = [piece.strip(" .,;:!?") for quote in found for piece in re.split(r"\.\.\.|…|\(\.\.\.\)", quote)]
    return tuple(piece for piece in pieces if len(_WORD.findall(piece)) >= SHORTEST)


@lru_cache(maxsize=4096)
def spoken_words(text: str) -> tuple[str, ...]:
    """Lower-case words as they are spoken: contractions in full, numbers as digits, hesitations left out."""
    words: list[str] = []
    for token in _WORD.findall(text.lower().replace("’", "'")):
        for ending, full in _CONTRACTIONS.items():
            if token.endswith(ending) and len(token) > len(ending):
                base = {"ca": "can", "wo": "will", "sha": "shall"}.get(token[: -len(ending)], token[: -len(ending)])
                words += [base, full]
                break
        else:
            words += _SPOKEN.get(token, token).split()
    return tuple(with_digits([word for word in words if word not in _LOUD_FILLERS]))


def quote_alignment(quote: str, text: str) -> float:
    """How much of the quote is in the text, in order and together: 0 to 1.

    The best local alignment of the two word sequences (Smith and Waterman 1981) over the weight of the quote's words;
    small words count half, and words of the text that the quote skips cost.
    """
    ours, theirs = spoken_words(quote), spoken_words(text)
    weights = [_weight(word) for word in ours]
    if not ours or not theirs:
        return 0.0
    total = sum(weights)
    best = 0.0
    previous = [0.0] * (len(theirs) + 1)
    for word, weight in zip(ours, weights, strict=True):
        row = [0.0] * (len(theirs) + 1)
        for column, other in enumerate(theirs, start=1):
            match = weight * _likeness(word, other)
            skipped = 0.05 if other in _FILLERS else _SKIPPED
            row[column] = max(
                previous[column - 1] + (match or -_SWAPPED), previous[column], row[column - 1] - skipped, 0.0
            )
        best = max(best, *row)
        previous = row
    return min(1.0, best / total)


def _weight(word: str) -> float:
    return 0.6 if word in STOP_WORDS or word in _FILLERS else 1.0


@lru_cache(maxsize=50_000)
def _likeness(ours: str, theirs: str) -> float:
    if ours == theirs:
        return 1.0
    if ours.isdigit() or theirs.isdigit() or ours in STOP_WORDS or theirs in STOP_WORDS:
        return 0.0
    if stem(ours) == stem(theirs):
        return 1.0
    return 0.9 if min(len(ours), len(theirs)) >= 4 and sounds_alike(ours, theirs) else 0.0


def unspoken_quote(claim: str, evidence: str) -> tuple[float, str] | None:
    """The alignment of the worst quote of the claim, and why it was not said; None where all were, or there is none.

    A denial or a number that stands in the quote but not in the evidence was not said, however like the rest is.
    """
    for quote in find_quotes(claim):
        aligned = quote_alignment(quote, evidence)
        if aligned < ALIGNED:
            return aligned, f'"{_short(quote)}" was not said in what it cites'
        said = set(spoken_words(evidence))
        added = [w for w in spoken_words(quote) if (is_negator(w) or w[0].isdigit()) and w not in said]
        if added:
            return aligned, f'"{added[0]}" in the quote was not said in what it cites'
    return None


def without_quotes(claim: str) -> str:
    return " ".join(_QUOTED.sub(" ", claim).split())


def _short(quote: str) -> str:
    words = quote.split()
    return " ".join(words[:6]) + (" ..." if len(words) > 6 else "")
