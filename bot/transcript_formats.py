"""A cleaned transcript in the formats that other programs read, and that `earmark ingest` reads again.

Subtitles have cues of two lines at most, as players show them; their times inside a sentence are interpolated, as they
are when a transcript is read. Speakers are voices in WebVTT and `Name:` at a change of speaker in SubRip.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence

from bot.errors import SettingError
from bot.records import Cue, Episode, Kind, Part, Sentence
from bot.transcripts.kind_marks import kind_mark

LINES = 2
SRT_LINE_CHARACTERS = 32
"""As Podcasting 2.0 asks of SubRip transcripts."""
VTT_LINE_CHARACTERS = 42
"""What broadcasters put into a line."""


def format_transcript(sentences: Sequence[Sentence], name: str, episode: Episode | None = None) -> str:
    """`txt`, `md`, `srt`, `vtt` or `json`; `md` begins with the episode's title where the episode is given.

    Raises SettingError for subtitles of a transcript without times.
    """
    writers: dict[str, Callable[[], str]] = {
        "txt": lambda: _txt(sentences),
        "md": lambda: _md(sentences, episode),
        "srt": lambda: _srt(_timed(sentences, name)),
        "vtt": lambda: _vtt(_timed(sentences, name)),
        "json": lambda: json.dumps([sentence.as_dict() for sentence in sentences], ensure_ascii=False, indent=1),
    }
    return writers[name]()


def _timed(sentences: Sequence[Sentence], name: str) -> Sequence[Sentence]:
    if not all(sentence.timed for sentence in sentences):
        problem = f"this transcript has no times, and {name} cannot be without"
        raise SettingError.of("format", name, problem, "choose txt, md or json")
    return sentences


def _txt(sentences: Sequence[Sentence]) -> str:
    return "".join(f"{line}\n" for line in _stamped_lines(sentences))


def _stamped_lines(sentences: Sequence[Sentence]) -> Iterator[str]:
    """`[0:43] Ann: words`; where the kind changes, `[0:43] [kind: sponsor] Ann: words`. No time where there is none."""
    kind: Kind = "talk"
    for sentence in sentences:
        stamp = f"[{sentence.stamp}] " if sentence.timed else ""
        mark = f"{kind_mark(sentence.kind)} " if sentence.kind != kind else ""
        kind = sentence.kind
        speaker = f"{_one_line(sentence.speaker)}: " if sentence.speaker else ""
        yield f"{stamp}{mark}{speaker}{sentence.text}"


def _md(sentences: Sequence[Sentence], episode: Episode | None) -> str:
    """A paragraph for each stretch of one speaker and kind, or each sentence where nobody is named, with its time."""
    blocks = [f"# {_md_text(_one_line(episode.title))}"] if episode and episode.title else []
    if not any(sentence.speaker for sentence in sentences):
        return "\n\n".join([*blocks, *map(_md_text, _stamped_lines(sentences))]) + "\n"
    kind_before: Kind = "talk"
    before: tuple[Kind, str | None] | None = None
    for sentence in sentences:
        stamp, kind = f"\\[{sentence.stamp}\\] " if sentence.timed else "", sentence.kind
        aside = f"{_md_text(kind_mark(kind))} " if kind != kind_before else ""
        speaker = f"**{_one_line(sentence.speaker)}:** " if sentence.speaker else ""
        said = f"{stamp}{_md_text(sentence.text)}"
        if (kind, sentence.speaker) == before:
            blocks[-1] += f" {said}"
        else:
            blocks.append(f"{speaker}{aside}{said}")
        kind_before, before = kind, (kind, sentence.speaker)
    return "\n\n".join(blocks) + "\n"


def _md_text(text: str) -> str:
    """What Markdown reads as markup is escaped, so that no tag, picture, link or formula can come to life."""
    return re.sub(r"([\\`*_<\[\]$~]|&(?=#|\w+;)|^[#>+=|-])", r"\\\1", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _srt(sentences: Sequence[Sentence]) -> str:
    blocks, before = [], None
    for number, cue in enumerate(_cues(sentences, SRT_LINE_CHARACTERS), start=1):
        name = f"{cue.speaker}: " if cue.speaker and cue.speaker != before else ""
        before = cue.speaker
        lines = (name + cue.text).replace("-->", "->")
        blocks.append(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{lines}\n")
    return "\n".join(blocks)


def _vtt(sentences: Sequence[Sentence]) -> str:
    blocks = ["WEBVTT\n"]
    for cue in _cues(sentences, VTT_LINE_CHARACTERS):
        voice = f"<v {_vtt_text(_one_line(cue.speaker))}>" if cue.speaker else ""
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{voice}{_vtt_text(cue.text)}\n")
    return "\n".join(blocks)


def _vtt_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cues(sentences: Sequence[Sentence], line_characters: int) -> Iterator[Cue]:
    """The parts, cut so that each cue fits into its lines; `text` has the line breaks."""
    for sentence in sentences:
        for part in sentence.parts:
            for start, end, text in _fitting(part, line_characters):
                yield Cue(start, end, text, part.line, sentence.speaker)


def _fitting(part: Part, line_characters: int) -> Iterator[tuple[float, float, str]]:
    """Start, end and text of pieces of a part: each piece has the share of the time that it has of the letters."""
    words = part.text.split()
    total = sum(len(word) + 1 for word in words)
    lines = _even_lines(words, line_characters)
    passed = 0
    for first in range(0, len(lines), LINES):
        text = "\n".join(lines[first : first + LINES])
        start = part.start + (part.end - part.start) * passed / total
        passed += len(text) + 1
        yield start, part.start + (part.end - part.start) * passed / total, text


def _even_lines(words: Sequence[str], most: int) -> list[str]:
    """The words in the fewest lines of at most `most` characters, about equally long."""
    count = len(_lines(words, most))
    while most > 1 and len(_lines(words, most - 1)) == count:
        most -= 1
    return _lines(words, most)


def _lines(words: Sequence[str], most: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _clock(seconds: float, mark: str) -> str:
    whole, thousandths = divmod(round(max(0.0, seconds) * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{mark}{thousandths:03d}"
