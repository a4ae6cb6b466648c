"""The turns of a conversation before the question, as words that were typed by somebody and are not believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.drafts.marks import MarkScanner

History = Sequence[Mapping[str, Any]]
TURN_CHARACTERS = 2000  # of each turn; what a follow-up refers to stands near its beginning


@dataclass(frozen=True, slots=True)
class Turn:
    """`text` is one line, without marks, and has no `[` in it."""

    asked: bool
    text: str

    def __str__(self) -> str:
        return f"{'Listener' if self.asked else 'Answer'}: {self.text}"


def recent_turns(history: Sequence[Mapping[str, Any]], count: int) -> tuple[Turn, ...]:
    """The last `count` turns of `{"role": "user" | "assistant", "content": str}`; other roles, empty turns left out."""
    roles = {"user": True, "assistant": False}
    told = [turn for turn in history if turn.get("role") in roles and str(turn.get("content") or "").strip()]
    return tuple(Turn(roles[turn["role"]], _one_line(turn["content"])) for turn in told[max(0, len(told) - count) :])


def _one_line(content: object) -> str:
    scanner = MarkScanner()
    tokens = [*scanner.feed(str(content)[:TURN_CHARACTERS]), *scanner.finish()]
    return " ".join("".join(token for token in tokens if isinstance(token, str)).split()).replace(" .", ".")
