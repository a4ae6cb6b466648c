"""Does the episode answer the question at all? The strength of the evidence, from 0 to 1.

A logistic function of three scores of the best window. The weights are learnt by `eval/training/fit_answerability.py`
from 895 questions about 14 episodes that nothing which embeds or reads questions has seen. By episodes whose questions
the weights were not learnt from, with a bar at which 8 % of the answered are refused: 71 % of the unanswered refused
(AUC .91); without reading 68 % (.90), by the search's score alone 28 %. How near the question is to all
that the episode speaks of, and how far the best place stands out, added nothing.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

from bot.search.answerable import answering_score
from bot.search.library import Library
from bot.search.windows import Found


@dataclass(frozen=True, slots=True)
class Signals:
    """Log odds of search's best window, as it was found and by vectors that are near answers only, and of the one that
    was read best, as it was read.
    """

    found: float
    answering: float
    read: float


WEIGHTS = Signals(found=-0.50, answering=0.82, read=0.43)
OFFSET = -2.99
# 8 % of the answered questions of episodes left out lie below.
ANSWERED_FROM = 0.46
# What is asked of advertisements was found to be about them first; in so little speech, little can stand out.
ANSWERED_FROM_ASIDE = 0.13
# Below this fewer than 70 % of such questions are answered, and the evidence is worded as weak: with the refusals, for
# 81 % of the unanswered questions and 15 % of the answered.
STRONG_FROM = 0.63


def evidence_strength(found: Found, library: Library) -> float:
    """Probability that the best windows answer the question; 0 without windows.

    Without an embedding model, 1 where a window holds a word of the question, else 0.
    """
    if not found.windows:
        return 0.0
    signals = signals_of(found, library)
    if signals is None:
        return 1.0 if any(window.keyword for window in found.windows) or found.query.vector is not None else 0.0
    logit = OFFSET + sum(weight * value for weight, value in zip(astuple(WEIGHTS), astuple(signals), strict=True))
    return 1 / (1 + math.exp(-logit))


def signals_of(found: Found, library: Library) -> Signals | None:
    """None where there are no token vectors, or nothing was found."""
    searched = found.unread or found
    answering = answering_score(searched, library)
    return None if answering is None else Signals(searched.windows[0].score, answering, found.windows[0].read)
