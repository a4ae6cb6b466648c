"""Transcripts of a few lines, as text, bytes and files, and what must be read out of them."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.errors import TranscriptError
from bot.transcripts import read_transcript, read_transcript_bytes

FIXTURES = Path(__file__).with_name("transcripts")
DUMP = "Title\nTitle\n\n0:01\n\nHello there.\n\n0:03\n\nGood bye.\n"


def read(text):
    return read_transcript_bytes("talk", text if isinstance(text, bytes) else text.encode())


def refusal(text):
    with pytest.raises(TranscriptError) as caught:
        read(text)
    return str(caught.value)


def read_text(tmp_path, text, name="file.txt"):
    return read_bytes(tmp_path, text.encode(), name)


def read_bytes(tmp_path, data, name="file.txt"):
    path = tmp_path / name
    path.write_bytes(data)
    return read_transcript(path)


def texts(transcript):
    return [cue.text for cue in transcript.cues]


def starts(transcript):
    return [cue.start for cue in transcript.cues]


def dump(*rows):
    return "".join(f"{time}\n\n{text}\n\n" for time, text in rows)


def segments(*rows, **top):
    return json.dumps({**top, "segments": list(rows)}, indent=1)


def row(start, end, text, **more):
    return {"start": start, "end": end, "text": text, **more}


@dataclass
class Case:
    """`cues`: (start, text); `notes`: what each note begins with and holds."""

    text: str
    cues: list
    notes: list = field(default_factory=list)


def check(case):
    transcript = read(case.text)
    said = [(cue.start, cue.text) for cue in transcript.cues]
    assert said == case.cues, said
    assert len(transcript.notes) == len(case.notes), transcript.notes
    for note, (line, words) in zip(transcript.notes, case.notes, strict=True):
        assert note.startswith(line), note
        assert words in note, note
