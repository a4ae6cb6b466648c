"""How a request to the OpenAI API is answered, well or badly: a function for each behaviour that `fakes.py` serves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


def pieces_of(text: str) -> list[str]:
    """Words with the spaces before them, as models stream; joined they are the text."""
    words = text.split(" ")
    return [words[0], *(f" {word}" for word in words[1:])]


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """All messages in one text."""
        return "\n".join(str(message["content"]) for message in self.body.get("messages", []))


@dataclass
class Exchange:
    """One request and the way to answer it."""

    request: Request
    writer: asyncio.StreamWriter
    chunked: bool = field(default=False)

    async def head(self, status: int, content_type: str, headers: dict[str, str], length: int | None) -> None:
        self.chunked = length is None
        size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        lines = [f"HTTP/1.1 {status} Status", f"Content-Type: {content_type}", size, "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def json(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        await self.whole(json.dumps(body).encode(), "application/json", status, headers)

    async def whole(
        self, data: bytes, content_type: str, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        await self.head(status, content_type, headers or {}, len(data))
        await self.raw(data)

    async def start(self) -> None:
        await self.head(200, "text/event-stream", {}, None)

    async def line(self, text: str) -> None:
        data = f"{text}\n\n".encode()
        await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def event(self, choices: list[Any], **more: Any) -> None:
        model = self.request.body.get("model", "fake")
        event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices}
        await self.line("data: " + json.dumps({**event, **more}))

    async def piece(self, text: str, finish: str | None = None) -> None:
        delta = {"role": "assistant", "content": text} if finish is None else {}
        await self.event([{"index": 0, "delta": delta, "finish_reason": finish}])

    async def end(self) -> None:
        await self.raw(b"0\r\n\r\n")


Behaviour = Callable[[Exchange], Awaitable[None]]


def say(text: str, *, finish: str | None = "stop", per_second: float | None = None, done: bool = True) -> Behaviour:
    """The normal answer: role, words, finish reason, usage where it is asked for, [DONE]."""

    async def behave(exchange: Exchange) -> None:
        if not exchange.request.body.get("stream"):
            message = {"role": "assistant", "content": text}
            choices = [{"index": 0, "message": message, "finish_reason": finish}]
            await exchange.json({"id": "c", "object": "chat.completion", "model": "fake", "choices": choices})
            return
        await exchange.start()
        for piece in pieces_of(text):
            await exchange.piece(piece)
            if per_second:
                await asyncio.sleep(1 / per_second)
        if finish:
            await exchange.piece("", finish)
        if (exchange.request.body.get("stream_options") or {}).get("include_usage"):
            prompt, completion = len(exchange.request.prompt.split()), len(text.split())
            usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
            await exchange.event([], usage=usage)
        if done:
            await exchange.line("data: [DONE]")
        await exchange.end()

    return behave


def cut(text: str, *, clean: bool) -> Behaviour:
    """Stops in the middle: by a clean end without finish reason and [DONE], or by closing inside the chunked body."""

    async def behave(exchange: Exchange) -> None:
        await exchange.start()
        for piece in pieces_of(text):
            await exchange.piece(piece)
        if clean:
            await exchange.end()

    return behave


def refuse(status: int, message: str = "no", *, code: str = "", retry_after: str = "") -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        headers = {"Retry-After": retry_after} if retry_after else {}
        error = {"message": message, "type": "error", "code": code or None}
        await exchange.json({"error": error}, status, headers)

    return behave


def hang(*, after: str = "", headers: bool = False) -> Behaviour:
    """Says nothing more, for ever: before the headers, or after some text."""

    async def behave(exchange: Exchange) -> None:
        if headers or after:
            await exchange.start()
        if after:
            await exchange.piece(after)
        await asyncio.Event().wait()

    return behave


def drip(text: str, seconds: float) -> Behaviour:
    return say(text, per_second=1 / seconds)


def pings(seconds: float = 0.02, *, after: str = "") -> Behaviour:
    """Comments that keep the connection alive and say nothing."""

    async def behave(exchange: Exchange) -> None:
        await exchange.start()
        if after:
            await exchange.piece(after)
        while True:
            await exchange.line(": ping")
            await asyncio.sleep(seconds)

    return behave


def page(html: str = "<html><body>Sign in</body></html>", *, content_type: str = "text/html") -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.whole(html.encode(), content_type)

    return behave


def in_one_piece(text: str) -> Behaviour:
    """A server that does not stream although it was asked to."""
    body = {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]}
    return page(json.dumps(body), content_type="application/json")


def malformed(text: str = "", event: str = 'data: {"choices": [{"delta"') -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.start()
        if text:
            await exchange.piece(text)
        await exchange.line(event)
        await exchange.end()

    return behave


def error_event(text: str = "", message: str = "the engine is overloaded") -> Behaviour:
    return malformed(text, "data: " + json.dumps({"error": {"message": message, "type": "server_error"}}))


def no_choices() -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.event([])
        await exchange.line("data: [DONE]")
        await exchange.end()

    return behave


def empty_pieces() -> Behaviour:
    """Endless, as fast as they are taken."""

    async def behave(exchange: Exchange) -> None:
        await exchange.start()
        while True:
            await exchange.piece("")

    return behave


def limited(characters: int, text: str) -> Behaviour:
    """Refuses prompts longer than `characters`, as models do that run out of context; else says `text`."""
    message = f"This model's maximum context length is {characters}."
    too_long = refuse(400, message, code="context_length_exceeded")
    fine = say(text)

    async def behave(exchange: Exchange) -> None:
        await (too_long if len(exchange.request.prompt) > characters else fine)(exchange)

    return behave


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(head[0].split(" ")[1], headers, json.loads(body) if body else {})
