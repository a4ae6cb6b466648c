"""Sentences of an episode -> its index: passages, their vectors, and the vectors of their tokens.

A passage is passed through the model once. The pass gives the passage's vector, and token vectors that serve the
passage and every window of neighbouring parts in it: a window's tokens are a run of its passages' tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.index import Embedder, EpisodeIndex, TokenEmbedder, TokenVectors, Vectors
from bot.quantizing import quantize, restore
from bot.records import Episode, Part, Passage, Sentence
from bot.search.window_table import part_terms, window_vectors, windows_of
from bot.speech.passages import make_passages

# Passages in one call: enough to sort by length, few enough to report progress and stay small.
PASSAGES_A_CALL = 64


def index_episode(
    episode: Episode,
    sentences: Sequence[Sentence],
    embedder: Embedder,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> EpisodeIndex:
    """The index of one episode; `progress` hears (passages done, passages in all)."""
    passages = tuple(make_passages(episode.id, sentences))
    vectors: list[Vectors] = []
    tokens: list[TokenVectors] = []
    progress(0, len(passages))
    for first in range(0, len(passages), PASSAGES_A_CALL):
        texts = [passage.text for passage in passages[first : first + PASSAGES_A_CALL]]
        if isinstance(embedder, TokenEmbedder):
            some, their_tokens = embedder.embed_both(texts)
            tokens.extend(their_tokens)
        else:
            some = embedder.embed(texts)
        vectors.append(some)
        progress(min(first + PASSAGES_A_CALL, len(passages)), len(passages))
    stacked = np.concatenate(vectors) if vectors else np.zeros((0, embedder.dimension), dtype=np.float32)
    arrays = token_arrays(passages, tokens) if tokens else {}
    arrays |= window_arrays(passages, arrays)
    return EpisodeIndex(episode, tuple(sentences), passages, stacked, arrays)


def token_arrays(passages: Sequence[Passage], tokens: Sequence[TokenVectors]) -> dict[str, NDArray[Any]]:
    """`token_vectors` int8 (tokens, dimension), `part_tokens` int64 (parts + 1,).

    Parts are counted through the episode in the order of its passages; the tokens of part i are the rows
    `part_tokens[i]` to `part_tokens[i + 1]`. A part beyond the model's 256 tokens has none.
    """
    bounds = [0]
    for passage, its_tokens in zip(passages, tokens, strict=True):
        base = bounds[-1]
        ends = its_tokens.spans[:, 1] if len(its_tokens.spans) else np.zeros(0, dtype=np.int32)
        bounds.extend(base + int(np.searchsorted(ends, end, side="right")) for end in part_ends(passage))
    return {
        "token_vectors": quantize(np.concatenate([some.vectors for some in tokens])),
        "part_tokens": np.array(bounds, dtype=np.int64),
    }


def window_arrays(passages: Sequence[Passage], arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """What `WindowTable` reads: `windows`, `part_terms`, and with token vectors `window_vectors` int8."""
    parts = [(sentence, part) for passage in passages for sentence in passage.sentences for part in sentence.parts]
    made: dict[str, NDArray[Any]] = {"part_terms": part_terms(parts), "windows": windows_of(parts)}
    if "token_vectors" in arrays:
        vectors = window_vectors(made["windows"], restore(arrays["token_vectors"]), arrays["part_tokens"])
        made["window_vectors"] = quantize(vectors)
    return made


def part_ends(passage: Passage) -> list[int]:
    """Where each part of the passage ends in the passage's text, in characters."""
    ends: list[int] = []
    place = -1
    for part in passage_parts(passage):
        place += 1 + len(part.text)
        ends.append(place)
    return ends


def passage_parts(passage: Passage) -> list[Part]:
    return [part for sentence in passage.sentences for part in sentence.parts]
