"""The chat model's chunks -> pieces of text, the reason why it ended, and what it cost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.models.model_errors import EndpointFailure, cut_off

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

EMPTY_PIECES = 5000  # in a row; a thinking model sends that many before its first word only if it is past all limits
_WHOLE = frozenset({"stop", "end_turn", "stop_sequence", "eos", "complete", "finish_reason_stop"})
_TOO_LONG = frozenset({"length", "max_tokens", "model_length", "max_output_tokens"})
_FILTERED = frozenset({"content_filter", "safety", "refusal", "recitation", "blocklist", "prohibited_content"})


@dataclass(frozen=True, slots=True)
class ModelPiece:
    """One chunk of the model's answer; `finish_reason` in the last one, tokens where the endpoint counts them."""

    text: str
    finish_reason: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0


async def read_pieces(chunks: AsyncIterator[BaseMessage]) -> AsyncIterator[ModelPiece]:
    """The pieces that say something; thoughts between `<think>` and `</think>` at the beginning are left out."""
    thoughts = _Thoughts()
    empty = 0
    async for chunk in chunks:
        piece = _piece(chunk, thoughts)
        empty = 0 if piece.text or piece.finish_reason else empty + 1
        if empty > EMPTY_PIECES:
            raise EndpointFailure("the model sent nothing but empty pieces", "use another model")
        if piece != ModelPiece(""):
            yield piece
    if rest := thoughts.finish():
        yield ModelPiece(rest)


def require_whole(finish_reason: str | None, *, said: bool) -> None:
    """Raise unless the model ended its answer by itself and gave one; an answer without a reason was cut."""
    reason = (finish_reason or "").lower()
    if reason in _FILTERED:
        raise EndpointFailure("the endpoint's content filter stopped the answer", "put the question differently")
    if reason in _TOO_LONG:
        raise cut_off("it reached its length limit")
    if not said:
        raise EndpointFailure("the model gave no answer", "ask again, or use another model")
    if not reason:
        raise cut_off("the endpoint stopped without a word")
    if reason not in _WHOLE:
        raise cut_off(f"the endpoint ended it with {reason[:40]!r}")


def _piece(chunk: BaseMessage, thoughts: _Thoughts) -> ModelPiece:
    facts: dict[str, Any] = chunk.response_metadata
    reason = next((facts[key] for key in ("finish_reason", "done_reason", "stop_reason") if facts.get(key)), None)
    usage: dict[str, Any] = getattr(chunk, "usage_metadata", None) or {}
    return ModelPiece(
        thoughts.feed(str(chunk.text)),
        str(reason) if reason else None,
        int(usage.get("input_tokens") or 0),
        int(usage.get("output_tokens") or 0),
    )


class _Thoughts:
    """Leaves out a `<think>...</think>` that opens the answer, as some servers send it within the text."""

    def __init__(self) -> None:
        self._held: str | None = ""

    def feed(self, text: str) -> str:
        if self._held is None:
            return text
        self._held += text
        start = self._held.lstrip()
        if start.startswith("<think>"):
            _, closed, answer = start.partition("</think>")
            if not closed:
                self._held = start
                return ""
            self._held = None
            return answer.lstrip()
        if "<think>".startswith(start[:7]):
            return ""
        self._held = None
        return start

    def finish(self) -> str:
        held, self._held = self._held or "", None
        return "" if held.startswith("<think>") else held
