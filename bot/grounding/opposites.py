"""Opposites of everyday English, and what turns a statement round: "not", "nobody", "without", "failed to"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.grounding.axes import AXES
from bot.grounding.word_support import Term, rarity, read_terms
from bot.search.keywords import stem

_AMBIGUOUS = frozenset("left right last like light well lost can up down offer move now alone matter".split())
_NO_SIDES = frozenset("close closer closest closely quite".split())  # near, and not shut; quite is not quit
NEGATORS = frozenset(
    "not no never none nobody nothing nowhere neither nor without cannot hardly barely scarcely rarely seldom "
    "lack lacks lacked lacking fail fails failed failing unable impossible instead dont doesnt didnt isnt wasnt".split()
)
# What can stand for a negation in a paraphrase: the second sides of these axes, and a few words more.
_NEGATIVE_AXES = frozenset(
    "accept allow easy safe love happy trust know remember begin same true good success include "
    "possible necessary important together".split()
)
_NEGATIVE_WORDS = (
    "only except rather until stop against avoid wrong problem disagree opposite contrary either unless miss missing "
    "rule forbid forbidden ban against oppose unable "
    "ruin skip trick died dead broke broken beyond enough limit free elsewhere otherwise other few lack away far than"
)
# A claim with any of these may put what is denied in its own words: nothing is concluded from its lack of a "not".
_SAYS_NO = (
    "refuse reject decline deny oppose prevent prohibit forbid ban avoid stop quit cease abandon fail lack miss "
    "lose lost absent missing exclude omit ignore doubt unlikely impossible unable few fewer less little least "
    "except exception instead rather only contrary opposite against wrong mistake false despite free empty drop "
    "skip spare rid banned forbidden unaware ignorant unknown disagree dislike difficult too apart beyond "
    "elsewhere otherwise unless until illegal dead died useless worthless pointless reluctant resist opposed "
    "objection gave give broke broken failure minority myth misunderstanding undecided pending withhold veto "
    "cancel forgot forget abolish alone exempt silent than silence surprise"
)
_LIGHT_VERBS = frozenset(
    "means give gives giving gave get gets getting got make makes making made use uses used using take takes taking "
    "took put "
    "putting want wants work works need needs go goes going come comes let lets see sees do".split()
)
_PHRASES = (
    (re.compile(r"\bturn(?:ed|s|ing)?\s+(?:\w+\s+){0,3}?down\b", re.IGNORECASE), "refuse"),
    (re.compile(r"\bsa(?:y|id|ys)\s+no\b", re.IGNORECASE), "refuse"),
    (re.compile(r"\b(?:wouldn't|won't|would\s+not)\b", re.IGNORECASE), "refuse"),
    (re.compile(r"\bno\s+idea\b", re.IGNORECASE), "unaware"),
    (re.compile(r"\b(?:is|are|was|were|go|goes|going|gone|went|come|comes|came)\s+down\b", re.IGNORECASE), "decrease"),
    (re.compile(r"\b(?:is|are|was|were|go|goes|going|gone|went)\s+up\b", re.IGNORECASE), "increase"),
    (re.compile(r"\bby\s+hand\b", re.IGNORECASE), "manual"),
    (re.compile(r"\bon\s+purpose\b", re.IGNORECASE), "intentional"),
    (re.compile(r"\b(?:gave|give|gives|given|giving)\s+(?:\w+\s+)?up\b", re.IGNORECASE), "quit"),
    (re.compile(r"\bused\s+to\b(?!\s+(?:\w+ing|it|this|that)\b)", re.IGNORECASE), "stopped"),
)
# Forms of "no" and "not" that deny nothing.
_NOT_A_NEGATION = re.compile(
    r"\b(?:no|not)\s+(?:doubt|only|just|least|matter|problem|worries|necessarily|merely|simply)\b|\bno\s*,|"
    r"^\s*no\b[,. ]"
    r"|\bwhy\s+not\b|\bor\s+not\b|\bif\s+not\b|\bno\.|n't\s+(?:it|they|you|we|he|she)\b|\bno\s+idea\b"
    r"|\bsa(?:y|id|ys)\s+no\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[;:.!?—–]|,(?!\s+(?:have|has|had|did|do|does|was|were|would|could|can)\s+(?:i|you|we|they|he|she|it|there)\b)|\s-\s|"
    r"\s--\s|(?<=,\s)yet\b|\b(?:but|because|although|though|while|whereas|which|unless|until|since|so|however|"
    r"and\s+(?=(?:i|we|you|he|she|it|they|there|this|that|these|then|never|not|nobody|no|people|so|therefore|has|have|had|"
    r"is|was|were|are|will|would|can|did|does|do)\b))\b",
    re.IGNORECASE,
)
_ANSWERED_NO = re.compile(r"\?\W*(?:no|nope|not\s+(?:really|at\s+all)|absolutely\s+not)\b|,\s+no\s*[.!]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_PREFIXED = re.compile(r"^(?:un|non)(?=[a-z]{4,})")
_DENYING_PREFIX = re.compile(r"^(?:un|in|im|ir|il|dis|non|mis)(?=[a-z]{4,})|(?:less|lessly)$")
_DEGREES = re.compile(
    r"(?:\s+(?:quite|yet|really|very|ever|even|necessarily|exactly|always|actually|just|so|too|fully|completely|entirely|that|a|an|the|"
    r"any|all|been|be))*",
    re.IGNORECASE,
)
_SCOPE_END = re.compile(r"\b(?:is|was|are|were)\s+(?:how|that|what|why|whether)\b", re.IGNORECASE)
_REPORTS = 0.1  # the weight of words that only report
_REACH, _REACH_OF_FIRST = 32, 13  # characters between a negation and what it denies


@dataclass(frozen=True, slots=True)
class Side:
    """A word that stands on one side of an axis of opposites; a phrase ("wouldn't") has its negation in itself."""

    axis: int
    side: int
    word: str
    phrase: bool = False

    def opposes(self, other: Side) -> bool:
        return self.axis == other.axis and self.side != other.side


@dataclass(frozen=True, slots=True)
class Clause:
    """Its place in the text; `denied` are places of terms (see `read_terms`) right behind a negation.

    `scope`: of the terms behind a negation, all to the end of the clause. `negated`: an odd number of negations.
    `negative`: a word that says no by itself ("refuse"); `muted`: the stems that could stand for a negation in a
    paraphrase, these and many more.
    """

    start: int
    end: int
    has_negation: bool
    negated: bool
    negative: bool
    muted: frozenset[str]
    denied: frozenset[int]
    scope: frozenset[int]
    sides: tuple[Side, ...]

    def holds(self, term: Term) -> bool:
        return self.start <= term.start < self.end


def _read_axes() -> tuple[dict[str, tuple[tuple[int, int], ...]], frozenset[str]]:
    sides: dict[str, list[tuple[int, int]]] = {}
    negative: set[str] = set()
    for axis, line in enumerate(AXES.strip().split("\n")):
        halves = [half.split() for half in line.split("|")]
        for side, words in enumerate(halves):
            for word in {stem(word) for word in words if word not in _AMBIGUOUS}:
                sides.setdefault(word, []).append((axis, side))
        if _NEGATIVE_AXES & set(halves[0]):
            negative |= {stem(word) for word in halves[1]}
    return {word: tuple(found) for word, found in sides.items()}, frozenset(negative)


_SIDES, _NEGATIVE = _read_axes()
_SAYING_NO = frozenset(stem(word) for word in _SAYS_NO.split())
_MUTED = _NEGATIVE | {stem(word) for word in _NEGATIVE_WORDS.split()}


@lru_cache(maxsize=4096)
def read_clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text in order; together they cover its words."""
    plain = text.replace("’", "'")
    bounds = [0, *(match.start() for match in _CLAUSE_END.finditer(plain)), len(plain)]
    spans = [(a, b) for a, b in pairwise(bounds) if _WORD.search(plain, a, b)]
    return tuple(_read_clause(plain, start, end) for start, end in spans)


