"""Pieces of text that come together are joined; what is said stays the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from bot.errors import ModelError
from bot.models import event_joining
from bot.models.event_joining import JoinedBody, join_events


def event(text: str | None, finish: str | None = None, **more: object) -> bytes:
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "choices": [choice], **more}).encode() + b"\n\n"


def texts(events: bytes) -> list[str]:
    frames = [json.loads(line[6:]) for line in events.decode().split("\n\n") if line.startswith("data: {")]
    return [frame["choices"][0]["delta"].get("content", "") for frame in frames]


async def collected(parts: list[bytes], pause: float = 0) -> list[bytes]:
    async def body() -> AsyncIterator[bytes]:
        for part in parts:
            await asyncio.sleep(pause)
            yield part

    return [joined async for joined in JoinedBody(body()).events()]


def test_neighbouring_texts_become_one_event() -> None:
    assert texts(join_events(event("It ") + event("began") + event(".") + event(None, "stop"))) == ["It began.", ""]


UNTOUCHED = {
    "comment": b": ping\n\n",
    "end": b"data: [DONE]\n\n",
    "malformed": b'data: {"choices": [{"delta"\n\n',
    "error": b'data: {"error": {"message": "no"}}\n\n',
    "text with a reason for ending": event("It", "stop"),
    "usage": b'data: {"choices": [], "usage": {"prompt_tokens": 1}}\n\n',
    "two lines": b"event: x\ndata: {}\n\n",
    "no event": b'{"error": "not a stream"}',
    "unfinished": b'data: {"choices"',
    "one text": event("It"),
}


@pytest.mark.parametrize("events", UNTOUCHED.values(), ids=UNTOUCHED)
def test_other_events_stay_to_the_byte(events: bytes) -> None:
    assert join_events(events) == events


def test_texts_on_either_side_of_another_event_stay_apart() -> None:
    assert texts(join_events(event("a") + event("b", id="d") + b": ping\n\n" + event("c"))) == ["a", "b", "c"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 10_000])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_an_answer_is_the_same_however_it_was_cut(size: int, line_end: bytes) -> None:
    stream = b"".join(map(event, ["It ", "be", "gan", "\u2028 ü [2:", "28]"])).replace(b"\n", line_end)
    parts = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert "".join(texts(b"".join(asyncio.run(collected(parts))))) == "It began\u2028 ü [2:28]"


def test_the_first_text_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_joining, "JOINED_SECONDS", 0.05)
    first, *rest = asyncio.run(collected([event(f"{n} ") for n in range(8)], pause=0.01))
    assert texts(first) == ["0 "]
    assert 1 <= len(rest) < 7


def test_an_endless_body_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_joining, "RESPONSE_BYTES", 1000)
    with pytest.raises(ModelError, match="sent more than"):
        asyncio.run(collected([b"x" * 600] * 3))
