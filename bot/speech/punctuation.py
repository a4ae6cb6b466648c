"""Where a spoken sentence ends, judged by marks: abbreviations, addresses, initials and window seams do not end one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_CLOSING = "\"'”’»)]}"
_OPENING = "\"'“‘«([{¿¡—–-"
_MARKS = ".,;:?!…"
_END_MARKS = frozenset(".?!…")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st mt rev gen sen rep gov capt lt col sgt inc ltd co corp vs al approx dept "
    "est e.g i.e cf ca etc u.s u.k u.n e.u u.s.a d.c ph.d b.c a.d a.m p.m a.k.a".split()
)
_BEFORE_NUMBERS = frozenset("no nos vol fig eq ch sec pp".split())
# These do end a sentence when a typical first word follows.
_MAY_END = frozenset("etc u.s u.k u.n e.u u.s.a d.c ph.d a.m p.m inc ltd co corp al".split())
_FIRST_WORDS = frozenset(
    "the a an and but so or i i'm i've we we're you you're he she it it's they this that these those there here what "
    "when where who why how which if in on at for to as my our your yes yeah no well now then also "
    "because thanks thank".split()
)
# A recogniser puts periods after these where the speaker pauses; no sentence ends with them.
_NEVER_LAST = frozenset("and but or because the a an my your their our its than if when while whose as let's".split())
_NEVER_LAST_CAPITAL = frozenset(["So", "As", "Like"])


def bare(word: str) -> str:
    """The word without surrounding quotes, brackets and dashes."""
    return word.strip(_CLOSING + _OPENING)


def has_end_mark(word: str) -> bool:
    """The word ends with a period, question or exclamation mark, quotes and brackets aside."""
    return word.rstrip(_CLOSING)[-1:] in _END_MARKS


def is_lower_case_text(words: Sequence[str]) -> bool:
    """Sentences of this text begin with small letters, so that these say nothing about where a sentence ends."""
    firsts = [bare(after) for before, after in pairwise(words) if has_end_mark(before)]
    return sum(map(_begins_small, firsts)) > 0.5 * len(firsts)


def ends_sentence(word: str, following: str, *, small_letters: bool = False) -> bool:
    """Whether a sentence ends between two words; `small_letters` is for a text that has no capitals.

    A period before a small letter is a seam of the recogniser's windows, or an ellipsis: the sentence goes on.
    """
    core = word.rstrip(_CLOSING)
    if core[-1:] not in _END_MARKS:
        return False
    after = bare(following)
    if _begins_small(after) and not small_letters:
        return False
    if not core.endswith(".") or core.endswith(".."):
        return True
    stem = core.rstrip(".").lstrip(_OPENING)
    low = stem.lower()
    if low in _ABBREVIATIONS or _is_initials(stem):
        return (low in _MAY_END or _is_initials(stem)) and after.lower().rstrip(_MARKS) in _FIRST_WORDS
    if low in _BEFORE_NUMBERS and after[:1].isdigit():
        return False
    return low not in _NEVER_LAST and stem not in _NEVER_LAST_CAPITAL


def begins_sentence_after_run(words: Sequence[str]) -> bool:
    """The last word is a typical first word with its capital, after words without any mark: `to get started So,`."""
    last = bare(words[-1])
    if not last[:1].isupper() or last.lower().rstrip(_MARKS) not in _FIRST_WORDS or last[:2] in ("I", "I'", "I’"):
        return False
    return not any(word[-1] in _MARKS for word in words[:-1])


def _is_initials(stem: str) -> bool:
    letters = stem.split(".")
    return all(len(letter) == 1 and letter.isupper() for letter in letters) and stem != "I"


def _begins_small(word: str) -> bool:
    """A small first letter; names such as `iPhone` and `neo4j.com` may begin a sentence and do not count."""
    return word[:1].islower() and not any(c.isdigit() or c.isupper() or c in "./@" for c in word.rstrip(_MARKS))
