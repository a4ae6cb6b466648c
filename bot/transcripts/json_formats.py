"""JSON as recognisers and hosts write it; which of the formats it is, its keys say."""

from __future__ import annotations

import re
from typing import Any

from bot.transcripts.deepgram import is_deepgram, read_deepgram
from bot.transcripts.json_document import Node, WrongFieldError, load_json
from bot.transcripts.json_segments import read_segments
from bot.transcripts.notes import Notes
from bot.transcripts.reading import Format, Lines, Reading, UnreadableError
from bot.transcripts.youtube import is_json3, read_json3

_BEGINS = re.compile(r"\s*(?:\{|\[\s*(?:[\[{\]\"]|$))")
_ADVICE = "give Podcasting 2.0, Whisper, whisperX, Deepgram or YouTube json3"


def recognises_json(lines: Lines) -> bool:
    """An object, or a list of something: `[0:12] words` is neither."""
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    return _BEGINS.match("\n".join([line[:200] for line in lines[first : first + 5]])) is not None


def read_json(lines: Lines) -> Reading:
    """The cues; raises UnreadableError where this is no JSON or no transcript."""
    document = load_json(lines)
    notes = Notes()
    try:
        if is_json3(document):
            return read_json3(document, notes)
        if is_deepgram(document):
            return read_deepgram(document, notes)
        if isinstance(document, list) or _has_segments(document):
            return read_segments(document, notes)
    except WrongFieldError as error:
        raise UnreadableError(1, f"{error.path} {error.problem}", _ADVICE) from None
    problem = "this JSON is not a transcript: it has no segments, events or results with words"
    raise UnreadableError(1, problem, _ADVICE)


def _has_segments(document: Any) -> bool:
    return isinstance(document, Node) and "segments" in document


JSON = Format("json", "JSON of Podcasting 2.0, Whisper, whisperX, Deepgram or YouTube", recognises_json, read_json)
