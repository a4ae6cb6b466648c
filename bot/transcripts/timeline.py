"""Pieces as a file has them, some without a time -> cues in time order, none of which overlap.

Missing times are shared out by length between the times that stand around them. No piece is lost, but for exact copies.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise, zip_longest
from statistics import median

from bot.records import Cue, Kind
from bot.transcripts.notes import Notes
from bot.transcripts.reading import UnreadableError

_WORD_WEIGHT = 8
"""Each word counts as 8 characters beside its own. Sharing out the fragments of the bundled dump again over a minute
misses their times by 0.93 s on average with 4 or 8, 0.95 s by characters alone, 0.99 s by words alone."""
_USUAL_PACE = 0.027
"""Seconds for a unit of length: about 165 words a minute."""
_SLOWEST_PACE, _FASTEST_PACE = 0.055, 0.012
_LONGEST_CUE_SECONDS = 10.0
_WORDS_OF_A_CUT = 8
_SLOWEST = 1.6
_PAUSE_SECONDS = 5.0
"""Words that would take longer than 1.6 times the usual and 5 s more do not fill their time: there is a pause."""
_CROSSTALK_SECONDS = 1.0
"""Overlaps up to this long are a matter of rounding; beyond it somebody speaks into another's words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words as a file has them. A time is None where the file has none; without words it only marks a time."""

    start: float | None
    end: float | None
    text: str
    line: int
    speaker: str | None = None
    kind: Kind | None = None

    @property
    def length(self) -> int:
        return spoken_length(self.text)


def spoken_length(text: str) -> int:
    """How long the words take to say, for comparison with others."""
    return len(text) + _WORD_WEIGHT * (text.count(" ") + 1) if text else 0


Group = Sequence[Piece]
"""The pieces of one utterance, in the order of their words; time never runs backwards inside it."""


def make_cues(groups: Sequence[Group], notes: Notes) -> tuple[Cue, ...]:
    """The cues; what had to be mended is added to the notes. Raises UnreadableError where no time is given at all."""
    if not any(piece.start is not None for group in groups for piece in group) and any(groups):
        problem = "this transcript has no times, and answers are cited by their time"
        raise UnreadableError(next(iter(filter(None, groups)))[0].line, problem, "give one with times")
    pieces = [piece for group in groups for piece in _forward(group, notes)]
    timed = iter(_with_times(pieces, notes))
    filled = [[next(timed) for _ in group] for group in groups]
    spoken = [[cue for cue in group if cue.text] for group in filled]
    ordered = _without_copies(_sorted([group for group in spoken if group], notes), notes)
    cues = _without_overlaps(_spread(list(_woven(_opened(ordered)))), notes)
    return tuple(short for cue in cues for short in _shortened(cue))


def make_untimed_cues(pieces: Sequence[Piece]) -> tuple[Cue, ...]:
    """Cues one behind the other at the usual pace, by which long sentences are cut; no time of theirs is kept."""
    return tuple(cue for cue in _shared(pieces, None, None, _USUAL_PACE, late=False) if cue.text)


def _forward(group: Group, notes: Notes) -> Iterator[Piece]:
    """The group, without the fewest times that have to go so that the others run forward."""
    timed = [number for number, piece in enumerate(group) if piece.start is not None]
    kept = {timed[n] for n in _longest_rise([group[number].start or 0.0 for number in timed])}
    for number, piece in enumerate(group):
        if piece.start is None or number in kept:
            yield piece
        else:
            notes.add(piece.line, "the times of words run backwards; they were estimated from those around them")
            yield replace(piece, start=None, end=None)


def _longest_rise(values: Sequence[float]) -> list[int]:
    """Indices of the longest run of values, others left out, that never falls; patience sorting, n log n."""
    tails: list[float] = []
    last: list[int] = []
    before: list[int] = []
    for number, value in enumerate(values):
        place = bisect_right(tails, value)
        before.append(last[place - 1] if place else -1)
        tails[place : place + 1] = [value]
        last[place : place + 1] = [number]
    chain = [last[-1]] if last else []
    while chain and before[chain[-1]] >= 0:
        chain.append(before[chain[-1]])
    return chain


def _with_times(pieces: Sequence[Piece], notes: Notes) -> Iterator[Cue]:
    """Each piece with a start and an end, still in the order of the file."""
    pieces = [_with_possible_end(piece, notes) for piece in pieces]
    pace = _pace(pieces)
    anchors = [number for number, piece in enumerate(pieces) if piece.start is not None]
    bounds = [-1, *anchors, len(pieces)]
    for left, right in pairwise(bounds):
        begin, finish = _start(pieces, left), _start(pieces, right)
        anchor, run = pieces[max(left, 0) : left + 1], pieces[left + 1 : right]
        if left >= 0 and pieces[left].end is not None:
            anchor_end = float(pieces[left].end or 0.0)
            yield _cue(pieces[left], float(begin or 0.0), anchor_end)
            begin, anchor = anchor_end, []
            yield from _shared(run, begin, finish, pace, late=not pieces[left].text)
        else:
            yield from _shared([*anchor, *run], begin, finish, pace, late=False)


def _with_possible_end(piece: Piece, notes: Notes) -> Piece:
    if piece.start is None or piece.end is None or piece.end > piece.start or not piece.text:
        return piece
    what = "ends before it starts" if piece.end < piece.start else "has no length"
    notes.add(piece.line, f"the cue {what}; its end was estimated")
    return replace(piece, end=None)


def _start(pieces: Sequence[Piece], number: int) -> float | None:
    return pieces[number].start if 0 <= number < len(pieces) else None


