"""A transcript file in any format that is read -> cues: timed fragments with their line in the file.

`read_transcript(path)` decides the format by content (`sniff.py`); each format has a module of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bot.errors import TranscriptError
from bot.records import Cue
from bot.transcripts.lines import read_text_file
from bot.transcripts.sniff import formats_in_words, recognise

__all__ = ["Transcript", "read_transcript"]


@dataclass(frozen=True, slots=True)
class Transcript:
    """`sha256` is of the file's bytes; `notes` say what was mended or left out on reading, line named."""

    cues: tuple[Cue, ...]
    format: str
    sha256: str
    title: str | None = None
    notes: tuple[str, ...] = ()


def read_transcript(path: Path) -> Transcript:
    """The cues of a file in time order; raises TranscriptError where there is nothing to be read."""
    file = read_text_file(path)
    known = recognise(file.lines)
    if known is None:
        first = next(number for number, line in enumerate(file.lines, 1) if line.strip())
        advice = f"give {formats_in_words()}"
        raise TranscriptError(file.name, first, "this is not a transcript in a format that is read", advice)
    reading = known.read(file.lines)
    if not any(any(map(str.isalnum, cue.text)) for cue in reading.cues):
        raise TranscriptError(
            file.name, 0, f"no speech was found in this file, read as {known.title}", "check its content"
        )
    digest = hashlib.sha256(file.data).hexdigest()
    return Transcript(reading.cues, known.name, digest, reading.title, (*file.notes, *reading.notes))
