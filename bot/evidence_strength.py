"""Does the episode answer the question at all? The strength of the evidence, from 0 to 1.

A logistic function of two raw signals: the best cosine of the question with a window, and the worst-matched content
word of the question (its best cosine with any token of the best passages). Fitted on the tuning half of
`eval/questions.jsonl`; of the other signals tried (BM25, late interaction, coverage) none added on the other half.
"""

from __future__ import annotations

import math

from bot.search.keywords import CLITIC, STOP_WORDS, WORD
from bot.search.windows import Found

COSINE_WEIGHT, WORST_WORD_WEIGHT, OFFSET = 5.36, 2.57, -2.93
# 12 % of the answerable questions of the tuning half lie below; README has both error rates on the other half.
ANSWERED_FROM = 0.51
# Below this the evidence is worded as weak.
STRONG_FROM = 0.65
WINDOWS = 20
# Where the question has no content word, or no word can be placed, nothing speaks against it.
NO_WORDS = 0.5


def evidence_strength(found: Found) -> float:
    """Probability that the best windows answer the question; 0 without windows.

    Without an embedding model, 1 where a window holds a word of the question, else 0.
    """
    if not found.windows:
        return 0.0
    if found.query.tokens is None:
        return 1.0 if any(window.keyword for window in found.windows) or found.query.vector is not None else 0.0
    cosine = max(window.cosine for window in found.windows[:WINDOWS])
    logit = COSINE_WEIGHT * cosine + WORST_WORD_WEIGHT * worst_word(found) + OFFSET
    return 1 / (1 + math.exp(-logit))


def worst_word(found: Found) -> float:
    """The lowest match among the question's content words; a word of several tokens counts with their mean."""
    tokens, matches = found.query.tokens, found.token_matches
    if tokens is None or matches is None:
        return NO_WORDS
    lowest: list[float] = []
    for match in WORD.finditer(found.query.text):
        if CLITIC.sub("", match.group().lower()) in STOP_WORDS:
            continue
        inside = (tokens.spans[:, 0] >= match.start()) & (tokens.spans[:, 1] <= match.end())
        if inside.any():
            lowest.append(float(matches[inside].mean()))
    return min(lowest, default=NO_WORDS)
