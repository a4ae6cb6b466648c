"""The measures of answers: pure functions of times, citations, refusals and words. Orders of passages: ranking.py.

Times are seconds. A function whose denominator is empty raises NothingToMeasure; it never returns 0 or 1 for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from eval.ranking import NothingToMeasure

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MARKS = re.compile(r"\[[\d:.,; –-]+\]")

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Span:
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def overlap(one: Span, other: Span) -> float:
    """Seconds that both spans hold."""
    return max(0.0, min(one.end, other.end) - max(one.start, other.start))


def finds(shown: Span, evidence: Span) -> bool:
    """Whether a listener who is shown `shown` is shown the evidence: they share at least half of the shorter one.

    The overlap coefficient (Szymkiewicz-Simpson) at 0.5: it treats a sentence inside a long piece of evidence and a
    passage around a short one alike, and does not count spans that merely touch.
    """
    return overlap(shown, evidence) >= 0.5 * min(shown.seconds, evidence.seconds) > 0


def share_of_evidence(shown: Sequence[Span], evidence: Sequence[Span]) -> float:
    """Share of the evidence spans that some shown span `finds`; recall@k when `shown` are the k best passages.

    `any` is this being above 0, `all` its being 1 (Success@k and full recall@k of the TREC tradition).
    """
    if not evidence:
        raise NothingToMeasure("the case has no evidence")
    return sum(any(finds(span, piece) for span in shown) for piece in evidence) / len(evidence)


def evidence_grade(passage: Span, evidence: Sequence[Span]) -> float:
    """Grade of a passage for nDCG, 0 to 1: the share of each evidence span's seconds that it holds, averaged."""
    if not evidence:
        raise NothingToMeasure("the case has no evidence")
    return sum(overlap(passage, piece) / piece.seconds for piece in evidence) / len(evidence)


def seconds_off(cited: float, evidence: Sequence[Span]) -> float:
    """Distance from a cited time to the nearest evidence span, 0 inside one."""
    if not evidence:
        raise NothingToMeasure("the case has no evidence")
    return min(max(piece.start - cited, cited - piece.end, 0.0) for piece in evidence)


def quantile(values: Sequence[float], share: float) -> float:
    """The value at `share` of the sorted values, linear between neighbours (Hyndman & Fan's type 7)."""
    if not values:
        raise NothingToMeasure("no value")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


Supports = Callable[[int, Sequence[C]], bool]


def citation_recall(claims: Sequence[Sequence[C | None]], supports: Supports[C]) -> float:
    """Share of claims that their citations, taken together, support (ALCE: Gao et al., EMNLP 2023).

    `claims[i]` are the citations of claim `i`, None for an invalid one; `supports(i, citations)` judges some of them.
    A claim without a citation counts 0, and so does one with an invalid citation.
    """
    if not claims:
        raise NothingToMeasure("no claim")
    return sum(_recalled(index, cited, supports) for index, cited in enumerate(claims)) / len(claims)


def citation_precision(claims: Sequence[Sequence[C | None]], supports: Supports[C]) -> float:
    """Share of citations that are needed (ALCE): their claim is supported, and they are not irrelevant to it.

    A citation is irrelevant when it does not support the claim alone and the others do without it. Invalid: 0.
    """
    judged = [
        _recalled(index, cited, supports) and not _irrelevant(index, place, cited, supports)
        for index, cited in enumerate(claims)
        for place in range(len(cited))
    ]
    if not judged:
        raise NothingToMeasure("no citation")
    return sum(judged) / len(judged)


def _recalled(index: int, cited: Sequence[C | None], supports: Supports[C]) -> bool:
    valid = [citation for citation in cited if citation is not None]
    return bool(cited) and len(valid) == len(cited) and supports(index, valid)


def _irrelevant(index: int, place: int, cited: Sequence[C | None], supports: Supports[C]) -> bool:
    alone = cited[place]
    others = [citation for other, citation in enumerate(cited) if other != place and citation is not None]
    return (alone is None or not supports(index, [alone])) and bool(others) and supports(index, others)


@dataclass(frozen=True, slots=True)
class Detection:
    """Counts of a yes/no detector: of refusals among questions, or of bad claims among claims."""

    hits: int = 0  # there and found
    false_alarms: int = 0  # not there and found
    misses: int = 0  # there and not found
    rejections: int = 0  # not there and not found

    @classmethod
    def of(cls, there: bool, found: bool) -> Detection:
        return cls(int(there and found), int(found and not there), int(there and not found), int(not (there or found)))

    def __add__(self, other: Detection) -> Detection:
        mine, theirs = self.counts, other.counts
        return Detection(*(a + b for a, b in zip(mine, theirs, strict=True)))

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.hits, self.false_alarms, self.misses, self.rejections

    @property
    def precision(self) -> float:
        """Hits / (hits + false alarms)."""
        return _ratio(self.hits, self.hits + self.false_alarms, "nothing was found")

    @property
    def recall(self) -> float:
        """Hits / (hits + misses)."""
        return _ratio(self.hits, self.hits + self.misses, "there was nothing to find")

    @property
    def f1(self) -> float:
        """2 hits / (2 hits + false alarms + misses): the harmonic mean of precision and recall (van Rijsbergen)."""
        return _ratio(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses, "nothing to find, nothing found")

    @property
    def false_alarm_rate(self) -> float:
        """False alarms / all that were not there: for refusals, the share of answerable questions refused."""
        return _ratio(self.false_alarms, self.false_alarms + self.rejections, "nothing could be a false alarm")


def _ratio(part: float, whole: float, empty: str) -> float:
    if whole == 0:
        raise NothingToMeasure(empty)
    return part / whole


def normalise(text: str) -> str:
    """SQuAD's normal form (Rajpurkar et al., EMNLP 2016): lower case, no punctuation, no articles, single spaces.

    Beyond it: marks such as [2:28] go, hyphens and slashes part words, accents are composed.
    """
    plain = unicodedata.normalize("NFKC", _MARKS.sub(" ", text)).lower()
    parted = re.sub(r"[-–—/_]", " ", plain)
    letters = "".join(c for c in parted if c.isalnum() or c.isspace())
    return " ".join(_ARTICLES.sub(" ", letters).split())


def token_f1(answer: str, reference: str) -> float:
    """F1 of the words that answer and reference share, counted with repeats (SQuAD)."""
    given, wanted = normalise(answer).split(), normalise(reference).split()
    if not wanted:
        raise NothingToMeasure("the case has no reference")
    shared = sum((Counter(given) & Counter(wanted)).values())
    return 2 * shared / (len(given) + len(wanted))


def missing_groups(answer: str, groups: Sequence[Collection[str]]) -> list[Collection[str]]:
    """The groups of alternatives of which the answer holds none; an alternative must begin where a word begins."""
    if not groups:
        raise NothingToMeasure("the case asks for no words")
    text = f" {normalise(answer)}"
    return [group for group in groups if not any(f" {normalise(word)}" in text for word in group)]


def count_words(texts: Sequence[str]) -> int:
    return sum(len(text.split()) for text in texts)
