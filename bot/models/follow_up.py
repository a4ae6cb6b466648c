"""A question of a conversation -> a question that can be searched for alone.

A model rewrites it, where there is one, unless it names all that it asks about: the wording would be the same, and its
reader would wait twice as long. Without a model, a question that leans on the conversation ("And why?", "What did they
build?") is searched for together with the question that it leans on; one that stands alone is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.errors import ModelError
from bot.models.conversation import Turn, recent_turns

QUESTION_CHARACTERS = 300  # of a rewritten question, and of each earlier one that joins
TURNS_BACK = 20  # searched for a question that stands alone
ANSWER_WORDS = 25  # of an answer, where the questions before have no words of their own

_EPISODE = r"(?:episode|podcast|show|interview|conversation|talk|discussion|transcript|recording)s?\b"
_AUXILIARY = r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might|must)"
_PREPOSITION = r"(?:about|of|for|with|like|by|after|before|on|to|in|at|from|than|against|without|behind)"
_CONTINUES = re.compile(
    r"^(?:and|but|so|or|also|then|plus|because)\b|^(?:what|how) about\b|^(?:why|how) (?:not|so|come)\W*$"
    r"|^(?:tell me more|go on|more|anything else|say more|continue)\b|^(?:who|what|where|how) else\b"
    r"|^which (?:one|ones)\b|^(?:for example|such as|like what|in what way|meaning)\b"
    r"|^(?:really|seriously|when exactly)\W*$",
    re.IGNORECASE,
)
_POINTS = re.compile(
    rf"\b(?:these|those)\b(?! days)|\bthis\b(?! {_EPISODE})"
    rf"|\b(?:{_AUXILIARY}|{_PREPOSITION}|why|how|what) that\b(?! {_EPISODE})|\bthat\W*$|^that\b"
    r"|\b(?:back then|the same|one of them|such (?:a|an|things?))\b"
    r"|\bthe (?:other|first|second|latter|former|last) (?:one|ones)\b|\b(?:there|then|too|as well|instead|else)\W*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:]|\b(?:and|but|that|if|when|because|while|or|who|which|whether|where|since|after|before|so)\b"
    r"|(?<=\w)\s+(?:how|why|what)\b|\b(?:say|says|said|think|thinks|thought|believes?|mentions?|claims?|explains?|knows?|feels?)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:(?P<person>he|she|him|her)|(?P<persons>his|hers|her)|(?P<many>they|them)|(?P<manys>theirs?)|(?P<thing>it)|"
    r"(?P<things>its))\b",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|did|would|will|could|can|might|makes?|take|takes|took) it (?:\w+ )?"
    r"(?:true|possible|likely|fair|safe|worth|hard|easy|important|mean to|matter (?:that|if|whether)|take to|to)"
    r"\b|\bwhat (?:is|was|does) it (?:like|mean|take) (?:to|for)\b"
    r"|\bhow (?:long|much) (?:does|did) it (?:take|cost) to\b",
    re.IGNORECASE,
)
_PERSONS = frozenset(
    "guest host speaker founder founders interviewer man woman author ceo cto researcher artist".split()
)
_ENGLISH = re.compile(r"\b(?:what|where|when|which|who|why|how|does|did)\b", re.IGNORECASE)
_REFERS = re.compile(
    rf"\b(?:this|that|these|those|here|there|then|the|such|same|other|another|else|more|one|ones|both|either|neither)\b"
    rf"(?! {_EPISODE})|\b(?:{_PRONOUN.pattern})",
    re.IGNORECASE,
)
_EMPTY_WORDS = frozenset(
    "a about all am an and any are as at be because been but by can could did do does exactly for from get had has "
    "have how i if in into is it its just many may me mean might more much must my not of on one or our out please "
    "said say says she should so some tell than that the their them then there these they thing things this those to "
    "too up us was we well were what when where which who whom whose why will with would you your he his him her hers "
    "also else ever even really actually happened happen happens explain describe example elaborate".split()
)


class Rewriter(Protocol):
    """What is needed of a model: `ModelCalls` has it."""

    def rewrite(self, question: str, history: Sequence[Mapping[str, Any]], /) -> str: ...


def stand_alone(question: str, history: Sequence[Mapping[str, Any]], model: Rewriter | None) -> str:
    """The question to search for, on one line. Without history it is the question itself, and no model is asked."""
    asked = " ".join(question.split())
    turns = list(recent_turns(history, TURNS_BACK))
    while turns and turns[-1].asked and turns[-1].text == asked:
        turns.pop()
    if not any(turn.asked for turn in turns):
        return asked
    if names_all(asked):
        return asked
    if model is not None and (rewritten := _rewritten(asked, history, model)):
        return rewritten
    return _joined(asked, turns) if leans(asked) else asked


def _rewritten(question: str, history: Sequence[Mapping[str, Any]], model: Rewriter) -> str | None:
    """The model's wording, if it is one question of sane length; None where it fails or rambles."""
    try:
        wording = model.rewrite(question, history)
    except ModelError:
        return None
    line = re.sub(
        r"^(?:(?:rewritten |standalone )?question:)\s*", "", wording.strip().strip("\"“”'`* "), flags=re.IGNORECASE
    )
    usable = 0 < len(line) <= QUESTION_CHARACTERS and "\n" not in line and any(c.isalnum() for c in line)
    return " ".join(line.split()) if usable else None