def _read_clause(text: str, start: int, end: int) -> Clause:
    own = text[start:end]
    words = [word.lower() for word in _WORD.findall(own)]
    phrases = [name for pattern, name in _PHRASES if pattern.search(own)]
    denying = _NOT_A_NEGATION.sub(lambda match: " " * len(match.group()), own)
    negators = [match for match in _WORD.finditer(denying) if is_negator(match.group().lower())]
    answered_no = bool(_ANSWERED_NO.match(text, end))
    stems = {stem(word) for word in words if word not in _NO_SIDES}
    prefixed = [word for word in words if _without_prefix(word)]
    return Clause(
        start,
        end,
        bool(negators) or answered_no,
        (len(negators) + answered_no) % 2 == 1,
        bool(phrases) or bool(prefixed) or bool(stems & _NEGATIVE),
        frozenset((stems & _MUTED) | {*phrases, *prefixed}),
        frozenset(place for match in negators for place in _denied(text, start + match.end(), end)),
        _behind(text, start + (negators[0].end() if negators else 0), end)
        if len(negators) + answered_no == 1
        else frozenset(),
        tuple(side for word in _without_names(own) for side in sides_of(word))
        + tuple(Side(side.axis, side.side, side.word, phrase=True) for word in phrases for side in sides_of(word)),
    )


