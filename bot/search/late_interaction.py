"""Late interaction: a question compared with a text token by token, from the vectors of one model pass.

After ColBERT (Khattab and Zaharia 2020): the sum over question tokens of the best cosine with a token of the text;
here each question token is weighted by the rarity of its word, because MiniLM was not trained to weigh tokens itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.index import TokenVectors, Vectors
from bot.quantizing import restore
from bot.search.keywords import CLITIC, STOP_WORDS, WORD, KeywordIndex, stem

# OpenBLAS multiplies five columns or seven more slowly than eight.
COLUMNS = 8
# Restored tokens of so many rows stay in the processor's cache until they are multiplied.
ROWS = 512


def token_weights(question: str, tokens: TokenVectors, keywords: KeywordIndex) -> Vectors:
    """The rarity of the word that each token belongs to, shape (tokens,); 0 for stop words and marks."""
    weights = np.zeros(len(tokens.tokens), dtype=np.float32)
    for match in WORD.finditer(question):
        word = CLITIC.sub("", match.group().lower())
        if word in STOP_WORDS:
            continue
        inside = (tokens.spans[:, 0] >= match.start()) & (tokens.spans[:, 1] <= match.end())
        weights[inside] = keywords.rarity(stem(word)) / max(1, int(inside.sum()))
    return weights


def best_matches(
    question: TokenVectors, tokens: NDArray[Any], bounds: NDArray[np.int64], weights: Vectors | None = None
) -> Vectors:
    """The best cosine of each question token with each run of tokens, shape (question tokens, runs).

    `tokens` are vectors, or int8 as `quantize` makes them.
    Run i is `tokens[bounds[i]:bounds[i + 1]]`; an empty run matches nothing (-1), and neither does a question token
    without weight, which no score looks at: leaving them out saves half of the time.
    """
    matches = np.full((len(question.tokens), len(bounds) - 1), -1, dtype=np.float32)
    filled = np.flatnonzero(np.diff(bounds) > 0)
    asked = np.flatnonzero(weights > 0) if weights is not None else np.arange(len(question.tokens))
    if len(filled) and len(asked):
        cosines = _cosines(tokens[bounds[0] : bounds[-1]], question.vectors[asked])
        matches[np.ix_(asked, filled)] = np.maximum.reduceat(cosines, bounds[filled] - bounds[0], axis=0).T
    return matches


def _cosines(tokens: NDArray[Any], asked: Vectors) -> Vectors:
    """Of each token with each of those asked for, shape (tokens, asked)."""
    # Tokens first: with the many rows on the left the product takes half as long, and in full blocks least.
    columns = np.zeros((-(-len(asked) // COLUMNS) * COLUMNS, asked.shape[1]), dtype=np.float32)
    columns[: len(asked)] = asked
    if tokens.dtype == np.float32:
        return np.asarray(tokens @ columns.T)[:, : len(asked)]
    cosines = np.empty((len(tokens), len(columns)), dtype=np.float32)
    restored = np.empty((ROWS, tokens.shape[1]), dtype=np.float32)
    for first in range(0, len(tokens), ROWS):
        some = tokens[first : first + ROWS]
        np.matmul(restore(some, out=restored[: len(some)]), columns.T, out=cosines[first : first + ROWS])
    return cosines[:, : len(asked)]


def late_scores(matches: Vectors, weights: Vectors) -> Vectors:
    """Weighted mean of the matches over question tokens, shape (runs,); -1 to 1."""
    total = float(weights.sum())
    if not total:
        return np.zeros(matches.shape[1], dtype=np.float32)
    return np.asarray(weights @ matches / total, dtype=np.float32)
