"""What is kept of one episode for searching it: its sentences, its passages, and their vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bot.episode_summary import EpisodeSummary, summarise
from bot.records import Episode, Passage, Sentence

Vectors = NDArray[np.float32]
# What a question is embedded for: to find the best place, or to tell whether there is one.
Purpose = Literal["search", "answerable"]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The model's view of each token of one text: unit vectors of shape (tokens, dimension).

    `spans` are character offsets of shape (tokens, 2); special tokens are left out.
    """

    vectors: Vectors
    tokens: tuple[str, ...]
    spans: NDArray[np.int32]


Embedded = tuple[Vectors, TokenVectors]


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

    def embed_question(self, question: str, /, purpose: Purpose = "search") -> Embedded:
        """The unit vector of a question and its tokens: near those of what answers it.

        For "answerable", they are far from all where nothing answers it.
        """
        ...

    def begin_question(self, question: str, /, purpose: Purpose) -> Future[Embedded]:
        """As `embed_question`, while other work is done."""
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
        return summarise(self.episode, self.sentences, len(self.passages))