def _without_names(text: str) -> list[str]:
    """The words in lower case, but those with a capital behind the first: "Second Rise" does not rise."""
    found = list(_WORD.finditer(text))
    return [m.group().lower() for n, m in enumerate(found) if not n or not m.group()[0].isupper()]


def _denied(text: str, start: int, end: int) -> list[int]:
    """The term that a negation ending at `start` denies, and the object of a light verb (not of "give up")."""
    terms = read_terms(text)
    start += len(_DEGREES.match(text, start).group())  # type: ignore[union-attr]  # it matches nothing, too
    behind = [n for n, x in enumerate(terms) if start <= x.start < min(end, start + _REACH) and x.rarity > _REPORTS]
    first = terms[behind[0]] if behind else None
    if first is None or first.start - start > _REACH_OF_FIRST:
        return []
    light = first.word in _LIGHT_VERBS and not text[first.end :].startswith((" up", " off", " away"))
    return behind[: 2 if light else 1]


def _behind(text: str, start: int, end: int) -> frozenset[int]:
    found = _SCOPE_END.search(text, start, end)
    end = found.start() if found else end
    return frozenset(n for n, term in enumerate(read_terms(text)) if start <= term.start < end)


def is_negator(word: str) -> bool:
    return word in NEGATORS or word.endswith("n't")


def sounds_negative(text: str) -> bool:
    """Whether any word of a text could say no: a negation, "refuse", "too", "than", "impossible", "useless"."""
    words = (match.group().lower() for match in _WORD.finditer(text.replace("’", "'")))
    return any(is_negator(word) or stem(word) in _SAYING_NO or _without_denial(word) for word in words)


@lru_cache(maxsize=20_000)
def _without_denial(word: str) -> bool:
    bare = _DENYING_PREFIX.sub("", word)
    return bare != word and rarity(bare) < 1


@lru_cache(maxsize=20_000)
def sides_of(word: str) -> tuple[Side, ...]:
    """On which sides of which axes a word stands; "-er" and "-est" forms as their base."""
    if word in _NO_SIDES:
        return ()
    bases = [stem(word)]
    if match := re.fullmatch(r"(\w{3,}?)(i?)(?:er|est)", word):
        base = match.group(1) + ("y" if match.group(2) else "")
        bases += [stem(base), stem(base + "e"), stem(base[:-1]) if base[-1] == base[-2] else ""]
    found = next((_SIDES[base] for base in bases if base in _SIDES), ())
    return tuple(Side(axis, side, word) for axis, side in found)


@lru_cache(maxsize=20_000)
def _without_prefix(word: str) -> str:
    """The word without "un-" or "non-", if that leaves a word; else nothing."""
    bare = _PREFIXED.sub("", word)
    return bare if bare != word and rarity(bare) < 1 else ""


def differ_by_prefix(ours: str, theirs: str) -> bool:
    """Such as "planned" and "unplanned"."""
    bare, their_bare = _without_prefix(ours), _without_prefix(theirs)
    return stem(bare) == stem(theirs) if bare else bool(their_bare) and stem(their_bare) == stem(ours)
