"""Does the episode answer the question at all? The strength of the evidence, from 0 to 1.

A logistic function of three raw signals: the mean of the five best cosines of the question with a window; the
worst-matched content word of the question (its best cosine with any token of the best passages); and whether a number,
a date or a price is asked for, which talk seldom has. Fitted on the tuning half of `eval/questions.jsonl` (AUC .76
there and .80 on the other half; the best cosine alone .72 and .77). BM25, late interaction, coverage of the question's
words by a window or by the episode, their rarity in English, the gap to the next window, and names or numbers in the
windows added nothing that both halves agreed on. The number of content words did (AUC .72 by itself), but it refuses
short questions that are answered, and says more of how the cases were written than of the episode.
"""

from __future__ import annotations

import math
import re
from heapq import nlargest

from bot.search.keywords import CLITIC, STOP_WORDS, WORD
from bot.search.windows import Found

COSINE_WEIGHT, WORST_WORD_WEIGHT, NUMBER_WEIGHT, OFFSET = 5.67, 2.86, -0.84, -3.0
COSINES = 5
# 10 % of the answerable questions of the tuning half lie below; README has both error rates on the other half.
ANSWERED_FROM = 0.5
# What an advertisement says is looked at only where it matches far better than the conversation, which is evidence too.
ANSWERED_FROM_ASIDE = 0.4
# Below this the evidence is worded as weak.
STRONG_FROM = 0.65
# Where the question has no content word, or no word can be placed, nothing speaks against it.
NO_WORDS = 0.5
ASKS_FOR_NUMBER = re.compile(
    r"\b(?:how (?:many|much|old|long|often|big|large|far|fast|soon)|when|costs?|prices?|worth|pay"
    r"|(?:what|which) (?:year|age|date|time|percentage|price|salary|number|day|month))\b",
    re.IGNORECASE,
)


def evidence_strength(found: Found) -> float:
    """Probability that the best windows answer the question; 0 without windows.

    Without an embedding model, 1 where a window holds a word of the question, else 0.
    """
    if not found.windows:
        return 0.0
    if found.query.tokens is None:
        return 1.0 if any(window.keyword for window in found.windows) or found.query.vector is not None else 0.0
    cosines = nlargest(COSINES, found.cosines.tolist())
    logit = (
        COSINE_WEIGHT * sum(cosines) / len(cosines)
        + WORST_WORD_WEIGHT * worst_word(found)
        + NUMBER_WEIGHT * bool(ASKS_FOR_NUMBER.search(found.query.text))
        + OFFSET
    )
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
