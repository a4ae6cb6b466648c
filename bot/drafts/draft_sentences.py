"""Where the sentences of a draft end, and what they say without Markdown."""

from __future__ import annotations

import re

CLOSING = "\"'”’»)*_`"
_TERMINAL = re.compile(r"([.!?…。！？]+)[\"'”’»)*_`]*$")
_CJK_TERMINAL = re.compile(r"[。！？][\"'”’»」』）)*_`]*$")
_NEVER_LAST = frozenset(
    "mr mrs ms dr prof rev hon st mt ft sen rep gov capt col lt sgt e.g i.e eg ie vs cf viz approx ca esp incl resp "
    "z.b d.h bzw usw".split()
)
_BEFORE_A_NUMBER = frozenset("no nos nr fig figs vol p pp sec ch ver v art gen eq ep par".split())
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LIST_START = re.compile(r"^\s*(?:#{1,6}\s+|>\s*|[-*+•–—]\s+|\(?\d{1,3}[.)]\s+)+")
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|\*\*[^*]+\*\*:?\s*$|__[^_]+__:?\s*$)")


def without_markdown(text: str) -> str:
    """The sentence's words: no bullet, heading mark, emphasis or code mark, single spaces."""
    words = _LIST_START.sub("", text)
    words = re.sub(r"\*\*|__|`+|~~", "", words)
    words = re.sub(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", "", words)
    return " ".join(words.split())


def is_heading(line: str) -> bool:
    return bool(_HEADING.match(line)) and not re.search(r"[.!?]\W*$", line)


def is_terminated(text: str) -> bool:
    """Whether the text ends with a full stop or its like, closing quotes and brackets after it allowed."""
    return bool(_TERMINAL.search(text[-80:].rstrip()))


def ends_without_space(text: str) -> bool:
    """Whether the next character begins a sentence although no space came: after a CJK full stop."""
    return bool(_CJK_TERMINAL.search(text))


def ends_at_line(text: str, following: str, *, blank_line: bool) -> bool:
    """Whether a line's end is a sentence's end: always, but for a line that was merely wrapped."""
    wrapped = following.islower() and not blank_line and not is_terminated(text) and not _LIST_START.match(text)
    return not wrapped


def ends_before(text: str, following: str, *, marked: bool) -> bool:
    """Whether a sentence ends with `text`, when `following` is the next character after a space or a mark.

    `marked`: a mark stands between. In doubt two sentences stay one, which costs less than one torn in two.
    """
    tail = text[-80:]  # the longest word and its full stop; keeps the time linear
    terminal = _TERMINAL.search(tail)
    if not terminal:
        return False
    abbreviated = terminal.group(1) == "." and _is_abbreviation(tail[: terminal.start()], following)
    if marked:
        return not (abbreviated and following.islower())
    if following.islower() or abbreviated:
        return False
    quoted_whole = text.lstrip()[:1] in set('"“«') and terminal.group(1)[-1] in "!?" and text[-1] in CLOSING
    return not quoted_whole  # "It works!" Anna says


def _is_abbreviation(before: str, following: str) -> bool:
    """Whether a full stop after `before` belongs to the word: a title, an initial, `e.g.`, `Fig. 2`, `1.` of a list."""
    if re.fullmatch(r"\W*\d{1,3}", before):
        return True
    found = re.search(r"[^\s(\[\"“«]+$", before)
    word = found.group().strip("*_`") if found else ""
    if word.lower() in {"a.m", "p.m"}:
        return False
    if word.lower() in _NEVER_LAST or (word.lower() in _BEFORE_A_NUMBER and following.isdigit()):
        return True
    return word != "I" and bool(_INITIALS.fullmatch(word)) and ("." in word or word.isupper())
