"""Late interaction: a question compared with a text token by token, from the vectors of one model pass.

After ColBERT (Khattab and Zaharia 2020): the sum over question tokens of the best cosine with a token of the text;
here each question token is weighted by the rarity of its word, because MiniLM was not trained to weigh tokens itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.index import TokenVectors, Vectors
from bot.search.int8_products import cosines
from bot.search.keywords import CLITIC, STOP_WORDS, WORD, KeywordIndex, stem


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
    question: TokenVectors, tokens: NDArray[np.uint8], bounds: NDArray[np.int64], weights: Vectors | None = None
) -> Vectors:
    """The best cosine of each question token with each run of tokens, shape (question tokens, runs).

    `tokens` are vectors as `unsigned` makes them.
    Run i is `tokens[bounds[i]:bounds[i + 1]]`; an empty run matches nothing (-1), and neither does a question token
    without weight, which no score looks at: leaving them out saves half of the time.
    """
    matches = np.full((len(question.tokens), len(bounds) - 1), -1, dtype=np.float32)
    filled = np.flatnonzero(np.diff(bounds) > 0)
    asked = np.flatnonzero(weights > 0) if weights is not None else np.arange(len(question.tokens))
    if len(filled) and len(asked):
        found = cosines(tokens[bounds[0] : bounds[-1]], question.vectors[asked])
        matches[np.ix_(asked, filled)] = np.maximum.reduceat(found, bounds[filled] - bounds[0], axis=0).T
    return matches


def late_scores(matches: Vectors, weights: Vectors) -> Vectors:
    """Weighted mean of the matches over question tokens, which are the last axis but one; -1 to 1."""
    total = float(weights.sum())
    if not total:
        return np.zeros((*matches.shape[:-2], matches.shape[-1]), dtype=np.float32)
    return np.asarray(weights @ matches / np.float32(total), dtype=np.float32)
