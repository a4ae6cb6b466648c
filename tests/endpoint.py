"""What the tests of the model chain share: labels, a chain that asks the fake server, waiting."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

from bot.drafts.citations import Labels
from bot.errors import ModelError
from bot.models.chain import ModelChain
from bot.records import Part, Passage, Sentence
from tests.fakes import FakeOpenAI


def passage(episode: str, start: float, *texts: str, kind: str = "talk") -> Passage:
    sentences = (
        Sentence((Part(start + 10 * i, start + 10 * i + 9, text, 1),), kind)  # type: ignore[arg-type]
        for i, text in enumerate(texts)
    )
    return Passage(episode, tuple(sentences))


LABELS = Labels.of([passage("boats", 148.2, "It began in a school of art.", "It moved to the harbour.")])
SILENT = {"first_text_seconds": 1.5}  # seconds that suffice on a busy machine
FALLING_SILENT = {"idle_seconds": 0.5}


def asked(server: FakeOpenAI, **settings: Any) -> ModelChain:
    return ModelChain("openai:fake", server.settings(**settings))


def failure_of(draft: Iterator[str]) -> tuple[str, ModelError]:
    """The text that came before the draft failed, and the failure."""
    text = ""
    try:
        for piece in draft:
            text += piece
    except ModelError as error:
        return text, error
    raise AssertionError(f"it did not fail: {text}")


def until(condition: Any, seconds: float = 10) -> bool:
    end = monotonic() + seconds
    while not condition() and monotonic() < end:
        sleep(0.01)
    return bool(condition())
