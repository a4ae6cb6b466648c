"""A question and what has come of it so far: what the browser asks, and what the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.records import Reply

State = Literal["waiting", "working", "answered", "failed"]
MOST_MESSAGES: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the browser sends it: its number in the conversation, counted from 1, and what was said before.

    `episode` and `model` are None where the reader made no choice.
    """

    question: str
    number: int = 1
    history: tuple[Mapping[str, str], ...] = ()
    episode: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """`text` is the answer so far; `note` says what goes on or wrong; `token` lets the reader rate the reply."""

    number: int
    question: str
    state: State = "working"
    searched_for: str = ""
    text: str = ""
    note: str = ""
    reply: Reply | None = None
    token: str = ""


def read_asked(sent: object) -> Asked:
    """The browser's word is not trusted: what does not fit is left out, and nothing raises."""
    fields = sent if isinstance(sent, dict) else {}
    number = fields.get("number")
    history = fields.get("history")
    messages = history[-MOST_MESSAGES:] if isinstance(history, list) else []
    return Asked(
        _text(fields.get("question")).strip(),
        number if isinstance(number, int) and 0 < number < 10_000 else 1,
        tuple(
            {"role": message["role"], "content": message["content"]}
            for message in messages
            if isinstance(message, dict)
            and message.get("role") in ("user", "assistant")
            and isinstance(message.get("content"), str)
        ),
        _text(fields.get("episode")) or None,
        _text(fields.get("model")) or None,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
