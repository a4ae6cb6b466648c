"""Whether a claim begins with what its evidence says, and ends with something that nobody said."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

from bot.grounding.polarity import Finding
from bot.grounding.word_support import Alignment

# Where something can be added to a sentence that is complete without it.
_JOINT = re.compile(
    r"[,;:—–]\s*(?:(?:and|but|or)\s+)?|\s-\s|\b(?:and|but|which|where|who|whose|while|because|although|though|since|so|when|"
    r"with|after|before|by|as|for|that)\b",
    re.IGNORECASE,
)
LEAST_HEAD, LEAST_TAIL, TAIL_TERMS = 0.3, 0.6, 2  # weights of the two halves, and terms of the second


def find_addition(claim: str, alignment: Alignment, left_out: Collection[int]) -> Finding:
    """The strength is by how much the words before the joint are better borne out than those behind it, 0 to 1.

    A far paraphrase is borne out little in both halves, and a true one well in both; in between lies what was added to
    a true sentence. `left_out` are the places of the terms that say nothing here.
    """
    rows = [row for row, term in enumerate(alignment.claim) if term.start not in left_out]
    weights, starts = alignment.weights[rows], np.array([alignment.claim[row].start for row in rows])
    borne_out = weights * np.minimum(alignment.best[rows], 1.0)
    found = Finding()
    for joint in _JOINT.finditer(claim):
        before = starts < joint.start()
        head, tail = float(weights[before].sum()), float(weights[~before].sum())
        if head < LEAST_HEAD or tail < LEAST_TAIL or (~before).sum() < TAIL_TERMS:
            continue
        strength = float(borne_out[before].sum()) / head - float(borne_out[~before].sum()) / tail
        if strength > found.strength:
            words = claim[joint.start() :].strip(" ,;:-—–.")
            found = Finding(strength, f'what it cites says nothing of "{words}"')
    return found
