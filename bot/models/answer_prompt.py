"""What the model is shown: the episode, the conversation, the labelled sentences and the question, each fenced.

The fences carry a nonce that is a hash of everything between them. So nobody who writes a transcript or a question can
close a fence from inside, and yet the same question over the same sentences makes the same prompt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.drafts.labels import ROUND_BRACKETS, Labels
from bot.drafts.statements import NOT_IN_EPISODE
from bot.models.conversation import recent_turns
from bot.models.prompts import PromptText, load_prompt
from bot.records import Episode


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """`episodes` are those that the labels may come from; others are left out of the prompt."""

    question: str
    labels: Labels
    history: Sequence[Mapping[str, Any]]
    episodes: Sequence[Episode]
    history_turns: int


def answer_prompt(request: AnswerRequest) -> PromptText:
    known = _episodes_in_order(request)
    return _fenced(
        "answer",
        {"refusal": NOT_IN_EPISODE},
        {
            "episode": "\n".join(_about(episode, n, request.labels) for n, episode in known),
            "names": "\n".join(line for _, episode in known for line in _names(episode)),
            "conversation": _conversation(request.history, request.history_turns),
            "sentences": "\n".join(request.labels.prompt_lines()),
            "question": _line(request.question),
        },
    )


def follow_up_prompt(question: str, history: Sequence[Mapping[str, Any]], turns: int) -> PromptText:
    values = {"conversation": _conversation(history, turns), "question": _line(question)}
    return _fenced("follow_up", {}, values)


def _fenced(name: str, fixed: Mapping[str, str], values: Mapping[str, str]) -> PromptText:
    nonce = hashlib.sha256("\0".join([name, *values.values()]).encode("utf-8", "replace")).hexdigest()[:12]
    return load_prompt(name).render(nonce=nonce, **fixed, **values)


def _episodes_in_order(request: AnswerRequest) -> list[tuple[int, Episode]]:
    numbers = {label.episode: label.number for label in request.labels.offered}
    return sorted(((numbers[e.id], e) for e in request.episodes if e.id in numbers), key=lambda known: known[0])


def _about(episode: Episode, number: int, labels: Labels) -> str:
    facts = [f"title: {episode.title}" if episode.title else "", f"show: {episode.show}" if episode.show else ""]
    facts.append(f"date: {episode.date}" if episode.date else "")
    people = "; ".join(", ".join(filter(None, (p.name, p.role, p.about))) for p in episode.people)
    facts.append(f"people: {people}" if people else "")
    timed = all(label.sentence.timed for label in labels.offered if label.number == number)
    facts.append("" if timed else "the transcript has no times: its labels are its lines, and no time is known")
    return (
        _line(f"Episode {number}: " if labels.numbered else "Episode: ") + " " + _line("; ".join(filter(None, facts)))
    )


def _names(episode: Episode) -> list[str]:
    """The table of misheard names: what the transcript may say, and whom it means."""
    return [
        _line(f'"{heard}" in the transcript is {entry.name}')
        for entry in episode.names
        for heard in entry.heard
        if heard != entry.name
    ]


def _conversation(history: Sequence[Mapping[str, Any]], turns: int) -> str:
    return "\n".join(str(turn) for turn in recent_turns(history, turns)) or "(none)"


def _line(text: str) -> str:
    return " ".join(text.translate(ROUND_BRACKETS).split())
