"""The signals that tell a sentence that is read out from conversation; `signals.toml` lists and explains them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import accumulate
from pathlib import Path

STRONG = 3.0
"""From this weight on, a signal alone makes a sentence one that is read out."""

SITE = "SITE"
"""Stands for a web address in the text that signals are looked for in; capitals cannot occur there otherwise."""

HARD = frozenset({"sponsor", "offer", "terms", "greeting", "break", "heard", "own", "opening", "closing"})
"""Groups of signals that a host or a guest who merely mentions a web site does not give."""
OPENS_READ = frozenset({"sponsor", "sponsor break", "greeting", "break"})
CLOSES_READ = frozenset({"site act", "site alone", "heard", "own", "act", "offer", "terms"})
WEAKENING = frozenset({"narrating", "owning", "hosting", "inviting"})
"""What is told of the past, of one's own work or by the host is not read out, whatever else stands in the sentence."""
ANNOUNCES_BREAK = frozenset({"break", "sponsor break"})

YOUR = re.compile(r"\byours?\b")
WE = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|we|we're|we've|us|our)\b")
NAMES_SPONSOR = re.compile(
    r"\bsponsor\w*\b|\bpartners?\b|\bbrought to you\b|\bsupport for\b|\b(?:bandwidth|hosting)\b.{0,30}\bprovided by\b"
)
OWN_PRODUCT = re.compile(
    r"\bnews break\b|\bnewsletter\b|\bour (?:other )?(?:podcast|show|slack|discord|community|conference|members|work)\b"
    r"|\bsubscribe to the podcast\b|\byour email\b|\bwherever you (?:get|listen)\b"
    r"|\bnew episodes?\b|\blisten and subscribe\b|\bthis podcast\b|\banother .{0,20}podcast\b"
)


@dataclass(frozen=True, slots=True)
class Signal:
    """Of several signals of one group in a sentence the heaviest counts; `name` may be more particular.

    The pattern is tried only where one of the hints, pieces of plain text, occurs; no hints: everywhere.
    """

    name: str
    group: str
    weight: float
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals by where they count: anywhere, near the beginning of an episode, near its end."""

    read_out: tuple[Signal, ...]
    opening: tuple[Signal, ...]
    closing: tuple[Signal, ...]
    conversation: tuple[Signal, ...]

    conversing: frozenset[str]
    """Names of the signals of conversation."""
    vocabulary: dict[str, float]
    """Weights of single words."""

    @property
    def anywhere(self) -> tuple[Signal, ...]:
        return self.read_out + self.conversation


@cache
def load_signals() -> Signals:
    """The signals of `signals.toml`, compiled once."""
    import tomllib

    rows = tomllib.loads(Path(__file__).with_name("signals.toml").read_text(encoding="utf-8"))
    words, weights = rows.pop("words"), rows.pop("vocabulary")
    vocabulary = {word: float(weight) for weight, listed in weights.items() for word in listed.split()}
    sections = {section: tuple(_compiled(table, words)) for section, table in rows.items()}
    conversing = frozenset(signal.name for signal in sections["conversation"])
    return Signals(**sections, conversing=conversing, vocabulary=vocabulary)


def find_signals(signals: Sequence[Signal], texts: Sequence[str]) -> list[list[Signal]]:
    """For every text the signals in it, in the order of `signals`.

    The hints are looked for in all texts at once: a thousand times fewer steps than text by text.
    """
    found: list[list[Signal]] = [[] for _ in texts]
    joined = "\n".join(texts)
    ends = list(accumulate(len(text) + 1 for text in texts))
    for signal in signals:
        hinted = {number for hint in signal.hints for number in _holding(joined, ends, hint)}
        for number in sorted(hinted) if signal.hints else range(len(texts)):
            if signal.pattern.search(texts[number]):
                found[number].append(signal)
    return found


def _holding(joined: str, ends: Sequence[int], hint: str) -> Iterator[int]:
    """Numbers of the texts that hold the hint; `ends` are where in `joined` each text ends."""
    place = joined.find(hint)
    while place >= 0:
        number = bisect_right(ends, place)
        yield number
        place = joined.find(hint, ends[number])


def _compiled(table: dict[str, list[tuple[float, str, str]]], words: dict[str, str]) -> Iterator[Signal]:
    for name, rows in table.items():
        for weight, hints, pattern in rows:
            spelled = reduce(lambda text, word: text.replace(word, words[word]), words, pattern)
            yield Signal(name, name.split()[0], float(weight), tuple(hints.split()), re.compile(spelled))
