"""A chat model that says what a mocked output says: so that output goes the way of a live model's text, the chain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from bot.drafts.citations import Labels
from bot.errors import ModelError
from bot.models.chain import ModelChain
from bot.settings import Settings
from eval.cases import OutputCase
from eval.grounding_run import Draft

MOCKED = "mocked:output"
PIECE_CHARACTERS = 7  # cuts through words and marks


class MockedModel(BaseChatModel):
    """Says `text` to whatever it is asked."""

    text: str

    @property
    def _llm_type(self) -> str:
        return "mocked"

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        for at in range(0, len(self.text), PIECE_CHARACTERS):
            yield ChatGenerationChunk(message=AIMessageChunk(content=self.text[at : at + PIECE_CHARACTERS]))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata={"finish_reason": "stop"}))

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError("the chain reads its model as a stream")


def draft_through_chain(settings: Settings) -> Draft:
    """What the chain lets through of a mocked output; '' where it refuses the answer, as it does an empty one."""

    def draft(case: OutputCase, labels: Labels) -> str:
        history = [turn.model_dump() for turn in case.history]
        with ModelChain(MOCKED, settings, chat=MockedModel(text=case.output)) as chain:
            pieces = []
            try:
                for piece in chain.draft(case.question, labels, history=history):
                    pieces.append(piece)
            except ModelError:
                pass
        return "".join(pieces)

    return draft
