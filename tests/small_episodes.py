"""Small episodes and an embedding without a model, for tests of what stands behind the embedding."""

import random
from hashlib import sha256

import numpy as np

from bot.index import EpisodeIndex
from bot.records import KINDS, Episode, MisheardName, Part, Passage, Person, Sentence

WORDS = "video model frame runway pixel camera world editor green screen prompt motion light actor story cost".split()


class WordEmbedder:
    """A text's vector is the sum of its words' vectors, each drawn by the word's hash: near means shared words."""

    name = "words"
    dimension = 32
    fingerprint = "words-1"

    def embed(self, texts):
        vectors = np.array([sum(map(word_vector, text.lower().split())) for text in texts], dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class OtherWeights(WordEmbedder):
    fingerprint = "words-2"


class OtherEmbedder(WordEmbedder):
    name = "letters"
    dimension = 16


def word_vector(word):
    seed = int.from_bytes(sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=WordEmbedder.dimension)


def nearest(generation, vector, k, *, episode=None, kinds=KINDS):
    """(Place of the episode, of the passage, cosine) of the nearest passages, the rows found by Chroma where it can."""
    scope = generation.rows_in_scope(None if episode is None else frozenset([episode]), kinds)
    rows = generation.near(vector, scope, k, large=1)
    cosines = generation.vectors[rows] @ vector
    best = np.lexsort((rows, -cosines))[:k]
    places = generation.row_places[rows[best]]
    passages = rows[best] - generation.first_rows[places]
    return list(zip(places.tolist(), passages.tolist(), cosines[best].tolist(), strict=True))


def small_index(episode_id, passages=12, seed=0):
    """Passages of two sentences; every fourth passage is of another kind than talk."""
    draw = random.Random(f"{episode_id} {seed}")
    sentences, start = [], 0.1
    for number in range(2 * passages):
        kind = "talk" if number // 2 % 4 else KINDS[number // 8 % len(KINDS)]
        parts = []
        for _ in range(draw.randint(1, 3)):
            end = start + draw.uniform(1, 9)
            parts.append(Part(start, end, " ".join(draw.choices(WORDS, k=9)), number + 1))
            start = end
        sentences.append(Sentence(tuple(parts), kind, draw.choice([None, "Host", "Güést"])))
    cut = tuple(Passage(episode_id, tuple(sentences[at : at + 2])) for at in range(0, len(sentences), 2))
    vectors = WordEmbedder().embed([passage.text for passage in cut]) if cut else np.zeros((0, 32), np.float32)
    arrays = {"tokens": np.arange(len(cut) * 6, dtype=np.int8).reshape(-1, 2, 3), "lengths": np.full(len(cut), 6)}
    return EpisodeIndex(small_episode(episode_id), tuple(sentences), cut, vectors, arrays)


def small_episode(episode_id):
    return Episode(
        id=episode_id,
        title='"Quotes", ünïcode \u2028 and\nlines',
        show="A show",
        date="2024-03-05",
        people=(Person("Ada", "host", "about her"), Person("Bo")),
        names=(MisheardName("Runway", ("run way", "runaway")),),
        questions=("Where did it start?",),
        source="https://example.invalid/page",
        sha256="ab" * 32,
    )