def _pace(pieces: Sequence[Piece]) -> float:
    """Seconds for a unit of length, in the middle of what this file has."""
    found = []
    passed, begin = 0, None
    for piece in pieces:
        if piece.start is not None:
            if begin is not None and passed and piece.start > begin:
                found.append((piece.start - begin) / passed)
            passed, begin = 0, piece.start
        passed += piece.length
    return min(_SLOWEST_PACE, max(_FASTEST_PACE, median(found))) if found else _USUAL_PACE


def _shared(
    run: Sequence[Piece], begin: float | None, finish: float | None, pace: float, *, late: bool
) -> Iterator[Cue]:
    """The pieces share the time by length; what is too much is left over behind them, after a break (`late`) before."""
    total = sum(piece.length for piece in run)
    span = total * pace
    if begin is None:
        begin = max(0.0, finish - span) if finish is not None else 0.0
        span = min(span, finish - begin) if finish is not None else span
    elif finish is not None and 0 <= finish - begin <= _longest_span(span, late=late):
        span = finish - begin
    elif finish is not None and late:
        begin = max(begin, finish - span)
    passed = 0
    for piece in run:
        start = begin + span * passed / max(1, total)
        passed += piece.length
        yield _cue(piece, start, begin + span * passed / max(1, total))


def _longest_span(usual: float, *, late: bool) -> float:
    """After a break other audio is likelier than slow speech."""
    return 1.2 * usual + 2.0 if late else _SLOWEST * usual + _PAUSE_SECONDS


def _cue(piece: Piece, start: float, end: float) -> Cue:
    return Cue(round(start, 3), round(end, 3), piece.text, piece.line, piece.speaker, piece.kind)


def _sorted(groups: list[list[Cue]], notes: Notes) -> list[list[Cue]]:
    latest = 0.0
    for group in groups:
        if group[0].start < latest:
            notes.add(group[0].line, "the time runs backwards; the cues were sorted")
        latest = max(latest, group[0].start)
    return sorted(groups, key=lambda group: group[0].start)


def _without_copies(groups: Sequence[list[Cue]], notes: Notes) -> list[list[Cue]]:
    """Of groups with the same words at the same time by the same speaker the first."""
    kept: list[list[Cue]] = []
    for _, together in groupby(groups, key=lambda group: group[0].start):
        seen = set()
        for group in together:
            content = tuple((cue.start, cue.end, cue.text, cue.speaker) for cue in group)
            if content in seen:
                notes.add(group[0].line, "the cue stands there twice; the copy was left out")
            else:
                kept.append(group)
            seen.add(content)
    return kept


def _opened(groups: Sequence[list[Cue]]) -> list[list[Cue]]:
    """A cue that somebody else's whole cue falls into is cut into its words, so that the other can stand among them."""
    opened: list[list[Cue]] = []
    for group, after in zip_longest(groups, groups[1:]):
        only = group[0]
        nested = (
            after is not None
            and len(group) == 1
            and only.start < after[0].start < only.end - _CROSSTALK_SECONDS
            and after[-1].end < only.end
        )
        opened.append(list(_cut(only, 1)) if nested else group)
    return opened


def _cut(cue: Cue, words_each: int) -> Iterator[Cue]:
    """The cue in runs of so many words, which share its time by length."""
    words = cue.text.split()
    runs = [" ".join(words[first : first + words_each]) for first in range(0, len(words), words_each)]
    pace = (cue.end - cue.start) / sum(map(spoken_length, runs))
    begin = cue.start
    for run in runs:
        end = begin + pace * spoken_length(run)
        yield replace(cue, start=round(begin, 3), end=round(end, 3), text=run)
        begin = end


def _shortened(cue: Cue) -> Iterator[Cue]:
    """A cue that lasts long is cut, so that the times inside it follow the length of its words."""
    if cue.end - cue.start <= _LONGEST_CUE_SECONDS or cue.text.startswith(("[", "(")):
        yield cue
    else:
        yield from _cut(cue, _WORDS_OF_A_CUT)


def _woven(groups: Sequence[list[Cue]]) -> Iterator[Cue]:
    """All cues in time order, but that a group is left only for what begins well before its next cue."""
    waiting = [(group[0].start, number, 0) for number, group in enumerate(groups)]
    heapq.heapify(waiting)
    latest = 0.0
    while waiting:
        _, number, position = heapq.heappop(waiting)
        group = groups[number]
        while position < len(group):
            cue = group[position]
            if waiting and waiting[0][0] < cue.start - _CROSSTALK_SECONDS:
                heapq.heappush(waiting, (cue.start, number, position))
                break
            latest = max(latest, cue.start)
            yield cue if cue.start == latest else replace(cue, start=latest, end=max(latest, cue.end))
            position += 1


def _spread(cues: list[Cue]) -> list[Cue]:
    """Cues that begin together share the time up to the next one by length."""
    spread: list[Cue] = []
    for start, together in groupby(cues, key=lambda cue: cue.start):
        same = list(together)
        if len(same) > 1:
            after = cues[len(spread) + len(same)].start if len(spread) + len(same) < len(cues) else float("inf")
            span = min(after, max(cue.end for cue in same)) - start
            lengths = [0, *accumulate(spoken_length(cue.text) for cue in same)]
            begins = [round(start + span * length / lengths[-1], 3) for length in lengths]
            same = [replace(cue, start=begins[n], end=begins[n + 1]) for n, cue in enumerate(same)]
        spread += same
    return spread


def _without_overlaps(cues: Sequence[Cue], notes: Notes) -> tuple[Cue, ...]:
    clear = []
    for cue, after in zip_longest(cues, cues[1:]):
        if after is None or cue.end <= after.start:
            clear.append(cue)
            continue
        if cue.end - after.start > _CROSSTALK_SECONDS:
            notes.add(cue.line, "the cue runs into the next one; it was ended there")
        clear.append(replace(cue, end=after.start))
    return tuple(clear)
