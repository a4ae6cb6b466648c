"""Kinds set by hand, where the guess was wrong: stretches of the audio and what they are.

In an episode file, or in a file of its own for `earmark ingest --kinds FILE`, as TOML:

    [[kinds]]
    kind = "sponsor"                          # talk, sponsor, promo, intro or outro
    start = "12:24"                           # m:ss, h:mm:ss, or seconds as a number
    end = "13:15"

or as JSON, a list of `{"kind", "start", "end"}`, as `earmark episodes --json` prints it. What no span covers keeps the
kind that was found; of spans that overlap, the later one counts.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.errors import SettingError
from bot.records import KINDS, KindSpan, Word, format_stamp

LATEST_SECOND = 100 * 3600
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d{1,6})?)")
_ADVICE = 'write [[kinds]] with kind = "sponsor", start = "12:24", end = "13:15"'
_LARGEST_BYTES = 1_000_000


class BadKinds(ValueError):
    """Says which entry is wrong and how; `advice` says what to write instead."""

    def __init__(self, problem: str, advice: str = _ADVICE) -> None:
        self.advice = advice
        super().__init__(problem)


def read_kinds_file(path: Path) -> tuple[KindSpan, ...]:
    """The spans of a TOML or JSON file; raises SettingError naming the file and the entry."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise SettingError(f"{path}: a list of kinds is not that large", _ADVICE)
        text = path.read_bytes().decode("utf-8-sig")
        return kind_spans_from(_parsed(text))
    except OSError as error:
        raise SettingError(f"{path}: {error.strerror}", _ADVICE) from None
    except BadKinds as error:
        raise SettingError(f"{path}: {error}", error.advice) from None
    except (ValueError, RecursionError) as error:
        raise SettingError(f"{path}: neither TOML nor JSON ({error})", _ADVICE) from None


def kind_spans_from(entries: object) -> tuple[KindSpan, ...]:
    """The spans of a list of tables; raises BadKinds naming the first entry that is none."""
    if not isinstance(entries, list):
        raise BadKinds("kinds: this is not a list of spans")
    return tuple(_span(entry, f"kinds[{number}]") for number, entry in enumerate(entries, 1))


def override_kinds(words: Sequence[Word], spans: Sequence[KindSpan]) -> list[Word]:
    """The words, those whose middle lies in a span with the span's kind."""
    changed = list(words)
    for span in spans:
        for place, word in enumerate(changed):
            if span.start <= (word.start + word.end) / 2 < span.end and word.kind != span.kind:
                changed[place] = replace(word, kind=span.kind)
    return changed


def empty_spans(words: Sequence[Word], spans: Sequence[KindSpan]) -> Iterator[str]:
    """A note for each span in which nothing is said: its times are probably wrong."""
    for span in spans:
        if not any(span.start <= (word.start + word.end) / 2 < span.end for word in words):
            yield f"kinds: nothing is said in {span.kind} {format_stamp(span.start)}-{format_stamp(span.end)}"


def _parsed(text: str) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        value = tomllib.loads(text)
    if isinstance(value, dict):
        if "kinds" not in value:
            raise BadKinds("there is no kinds in it")
        return value["kinds"]
    return value


def _span(entry: Any, place: str) -> KindSpan:
    if not isinstance(entry, Mapping):
        raise BadKinds(f"{place}: this is not a table")
    if unknown := sorted(map(str, entry.keys() - {"kind", "start", "end"})):
        raise BadKinds(f"{place}.{unknown[0][:60]}: this key is not known", "the keys here are kind, start, end")
    kind = entry.get("kind")
    if kind not in KINDS:
        raise BadKinds(f"{place}.kind: {str(kind)[:60]!r} is not a kind", f"write one of {', '.join(KINDS)}")
    start, end = _seconds(entry.get("start"), f"{place}.start"), _seconds(entry.get("end"), f"{place}.end")
    if end <= start:
        raise BadKinds(f"{place}: it ends before it starts", "give the later time as end")
    return KindSpan(kind, start, end)


def _seconds(value: Any, place: str) -> float:
    seconds = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LATEST_SECOND:
        seconds = float(value)
    elif isinstance(value, str) and (clock := _CLOCK.fullmatch(value.strip())):
        hours, minutes, rest = clock.groups()
        if float(rest) < 60 and (hours is None or int(minutes) < 60):
            seconds = int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)
    if not 0 <= seconds <= LATEST_SECOND:
        raise BadKinds(f"{place}: {str(value)[:60]!r} is not a time", 'write "m:ss", "h:mm:ss", or seconds')
    return seconds
