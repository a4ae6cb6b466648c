"""Times as they are written: `0:07`, `12:34.5`, `1:02:03,456`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.transcripts.notes import Notes

LATEST_SECOND = 100 * 3600
"""A later time is a misprint, not a podcast."""

CLOCK = r"(?:[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{2}(?:[.,][0-9]{1,9})?"
"""What looks like a time; `clock_seconds` decides whether it is one. No group, for use inside other patterns."""

_PARTS = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?")
_PLAIN_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,20})?")


def clock_seconds(text: str) -> float | None:
    """The seconds, or None: 75 seconds, 60 minutes behind an hour and 100 hours are not times. ASCII digits only."""
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = int(match[1] or 0), int(match[2]), int(match[3])
    if seconds > 59 or (match[1] and minutes > 59):
        return None
    return in_range(hours * 3600 + minutes * 60 + seconds + float(f"0.{match[4] or 0}"))


def written_seconds(text: str) -> float | None:
    """As `clock_seconds`, and `12.5` or `12` as plain seconds."""
    return in_range(float(text)) if _PLAIN_SECONDS.fullmatch(text) else clock_seconds(text)


def in_range(seconds: float) -> float | None:
    """The seconds if they lie inside an episode; NaN does not."""
    return float(seconds) if 0 <= seconds < LATEST_SECOND else None


def is_lost_hour(before: float, after: float) -> bool:
    """59:57 is followed by 00:02."""
    return 3540 <= before < 3600 and after < 60


def with_lost_hours(stamps: Iterable[tuple[int, str, float]], notes: Notes) -> Iterator[float]:
    """Seconds of times (line, as written, in seconds) in the order of the file.

    Times without hours that fall from 59:xx to 00:xx have lost the hour: it is added, and noted.
    """
    stamps = list(stamps)
    if any(stamp.count(":") > 1 for _, stamp, _ in stamps):
        yield from (seconds for _, _, seconds in stamps)
        return
    hours, before = 0, 0.0
    for line, stamp, seconds in stamps:
        if is_lost_hour(before, seconds):
            hours += 1
            notes.add(line, "the time falls back to {}; an hour was added", stamp)
        yield seconds + hours * 3600
        before = seconds
