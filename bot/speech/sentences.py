"""Words -> sentences with their parts. Marks and words stay as they are; only where to cut is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise

from bot.records import Part, Sentence, Word
from bot.speech.punctuation import ends_sentence, has_end_mark, is_lower_case_text
from bot.speech.words import is_hard_silence

LONGEST_PART_SECONDS = 10.0
USUAL_PART_SECONDS = 4.0
UNCUT_SECONDS = 6.0
"""A longer sentence is cut where a clause begins, so that the time of a citation is the time of the words."""
SHORTEST_PART_SECONDS = 1.5
SHORTEST_PART_WORDS = 3
LONGEST_UNMARKED_WORDS = 35
"""Sentences of a text without punctuation are at most this long."""
UNMARKED_FROM_WORDS = 50
"""A run this long with hardly a mark inside comes from captions without punctuation, not from a long breath."""
LONGEST_SENTENCE_WORDS = 200
"""A longer run is cut as if it had no punctuation."""

_CLAUSE_WORDS = frozenset(
    "and but so or because which that who when where while if as then although though since until whether how what why "
    "than with from for to in on at by also i'm i've i it it's this they you we he she there".split()
)
_STRONG_CLAUSE_WORDS = frozenset("and but so because which that who when where while if although though since".split())
_DANGLING = frozenset(
    "the a an of my your our their its his her is are was were be been have has had can could will would may might "
    "must should do does did not very more most as or oh i'd you'd kind sort".split()
)
_OPENERS = frozenset("and but so i i've i'm it it's this that's they you we he she there on also oh now then".split())


def join_sentences(words: Sequence[Word], *, timed: bool = True) -> list[Sentence]:
    """Sentences in the order of the words; none spans two kinds, two speakers or a hard silence.

    Unless `timed`, the times of the words are an estimate that only serves to cut: the parts are numbered instead.
    """
    small = is_lower_case_text([word.text for word in words])
    sentences = []
    for run in _runs(words, small_letters=small):
        for piece in _bounded_runs(run):
            parts = tuple(_part(part) for part in _parts(piece))
            sentences.append(Sentence(parts, piece[0].kind, piece[0].speaker))
    return sentences if timed else list(_numbered(sentences))


def _numbered(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Each part starts at its number in the episode and ends at the next one."""
    numbers = count()
    for sentence in sentences:
        parts = [replace(part, start=float(n), end=n + 1.0) for part, n in zip(sentence.parts, numbers, strict=False)]
        yield replace(sentence, parts=tuple(parts), timed=False)


def _runs(words: Sequence[Word], *, small_letters: bool) -> Iterator[Sequence[Word]]:
    first = 0
    for index in range(1, len(words) + 1):
        if index == len(words) or _cuts(words[index - 1], words[index], small_letters=small_letters):
            yield words[first:index]
            first = index


def _cuts(before: Word, after: Word, *, small_letters: bool) -> bool:
    return (
        before.kind != after.kind
        or before.speaker != after.speaker
        or is_hard_silence(before.end, after.start)
        or ends_sentence(before.text, after.text, small_letters=small_letters)
    )


def _bounded_runs(run: Sequence[Word]) -> list[Sequence[Word]]:
    """The run itself, or pieces of it where it is too long or has no marks to go by."""
    marks = sum(word.text[-1] in ",.;:?!—–-" for word in run[:-1])
    unmarked = len(run) >= UNMARKED_FROM_WORDS and marks * 40 < len(run)
    if not unmarked and len(run) <= LONGEST_SENTENCE_WORDS:
        return [run]
    limit = LONGEST_UNMARKED_WORDS if unmarked else LONGEST_SENTENCE_WORDS // 2
    numbers = [float(number) for number in range(len(run) + 1)]
    costs = [_opening_cost(run, index) for index in range(1, len(run))]
    return _cheapest_cut(run, _Pieces(numbers[:-1], numbers[1:], 6.0, 0.6 * limit, limit), costs)


def _parts(sentence: Sequence[Word]) -> list[Sequence[Word]]:
    if sentence[-1].end - sentence[0].start <= UNCUT_SECONDS:
        return [sentence]
    starts, ends = [word.start for word in sentence], [word.end for word in sentence]
    costs = [_clause_cost(sentence, index) for index in range(1, len(sentence))]
    return _cheapest_cut(
        sentence, _Pieces(starts, ends, SHORTEST_PART_SECONDS, USUAL_PART_SECONDS, LONGEST_PART_SECONDS), costs
    )


@dataclass(frozen=True, slots=True)
class _Pieces:
    """How long pieces may be, in the unit of `starts` and `ends`: seconds or words."""

    starts: Sequence[float]
    ends: Sequence[float]
    shortest: float
    ideal: float
    longest: float


def _cheapest_cut(words: Sequence[Word], pieces: _Pieces, costs: Sequence[float]) -> list[Sequence[Word]]:
    """The cut into pieces of least summed cost; a piece is too long only if it is a single word.

    `costs[i]` is the cost of a cut behind word `i`. Looks back no further than the longest piece: linear time.
    """
    starts, shortest, ideal = pieces.starts, pieces.shortest, pieces.ideal
    best, previous, earliest = [0.0], [0], 0
    for last, (end, behind) in enumerate(zip(pieces.ends, [*costs, 0.0], strict=True), 1):
        while end - starts[earliest] > pieces.longest and earliest < last - 1:
            earliest += 1
        least, origin = float("inf"), last - 1
        for first in range(last - 1, earliest - 1, -1):
            length = end - starts[first]
            off = length / ideal - 1.0
            summed = best[first] + off * off
            if length < shortest or last - first < SHORTEST_PART_WORDS:
                summed += 8.0
            if summed < least:
                least, origin = summed, first
        best.append(least + behind)
        previous.append(origin)
    cuts = [len(words)]
    while cuts[-1]:
        cuts.append(previous[cuts[-1]])
    cuts.reverse()
    return [words[first:last] for first, last in pairwise(cuts)]


def _clause_cost(words: Sequence[Word], index: int) -> float:
    """How bad it is to cut a sentence before word `index`: 0 at a mark, more where no clause begins."""
    before, after = words[index - 1].text, words[index].text.lower().strip(",.;:?!")
    if has_end_mark(before) or before.endswith((";", ":", "—", "–", "--")):
        return 0.0
    opens = after in _STRONG_CLAUSE_WORDS
    if before.endswith(","):
        return 0.1 if opens else 0.4
    if before.lower() in _CLAUSE_WORDS or before.lower() in _DANGLING:
        return 3.5
    if opens:
        return 0.6
    return 1.5 if after in _CLAUSE_WORDS else 2.5


def _opening_cost(words: Sequence[Word], index: int) -> float:
    """How bad it is to end a sentence before word `index` of a text without marks."""
    before, after = words[index - 1], words[index]
    if has_end_mark(before.text):
        return 0.0
    if before.text.lower() in _CLAUSE_WORDS or before.text.lower() in _DANGLING:
        return 3.5
    low = after.text.lower().strip(",")
    pause = min(1.0, max(0.0, after.start - before.end))
    return (0.5 if low in _OPENERS else 1.0 if low in _CLAUSE_WORDS else 2.0) - 0.5 * pause


def _part(words: Sequence[Word]) -> Part:
    return Part(words[0].start, words[-1].end, " ".join(word.text for word in words), words[0].line)
