"""Deepgram JSON: `results.utterances` where they were asked for, else the words of each channel's best alternative."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from bot.transcripts.json_document import (
    LeftOut,
    Node,
    WrongFieldError,
    list_field,
    seconds_field,
    speaker_field,
    text_field,
    usable_nodes,
)
from bot.transcripts.json_segments import word_pieces
from bot.transcripts.notes import Notes
from bot.transcripts.reading import Reading
from bot.transcripts.timed_words import TimedWord
from bot.transcripts.timeline import Piece, make_cues


def is_deepgram(document: Any) -> bool:
    """There is a `results` object with utterances or channels."""
    results = document.get("results") if isinstance(document, Node) else None
    return isinstance(results, Node) and bool({"utterances", "channels"} & set(results))


def read_deepgram(document: Node, notes: Notes) -> Reading:
    """The cues, one a word; several channels are merged by time. Speakers are `Speaker 0`, or the channel."""
    results: Node = document["results"]
    left_out = LeftOut(notes)
    channels = list(usable_nodes(list_field(results, "results", "channels"), "results.channels", left_out))
    utterances = list(usable_nodes(list_field(results, "results", "utterances"), "results.utterances", left_out))
    groups: list[list[Piece]] = []
    if utterances:
        groups = [_group(node, path, _channel(node, channels), left_out, notes) for path, node in utterances]
    else:
        for number, (path, channel) in enumerate(channels):
            alternatives = list_field(channel, path, "alternatives")
            for where, node in list(usable_nodes(alternatives, f"{path}.alternatives", left_out))[:1]:
                speaker = f"Channel {number}" if len(channels) > 1 else None
                groups += _turns(_group(node, where, speaker, left_out, notes))
    left_out.refuse_if_most(sum(map(len, groups)))
    return Reading(make_cues(groups, notes), None, notes.as_tuple(), "deepgram")


def _group(node: Node, path: str, channel: str | None, left_out: LeftOut, notes: Notes) -> list[Piece]:
    """The words of an utterance or an alternative; without words its transcript, if it has times."""
    words = []
    speaker = speaker_field(node) or channel
    try:
        start, end = seconds_field(node, path, ("start",)), seconds_field(node, path, ("end",))
        for where, word in usable_nodes(list_field(node, path, "words"), f"{path}.words", left_out):
            timed = _word(word, where, speaker, left_out)
            words += [timed] if timed else []
        if words:
            return word_pieces(words, start, end, notes)
        text = " ".join(text_field(node, path, ("transcript",)).split())
        return [Piece(start, end, text, node.line, speaker)] if text else []
    except WrongFieldError as error:
        left_out.add(error, node.line)
        return []


def _word(word: Node, path: str, speaker: str | None, left_out: LeftOut) -> TimedWord | None:
    try:
        text = text_field(word, path, ("punctuated_word", "word")).strip()
        start, end = seconds_field(word, path, ("start",)), seconds_field(word, path, ("end",))
    except WrongFieldError as error:
        left_out.add(error, word.line)
        return None
    return TimedWord(start, end, text, word.line, speaker_field(word) or speaker) if text else None


def _turns(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Words of one speaker together, so that what two channels say at once is not mixed word by word."""
    for _, turn in groupby(pieces, key=lambda piece: piece.speaker):
        yield list(turn)


def _channel(node: Node, channels: list[tuple[str, Node]]) -> str | None:
    number = node.get("channel")
    if len(channels) < 2 or not isinstance(number, float) or not 0 <= number < 1000:
        return None
    return f"Channel {number:.0f}"
