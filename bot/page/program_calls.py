"""What stands between programs that call over plain HTTP and Gradio, which is strict with them and loud in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Final

from bot.page.request_guard import App, Message, Receive, Scope, Send

CALL: Final = "/gradio_api/call/"

_log = logging.getLogger("bot.page")


class ProgramCalls:
    """An ASGI application around another: a call may leave out its last values, which then are null.

    `values` says how many each endpoint takes. Of an id that Gradio does not know it tells the caller, and then fails
    with a traceback: one line of that is logged.
    """

    def __init__(self, app: App, values: Mapping[str, int]) -> None:
        self._app = app
        self._values = values

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(CALL):
            await self._app(scope, receive, send)
            return
        expected = self._values.get(scope["path"].removeprefix(CALL))
        if scope["method"] == "POST" and expected is not None:
            scope, receive = await _with_all_values(scope, receive, expected)
        try:
            await self._app(scope, receive, send)
        except RuntimeError as error:  # Starlette's, where an error comes after the response has begun
            if not error.__cause__:
                raise
            _log.warning("a program's call failed: %s", error.__cause__)
            await send({"type": "http.response.body", "body": b""})  # or the connection breaks off


async def _with_all_values(scope: Scope, receive: Receive, expected: int) -> tuple[Scope, Receive]:
    """The request with nulls behind the values that were sent; as it came where they cannot be told."""
    body, message = b"", await receive()
    while message["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
        message = await receive()
    cut_off = message if message["type"] != "http.request" else None
    body = _filled(body, expected)
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in (b"content-length", b"transfer-encoding")]
    scope = {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
    waiting: list[Message] = [cut_off or {"type": "http.request", "body": body}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return scope, replay


def _filled(body: bytes, expected: int) -> bytes:
    try:
        sent = json.loads(body)
        values = sent["data"]
        values += [None] * (expected - len(values))
    except (ValueError, RecursionError, TypeError, LookupError):
        return body
    return json.dumps(sent).encode()
