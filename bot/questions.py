"""What may be asked: a question, the turns before it, an episode and a number of passages, checked at the border."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import SettingError
from bot.terminal.printing import printable

ROLES = ("user", "assistant")
MOST_PASSAGES = 1000
MOST_NAMED = 6
Scope = str | Sequence[str] | None
"""Which episodes: an id, several, or None for all."""


def checked_question(question: str, most_characters: int) -> str:
    """The question on one line without control characters; SettingError where there is nothing to answer."""
    if not isinstance(question, str):
        raise SettingError("the question is not text", "ask in words")
    if len(question) > most_characters:
        raise SettingError(
            f"the question has {len(question)} characters, more than {most_characters}",
            "ask shorter, or raise EARMARK_QUESTION_CHARACTERS",
        )
    cleaned = " ".join(printable(question).split())
    if not re.search(r"[^\W_]", cleaned):
        raise SettingError("there is no question", "ask in words, for example: Where did Runway start?")
    return cleaned


def checked_history(history: Sequence[Mapping[str, Any]], most_turns: int) -> list[dict[str, str]]:
    """The last turns as `{"role", "content"}`; SettingError naming the first turn that is not one."""
    turns: list[dict[str, str]] = []
    for number, turn in enumerate(history, start=1):
        role = turn.get("role") if isinstance(turn, Mapping) else None
        content = turn.get("content") if isinstance(turn, Mapping) else None
        if role not in ROLES or not isinstance(content, str):
            raise SettingError(
                f"history: turn {number} is not a turn", 'give {"role": "user" or "assistant", "content": "text"}'
            )
        turns.append({"role": str(role), "content": printable(content)})
    return turns[-most_turns:] if most_turns else []


def checked_episodes(episode: Scope, known: Sequence[str]) -> frozenset[str] | None:
    """The ids of an id or of several, None for all; SettingError naming the nearest id where there is none such."""
    if episode is None:
        return None
    asked = [episode] if isinstance(episode, str) else episode
    if not isinstance(asked, Sequence) or not asked or not all(isinstance(one, str) for one in asked):
        raise SettingError(f"{printable(repr(episode))[:60]} names no episode", "give an id, or a list of ids")
    for one in asked:
        if one not in known:
            raise no_such_episode(one, known)
    return frozenset(asked)


def no_such_episode(episode: str, known: Sequence[str]) -> SettingError:
    """Names the nearest episode, and all where there are few."""
    near = difflib.get_close_matches(episode, known, n=1, cutoff=0.0)
    few = 0 < len(known) <= MOST_NAMED
    listed = f"the store holds {', '.join(known)}" if few else "`earmark episodes` lists all"
    advice = f"the nearest is {near[0]!r}; {listed}" if near else listed
    return SettingError(f"there is no episode {printable(episode)[:100]!r}", advice)


def checked_count(count: int, name: str) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_PASSAGES:
        raise SettingError.of(name, count, "is not a number of passages", f"set it to 1 to {MOST_PASSAGES}")
    return count
