"""A file's bytes -> its lines as clean text, within bounds; says what is wrong where that cannot be done."""

from __future__ import annotations

import codecs
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from bot.errors import TranscriptError

LIMIT_BYTES = 50_000_000
"""A day of speech is about 1 MB; word-by-word JSON of it about 30 MB."""

_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF-", "a PDF"),
    (b"ID3", "an audio file"),
    (b"OggS", "an audio file"),
    (b"fLaC", "an audio file"),
    (b"RIFF", "an audio or video file"),
    (b"\x1aE\xdf\xa3", "a video file"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x7fELF", "a program"),
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]{0,32}[ -/]?[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\))")
# Controls, marks that reverse the reading direction, and what is invisible: spaces, fillers, tag characters. U+200C and
# U+200D, which Persian and emoji need, and U+FE0F stay.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\uffa0\ufff9-\ufffb\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ODD_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
# Bytes that stand for letters and marks of Western European text in Windows-1252.
_WESTERN = frozenset(
    b"\x80\x82\x84\x85\x8a\x8c\x8e\x91\x92\x93\x94\x95\x96\x97\x99\x9a\x9c\x9e\xa0\xa1\xa3\xa7\xa9"
    b"\xab\xae\xb0\xb1\xb7\xba\xbb\xbd\xbf"
) | frozenset(range(0xC0, 0xFE)) - frozenset(b"\xd0\xd7\xde\xf7")


@dataclass(frozen=True, slots=True)
class TextFile:
    """`lines` are split at CR LF, LF and CR only, so that a line's number is the one an editor shows."""

    name: str
    data: bytes
    lines: tuple[str, ...]
    notes: tuple[str, ...]


def read_text_file(path: Path) -> TextFile:
    """The lines of a regular file of at most `LIMIT_BYTES`; raises TranscriptError."""
    name = shown_path(path)
    return read_text(name, _read_bytes(path, name))


def read_text(name: str, data: bytes) -> TextFile:
    """The lines of these bytes; `name` stands for them in messages. Raises TranscriptError."""
    if len(data) > LIMIT_BYTES:
        raise _too_large(name)
    if not data.strip():
        raise TranscriptError(name, 0, "the file is empty", "give a file with a transcript in it")
    _refuse_binary(data, name)
    text, notes = _decode(data, name)
    text, more = _clean(text)
    if not text.strip():
        raise TranscriptError(name, 0, "the file is empty", "give a file with a transcript in it")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return TextFile(name, data, tuple(lines), (*notes, *more))


def shown_path(path: Path | str) -> str:
    """The path with line breaks and control characters escaped, so that it can stand in a one-line message."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in str(path))


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise TranscriptError(name, 0, "this is a folder", "name a transcript file")
        if not stat.S_ISREG(facts.st_mode):
            raise TranscriptError(name, 0, "this is not a regular file", "save the transcript to a file first")
        if facts.st_size <= LIMIT_BYTES:
            with path.open("rb") as file:
                data = file.read(LIMIT_BYTES + 1)
            if len(data) <= LIMIT_BYTES:
                return data
    except FileNotFoundError:
        raise TranscriptError(name, 0, "there is no such file", "check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise TranscriptError(name, 0, f"the file cannot be read: {reason}", "check its rights") from None
    raise _too_large(name)


def _too_large(name: str) -> TranscriptError:
    limit = LIMIT_BYTES // 1_000_000
    return TranscriptError(name, 0, f"the file is larger than {limit} MB", "give the transcript of one episode a file")


def _refuse_binary(data: bytes, name: str) -> None:
    found = next((what for magic, what in _MAGIC if data.startswith(magic)), None)
    if found is None and data[4:8] == b"ftyp":
        found = "an audio or video file"
    if found is None and data[257:262] == b"ustar":
        found = "a tar archive"
    if found is not None:
        advice = "unpack it first" if "archive" in found else "give its transcript as text"
        raise TranscriptError(name, 0, f"this is {found}, not a transcript", advice)


def _decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding)
    sample = data[:4096]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    half = max(1, len(sample) // 2)
    if max(odd, even) > 0.3 * half and min(odd, even) < 0.05 * half:
        encoding = "utf-16-le" if odd > even else "utf-16-be"
        text, notes = _decode_as(data, encoding)
        return text, (f"no byte order mark; read as {encoding.upper()}", *notes)
    if data.count(0) > len(data) // 1000 + 2 or _share_of_controls(sample) > 0.1:
        raise TranscriptError(name, 0, "this is a binary file, not a transcript", "give the transcript as text")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _decode_by_guess(data, name, data.count(b"\n", 0, error.start) + 1)


def _share_of_controls(sample: bytes) -> float:
    controls = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1b" for byte in sample)
    return controls / max(1, len(sample))


def _decode_as(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(encoding, errors="replace")
    bad = text.count("\ufffd") - data.count("\ufffd".encode(encoding))
    if bad <= 0:
        return text, ()
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    return text, (f"line {line}: bytes that are not {encoding.upper()} replaced by \ufffd ({bad} in the file)",)


def _decode_by_guess(data: bytes, name: str, line: int) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with a few damaged bytes, or Windows-1252; other encodings are refused, never guessed at."""
    text, notes = _decode_as(data, "utf-8")
    damaged = text.count("\ufffd")
    intact = len(text) - len(text.encode("ascii", "ignore")) - damaged
    high = data.translate(None, bytes(range(0x80)))
    if intact == 0 and all(byte in _WESTERN for byte in set(high)) and len(high) < 0.15 * len(data):
        return data.decode("cp1252", errors="replace"), (f"line {line}: not UTF-8; the file was read as Windows-1252",)
    if damaged > max(5, 0.02 * len(text)):
        raise TranscriptError(name, line, "the encoding is not known", "save the file as UTF-8")
    return text, notes


def _clean(text: str) -> tuple[str, tuple[str, ...]]:
    text, removed = without_controls(text)
    return text, (f"{removed} control characters removed",) if removed else ()


def without_controls(text: str) -> tuple[str, int]:
    """The text without controls, escape sequences, reversing and invisible marks, and how many were removed."""
    text = text.replace("\ufeff", "")
    if text.isascii() and text.isprintable():
        return text, 0
    text, escapes = _ESCAPE_SEQUENCE.subn("", text)
    text, unprintable = _UNPRINTABLE.subn("", text)
    return _ODD_BREAKS.sub(" ", text), escapes + unprintable
