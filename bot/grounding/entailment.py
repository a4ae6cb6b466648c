"""Does what is cited say what the claim says? Claim and evidence are read together by the cross-encoder."""

from __future__ import annotations

from collections.abc import Iterable

from bot.embedding.cross_encoder import Pair, cross_encoder, with_speakers
from bot.grounding.signals import Cited
from bot.records import Sentence


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
