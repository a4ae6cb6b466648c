"""Does the episode answer the question at all? The strength of the evidence, from 0 to 1.

A logistic function of seven signals, and where these leave it open (38 % of the answered questions) of what a
cross-encoder says that has read question and windows together. The weights are learnt by
`eval/training/fit_answerability.py` from 895 questions about 14 episodes, none of which the cross-encoder has seen. By
episodes whose questions the weights were not learnt from, with a bar at which 10 % of the answered are refused: 54 % of
the unanswered refused (AUC .82); by the signals alone 41 % (.78), by cosine, the worst word and whether a number is
asked for AUC .66. The bar and the signals were chosen on the same episodes, so these flatter a little. BM25, the gap to
the next window, whether the signals agree about the place, whether the windows have the kind of answer asked for, and
the entropy over windows added at most .006. The length of a question added .03 among questions by one hand and took .04
away among those by another.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from bot.index import Vectors
from bot.search.advertising import ADVERTISING
from bot.search.background import Background
from bot.search.keywords import CLITIC, STOP_WORDS, WORD, stem
from bot.search.library import Library
from bot.search.reading import log_odds_of_answer
from bot.search.windows import Found

# Where the question has no word of a kind, nothing speaks against it.
NO_WORDS = 0.5
NO_NAMES = 0.85
# A word in the same form, or a close one of the same stem, matches so well.
SAME_WORD = 0.8
ASKS_EXACTLY = re.compile(
    r"\b(?:how (?:many|much|old|long|often|big|large|far|fast|soon)|when|which|costs?|prices?|worth|pay|names?|called"
    r"|title|number of|(?:what|which) (?:year|age|date|time|percentage|price|salary|number|day|month))\b",
    re.IGNORECASE,
)
NAME = re.compile(r"[A-Z]|.*\d")
# Verbs that another one stands for as well ("hold a festival", "have a festival"): how they match says nothing.
LIGHT_VERBS = frozenset(
    """become became bring brought call calls called come comes came coming find found give gives gave given giving go
    goes going gone went happen happens happened happening hold holds held holding keep keeps kept keeping know knows
    knew like likes liked look looks looked make makes made making need needs put puts run runs see sees saw seen take
    takes took taken taking think thinks thought try tries tried use uses used using want wants wanted""".split()
)


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer; the higher, the likelier, but for `exactly` and `same`.

    `topic`, `late_peak` and `cosine_peak` are the Background's: how near the question's words are to what the episode
    speaks of, and how far the best place stands out.
    `name` is the worst match of a name or a number of the question anywhere in the best passages, `word` that of any
    content word within the best window.
    `exactly` is 1 where a number, a date, a name or one of several is asked for: talk seldom has it.
    `same` is the share of the content words that the best window holds in the same form. What matches with few of them
    matches by its meaning: without this, 17 % of the answered questions that share no word were refused, with it 11 %.
    """

    topic: float
    late_peak: float
    cosine_peak: float
    name: float
    word: float
    exactly: float
    same: float


WEIGHTS = Signals(topic=27.46, late_peak=0.21, cosine_peak=0.76, name=2.80, word=2.18, exactly=-1.03, same=-2.31)
OFFSET = -8.57
# From this strength on the signals are believed; what is weaker is read, and weighed with what the reading says.
CLEAR = 0.7
READ_WEIGHTS = Signals(topic=22.17, late_peak=0.14, cosine_peak=0.72, name=3.06, word=1.33, exactly=-1.12, same=-2.29)
READ_WEIGHT, READ_OFFSET = 0.45, -7.00
# 9 % of the answered questions of episodes left out lie below; 10 % below .46.
ANSWERED_FROM = 0.44
# What is asked of advertisements was found to be about them first; in so little speech, little can stand out.
ANSWERED_FROM_ASIDE = 0.13
# Below this fewer than 70 % of such questions are answered, and the evidence is worded as weak: with the refusals, for
# 70 % of the unanswered questions and 21 % of the answered.
STRONG_FROM = 0.66


def evidence_strength(found: Found, library: Library) -> float:
    """Probability that the best windows answer the question; 0 without windows.

    Where the signals leave it open, the windows are read together with the question. Without an embedding model, 1
    where a window holds a word of the question, else 0.
    """
    if not found.windows:
        return 0.0
    signals = signals_of(found, library)
    if signals is None:
        return 1.0 if any(window.keyword for window in found.windows) or found.query.vector is not None else 0.0
    strength = _probability(OFFSET + weighed(WEIGHTS, signals))
    if strength >= CLEAR or found.windows[0].kind != "talk":
        return strength
    return _probability(READ_OFFSET + weighed(READ_WEIGHTS, signals) + READ_WEIGHT * log_odds_of_answer(found, library))


def weighed(weights: Signals, signals: Signals) -> float:
    return float(sum(weight * value for weight, value in zip(astuple(weights), astuple(signals), strict=True)))


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def signals_of(found: Found, library: Library) -> Signals | None:
    """None where there are no token vectors, or nothing was found."""
    if found.ranking is None or found.token_matches is None or found.first_matches is None:
        return None
    ground = Background.of(found.ranking, library, found.windows[0].place, float(found.lates.max()))
    if ground is None:
        return None
    aside = found.windows[0].kind != "talk"
    within = [
        match
        for word, match in word_matches(found, found.first_matches)
        if word.lower() not in LIGHT_VERBS and not (aside and is_advertising(word))
    ]
    names = [
        match
        for place, (word, match) in enumerate(word_matches(found, found.token_matches))
        if NAME.match(word) and place
    ]
    return Signals(
        topic=ground.topic,
        late_peak=ground.late_peak,
        cosine_peak=ground.cosine_peak,
        name=min(names, default=NO_NAMES),
        word=min(within, default=NO_WORDS),
        exactly=float(bool(ASKS_EXACTLY.search(found.query.text))),
        same=sum(match > SAME_WORD for match in within) / max(len(within), 1),
    )


def word_matches(found: Found, matches: Vectors) -> Iterator[tuple[str, float]]:
    """Each content word of the question with its match; one of several tokens counts with their mean."""
    tokens = found.query.tokens
    if tokens is None:
        return
    for match in WORD.finditer(found.query.text):
        if CLITIC.sub("", match.group().lower()) in STOP_WORDS:
            continue
        inside = (tokens.spans[:, 0] >= match.start()) & (tokens.spans[:, 1] <= match.end())
        if inside.any():
            yield match.group(), float(matches[inside].mean())


def is_advertising(word: str) -> bool:
    """Advertisements are not spoken of in their own words."""
    return stem(CLITIC.sub("", word.lower())) in ADVERTISING
