"""The body of a streamed answer, with the small pieces of a moment joined into one, and a limit to its size.

A word passes through many layers between the socket and the page; the client's and LangChain's models of it cost most
of an answer's time on the processor. A reader takes in a few pieces a second, so those that come together, or within
`JOINED_SECONDS` of each other, are joined where they cost least: as they come from the socket.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from bot.models.model_errors import EndpointFailure

JOINED_SECONDS = 0.15
SECONDS_EACH = 0.003  # with many bodies at once they are read less often, so that none starves
WAITED_SECONDS = 0.001  # a read that took longer found nothing and had to wait
RESPONSE_BYTES = 8 * 2**20  # the longest answer, word by word, comes in a quarter of it
_END = b"\n\n"
_being_read = 0  # bodies, on the one event loop that reads them


class JoinedBody:
    """What `body` says, in fewer events; raises what it raises, after all that came before.

    Raises EndpointFailure where it grows beyond all answers. `close` it before the body is closed.
    """

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body = body
        self._came = bytearray()
        self._news = asyncio.Event()
        self._reading: asyncio.Future[None] | None = None

    async def events(self) -> AsyncIterator[bytes]:
        self._reading = reading = asyncio.ensure_future(self._read())
        try:
            while not reading.done():
                await self._news.wait()
                self._news.clear()
                if end := self._came.rfind(_END) + 1:
                    yield self._taken(end + 1)
                await asyncio.wait({reading}, timeout=_pause())
            if self._came:
                yield self._taken(len(self._came))
            await reading
        finally:
            await self.close()

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
            self._reading.cancelled() or self._reading.exception()  # taken note of, else asyncio logs it

    def _taken(self, end: int) -> bytes:
        events = bytes(self._came[:end])
        del self._came[:end]
        return join_events(events)

    async def _read(self) -> None:
        global _being_read  # noqa: PLW0603 - it belongs to no body
        size = 0
        _being_read += 1
        try:
            async for data in _in_batches(self._body):
                size += len(data)
                if size > RESPONSE_BYTES:
                    problem = f"the model's endpoint sent more than {RESPONSE_BYTES // 2**20} MB"
                    raise EndpointFailure(problem, "check OPENAI_BASE_URL", of_endpoint=True)
                if data.startswith(b"\n") and self._came.endswith(b"\r"):
                    del self._came[-1]
                self._came += data.replace(b"\r\n", b"\n")
                self._news.set()
        finally:
            _being_read -= 1
            self._news.set()


async def _in_batches(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body as it comes, but read in batches where it drips: each read from a socket costs as much as much more."""
    now = asyncio.get_running_loop().time
    waits, asked = 0, now()
    async for data in body:
        waits = waits + 1 if now() - asked > WAITED_SECONDS else 0
        yield data
        if waits > 1:
            waits = 0
            await asyncio.sleep(_pause())
        asked = now()


def _pause() -> float:
    """Seconds between two looks at one body."""
    return max(JOINED_SECONDS, SECONDS_EACH * _being_read)


def join_events(events: bytes) -> bytes:
    """Server-sent events with runs of text in one event each; all others stay as they are, to the byte."""
    joined: list[bytes] = []
    frame: Any = None
    texts: list[str] = []
    last = b""

    def flush() -> None:
        if len(texts) > 1:
            frame["choices"][0]["delta"]["content"] = "".join(texts)
            joined.append(b"data: " + json.dumps(frame).encode() + _END)
        elif texts:
            joined.append(last)
        texts.clear()

    for event in events.split(_END):
        found = _text_event(event)
        if found is None:
            flush()
            joined.append(event + _END)
            continue
        text, this_frame = found
        if this_frame != frame:
            flush()
            frame = this_frame
        texts.append(text)
        last = event + _END
    flush()
    return b"".join(joined).removesuffix(_END)


def _text_event(event: bytes) -> tuple[str, Any] | None:
    """The text that an event adds to the answer, and the event without it; None for any other event."""
    if not event.startswith(b"data: {") or b"\n" in event:
        return None
    try:
        frame = json.loads(event[6:])
        frame.pop("obfuscation", None)  # filling of random length, against guessing words from sizes
        [choice] = frame["choices"]
        text = choice["delta"].pop("content")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return (text, frame) if isinstance(text, str) and text and choice.get("finish_reason") is None else None
