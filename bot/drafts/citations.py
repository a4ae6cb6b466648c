"""Marks in a draft -> claims with labels that exist, while the draft streams.

    draft text -> MarkScanner (marks.py) -> characters and marks -> CitationStream -> text pieces and DraftClaims

A sentence's words are let through as they come; its marks are taken out, looked up among the labels that were offered,
and given as a `DraftClaim` once the sentence is over, before whatever follows it. So no time is shown that the caller
has not checked. Between claims the text pieces joined are the same however the draft was cut into pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from bot.drafts.draft_sentences import (
    CLOSING,
    ends_at_line,
    ends_before,
    ends_without_space,
    is_heading,
    is_terminated,
    without_markdown,
)
from bot.drafts.labels import Label, Labels, best_worded
from bot.drafts.marks import HELD_CHARACTERS, Mark, MarkScanner, Moment, spoken_clock_times
from bot.drafts.statements import REFUSAL, is_claim, is_marked_refusal

__all__ = ["REFUSAL", "CitationStream", "DraftClaim", "Label", "Labels", "split_draft"]

_POINTING = frozenset("at around about near from since until till by after before".split())
_PUNCTUATION = ".,;:!?…)"


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """One sentence of a draft: its words without Markdown and marks, the labels it cites, what its other marks lack.

    `complete` is False when the draft ended in mid-sentence; `is_claim` is False for headings, greetings, refusals and
    questions back that cite nothing.
    """

    text: str
    labels: tuple[Label, ...]
    faults: tuple[str, ...]
    complete: bool
    is_claim: bool


def split_draft(text: str, labels: Labels) -> list[DraftClaim]:
    """The claims of a whole draft, in order."""
    stream = CitationStream(labels)
    return [item for item in [*stream.feed(text), *stream.finish()] if isinstance(item, DraftClaim)]


class CitationStream:
    """Takes a draft in pieces; gives text to show, and each sentence's `DraftClaim` right after its last character."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._scanner = MarkScanner(spoken_clock_times([x.part.text for x in labels.offered]))
        self._text = ""  # of the sentence at hand, as shown
        self._worded = False  # it has a letter or a digit
        self._marks: list[Mark] = []  # of the sentence at hand
        self._leading = 0  # marks that stand before its first word
        self._gap: list[str | Mark] = []  # spaces and marks since the last character shown

    def feed(self, piece: str) -> list[str | DraftClaim]:
        """What can be shown now. Strings hold no marks; they may be empty of sense by themselves."""
        return _joined(item for token in self._scanner.feed(piece) for item in self._take(token))

    def finish(self) -> list[str | DraftClaim]:
        """The rest, with the last sentence's claim; spaces at the end are dropped."""
        items = [item for token in self._scanner.finish() for item in self._take(token)]
        marks = [mark for mark in self._gap if isinstance(mark, Mark)]
        if self._worded:
            whole = is_terminated(self._text) or bool(self._marks or marks) or "\n" in self._gap
            cut = any(not mark.closed for mark in [*self._marks, *marks])
            items.append(self._close(marks, complete=whole and not cut, last=True))
        return _joined(iter(items))

    def _take(self, token: str | Mark) -> Iterator[str | DraftClaim]:
        if isinstance(token, Mark):
            self._gap.append(token)
            return
        for character in token:
            if character.isspace():
                self._gap.append(character)
            else:
                yield from self._character(character)

    def _character(self, character: str) -> Iterator[str | DraftClaim]:
        after_mark = bool(self._gap) and isinstance(self._gap[-1], Mark)
        marked = any(isinstance(item, Mark) for item in self._gap)
        if not self._worded:
            yield from self._before_words(character, marked)
        elif after_mark and self._closes(character):
            self._text += character
            yield character
        elif marked and character in _PUNCTUATION and is_terminated(self._tail):
            return  # `. [3:31].`
        elif self._ends_here(character, marked):
            yield from self._next_sentence(character)
        else:
            yield from self._go_on(character, marked)

    def _before_words(self, character: str, marked: bool) -> Iterator[str]:
        """A bullet, a quotation mark or the first letter; marks before it belong to the sentence to come."""
        marks = [item for item in self._gap if isinstance(item, Mark)]
        if (marked or self._marks) and character in ":-–—|.,;)":
            return  # `[3:31]: words`
        self._marks += marks
        self._leading += len(marks)
        before_mark = "".join(item for item in takewhile(_is_space, self._gap) if isinstance(item, str))
        space = self._space()
        if "\n" in space:
            self._text = ""
        elif marked:
            space = before_mark
        self._text += space + character
        self._worded = character.isalnum()
        yield space + character

    @property
    def _tail(self) -> str:
        return self._text[-40:]  # enough for a full stop and what closes after it; keeps the time linear

    def _closes(self, character: str) -> bool:
        """Whether a quote or an emphasis that was opened in this sentence closes right behind a mark."""
        if character not in CLOSING:
            return False
        if character in "*_" and self._text.endswith(character):
            return True
        if character == ")":
            return self._text.count("(") > self._text.count(")")
        if character in "*_\"'`":
            return self._text.replace("**", "*").replace("__", "_").count(character) % 2 == 1
        return True

    def _ends_here(self, character: str, marked: bool) -> bool:
        if not self._gap:
            return ends_without_space(self._tail) and character not in CLOSING + "。！？」』）"
        lines = self._gap.count("\n")
        if lines and ends_at_line(self._text, character, blank_line=lines > 1):
            return True
        return ends_before(self._text, character, marked=marked)

    def _next_sentence(self, character: str) -> Iterator[str | DraftClaim]:
        """Share out the marks of the gap between the sentence that ends and the one that begins."""
        marks = [item for item in self._gap if isinstance(item, Mark)]
        later: list[Mark] = []
        if "\n" in self._gap:
            last_line = self._gap[len(self._gap) - self._gap[::-1].index("\n") :]
            later = [item for item in last_line if isinstance(item, Mark)]
        elif self._leading and len(self._marks) == self._leading:
            later = marks
        elif not self._marks and not is_claim(without_markdown(self._text)):
            later = marks  # `Sure! [3:31] She says`
        space = self._space() or ("" if ends_without_space(self._tail) else " ")
        yield self._close(marks[: len(marks) - len(later)], complete=True)
        yield space
        self._text, self._marks, self._leading = character, later, len(later)
        self._worded = character.isalnum()
        yield character

    def _go_on(self, character: str, marked: bool) -> Iterator[str]:
        pointing = marked and self._points(character)
        self._marks += [item for item in self._gap if isinstance(item, Mark)]
        space = self._space()
        added = " that point" if pointing else ""
        added += "" if marked and character in _PUNCTUATION else space
        self._text += added + character
        yield added + character

    def _points(self, character: str) -> bool:
        """Whether the words need something in the mark's place: `At [3:31], she says`, not `as never before [3:31].`"""
        word = self._text.rpartition(" ")[2].lower()
        bare = any(isinstance(item, Mark) and item.bare for item in self._gap)
        opening = word == self._text.lower() or (word == "at" and character not in ".!?…")
        return word in _POINTING and (bare or opening)

    def _space(self) -> str:
        """The gap's white space as it would be without its marks; empties the gap."""
        runs = [""]
        for item in self._gap:
            if isinstance(item, Mark):
                runs.append("")
            else:
                runs[-1] += item
        self._gap = []
        return max(runs, key=lambda run: (run.count("\n"), bool(run)))

    def _close(self, marks: list[Mark], *, complete: bool, last: bool = False) -> DraftClaim:
        text = without_markdown(self._text)
        labels: dict[Label, None] = {}
        faults: dict[str, None] = {}
        cited = [*self._marks, *marks]
        for mark in cited:
            if not mark.moments:
                faults[f"the mark [{mark.raw[:HELD_CHARACTERS]}] is malformed"] = None
            for moment in mark.moments:
                found, fault = self._look_up(moment, text)
                labels.update(dict.fromkeys(found))
                if fault:
                    faults[fault] = None
        states = bool(cited) and text != REFUSAL and not is_marked_refusal(text)
        heads = is_heading(self._text) and not last  # nothing follows the last line, so it is an answer
        claims = states or (is_claim(text) and not heads)
        self._text, self._marks, self._leading, self._worded = "", [], 0, False
        return DraftClaim(text, tuple(labels), tuple(faults), complete, claims)

    def _look_up(self, moment: Moment, text: str) -> tuple[tuple[Label, ...], str | None]:
        """The labels that a moment means, or why there are none."""
        if moment.is_line:
            candidates = self._labels.of_line(moment.start, moment.number)
            return ((best_worded(candidates, text),), None) if candidates else ((), f"{moment.written} was not offered")
        if moment.end is not None:
            fault = self._labels.range_fault(moment.start, moment.end, moment.number)
            return (() if fault else self._labels.between(moment.start, moment.end, moment.number)), fault
        candidates = self._labels.candidates(moment.start, moment.number)
        if candidates:
            return (best_worded(candidates, text),), None
        episode = f" of episode {moment.number}" if moment.number is not None and self._labels.numbered else ""
        return (), f"the time {moment.written}{episode} was not offered"


def _is_space(item: str | Mark) -> bool:
    return isinstance(item, str)


def _joined(items: Iterator[str | DraftClaim]) -> list[str | DraftClaim]:
    """Neighbouring strings as one, empty ones left out."""
    joined: list[str | DraftClaim] = []
    for item in items:
        if isinstance(item, str) and joined and isinstance(joined[-1], str):
            joined[-1] += item
        elif item:
            joined.append(item)
    return joined
