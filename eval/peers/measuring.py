"""What a peer's process is given and gives back; imported in its environment too, so it needs nothing of ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.processes import answer_lines

PROSE, PROMPT_WORDS, CITED = "prose", "prompt_words", "cited_seconds"  # as in eval/warm_answers.py
SAID = "It began in art school [1]."
KNOWN_BY = 80  # characters by which a source is found again in the transcript

Measure = Callable[[str], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A transcript's parts with their seconds, and its text, which is theirs with a space between."""

    parts: Sequence[tuple[float, float, str]]
    text: str

    def seconds_of(self, source: str) -> float:
        """How long it takes to say a source: from the start of the part that it begins in to the end of its last."""
        source = source.strip()
        first = self.text.index(source[:KNOWN_BY])
        last = first + len(source)
        place, inside = 0, []
        for start, end, said in self.parts:
            if place < last and place + len(said) > first:
                inside += [start, end]
            place += len(said) + 1
        return max(inside) - min(inside)


def write_transcript(parts: Sequence[tuple[float, float, str]], file: Path) -> None:
    file.write_text(json.dumps(list(parts)), encoding="utf-8")


def read_transcript(file: Path) -> Spoken:
    parts = [(start, end, said) for start, end, said in json.loads(file.read_text(encoding="utf-8"))]
    return Spoken(parts, " ".join(said for _, _, said in parts))


def measure_lines(measure: Measure) -> None:
    """Answers each question of standard input with what was measured."""
    answer_lines(measure)
