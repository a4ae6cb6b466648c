"""What speaks for and against a claim in the sentences that it cites: figures, and reasons in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from bot.grounding.added_parts import find_addition
from bot.grounding.cast import Cast
from bot.grounding.generality import find_overstatements
from bot.grounding.name_support import find_misnomers
from bot.grounding.names import find_names
from bot.grounding.number_support import unsupported_number
from bot.grounding.polarity import Finding, find_contradictions
from bot.grounding.quoted_words import find_quotes, unspoken_quote, without_quotes
from bot.grounding.who_speaks import CitedWords, Surroundings
from bot.grounding.word_support import Alignment, TextVectors, align
from bot.index import Vectors
from bot.records import Sentence

ADVERTISING = frozenset({"sponsor", "promo"})
NEAR_SECONDS = 4.0  # a sentence this near the cited one belongs to the same moment
INTERJECTION_WORDS = 3
MOST_FRAGMENTS = 4  # a sentence in more pieces is not followed to its end: some sources have no full stops at all
SAME_WORD = 0.7
UNMATCHED = 0.45  # a term whose best cosine is below this has nothing in the evidence
LIGHT = 0.15  # terms lighter than this do not end a run of unmatched ones
LEAST_PART = 0.5
_PART = re.compile(
    r"[,;:—–]|\s-\s|\b(?:and|but|which|where|who|whose|while|because|although|though|since|so|when|with|after|before)\b",
    re.IGNORECASE,
)
# In this order they stand in the file of weights.
SIGNALS = (
    "own_support", "weakest_part", "missing_run", "new_words", "better_elsewhere", "meaning", "lead",
    "denied_there", "denied_clause", "denied_here", "opposite", "turned",
    "whole", "only", "most", "sure",
    "unknown", "elsewhere", "exchanged", "relative", "role",
    "added", "number", "quote",
)  # fmt: skip


@dataclass(frozen=True)
class Context:
    """The sentences that were offered, in time order within each episode, and who speaks in them."""

    sentences: tuple[Sentence, ...]
    numbers: tuple[int, ...]
    asked: str = ""
    cast: Cast = field(default_factory=Cast)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(sentence.text for sentence in self.sentences)

    @cached_property
    def text(self) -> str:
        return " ".join(self.texts)

    @cached_property
    def places(self) -> dict[tuple[int, Sentence], int]:
        """Where each sentence of each episode stands."""
        return {pair: place for place, pair in enumerate(zip(self.numbers, self.sentences, strict=True))}

    @cached_property
    def surroundings(self) -> Surroundings:
        speakers = [sentence.speaker for sentence in self.sentences if sentence.speaker]
        return Surroundings.of(self.texts, self.asked, self.cast, speakers)

    def cited(self, places: Sequence[int]) -> Cited:
        """What a claim that cites these places stands on."""
        whole = self._whole(places)
        return Cited(self, tuple(whole), tuple(self._neighbours(whole)))

    def _whole(self, places: Sequence[int]) -> list[int]:
        """These places with the rest of their sentences, where a source has cut sentences into fragments."""
        found = set(places)
        for place in places:
            first = last = place
            while not _ends(self.texts[last]) and last - place < MOST_FRAGMENTS and self._adjoin(last, last + 1):
                last += 1
            while (
                place - first < MOST_FRAGMENTS and self._adjoin(first - 1, first) and not _ends(self.texts[first - 1])
            ):
                first -= 1
            found.update(range(first, last + 1))
        return sorted(found)

    def joined(self, places: Sequence[int], vectors: TextVectors | None) -> list[str]:
        """The texts of these places, the fragments of one sentence as one text."""
        runs: list[list[str]] = []
        for last, place in zip([-1, *places], places, strict=False):
            goes_on = runs and place == last + 1 and self._adjoin(last, place) and not _ends(self.texts[last])
            runs = [*runs[:-1], [*runs[-1], self.texts[place]]] if goes_on else [*runs, [self.texts[place]]]
        return [vectors.join(run) if vectors else " ".join(run) for run in runs]

    def _neighbours(self, places: Sequence[int]) -> list[int]:
        """The sentences next to these, and those within some seconds; of the same episode and kind."""
        near = {n for place in places for step in (-1, 1) for n in self._walk(place, step)}
        return sorted(near - set(places))

    def advertisement(self, places: Sequence[int]) -> tuple[str, ...]:
        """All sentences of the advertisements that these places are in."""
        found = [n for n in places if self.sentences[n].kind in ADVERTISING]
        for place in list(found):
            for step in (-1, 1):
                following = place + step
                while self._adjoin(min(following, following - step), max(following, following - step)):
                    found.append(following)
                    following += step
        return tuple(self.texts[n] for n in sorted(set(found)))

    def _walk(self, place: int, step: int) -> list[int]:
        walked: list[int] = []
        here, whole, following = self.sentences[place], 0, place + step
        while self._adjoin(min(following, following - step), max(following, following - step)):
            there = self.sentences[following]
            gap = there.start - here.end if step > 0 else here.start - there.end
            if whole and gap > NEAR_SECONDS:
                break
            walked.append(following)
            whole += len(there.text.split()) > INTERJECTION_WORDS
            following += step
        return walked

    def _adjoin(self, first: int, second: int) -> bool:
        """Whether two neighbouring places are of one episode and kind, without a gap between them."""
        if first < 0 or second >= len(self.sentences) or self.numbers[first] != self.numbers[second]:
            return False
        one, other = self.sentences[first], self.sentences[second]
        return one.kind == other.kind and other.start - one.end <= NEAR_SECONDS

    @cached_property
    def lengths(self) -> Vectors:
        return np.array([len(text.split()) for text in self.texts], dtype=np.float32)


def _ends(text: str) -> bool:
    return text.rstrip(" \"'”’)").endswith((".", "?", "!", "…"))


@dataclass(frozen=True)
class Cited:
    """What a claim cites: the places of whole sentences, and those near them; both rise."""

    context: Context
    whole: tuple[int, ...]
    near: tuple[int, ...]

    @property
    def moment(self) -> list[int]:
        return [*self.whole, *self.near]

    @property
    def said(self) -> list[str]:
        return [self.context.texts[n] for n in self.whole]

    @property
    def evidence(self) -> list[str]:
        """What is said there, and then what is said around it."""
        return [self.context.texts[n] for n in self.moment]


@dataclass(frozen=True)
class Signals:
    """`values` in the order of SIGNALS; `findings` hold the reasons of those that have one."""

    values: Vectors
    findings: dict[str, Finding]


def measure(claim: str, cited: Cited, vectors: TextVectors | None) -> Signals:
    """The signals of a claim against the cited sentences and their neighbours."""
    context, whole, evidence = cited.context, cited.whole, cited.evidence
    words = without_quotes(claim) if find_quotes(claim) else claim
    plain = words if len(words.split()) > 4 else claim
    alignment = align(claim, evidence, vectors)
    said = context.joined(whole, vectors)
    own = align(plain, said, vectors)
    first, last = min(whole), max(whole)
    cited_words = CitedWords(
        tuple(said),
        tuple(evidence[len(whole) :]),
        first,
        context.texts[max(0, first - 6) : first],
        context.texts[last + 1 : last + 3],
        tuple(speaker for n in whole if (speaker := context.sentences[n].speaker)),
        context.advertisement(whole),
    )
    # Names are judged by signals of their own: the guest's is seldom said where the guest speaks.
    unheard = {name.start for name in find_names(claim, context.surroundings.names)} - {
        term.start for row, term in enumerate(alignment.claim) if alignment.best[row] >= SAME_WORD
    }
    findings = {
        **find_contradictions(plain, said, own),
        **find_overstatements(plain, said, own),
        **find_misnomers(plain, cited_words, context.surroundings, own, vectors),
        # Equal stems alone tell too little of two halves; a quote is checked by itself.
        "added": find_addition(claim, alignment, unheard) if vectors is not None and words == claim else Finding(),
        "number": _fault(unsupported_number(plain, " ".join(evidence), context.text)),
        "quote": _quote_fault(claim, " ".join(context.texts[n] for n in sorted(cited.moment))),
    }
    figures = {
        **_support(claim, alignment.without(unheard)),
        "own_support": own.support(),
        **_elsewhere(claim, cited, alignment, vectors),
        **_meaning(claim, cited, vectors),
    }
    values = [figures[name] if name in figures else findings[name].strength for name in SIGNALS]
    return Signals(np.array(values, dtype=np.float64), findings)


def _quote_fault(claim: str, said: str) -> Finding:
    unspoken = unspoken_quote(claim, said)
    return _fault(unspoken[1] if unspoken else None)


def _fault(reason: str | None) -> Finding:
    return Finding(1.0, reason) if reason else Finding()


def _support(claim: str, alignment: Alignment) -> dict[str, float]:
    """`weakest_part`: between commas and conjunctions; `missing_run`: the weight of neighbouring unmatched words."""
    weights, best = alignment.weights, alignment.best
    bounds = [0, *(match.start() for match in _PART.finditer(claim)), len(claim)]
    parts = []
    for start, end in pairwise(bounds):
        rows = [row for row, term in enumerate(alignment.claim) if start <= term.start < end]
        if len(rows) > 1 and float(weights[rows].sum()) > LEAST_PART:
            parts.append(alignment.support(rows))
    longest = run = 0.0
    for weight, match in zip(weights, best, strict=True):
        run = run + float(weight) if match < UNMATCHED else run if weight < LIGHT else 0.0
        longest = max(longest, run)
    return {
        "weakest_part": min(parts, default=alignment.support()),
        "missing_run": min(3.0, longest),
    }


def _elsewhere(claim: str, cited: Cited, alignment: Alignment, vectors: TextVectors | None) -> dict[str, float]:
    """`better_elsewhere`: by how much words match other moments better; `new_words`: what matches nothing offered."""
    if vectors is None:
        return {"better_elsewhere": 0.0, "new_words": 0.0}
    weights, best = alignment.weights, np.minimum(alignment.best, 1.0)
    others = vectors.best_in(claim, cited.context.texts, cited.moment)
    return {
        "better_elsewhere": min(2.0, float(weights @ np.maximum(0.0, others - best))),
        "new_words": min(3.0, float(weights @ ((best < UNMATCHED) & (others < UNMATCHED)))),
    }


def _meaning(claim: str, cited: Cited, vectors: TextVectors | None) -> dict[str, float]:
    """The cosine of the claim with the evidence, and how far it leads that of any other window of the context."""
    if vectors is None:
        return {"meaning": 0.0, "lead": 0.0}
    texts = cited.context.texts
    single, paired = vectors.window_cosines(claim, texts)
    inside = np.zeros(len(texts), dtype=np.bool_)
    inside[cited.moment] = True
    ours = np.concatenate([single[inside], paired[inside[:-1] & inside[1:]]])
    others = np.concatenate([single[~inside], paired[~(inside[:-1] | inside[1:])]])
    joined = _cosine(claim, cited, vectors)
    best = max(float(ours.max()), joined)
    return {"meaning": best, "lead": best - (float(others.max()) if len(others) else 0.0)}


def _cosine(claim: str, cited: Cited, vectors: TextVectors) -> float:
    own, *rest = vectors.of([claim, *cited.said])
    joined = sum(text.vector * cited.context.lengths[n] for text, n in zip(rest, cited.whole, strict=True))
    return float(own.vector @ joined / max(float(np.linalg.norm(joined)), 1e-9))
