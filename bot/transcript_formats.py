"""A cleaned transcript in the formats that other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from bot.records import Part, Sentence, format_stamp


def format_transcript(sentences: Sequence[Sentence], name: str) -> str:
    """`txt`, `md`, `srt`, `vtt` or `json`; subtitles have one cue a part, the others one entry a sentence."""
    return {"txt": _txt, "md": _md, "srt": _srt, "vtt": _vtt, "json": _json}[name](sentences)


def _txt(sentences: Sequence[Sentence]) -> str:
    return "".join(f"[{format_stamp(s.start)}] {_label(s)}{s.text}\n" for s in sentences)


def _md(sentences: Sequence[Sentence]) -> str:
    """Paragraphs of one kind and speaker; every sentence keeps its time."""
    lines: list[str] = []
    before: tuple[str, str | None] | None = None
    for sentence in sentences:
        now = (sentence.kind, sentence.speaker)
        if now != before:
            heading = " ".join(filter(None, [sentence.speaker, f"({sentence.kind})"]))
            lines.append(f"\n**{heading}**\n" if lines else f"**{heading}**\n")
            before = now
        lines.append(f"\\[{format_stamp(sentence.start)}\\] {sentence.text}  ")
    return "\n".join(lines) + "\n"


def _srt(sentences: Sequence[Sentence]) -> str:
    blocks = [
        f"{number}\n{_clock(part.start, ',')} --> {_clock(part.end, ',')}\n{part.text}\n"
        for number, (_, part) in enumerate(_parts(sentences), start=1)
    ]
    return "\n".join(blocks)


def _vtt(sentences: Sequence[Sentence]) -> str:
    blocks = ["WEBVTT\n"]
    for sentence, part in _parts(sentences):
        voice = f"<v {_vtt_text(sentence.speaker)}>" if sentence.speaker else ""
        blocks.append(f"{_clock(part.start, '.')} --> {_clock(part.end, '.')}\n{voice}{_vtt_text(part.text)}\n")
    return "\n".join(blocks)


def _json(sentences: Sequence[Sentence]) -> str:
    return json.dumps([sentence.as_dict() for sentence in sentences], ensure_ascii=False, indent=1)


def _parts(sentences: Iterable[Sentence]) -> Iterable[tuple[Sentence, Part]]:
    return ((sentence, part) for sentence in sentences for part in sentence.parts)


def _label(sentence: Sentence) -> str:
    kind = "" if sentence.kind == "talk" else f"({sentence.kind}) "
    return kind + (f"{sentence.speaker}: " if sentence.speaker else "")


def _vtt_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, mark: str) -> str:
    thousandths = round(max(0.0, seconds) * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{mark}{rest:03d}"