def _joined(question: str, turns: Sequence[Turn]) -> str:
    """The earlier questions that this one leans on, back to one that stands alone, then the question."""
    earlier: list[str] = []
    for turn in reversed([turn for turn in turns if turn.asked]):
        earlier.insert(0, turn.text[:QUESTION_CHARACTERS])
        if not leans(turn.text) or len(earlier) == 3:
            break
    if not any(_content_words(text) for text in [*earlier, question]):
        answers = [turn.text for turn in turns if not turn.asked]
        earlier = [" ".join(answers[-1].split()[:ANSWER_WORDS])] if answers else earlier
    return " ".join([*earlier, question])


def names_all(question: str) -> bool:
    """Whether nothing in an English question can mean something that was said before: no "it", no "the", no "more".

    Far stricter than `leans`, for a model would understand what else is left out.
    """
    own = [word for word in _content_words(question) if word.isascii()]
    refers = _CONTINUES.search(question) or _REFERS.search(question)
    return len(own) > 2 and not refers and _ENGLISH.search(question) is not None


def leans(question: str) -> bool:
    """Whether a question needs what was said before: it continues, points back, or has a pronoun of nobody yet.

    A question with enough words of its own is searched for well without: in a podcast "he" and "they" mostly are the
    guest and those the guest speaks for. The bounds fit the questions of `eval/questions.jsonl`.
    """
    text = " ".join(question.split())
    own = len(_content_words(text))
    if not own:
        return bool(re.search(r"\w", text)) and text.isascii()
    if _CONTINUES.search(text):
        return own < 6
    if _POINTS.search(text):
        return own < 4
    return len(text.split()) < 2 or (own < 3 and _has_open_pronoun(_EXPLETIVE.sub(" ", text)))


def _content_words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]{2,}", text) if word.lower() not in _EMPTY_WORDS]


def _has_open_pronoun(text: str) -> bool:
    """Whether a pronoun stands before anything that it could mean.

    A subject or an object means something of an earlier clause ("Did Ada say he left?"); a possessive may also mean
    something earlier in its own ("Does the guild sell its boats?").
    """
    for pronoun in _PRONOUN.finditer(text):
        kind = str(pronoun.lastgroup)
        before = text[: pronoun.start()]
        boundaries = [match.start() for match in _CLAUSE.finditer(before)]
        clause = boundaries[-1] if boundaries else 0
        if not _antecedent(before if kind.endswith("s") else before[:clause], kind.rstrip("s")):
            return True
    return False


def _antecedent(before: str, kind: str) -> bool:
    named = re.search(r"(?<=\s)[A-Z][\w'’-]+", before) or re.match(r"[A-Z][\w'’-]+", _without_first(before))
    if named:
        return True
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", before)]
    if kind == "person":
        return any(word in _PERSONS for word in words)
    if kind == "many":
        return any(len(word) > 3 and word.endswith("s") and word not in _EMPTY_WORDS for word in words)
    return bool(re.search(r"\b(?:a|an|the|each|every)\s+[^\W\d_]+", before, re.IGNORECASE))


def _without_first(text: str) -> str:
    """The first word is capitalised in any case: it counts as a name only if it is no small word."""
    first = re.match(r"[^\W\d_]+", text)
    return "" if not first or first.group().lower() in _EMPTY_WORDS else text
