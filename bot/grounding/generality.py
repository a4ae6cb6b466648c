"""Whether a claim says more than its evidence: all for some, will for may, the first, the only, never."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grounding.opposites import read_clauses
from bot.grounding.polarity import Finding, strongest
from bot.grounding.word_support import Alignment

_I = re.IGNORECASE
_TIME = (
    r"(?:second|minute|hour|day|night|morning|evening|week|weekend|month|quarter|year|time|round|\w+day|summer|winter|"
    r"other|\d+|kilo|kilogram|gram|ton|lit(?:er|re)|pound|met(?:er|re)|kilomet(?:er|re)|mile|euro|dollar|cent|copy|unit)"
)
# What claims the whole, and the turns of phrase with the same words that do not.
_WHOLE = re.compile(
    r"\b(?:all|every|everyone|everybody|everything|everywhere|always|entirely|completely|wholly|totally|fully|"
    r"universally|invariably|forever|for\s+ever|in\s+existence|whatsoever|without\s+exception|any\s+\w+\s+at\s+all|anyone|"
    r"anybody|guaranteed?|proven|proves?|definitely|certainly|undoubtedly|inevitably|alone)\b",
    _I,
)
_NOT_THE_WHOLE = re.compile(
    rf"\b(?:every|each)\s+(?:\w+\s+)?{_TIME}s?\b|\bevery(?:body|one|thing)\s+else\b|\b(?:a\s+)?whole\s+(?:bunch|lot|range)\b|\b(?:at|above|after|first\s+of|in|for)\s+all\b|\ball\s+(?:the\s+way|of\s+a\s+"
    r"sudden|kinds?|sorts?|th[ei]s\w*|that|of\s+(?:this|that)|the\s+time|over|along|about|right|the\s+more|two|three|four|five|six|seven|eight|nine|ten|\d+)\b|"
    r"\b(?:not|n't|hardly|nearly|almost|few|rarely|seldom|than|without)\s+(?:all|every\w*|always|entirely|completely|fully|"
    r"any\w*|being)\b|\b(?:half|most|some|many|few|third|thirds|quarter|percent|part|one|each|any|%)\s+of\s+(?:all|every)\b|"
    r"\b(?:what|which|than|where)\s+(?:every\w*|all)\b|\ball-\w+|\b(?:let|not|n't|stand|left|leave)\s+alone\b",
    _I,
)
_SAYS_WHOLE = re.compile(
    r"\b(?:all|every\w*|each|always|entire\w*|whole|complete\w*|total\w*|full\w*|any\w*|universal\w*|throughout|"
    r"forever|everything|definite\w*|certainly|guarantee\w*|prove\w*|proof|absolute\w*|"
    r"no\s+\w+|none|nobody|nothing|never)\b",
    _I,
)
_NEVER = re.compile(r"\b(?:never|nobody|no\s+one|none|not\s+(?:a\s+single|one|once)|without\s+exception)\b", _I)
_SAYS_NEVER = re.compile(
    r"\b(?:never(?!\s+(?:quite|really))|nobody|no\s+one|none|nothing|not\s+(?:a\s+single|one|once|any)|at\s+all)\b", _I
)
_ONLY = re.compile(r"\b(?:the\s+only|solely|exclusively|sole|nothing\s+but|no\s+other)\b|^only\b", _I)
_NOT_ONLY = re.compile(
    r"\bonly\s+(?:sa(?:ys?|id)|mentions?|mentioned|describes?|described|tells?|talks?|speaks?|notes?|states?|that|refers?|gives?)\b|"
    r"\b(?:says?|said|mentions?|tells?|states?|notes?)\s+only\b|\bnot\s+only\b|\bif\s+only\b|\bonly\s+(?:a|an|about|around|some|\d|one|two|three|four|five|six|seven|eight|nine|ten|then|"
    r"now|after|when|if|recently|once)",
    _I,
)
_SAYS_ONLY = re.compile(
    r"\b(?:only|just|sole\w*|exclusive\w*|alone|single|nothing|no\s+other|except|mere\w*|unless|purely|one|until)\b", _I
)
_ONLY_DENIED = re.compile(r"(?:n['’]t|\bnot)\s+the\s+only\b", _I)
_MOST = re.compile(
    r"\b(?:best|worst|biggest|largest|greatest|highest|lowest|smallest|fastest|slowest|cheapest|strongest|hardest|easiest|"
    r"oldest|youngest|richest|longest|shortest|leading|unique|unprecedented|the\s+most\s+\w{4,}|the\s+(?:very\s+)?first\s+"
    r"(?!time|half|place|step|thing|one|with|of|to|in|and|is|was)\w+)\b",
    _I,
)
_NOT_MOST = re.compile(r"\b(?:at|do|does|did|their|his|her|my)\s+best\b|\bat\s+(?:worst|first)\b", _I)
_SAYS_MOST = re.compile(
    r"\b(?:most|\w{2,}est|best|worst|top|number\s+one|leading|first|unique|original\w*|early|only|ever|least|main|primar\w+|"
    r"favou?rite|pioneer\w*|start\w*|beg[aiu]n\w*|new|introduc\w+|invent\w*|four|one|at\s+the\s+time|\w+er\s+than|more)\b",
    _I,
)
# What makes the evidence say less than the whole.
_SOME = re.compile(
    r"\bnever\s+(?:quite|really)\b|"
    r"\b(?:some(?!\s+(?:time|point|day|way|sort|kind))|many|most|mostly|several|few|often|sometimes|usually|generally|typically|largely|tends?|certain|partly|"
    r"probably|almost|nearly|lots?|half|once|occasionally|at\s+least|not\s+all|not\s+always|"
    r"cases?\s+out\s+of|percent|third|except)\b",
    _I,
)
_NEARLY_ALL = re.compile(
    r"\b(?:just\s+about|almost|nearly|virtually|practically|hardly|not|(?:fraction|part|share|half|some|most|many|number|third)\s+of)"
    r"\s+(?:all|every\w*|always|any\w*)\b",
    _I,
)
_MAYBE = re.compile(
    r"\b(?:may|might|could|maybe|perhaps|possibly|hopes?|hoping|hopeful|would\s+like|i'd\s+like|wants?\s+to|wanted\s+to|thinking\s+"
    r"about|not\s+sure|depends?|considering|still\s+(?:talking|open)|plan(?:s|ning)?\s+to|potentially|imagine|trying\s+to|decided\s+yet)\b",
    _I,
)
_MIGHT = re.compile(r"\b(?:may|might)\b", _I)
_SURELY = re.compile(r"\b(?:will|going\s+to|gonna|won't|shall)\b|\w'll\b", _I)
_WILL = re.compile(
    r"\b(?:will(?!\s+not)|is\s+going\s+to|are\s+going\s+to|shall|has\s+been\s+(?:proven|confirmed|established)|is\s+proven|"
    r"definitely|certainly|certain|sure\s+to|bound\s+to|guaranteed)\b",
    _I,
)
_SOFT = re.compile(
    r"\b(?:may|might|could|possibly|perhaps|probably|likely|potentially|hopes?|hoped|would|wants?|thinks?|thought|believes?|"
    r"believed|expects?|expected|plans?\s+to|considers?|considering|toying|suggests?|seems?|predicts?|estimates?|suspects?|"
    r"uncertain|unclear|whether|doubts?|wish|wishes|imagines?|reckons?|guess)\b",
    _I,
)
_CAN = re.compile(r"\b(?:can|sometimes|often|probably|likely)\b", _I)
_DOUBT = re.compile(r"\b(?:not|never|no|doubts?|denies|rejects?|disputes?|without(?!\s+exception))\b|n['’]t\b", _I)


def find_overstatements(claim: str, evidence: Sequence[str], alignment: Alignment) -> dict[str, Finding]:
    """What a claim says more strongly than the sentences that it cites, by kind of sign.

    `whole`: all, every, always; `only`; `most`: superlatives and firsts; `sure`: will, where the evidence has may,
    could, or a wish.
    """
    said = " ".join(evidence)
    like = alignment.support()
    whole = None if _DOUBT.search(claim) else _WHOLE.search(_NOT_THE_WHOLE.sub(" ", claim))
    only = None if _NOT_ONLY.search(claim) or _DOUBT.search(claim) else _ONLY.search(claim)
    most = None if _DOUBT.search(claim) else _MOST.search(_NOT_MOST.sub(" ", claim))
    nearest = _nearest_clause(evidence, alignment)
    return {
        "whole": strongest([_stronger(whole, _SAYS_WHOLE, said, nearest, like), _never(claim, said, nearest, like)]),
        "only": _stronger(only, _SAYS_ONLY, _ONLY_DENIED.sub(" ", said), _ONLY_DENIED.sub(" ", said), like),
        "most": _stronger(most, _SAYS_MOST, said, said, like),
        "sure": _surer(claim, said, nearest, like),
    }


def _stronger(word: re.Match[str] | None, licences: re.Pattern[str], said: str, nearest: str, like: float) -> Finding:
    """Full strength where the evidence says nothing as strong, less where it does so beside words that limit it."""
    if word is None:
        return Finding()
    limited = _NEARLY_ALL.search(said) or _SOME.search(nearest) or _SOME.search(said)
    licensed = licences.search(_NEARLY_ALL.sub(" ", _NOT_THE_WHOLE.sub(" ", nearest)))
    elsewhere = licensed or licences.search(_NEARLY_ALL.sub(" ", _NOT_THE_WHOLE.sub(" ", said)))
    if re.search(rf"\b{re.escape(word.group())}\b", _NEARLY_ALL.sub(" ", said), _I):
        elsewhere, limited = word, _SOME.search(nearest)
    strength = 0.0 if licensed else 1.0 if limited else 0.5 if elsewhere else 0.9
    if licensed and limited and _SOME.search(nearest):
        strength = 0.4
    what = f'what it cites says "{limited.group().lower()}"' if limited else "what it cites does not"
    enough = max(like, 0.5) if _SOME.search(nearest) else like
    return Finding(enough * strength, f'the claim says "{word.group().lower()}", {what}')


def _never(claim: str, said: str, nearest: str, like: float) -> Finding:
    """Such as "never" where the evidence has "might not", "often not", "never quite"."""
    word = _NEVER.search(claim)
    if word is None or _SOME.search(claim) or _MAYBE.search(claim):
        return Finding()
    limited = _SOME.search(nearest) or _MIGHT.search(nearest)
    strength = 1.0
    if limited is None:
        limited, strength = _SOME.search(said), 0.75
    if limited is None or (_SAYS_NEVER.search(nearest) and not _MIGHT.search(nearest)):
        return Finding()
    return Finding(
        like * strength, f'the claim says "{word.group().lower()}", what it cites says "{limited.group().lower()}"'
    )


def _nearest_clause(evidence: Sequence[str], alignment: Alignment) -> str:
    """The words of the evidence clause that the claim is most like."""
    best, nearest = -1.0, ""
    for sentence, text in enumerate(evidence):
        for clause in read_clauses(text):
            terms = enumerate(alignment.evidence)
            columns = [n for n, term in terms if alignment.sentence[n] == sentence and clause.holds(term)]
            support = alignment.support(None, columns)
            if support > best:
                best, nearest = support, text[clause.start : clause.end]
    return nearest


def _surer(claim: str, said: str, nearest: str, like: float) -> Finding:
    hedge = _MAYBE.search(said) or _CAN.search(nearest)
    if not _WILL.search(claim) or _SOFT.search(claim) or hedge is None or _SURELY.search(said):
        return Finding()
    return Finding(max(like, 0.6), f'what it cites says "{hedge.group().lower()}", the claim does not')
