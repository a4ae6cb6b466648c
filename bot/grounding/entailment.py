"""Does what is cited say the claim, or has it to do with it at all? Both are read together by the cross-encoder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.embedding.cross_encoder import CLAIMS, Pair, cross_encoder, with_speakers
from bot.grounding.signals import SIGNALS, Cited, Signals
from bot.grounding.word_support import read_terms
from bot.records import Sentence

# `eval/training/fit_relatedness.py` gives the weights and UNRELATED, and prints what these bars reach.
RELATED = {"own_support": 6.9, "missing_run": -1.1, "better_elsewhere": -1.2, "lead": 8.9}
READ, OFFSET = 0.44, 0.6
UNRELATED = -3.5
# The farther words and meaning are, the less the reading may be against the claim; below the first two nothing helps.
# The faint bar is for short sentences about nothing that was said; it flags none more of 2,222 true claims.
FOREIGN_SUPPORT, FOREIGN_MEANING = 0.15, 0.15
FAINT_SUPPORT, FAINT_MEANING = 0.25, 0.35
AGAINST, AGAINST_FAINT = -5.5, -5.0
# Some signs true claims show too: a quarter of a year is three months, and a name may be told from other words wrongly.
# Of 1,570 true claims about podcasts 4 % are flagged so instead of 10 %, of 4,710 faulty ones 45 % instead of 47 %.
OVERRULED_FROM = 0.5
LEAST_SAID = 0.6  # rarity of all words together; "Not as a rule." says too little to be called unrelated


@dataclass(frozen=True, slots=True)
class Reading:
    """Log odds that what is cited says the claim, and that it has to do with it at all; whether it does so faintly."""

    support: float
    relatedness: float
    faint: bool

    @property
    def supports(self) -> bool:
        return self.support >= (AGAINST_FAINT if self.faint else AGAINST) and self.relatedness >= UNRELATED

    @property
    def overrules(self) -> bool:
        """Whether it is so sure of the claim that a sign against it is an error of a rule."""
        return self.support >= OVERRULED_FROM


def read(claim: str, cited: Cited, signals: Signals) -> Reading:
    """Raises EmbeddingUnavailable where the installation is damaged."""
    support = log_odds_of_support(claim, cited)
    if not _says_enough(claim):
        return Reading(support, 0.0, faint=False)
    values = dict(zip(SIGNALS, signals.values.tolist(), strict=True))
    relatedness = OFFSET + READ * support + sum(weight * values[name] for name, weight in RELATED.items())
    return Reading(support, relatedness, faint=_is_below(signals, FAINT_SUPPORT, FAINT_MEANING))


def is_foreign(claim: str, signals: Signals) -> bool:
    """Whether neither words nor meaning have anything to do with what is cited: then reading is not needed."""
    return _says_enough(claim) and _is_below(signals, FOREIGN_SUPPORT, FOREIGN_MEANING)


def _says_enough(claim: str) -> bool:
    return sum(term.rarity for term in read_terms(claim)) > LEAST_SAID


def _is_below(signals: Signals, support: float, meaning: float) -> bool:
    values = signals.values
    return bool(values[SIGNALS.index("own_support")] < support and values[SIGNALS.index("meaning")] < meaning)


def log_odds_of_support(claim: str, cited: Cited) -> float:
    """How surely what is cited says the claim, read with what is said around it.

    Raises EmbeddingUnavailable where the installation is damaged.
    """
    sentences, first, last = cited.context.sentences, cited.whole[0], cited.whole[-1]
    pair = Pair(
        asked=claim,
        said=_spoken(sentences[n] for n in sorted(cited.moment) if first <= n <= last),
        before=_spoken(sentences[n] for n in cited.near if n < first),
        after=_spoken(sentences[n] for n in cited.near if n > last),
    )
    return float(cross_encoder(CLAIMS).scores([pair])[0])


def _spoken(sentences: Iterable[Sentence]) -> str:
    return with_speakers((sentence.speaker, sentence.text) for sentence in sentences)
