"""The signals that tell a sentence that is read out from conversation; `signals.toml` lists and explains them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
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
    """Of several signals of one group in a sentence the heaviest counts; `name` may be more particular."""

    name: str
    group: str
    weight: float
    hints: tuple[str, ...]
    pattern: re.Pattern[str]

    def is_in(self, text: str) -> bool:
        if self.hints and not any(hint in text for hint in self.hints):
            return False
        return self.pattern.search(text) is not None


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals by where they count: anywhere, near the beginning of an episode, near its end."""

    read_out: tuple[Signal, ...]
    opening: tuple[Signal, ...]
    closing: tuple[Signal, ...]
    conversation: tuple[Signal, ...]

    @property
    def conversing(self) -> frozenset[str]:
        return frozenset(signal.name for signal in self.conversation)


@cache
def load_signals() -> Signals:
    """The signals of `signals.toml`, compiled once."""
    import tomllib

    rows = tomllib.loads(Path(__file__).with_name("signals.toml").read_text(encoding="utf-8"))
    words = rows.pop("words")
    return Signals(**{section: tuple(_compiled(table, words)) for section, table in rows.items()})


def _compiled(table: dict[str, list[tuple[float, str, str]]], words: dict[str, str]) -> Iterator[Signal]:
    for name, rows in table.items():
        for weight, hints, pattern in rows:
            spelled = reduce(lambda text, word: text.replace(word, words[word]), words, pattern)
            yield Signal(name, name.split()[0], float(weight), tuple(hints.split()), re.compile(spelled))
