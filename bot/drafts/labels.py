"""The times that a draft may cite: one label for each part of the sentences that were offered to the model.

Where a transcript has no times, a label is the line of the file, `[line 12]`; parts of one line share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.records import Part, Passage, Sentence, format_stamp

NEAR_SECONDS = 2  # a mark this far from a label's start still means that label, so small changes of cleaning do no harm
RANGE_LABELS = 8  # a range over more labels than this points at nothing in particular
ROUND_BRACKETS = str.maketrans("[]【】［］〔〕\n\r", "()()()()  ")  # so that spoken words cannot look like labels


@dataclass(frozen=True, slots=True)
class Label:
    """A part's start time or line, as the prompt shows it; `number` counts the episodes of this context from 1."""

    episode: str
    number: int
    part: Part
    sentence: Sentence

    @property
    def seconds(self) -> int:
        return int(self.part.start)

    @property
    def stamp(self) -> str:
        return self.sentence.stamp_of(self.part)


@dataclass(frozen=True, slots=True)
class Labels:
    """`offered` in time order within each episode; `numbered` where marks carry the episode's number, `[2 3:31]`."""

    offered: tuple[Label, ...]
    passages: tuple[Passage, ...]
    numbered: bool

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> Labels:
        """Labels of all parts of the passages, each sentence once; episodes are numbered as they first appear."""
        numbers = {episode: n for n, episode in enumerate(dict.fromkeys(p.episode for p in passages), start=1)}
        sentences = dict.fromkeys((p.episode, sentence) for p in passages for sentence in p.sentences)
        labels = [Label(e, numbers[e], part, sentence) for e, sentence in sentences for part in sentence.parts]
        labels.sort(key=lambda label: (label.number, label.part.start, label.part.end))
        return cls(tuple(labels), tuple(passages), len(numbers) > 1)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence once, in the order of its first label."""
        seen: dict[tuple[int, Sentence], None] = dict.fromkeys((x.number, x.sentence) for x in self.offered)
        return tuple(sentence for _, sentence in seen)

    def halved(self) -> Labels:
        """The better half of the passages under the same numbers; of a single passage, the first half of its labels."""
        if len(self.passages) < 2:
            return Labels(self.offered[: (len(self.offered) + 1) // 2], self.passages, self.numbered)
        passages = self.passages[: (len(self.passages) + 1) // 2]
        kept = {(p.episode, sentence) for p in passages for sentence in p.sentences}
        offered = tuple(label for label in self.offered if (label.episode, label.sentence) in kept)
        return Labels(offered, passages, self.numbered)

    def prompt_lines(self) -> list[str]:
        """`[3:31] words`, with several episodes `[2 3:31] words`; kind (unless talk) and speaker stand after the label.

        Brackets inside the spoken words become round ones: only a label looks like a label.
        """
        lines = []
        for label in self.offered:
            number = f"{label.number} " if self.numbered else ""
            kind = "" if label.sentence.kind == "talk" else f"({label.sentence.kind}) "
            first = label.part is label.sentence.parts[0]
            speaker = f"{label.sentence.speaker}: " if label.sentence.speaker and first else ""
            lines.append(f"[{number}{label.stamp}] {kind}{(speaker + label.part.text).translate(ROUND_BRACKETS)}")
        return lines

    def find(self, mark_seconds: float, number: int | None = None) -> Label | None:
        """The label that a mark means, or None.

        A mark means the part that it falls inside, to the second, or one that starts within 2 s of it; the nearest
        start wins. Without a number it must mean one episode: exactly on a label of one, or near labels of only one.
        """
        found = self.candidates(mark_seconds, number)
        return found[0] if found else None

    def candidates(self, mark_seconds: float, number: int | None = None) -> tuple[Label, ...]:
        """The nearest labels of `find`: several where parts begin in the same second, the longest text first."""
        second = int(mark_seconds)
        near = [x for x in self.offered if number in (None, x.number) and x.sentence.timed and _means(x, second)]
        if not near:
            return ()
        distance = min(abs(x.seconds - second) for x in near)
        nearest = [x for x in near if abs(x.seconds - second) == distance]
        ambiguous = len({x.number for x in (near if distance else nearest)}) > 1
        if ambiguous:
            return ()
        start = nearest[0].seconds
        same_second = [x for x in nearest if x.seconds == start]
        return tuple(sorted(same_second, key=lambda x: -len(x.part.text)))

    def of_line(self, line: int, number: int | None = None) -> tuple[Label, ...]:
        """The labels that the mark of a line means; none where it could be a line of several episodes."""
        lines = [x for x in self.offered if number in (None, x.number) and not x.sentence.timed]
        found = tuple(x for x in lines if x.part.line == line)
        return found if len({x.number for x in found}) == 1 else ()

    def between(self, first: float, last: float, number: int | None = None) -> tuple[Label, ...]:
        """The labels that start in a range of seconds, both ends included, and the one that its beginning means."""
        begin = self.find(first, number)
        timed = (x for x in self.offered if number in (None, x.number) and x.sentence.timed)
        within = (x for x in timed if int(first) <= x.seconds <= int(last))
        return tuple(dict.fromkeys([*([begin] if begin else []), *within]))

    def range_fault(self, first: int, last: int, number: int | None) -> str | None:
        """Why a range cannot be cited, or None."""
        span = f"{format_stamp(first)}-{format_stamp(last)}"
        if last < first:
            return f"the range {span} runs backwards"
        if self.find(first, number) is None:
            return f"the time {format_stamp(first)} was not offered"
        if self.find(last, number) is None and not self._ends_near(last, number):
            return f"the time {format_stamp(last)} was not offered"
        if (count := len(self.between(first, last, number))) > RANGE_LABELS:
            return f"the range {span} spans {count} labels"
        return None

    def _ends_near(self, second: int, number: int | None) -> bool:
        timed = (x for x in self.offered if number in (None, x.number) and x.sentence.timed)
        return any(abs(x.part.end - second) <= NEAR_SECONDS for x in timed)


def _means(label: Label, second: int) -> bool:
    return label.seconds <= second < label.part.end or abs(label.seconds - second) <= NEAR_SECONDS


def best_worded(candidates: Iterable[Label], text: str) -> Label:
    """Of labels that look the same, the one that shares most words with the sentence that cites it."""
    words = set(text.lower().split())
    return max(candidates, key=lambda label: len(words & set(label.part.text.lower().split())))
