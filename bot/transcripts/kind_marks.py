"""`[kind: sponsor]`, as `earmark transcript` writes it where the kind changes: what follows is of that kind.

So a transcript that was written is read with the kinds that it had, and a person can mark them in a text by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.records import KINDS, Kind
from bot.transcripts.reading import Lines
from bot.transcripts.timeline import Piece

_MARK = re.compile(rf"\\?\[kind: ({'|'.join(KINDS)})\\?\][^\S\n]*")


_KIND_OF: Mapping[str, Kind] = {kind: kind for kind in KINDS}


def kind_mark(kind: Kind) -> str:
    return f"[kind: {kind}]"


def take_kind_marks(lines: Lines) -> tuple[Lines, tuple[Kind | None, ...]]:
    """The lines without their marks, and the kind of each line; None for all where nothing is marked."""
    marks = [_MARK.search(line) if "[kind: " in line else None for line in lines]
    if not any(marks):
        return lines, (None,) * len(lines)
    unmarked = [_MARK.sub("", line) if mark else line for line, mark in zip(lines, marks, strict=True)]
    kinds: list[Kind] = ["talk"]
    for mark in marks:
        kinds.append(_KIND_OF[mark[1]] if mark else kinds[-1])
    return unmarked, tuple(kinds[1:])


def with_kinds(pieces: Iterable[Piece], kinds: Sequence[Kind | None]) -> list[Piece]:
    """The pieces with the kinds of their lines."""
    return [replace(piece, kind=kinds[piece.line - 1]) for piece in pieces]
