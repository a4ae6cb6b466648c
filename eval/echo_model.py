"""A chat model that copies two sentences of its prompt with their labels, and takes no time for it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

SENTENCES = 2
LINE = re.compile(r"^(\[[\d :]+\]) (.+)$", re.MULTILINE)
LABELLED = re.compile(r"^(\[[\d :]+\]) (\w.{20,})$", re.MULTILINE)
PIECES = re.compile(r"\S+\s*")


class EchoModel(BaseChatModel):
    """Of the last prompt: the words of all of it, and those of its labelled lines, labels included."""

    prompt_words: int = 0
    episode_words: int = 0

    @property
    def _llm_type(self) -> str:
        return "echo"

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        texts = [str(message.content) for message in messages]
        self.prompt_words = sum(len(text.split()) for text in texts)
        self.episode_words = sum(len(label.split()) + len(text.split()) for label, text in LINE.findall(texts[-1]))
        copied = LABELLED.findall(texts[-1])[:SENTENCES]
        answer = " ".join(f"{text.rstrip(' .,?!')} {label}." for label, text in copied)
        for piece in PIECES.findall(answer):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata={"finish_reason": "stop"}))

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError("the chain reads its model as a stream")
