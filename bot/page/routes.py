"""What the page serves beside Gradio: answers as they grow, and sounds. Both are behind Gradio's login.

An answer is one request whose response grows: a JSON string a line, each the whole turn as HTML. Gradio's queue costs
several times as much for each update, and notices only at an update that the reader has gone; here the generator is
cancelled as soon as the connection closes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Any, Final

from bot.page.answering import Answering
from bot.page.sounds import Sounds
from bot.page.turns import Asked, read_asked

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

UNBUFFERED: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the second is for nginx


def add_routes(app: FastAPI, answering: Answering, sounds: Sounds) -> None:
    """Adds `POST answer` and `GET audio/EPISODE`; Gradio is mounted after them."""
    from starlette.responses import FileResponse, PlainTextResponse, StreamingResponse

    async def answer(request: Request) -> Response:
        if not _let_in(app, request.cookies):
            return PlainTextResponse("Log in first", 401)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return PlainTextResponse("Send JSON", 415)
        try:
            sent = json.loads(await request.body())
        except (ValueError, RecursionError):
            return PlainTextResponse("Not JSON", 400)
        lines = _lines(answering, read_asked(sent))
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=UNBUFFERED)

    async def audio(request: Request) -> Response:
        """A local sound file, in ranges."""
        file = sounds.file(request.path_params["episode"])
        if file is None or not _let_in(app, request.cookies):
            return PlainTextResponse("Not found", 404)
        return FileResponse(file)

    app.add_route("/answer", answer, methods=["POST"])
    app.add_route("/audio/{episode}", audio)


async def _lines(answering: Answering, asked: Asked) -> AsyncGenerator[str]:
    async for html in answering.updates(asked):
        yield json.dumps(html) + "\n"


def _let_in(app: Any, cookies: Mapping[str, str]) -> bool:
    """Whether Gradio, mounted last, knows one of the cookies, or asks nobody to log in."""
    gradio_app = app.routes[-1].app
    if gradio_app.auth is None:
        return True
    names = (f"access-token-{gradio_app.cookie_id}", f"access-token-unsecure-{gradio_app.cookie_id}")
    return any(cookies.get(name) in gradio_app.tokens for name in names if cookies.get(name))
