"""Does what is cited say what the claim says? Claim and evidence are read together by the cross-encoder.

What it is surest of is that both have to do with each other at all; a claim about nothing that was said fails by that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.embedding.cross_encoder import Pair, cross_encoder, with_speakers
from bot.grounding.signals import SIGNALS, Cited, Signals
from bot.grounding.word_support import read_terms
from bot.records import Sentence

# `eval/training/fit_relatedness.py` gives the weights and UNRELATED, and prints what these bars reach.
RELATED = {"own_support": 6.9, "missing_run": -1.1, "better_elsewhere": -1.2, "lead": 8.9}
READ, OFFSET = 0.44, 0.6
UNRELATED = -3.5
# Where neither words nor meaning come near, the reading must be a little less against the claim. That finds 1 to 2 %
# more of the made-up claims that cite what is nearest, and flags none of 2,389 true ones more.
AGAINST, AGAINST_FAINT = -5.5, -5.0
FAINT_SUPPORT, FAINT_MEANING = 0.25, 0.35
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
    if sum(term.rarity for term in read_terms(claim)) <= LEAST_SAID:
        return Reading(support, 0.0, faint=False)
    values = dict(zip(SIGNALS, signals.values.tolist(), strict=True))
    relatedness = OFFSET + READ * support + sum(weight * values[name] for name, weight in RELATED.items())
    faint = values["own_support"] < FAINT_SUPPORT and values["meaning"] < FAINT_MEANING
    return Reading(support, relatedness, faint=faint)


def log_odds_of_support(claim: str, cited: Cited) -> float:
    """How surely what is cited says the claim, read with what is said around it.

    Raises EmbeddingUnavailable where the installation is damaged.
    """
    sentences, first, last = cited.context.sentences, cited.whole[0], cited.whole[-1]
    pair = Pair(
        claim=claim,
        said=_spoken(sentences[n] for n in sorted(cited.moment) if first <= n <= last),
        before=_spoken(sentences[n] for n in cited.near if n < first),
        after=_spoken(sentences[n] for n in cited.near if n > last),
    )
    return float(cross_encoder().scores([pair])[0])


def _spoken(sentences: Iterable[Sentence]) -> str:
    return with_speakers((sentence.speaker, sentence.text) for sentence in sentences)
