"""JSON with a list of segments: Podcasting 2.0, Whisper, whisperX, and lists of `{start, end, text}` as others write.

A segment may be a paragraph, a caption or a single word; where it has timed words, each becomes a cue of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.records import KINDS, Kind
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
from bot.transcripts.notes import Notes
from bot.transcripts.reading import NO_TIMES, Reading
from bot.transcripts.timed_words import TimedWord, join_to_text, joined_sounds
from bot.transcripts.timeline import Piece, make_cues, make_untimed_cues

START = ("start", "startTime", "start_time")
END = ("end", "endTime", "end_time")
TEXT = ("text", "body")
WORD = ("word", "text", "punctuated_word")
_KIND_OF: Mapping[str, Kind] = {kind: kind for kind in KINDS}
"""`kind` is a key of what `earmark transcript --format json` writes."""
_REPETITIONS = 3
_HALLUCINATED_COMPRESSION = 2.4
_HALLUCINATED_SILENCE = 0.6
"""Whisper's own limits: text that compresses better than 2.4 to 1, or audio that is silence with 60 %."""


def read_segments(document: Node | list[Any], notes: Notes) -> Reading:
    """The cues of `segments`, or of a list; a segment that cannot be used is left out and noted with its path."""
    if isinstance(document, list):
        path, segments, title = "", document, None
    else:
        path, segments = "segments", list_field(document, "", "segments")
        title = document.get("title") if isinstance(document.get("title"), str) else None
    left_out = LeftOut(notes)
    nodes = list(usable_nodes(segments, path, left_out))
    groups = []
    for where, node in _without_hallucinations(nodes, notes):
        try:
            groups.append(_pieces(node, where, notes))
        except WrongFieldError as error:
            left_out.add(error, node.line)
    left_out.refuse_if_most(len(segments))
    name = _format_name(document, nodes)
    if nodes and all("start" in node and node["start"] is None for _, node in nodes):
        pieces = [replace(piece, end=None) for group in groups for piece in group]
        return Reading(make_untimed_cues(pieces), title, (NO_TIMES,), name, timed=False)
    return Reading(make_cues(groups, notes), title, notes.as_tuple(), name)


def _pieces(node: Node, path: str, notes: Notes) -> list[Piece]:
    start, end = seconds_field(node, path, START), seconds_field(node, path, END)
    if end is None and start is not None and (duration := seconds_field(node, path, ("duration",))) is not None:
        end = start + duration
    text = text_field(node, path, TEXT)
    speaker = speaker_field(node)
    words = _timed_words(node, path, speaker, notes)
    if any(word.start is not None for word in words):
        return word_pieces(join_to_text(words, text), start, end, notes)
    text = " ".join((text or " ".join(word.text for word in words)).split())
    if text and start is None:
        notes.add(node.line, "the segment has no time; it was estimated from those around it")
    return [Piece(start, end, text, node.line, speaker, _KIND_OF.get(str(node.get("kind"))))]


def _timed_words(node: Node, path: str, speaker: str | None, notes: Notes) -> list[TimedWord]:
    found = []
    for where, word in usable_nodes(list_field(node, path, "words"), f"{path}.words", LeftOut(notes)):
        line = word.line or node.line
        text = text_field(word, where, WORD).strip()
        try:
            start, end = seconds_field(word, where, START), seconds_field(word, where, END)
        except WrongFieldError as error:
            notes.add(line, f"{{}} {error.problem}; the word's time was estimated", error.path)
            start = end = None
        if text:
            found.append(TimedWord(start, end, text, line, speaker_field(word) or speaker))
    return found


def word_pieces(words: Sequence[TimedWord], start: float | None, end: float | None, notes: Notes) -> list[Piece]:
    """A piece for each word; one without a time at the edge of its segment gets the segment's."""
    pieces = [_piece(word) for word in joined_sounds(words)]
    for piece in pieces:
        if piece.start is None:
            notes.add(piece.line, "the word {} has no time; it was estimated from those around it", piece.text)
    if pieces and pieces[0].start is None and start is not None:
        pieces[0] = replace(pieces[0], start=start)
    if pieces and pieces[-1].start is None and end is not None:
        pieces.append(Piece(max(end, *(piece.start or 0.0 for piece in pieces)), None, "", pieces[-1].line))
    return pieces


def _piece(word: TimedWord) -> Piece:
    lasts = word.start is not None and word.end is not None and word.end > word.start
    return Piece(word.start, word.end if lasts else None, word.text, word.line, word.speaker)


def _without_hallucinations(nodes: Sequence[tuple[str, Node]], notes: Notes) -> Iterator[tuple[str, Node]]:
    """Leaves out what Whisper itself doubts where it repeats the segment before it three times or more."""
    first = 0
    while first < len(nodes):
        last = first + 1
        text = _text(nodes[first][1])
        while last < len(nodes) and text and _text(nodes[last][1]) == text:
            last += 1
        yield nodes[first]
        doubted = last - first > _REPETITIONS and any(map(_is_doubted, (node for _, node in nodes[first:last])))
        for entry in nodes[first + 1 : last]:
            if doubted:
                notes.add(entry[1].line, "Whisper repeats a line that it doubts itself; the repetition was left out")
            else:
                yield entry
        first = last


def _text(node: Node) -> str:
    value = node.get("text")
    return value.strip() if isinstance(value, str) else ""


def _is_doubted(node: Node) -> bool:
    compression, silence = node.get("compression_ratio"), node.get("no_speech_prob")
    return (isinstance(compression, float) and compression > _HALLUCINATED_COMPRESSION) or (
        isinstance(silence, float) and silence > _HALLUCINATED_SILENCE
    )


def _format_name(document: Node | list[Any], nodes: Iterable[tuple[str, Node]]) -> str:
    keys: set[str] = set(document) if isinstance(document, Node) else set()
    for _, node in nodes:
        keys.update(node)
        words = node.get("words")
        if isinstance(words, list) and words and isinstance(words[0], Node):
            keys.update(f"words.{key}" for key in words[0])
    if keys & {"word_segments", "words.score"}:
        return "whisperx"
    if keys & {"startTime", "body"}:
        return "podcasting20"
    if keys & {"seek", "avg_logprob", "no_speech_prob", "words.probability"}:
        return "whisper"
    return "json"
