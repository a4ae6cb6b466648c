"""A transcript file in any format that is read -> cues: timed fragments with their line in the file.

`read_transcript(path)` decides the format by content (`sniff.py`); each family of formats has a module of its own.
`read_transcript_bytes(name, data)` does the same for what is no file, such as standard input.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import TranscriptError
from bot.records import Cue
from bot.transcripts.lines import TextFile, read_text, read_text_file, shown_path, without_controls
from bot.transcripts.notes import Notes
from bot.transcripts.reading import UnreadableError
from bot.transcripts.sniff import formats_in_words, recognise

__all__ = ["Transcript", "read_transcript", "read_transcript_bytes"]


@dataclass(frozen=True, slots=True)
class Transcript:
    """`sha256` is of the file's bytes; `notes` say what was mended or left out on reading, line named.

    Unless `timed`, the file has no times, and those of the cues mean nothing.
    """

    cues: tuple[Cue, ...]
    format: str
    sha256: str
    title: str | None = None
    notes: tuple[str, ...] = ()
    timed: bool = True


def read_transcript(path: Path) -> Transcript:
    """The cues of a file in time order; raises TranscriptError where there is nothing to be read."""
    return _read(read_text_file(path))


def read_transcript_bytes(name: str, data: bytes) -> Transcript:
    """As `read_transcript`, for bytes that are at hand; `name` (such as `standard input`) stands in messages."""
    return _read(read_text(shown_path(name), data))


def _read(file: TextFile) -> Transcript:
    known = recognise(file.lines)
    if known is None:
        raise _not_known(file)
    try:
        reading = known.read(file.lines)
    except UnreadableError as error:
        raise TranscriptError(file.name, error.line, error.problem, error.advice) from None
    notes = Notes()
    cues = tuple(_printable_cues(reading.cues, notes))
    if not any(any(map(str.isalnum, cue.text)) for cue in cues):
        raise TranscriptError(
            file.name, 0, f"no speech was found in this file, read as {known.title}", "check its content"
        )
    digest = hashlib.sha256(file.data).hexdigest()
    title = without_controls(_whole(reading.title))[0] if reading.title else None
    notes_of_all = (*file.notes, *reading.notes, *notes.as_tuple())
    return Transcript(cues, reading.format or known.name, digest, title, notes_of_all, reading.timed)


def _printable_cues(cues: Iterable[Cue], notes: Notes) -> Iterator[Cue]:
    """Entities and JSON escapes can spell what was taken out of the file's own text: it is taken out again, last."""
    for cue in cues:
        if cue.text.isascii() and cue.text.isprintable() and (cue.speaker is None or cue.speaker.isprintable()):
            yield cue
            continue
        text = _whole(cue.text)
        if text != cue.text:
            notes.add(cue.line, "half a character (a lone surrogate) was replaced by \ufffd")
        text, removed = without_controls(text)
        if removed:
            notes.add(cue.line, "control characters, spelled as entities or escapes, were removed")
        speaker = without_controls(_whole(cue.speaker))[0].strip() if cue.speaker else None
        if text := " ".join(text.split()):
            yield replace(cue, text=text, speaker=speaker or None)


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _not_known(file: TextFile) -> TranscriptError:
    first = next(number for number, line in enumerate(file.lines, 1) if line.strip())
    problem = "this is not a transcript in a format that is read"
    return TranscriptError(file.name, first, problem, f"give {formats_in_words()}")
