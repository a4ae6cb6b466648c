"""The body of a streamed answer, with the small pieces of a moment joined into one, and a limit to its size.

A word passes through many layers between the socket and the page; the client's and LangChain's models of it cost most
of an answer's time on the processor. A sentence is shown when it is checked, which is when the next one has begun, so
words are joined up to there, or for `HELD_SECONDS`, where they cost least: as they come from the socket.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from bot.models.model_errors import EndpointFailure

JOINED_SECONDS, MOST_SECONDS = 0.15, 1.0
HELD_SECONDS = 0.6  # for text in which no sentence ends; what is timed in seconds, such as silence, still is
# With many bodies at once each is read less often, so that none starves: least those whose first sentence is out, for
# the page shows no more than an update in 5 ms either.
SECONDS_EACH = 0.003
SECONDS_EACH_LATER = 0.01
WAITED_SECONDS = 0.001  # a read that took longer found nothing and had to wait
RESPONSE_BYTES = 8 * 2**20  # the longest answer, word by word, comes in a quarter of it
_END = b"\n\n"
# The first words behind a sentence, or behind the marks of one.
_NEXT_BEGINS = re.compile(r"(?:[.!?…。！？\]]|\n)[^\w\[]*(?:\[[^\]]*\][^\w\[]*)*\w")
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
        self._joiner = EventJoiner()
        self._alarm: asyncio.TimerHandle | None = None

    async def events(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        self._reading = reading = asyncio.ensure_future(self._read())
        try:
            while not reading.done():
                await self._news.wait()
                self._news.clear()
                if joined := self._taken():
                    yield joined
            if rest := self._joiner.feed(bytes(self._came), loop.time()) + self._joiner.flush():
                yield rest
            await reading
        finally:
            if self._alarm is not None:
                self._alarm.cancel()
            await self.close()

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
            self._reading.cancelled() or self._reading.exception()  # taken note of, else asyncio logs it

    def _taken(self) -> bytes:
        """What can be passed on of the events that came whole."""
        end = self._came.rfind(_END) + 1
        events = bytes(self._came[: end + 1]) if end else b""
        del self._came[: len(events)]
        loop = asyncio.get_running_loop()
        joined = self._joiner.feed(events, loop.time())
        if self._joiner.holds and self._alarm is None:
            self._alarm = loop.call_later(HELD_SECONDS, self._ring)
        return joined

    def _ring(self) -> None:
        self._alarm = None
        self._news.set()

    async def _in_batches(self) -> AsyncIterator[bytes]:
        """The body as it comes, in batches where it drips: each read from a socket costs as much as much more."""
        now = asyncio.get_running_loop().time
        waits, asked = 0, now()
        async for data in self._body:
            waits = waits + 1 if now() - asked > WAITED_SECONDS else 0
            yield data
            if waits > 1:
                waits = 0
                each = SECONDS_EACH_LATER if self._joiner.sentences else SECONDS_EACH
                await asyncio.sleep(min(MOST_SECONDS, max(JOINED_SECONDS, each * _being_read)))
            asked = now()

    async def _read(self) -> None:
        global _being_read  # noqa: PLW0603 - it belongs to no body
        size = 0
        _being_read += 1
        try:
            async for data in self._in_batches():
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


class EventJoiner:
    """Server-sent events with runs of text in one event each; all others stay as they are, to the byte."""

    def __init__(self) -> None:
        self._begun = False
        self.sentences = 0  # that went on
        self._frame: Any = None
        self._texts: list[str] = []
        self._last = b""
        self._held_since = 0.0

    @property
    def holds(self) -> bool:
        return bool(self._texts)

    def feed(self, events: bytes, now: float) -> bytes:
        """What can be passed on at `now` (seconds); what stands behind the last whole event goes at once."""
        passed: list[bytes] = []
        *whole, rest = events.split(_END)
        for event in whole:
            found = _text_event(event)
            if found is None:
                passed += [self.flush(), event + _END]
                continue
            text, frame = found
            if frame != self._frame:
                passed.append(self.flush())
                self._frame = frame
            if not self._texts:
                self._held_since = now
            self._texts.append(text)
            self._last = event + _END
        if rest:
            passed += [self.flush(), rest]
        elif self._texts and self._is_due(now):
            self._begun = True
            passed.append(self.flush())
        return b"".join(passed)

    def _is_due(self, now: float) -> bool:
        if not self._begun or now - self._held_since >= HELD_SECONDS:
            return True
        ended = _NEXT_BEGINS.search("".join(self._texts)) is not None
        self.sentences += ended
        return ended

    def flush(self) -> bytes:
        """What is held, as one event; as it came where it is one."""
        texts, self._texts = self._texts, []
        if len(texts) < 2:
            return self._last if texts else b""
        self._frame["choices"][0]["delta"]["content"] = "".join(texts)
        joined = b"data: " + json.dumps(self._frame).encode() + _END
        del self._frame["choices"][0]["delta"]["content"]
        return joined


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
