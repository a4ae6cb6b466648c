"""Cues -> words, each with a time and a kind. Only noise is dropped; no spoken word is changed.

A cue's words share its time by their length. Where the cues are silent for long, the audio was cut there (a sponsor's
read, music), but the recogniser's fragments straddle the cut: `the tool itself. What's | (14 s) | up, friends?`. What
follows the last sentence end inside such a fragment was spoken after the silence, just before the next cue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from bot.records import Cue, Word
from bot.speech.kinds import find_kinds
from bot.speech.punctuation import ends_sentence, has_end_mark

HARD_SILENCE_SECONDS = 4.0
"""Two-second fragments that begin 7 s or more apart leave at least this much silence between them."""

LONGEST_WORD = 500
"""Characters; a longer run without a space is no word and is cut, so that every later step stays within bounds."""

# A cue that is nothing but a sound in brackets, or notes. Round brackets also hold asides, which are speech.
_SOUND_ONLY = re.compile(
    r"[♪♫](?:[^♪♫]{0,200}[♪♫])?|\[[^\]]{0,60}\]|"
    r"\((?:\w+ ){0,2}(?:music|applause|laughter|laughs|laughing|cheering|silence|noise|inaudible|beep|chime)"
    r"(?: \w+){0,2}\)",
    re.IGNORECASE,
)
_CUT_MARK = re.compile(
    r"[♪♫].*|\[\W*(?:\w+ ){0,2}(?:music|break|theme|jingle|advertisement|commercial)(?: \w+){0,3}\W*\]|"
    r"\((?:\w+ ){0,2}music(?: \w+){0,2}\)",
    re.IGNORECASE,
)
_ONE_LETTER = re.compile(r"([^\W\d_])\1{4,}[.!?…]*", re.IGNORECASE)


def label_words(cues: Sequence[Cue]) -> list[Word]:
    """The words in the order of the cues; times never run backwards inside a cue's stretch.

    Where the file says the kinds, they are as it says; else they are found.
    """
    stretches = [_without_noise(stretch) for stretch in _stretches(cues)]
    stretches = [stretch for stretch in stretches if stretch]
    if any(cue.kind for cue in cues):
        return [word for stretch in stretches for word in stretch]
    kinds = find_kinds([[word.text for word in stretch] for stretch in stretches])
    return [
        word if kind == "talk" else replace(word, kind=kind)
        for stretch, of_stretch in zip(stretches, kinds, strict=True)
        for word, kind in zip(stretch, of_stretch, strict=True)
    ]


def is_hard_silence(end: float, start: float) -> bool:
    """Whether speech that ended and began at these seconds belongs to different stretches of the audio."""
    return start - end >= HARD_SILENCE_SECONDS


def _stretches(cues: Sequence[Cue]) -> Iterator[list[Word]]:
    """The words between hard silences, music and marks of a break."""
    stretch: list[Word] = []
    for number, cue in enumerate(cues):
        words = _timed_words(cue)
        if not words and _CUT_MARK.fullmatch(cue.text.strip()):
            yield stretch
            stretch = []
            continue
        following = cues[number + 1] if number + 1 < len(cues) else None
        if following is None or not is_hard_silence(cue.end, following.start):
            stretch += words
            continue
        cut = _straddling_from(words)
        yield stretch + words[:cut]
        stretch = _moved_before(words[cut:], following.start)
    yield stretch


def _timed_words(cue: Cue) -> list[Word]:
    texts = [] if _SOUND_ONLY.fullmatch(cue.text.strip()) else list(_bounded(cue.text.split()))
    passed = list(accumulate([len(text) + 1 for text in texts], initial=0))
    pace = (cue.end - cue.start) / max(1, passed[-1])
    edges = [round(cue.start + pace * characters, 3) for characters in passed]
    return [
        Word(start, end, text, cue.line, cue.kind or "talk", cue.speaker)
        for text, (start, end) in zip(texts, pairwise(edges), strict=True)
    ]


def _bounded(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        if len(text) <= LONGEST_WORD:
            yield text
        else:
            yield from (text[first : first + LONGEST_WORD] for first in range(0, len(text), LONGEST_WORD))


def _straddling_from(words: Sequence[Word]) -> int:
    """Index of the first word that belongs after the silence: behind the last sentence end inside the cue."""
    if not words or has_end_mark(words[-1].text):
        return len(words)
    for index in range(len(words) - 1, 0, -1):
        if has_end_mark(words[index - 1].text) and ends_sentence(
            words[index - 1].text, words[index].text, small_letters=True
        ):
            return index
    return len(words)


def _moved_before(words: Sequence[Word], start: float) -> list[Word]:
    """The words, as long as they were, ending where the next cue starts."""
    shift = start - words[-1].end if words else 0.0
    return [replace(word, start=round(word.start + shift, 3), end=round(word.end + shift, 3)) for word in words]


def _without_noise(stretch: list[Word]) -> list[Word]:
    """The stretch without what a recogniser writes for music at its edges: `MMMMMMM`, `!`, `♪`."""
    first, last = 0, len(stretch)
    while last > first and _is_noise(stretch[last - 1].text):
        last -= 1
    while first < last and _is_noise(stretch[first].text):
        first += 1
    return stretch[first:last]


def _is_noise(text: str) -> bool:
    return not any(map(str.isalnum, text)) or _ONE_LETTER.fullmatch(text) is not None
