"""Pieces of text that come together are joined; what is said stays the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from bot.errors import ModelError
from bot.models import event_joining
from bot.models.event_joining import EventJoiner, JoinedBody


def event(text: str | None, finish: str | None = None, **more: object) -> bytes:
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "choices": [choice], **more}).encode() + b"\n\n"


def texts(events: bytes) -> list[str]:
    frames = [json.loads(line[6:]) for line in events.decode().split("\n\n") if line.startswith("data: {")]
    return [frame["choices"][0]["delta"].get("content", "") for frame in frames]


def join_events(events: bytes) -> bytes:
    joiner = EventJoiner()
    return joiner.feed(events, now=0) + joiner.flush()


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


def passed(parts: list[str], seconds: float = 0.0) -> list[str]:
    """What goes on when these texts come one by one, `seconds` apart."""
    joiner = EventJoiner()
    joined = [joiner.feed(event(part), now=place * seconds) for place, part in enumerate(parts)]
    return [text for events in [*joined, joiner.flush()] for text in texts(events)]


def test_the_first_text_does_not_wait() -> None:
    assert passed(["It", " began", " in", " school"])[0] == "It"


@pytest.mark.parametrize("end", [". [2:28]", ".", "?", "\n-", "。"])
def test_text_goes_on_when_the_next_sentence_has_begun(end: str) -> None:
    assert passed(["It", " began", " in", f" school{end}", " She", " built", " a", " tool"]) == [
        "It",
        f" began in school{end} She",
        " built a tool",
    ]


def test_a_mark_that_comes_late_is_passed_on_with_the_word_behind_it() -> None:
    assert passed(["It.", " [2:28", "]", " She", " built"]) == ["It.", " [2:28] She", " built"]


def test_text_without_sentences_goes_on_after_a_while() -> None:
    assert passed(["a", " b", " c", " d", " e", " f"], seconds=event_joining.HELD_SECONDS * 0.6) == [
        "a",
        " b c d",
        " e f",
    ]


def test_text_that_is_held_goes_on_when_nothing_more_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_joining, "HELD_SECONDS", 0.01)

    async def silent_after_two() -> list[str]:
        async def body() -> AsyncIterator[bytes]:
            yield event("It")
            await asyncio.sleep(0)
            yield event(" began")
            await asyncio.Event().wait()

        events = JoinedBody(body()).events()
        return [text for _ in range(2) for text in texts(await anext(events))]

    assert asyncio.run(silent_after_two())[-1].endswith(" began")


def test_an_endless_body_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_joining, "RESPONSE_BYTES", 1000)
    with pytest.raises(ModelError, match="sent more than"):
        asyncio.run(collected([b"x" * 600] * 3))
