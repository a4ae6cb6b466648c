"""What is kept of one episode for searching it: its sentences, its passages, and their vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bot.records import Episode, EpisodeSummary, KindSpan, Passage, Sentence, SpeakerShare

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The model's view of each token of one text: unit vectors of shape (tokens, dimension).

    `spans` are character offsets of shape (tokens, 2); special tokens are left out.
    """

    vectors: Vectors
    tokens: tuple[str, ...]
    spans: NDArray[np.int32]


class Embedder(Protocol):
    """Turns texts into unit vectors. `fingerprint` names the very weights: equal means interchangeable."""

    name: str
    dimension: int
    fingerprint: str

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Unit vectors of shape (texts, dimension)."""
        ...


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """An embedder that also shows its view of each token, which late interaction needs."""

    def embed_both(self, texts: Sequence[str], /) -> tuple[Vectors, list[TokenVectors]]:
        """As `embed`, and the tokens of each text, from one pass."""
        ...


@dataclass(frozen=True, slots=True)
class EpisodeIndex:
    """`vectors` has a row a passage; `arrays` are further arrays that retrieval made and reads back by name."""

    episode: Episode
    sentences: Sequence[Sentence]
    passages: Sequence[Passage]
    vectors: Vectors
    arrays: Mapping[str, NDArray[Any]]

    @property
    def summary(self) -> EpisodeSummary:
        seconds = max((sentence.end for sentence in self.sentences), default=0.0)
        kinds = tuple(kind_spans(self.sentences))
        speakers = speaker_shares(self.sentences)
        return EpisodeSummary(self.episode, seconds, len(self.sentences), len(self.passages), kinds, speakers)


def speaker_shares(sentences: Sequence[Sentence]) -> tuple[SpeakerShare, ...]:
    """Who says how much of the words, most first; empty where no sentence has a speaker."""
    words: Counter[str] = Counter()
    for sentence in sentences:
        words[sentence.speaker or ""] += len(sentence.text.split())
    total = sum(words.values())
    return tuple(SpeakerShare(name, round(count / total, 3)) for name, count in words.most_common() if name)


def kind_spans(sentences: Iterable[Sentence]) -> Iterator[KindSpan]:
    """Neighbouring sentences of one kind as one stretch, in the order of time."""
    current: KindSpan | None = None
    for sentence in sentences:
        if current and current.kind == sentence.kind:
            current = replace(current, end=max(current.end, sentence.end))
            continue
        if current:
            yield current
        current = KindSpan(sentence.kind, sentence.start, sentence.end)
    if current:
        yield current
