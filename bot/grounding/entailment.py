"""Does what is cited say what the claim says? Claim and evidence are read together by the cross-encoder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.embedding.cross_encoder import Pair, cross_encoder, with_speakers
from bot.records import Sentence

MOST_TOKENS = 96  # of claim and evidence together, as it was learnt


def log_odds_of_support(claim: str, sentences: Sequence[Sentence], cited: Sequence[int], near: Sequence[int]) -> float:
    """`cited` and `near` are places among the sentences, both rising.

    Raises EmbeddingUnavailable where the installation is damaged.
    """
    first, last = min(cited), max(cited)
    pair = Pair(
        asked=claim,
        said=_spoken(sentences[n] for n in sorted({*cited, *(n for n in near if first < n < last)})),
        before=_spoken(sentences[n] for n in near if n < first),
        after=_spoken(sentences[n] for n in near if n > last),
    )
    return float(cross_encoder().scores([pair], "supports", MOST_TOKENS)[0])


def _spoken(sentences: Iterable[Sentence]) -> str:
    return with_speakers((sentence.speaker, sentence.text) for sentence in sentences)
