"""A file that is no transcript is refused in one line that says why; no bytes make the reader fail otherwise."""

import codecs
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import TranscriptError
from bot.transcripts import read_transcript
from bot.transcripts.lines import LIMIT_BYTES
from tests.small_transcripts import read_bytes, read_text

REFUSED = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\t\n", "the file is empty"),
    "only a byte order mark": (codecs.BOM_UTF8 + b"\n", "the file is empty"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
    "mp3": (b"ID3\x04" + bytes(100), "an audio file"),
    "zip": (b"PK\x03\x04" + bytes(100), "unpack it first"),
    "gzip": (b"\x1f\x8b\x08" + bytes(100), "unpack it first"),
    "tar": (bytes(257) + b"ustar" + bytes(300), "unpack it first"),
    "prose": (b"Just some words.\nAnd more at 12:30.\n", ":1: this is not a transcript in a format that is read"),
    "json": (b'{"lc": 1}', ":1: this JSON is not a transcript"),
    "one time only": (b"\n\n0:01\n\nhello\n", ":3: this is not a transcript"),
    "no words": (b"0:01\n\n0:02\n\n0:03\n\n!\n", "no speech"),
    "unknown encoding": ("0:01\n\nПривет мир, это проверка\n\n0:03\n\nпока\n".encode("cp1251"), "encoding"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_file_is_refused_with_a_reason(tmp_path, data, reason):
    with pytest.raises(TranscriptError) as caught:
        read_bytes(tmp_path, data, "talk.srt")
    assert reason in str(caught.value)
    assert " -> " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_refusal_names_the_formats_that_are_read(tmp_path):
    with pytest.raises(TranscriptError, match=r"WebVTT .*SubRip .*Podchaser page dump"):
        read_text(tmp_path, "Just some words.\n")


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_refused(tmp_path, seed):
    with pytest.raises(TranscriptError):
        read_bytes(tmp_path, random.Random(seed).randbytes(5000), "talk.srt")


def test_large_file_is_refused_unread(tmp_path):
    path = tmp_path / "large.srt"
    with path.open("wb") as file:
        file.truncate(LIMIT_BYTES * 4)
    with pytest.raises(TranscriptError, match="larger than 50 MB"):
        read_transcript(path)


def test_missing_file_folder_and_fifo_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (("absent", "no such file"), ("", "a folder"), ("pipe", "not a regular file")):
        with pytest.raises(TranscriptError, match=reason):
            read_transcript(tmp_path / name)


def test_name_with_a_line_break_stays_on_one_line(tmp_path):
    with pytest.raises(TranscriptError) as caught:
        read_transcript(tmp_path / "a\nb\x1b[31m.srt")
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@settings(deadline=None)  # no test asserts wall time
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"earmark-any-bytes-{os.getpid()}"
    path.write_bytes(data)
    try:
        transcript = read_transcript(path)
    except TranscriptError:
        return
    finally:
        path.unlink()
    assert all(cue.end >= cue.start >= 0 and cue.text for cue in transcript.cues)
