"""YouTube's json3: `events` with a start in milliseconds and segments `segs`, each a word or a caption."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bot.transcripts.json_document import (
    LeftOut,
    Node,
    WrongFieldError,
    list_field,
    seconds_field,
    text_field,
    usable_nodes,
)
from bot.transcripts.notes import Notes
from bot.transcripts.reading import Reading
from bot.transcripts.timed_words import TimedWord, joined_sounds
from bot.transcripts.timeline import Piece, make_cues

_MILLISECOND = 0.001


def is_json3(document: Any) -> bool:
    """There is a list of events."""
    return isinstance(document, Node) and isinstance(document.get("events"), list)


def read_json3(document: Node, notes: Notes) -> Reading:
    """The cues, one a segment; an event's words end where the next event begins, whatever its duration says."""
    left_out = LeftOut(notes)
    events = list(usable_nodes(document["events"], "events", left_out))
    groups: list[list[Piece]] = []
    for path, event in events:
        try:
            if words := list(_words(event, path, left_out)):
                groups.append(_ended(words, event, path))
        except WrongFieldError as error:
            left_out.add(error, event.line)
    left_out.refuse_if_most(len(events))
    for number, (group, after) in enumerate(pairwise(groups)):
        last, begins = group[-1], after[0].start
        if last.start is not None and last.end is not None and begins is not None and begins > last.start:
            groups[number] = [*group[:-1], replace(last, end=min(last.end, begins))]
    return Reading(make_cues(groups, notes), None, notes.as_tuple(), "youtube")


def _words(event: Node, path: str, left_out: LeftOut) -> Iterator[TimedWord]:
    start = seconds_field(event, path, ("tStartMs",), _MILLISECOND)
    words: list[TimedWord] = []
    spaced = True
    for where, segment in usable_nodes(list_field(event, path, "segs"), f"{path}.segs", left_out):
        said = text_field(segment, where, ("utf8",))
        offset = seconds_field(segment, where, ("tOffsetMs",), _MILLISECOND) or 0.0
        begins = None if start is None else start + offset
        text = " ".join(said.split())
        if text:
            word = TimedWord(begins, None, text, segment.line)
            glued = words and not spaced and not said[0].isspace()
            words[-1:] = [words[-1].followed_by(word, "")] if glued else [*words[-1:], word]
        spaced = said[-1:].isspace() if said else spaced
    return joined_sounds(words)


def _ended(words: list[TimedWord], event: Node, path: str) -> list[Piece]:
    start = seconds_field(event, path, ("tStartMs",), _MILLISECOND)
    lasts = seconds_field(event, path, ("dDurationMs",), _MILLISECOND)
    pieces = [Piece(word.start, None, word.text, word.line) for word in words]
    begins = pieces[-1].start
    if start is not None and begins is not None and lasts and start + lasts > begins:
        pieces[-1] = replace(pieces[-1], end=start + lasts)
    return pieces
