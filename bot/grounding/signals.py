"""What speaks for and against a claim in the sentences that it cites: figures, and reasons in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

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
    "support", "own_support", "weakest_part", "weaker_half", "missing_run", "missing_words", "missing_pair",
    "meaning", "lead",
    "denied_there", "denied_here", "opposite", "turned",
    "whole", "only", "most", "sure",
    "unknown", "elsewhere", "exchanged", "relative",
    "number", "quote",
)  # fmt: skip


@dataclass(frozen=True)
class Context:
    """The sentences that were offered, in time order within each episode, and who speaks in them."""

    sentences: tuple[Sentence, ...]
    numbers: tuple[int, ...]
    asked: str = ""

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(sentence.text for sentence in self.sentences)

    @cached_property
    def text(self) -> str:
        return " ".join(self.texts)

    @cached_property
    def surroundings(self) -> Surroundings:
        return Surroundings.of(self.texts, self.asked)

    def whole(self, places: Sequence[int]) -> list[int]:
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

    def neighbours(self, places: Sequence[int]) -> list[int]:
        """The sentences next to these, and those within some seconds; of the same episode and kind."""
        near = {n for place in places for step in (-1, 1) for n in self._walk(place, step)}
        return sorted(near - set(places))

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
class Signals:
    """`values` in the order of SIGNALS; `findings` hold the reasons of those that have one."""

    values: Vectors
    findings: dict[str, Finding]


def measure(claim: str, context: Context, cited: Sequence[int], vectors: TextVectors | None) -> Signals:
    """The signals of a claim against the cited sentences of the context and their neighbours."""
    cited = context.whole(cited)
    near = context.neighbours(cited)
    evidence = [context.texts[n] for n in [*cited, *near]]
    words = without_quotes(claim) if find_quotes(claim) else claim
    plain = words if len(words.split()) > 4 else claim
    alignment = align(claim, evidence, vectors)
    own = align(plain, evidence[: len(cited)], vectors)
    first, last = min(cited), max(cited)
    cited_words = CitedWords(
        tuple(evidence[: len(cited)]),
        tuple(evidence[len(cited) :]),
        first,
        context.texts[max(0, first - 6) : first],
        context.texts[last + 1 : last + 3],
        tuple(speaker for n in cited if (speaker := context.sentences[n].speaker)),
    )
    findings = {
        **find_contradictions(plain, evidence[: len(cited)], own),
        **find_overstatements(plain, evidence[: len(cited)], own),
        **find_misnomers(plain, cited_words, context.surroundings, own, vectors),
        "number": _fault(unsupported_number(plain, " ".join(evidence), context.text)),
        "quote": _fault(
            (unspoken_quote(claim, " ".join(context.texts[n] for n in sorted([*cited, *near]))) or ("", None))[1]
        ),
    }
    # Names are judged by signals of their own: the guest's is seldom said where the guest speaks.
    unheard = {name.start for name in find_names(claim, context.surroundings.names)} - {
        term.start for row, term in enumerate(alignment.claim) if alignment.best[row] >= SAME_WORD
    }
    figures = {
        **_support(claim, alignment.without(unheard)),
        "own_support": own.support(),
        **_meaning(claim, context, cited, near, vectors),
    }
    values = [figures[name] if name in figures else findings[name].strength for name in SIGNALS]
    return Signals(np.array(values, dtype=np.float64), findings)


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
    places = range(len(weights))
    halves = [alignment.support(half) for cut in places[2:-1] for half in (places[:cut], places[cut:])]
    longest = run = 0.0
    for weight, match in zip(weights, best, strict=True):
        run = run + float(weight) if match < UNMATCHED else run if weight < LIGHT else 0.0
        longest = max(longest, run)
    return {
        "support": alignment.support(),
        "weakest_part": min(parts, default=alignment.support()),
        "weaker_half": min(halves, default=alignment.support()),
        "missing_run": min(3.0, longest),
        "missing_pair": float(np.sort(np.minimum(weights, 0.5) * (1 - np.minimum(best, 1.0)))[-2:].sum()),
        "missing_words": min(3.0, float((weights * (1 - np.minimum(best, 1.0))).sum())),
    }


def _meaning(
    claim: str, context: Context, cited: Sequence[int], near: Sequence[int], vectors: TextVectors | None
) -> dict[str, float]:
    """The cosine of the claim with the evidence, and how far it leads that of any other window of the context."""
    if vectors is None:
        return {"meaning": 0.0, "lead": 0.0}
    cosines = window_cosines(claim, context, vectors)
    inside = set(cited) | set(near)
    ours = [value for window, value in cosines.items() if set(window) <= inside]
    others = [value for window, value in cosines.items() if not inside & set(window)]
    joined = _cosine(claim, context, sorted(cited), vectors)
    best = max([*ours, joined])
    return {"meaning": best, "lead": best - max(others, default=0.0)}


def window_cosines(claim: str, context: Context, vectors: TextVectors) -> dict[tuple[int, ...], float]:
    """The claim's cosine with every sentence and every two neighbouring ones (vectors added by length)."""
    (claim_vector, _), *rest = vectors.of([claim, *context.texts])
    sentences = np.stack([vector for vector, _ in rest])
    windows: list[tuple[int, ...]] = [(n,) for n in range(len(sentences))]
    windows += [(n, n + 1) for n in range(len(sentences) - 1)]
    sums = np.stack([(sentences[list(w)] * context.lengths[list(w), None]).sum(axis=0) for w in windows])
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return dict(zip(windows, (float(value) for value in sums @ claim_vector), strict=True))


def _cosine(claim: str, context: Context, places: Sequence[int], vectors: TextVectors) -> float:
    (claim_vector, _), *rest = vectors.of([claim, *(context.texts[n] for n in places)])
    joined = sum(vector * context.lengths[n] for (vector, _), n in zip(rest, places, strict=True))
    return float(claim_vector @ joined / max(float(np.linalg.norm(joined)), 1e-9))
