"""What the page serves beside Gradio: answers as they grow, and sounds, both behind Gradio's login; and its health.

An answer is one request whose response grows: a JSON string a line, each the whole turn as HTML. Gradio's queue costs
several times as much for each update, and notices only at an update that the reader has gone; here the generator is
cancelled as soon as the connection closes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from bot.page.answering import Answering
from bot.page.health import Health
from bot.page.turns import Asked, read_asked

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

UNBUFFERED: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the second is for nginx


def add_routes(app: FastAPI, answering: Answering) -> None:
    """Adds `POST answer`, `GET audio/EPISODE`, `GET edition` and `GET health`; Gradio is mounted after them."""
    from starlette.requests import ClientDisconnect
    from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse

    checkup = Health(answering)

    async def answer(request: Request) -> Response:
        if not _let_in(app, request.cookies):
            return PlainTextResponse("Log in first", 401)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return PlainTextResponse("Send JSON", 415)
        try:
            sent = json.loads(await request.body())
        except (ValueError, RecursionError, ClientDisconnect):
            return PlainTextResponse("Not JSON", 400)
        lines = _lines(answering, read_asked(sent))
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=UNBUFFERED)

    async def health(request: Request) -> Response:
        """For balancers, without a login: 200 while questions can be answered, 503 while not."""
        state = await checkup.state()
        return JSONResponse(state, 200 if state["status"] == "ok" else 503, {"Cache-Control": "no-store"})

    app.add_route("/health", health)
    app.add_route("/answer", answer, methods=["POST"])
    _add_episode_routes(app, answering)


def _add_episode_routes(app: FastAPI, answering: Answering) -> None:
    from starlette.responses import FileResponse, PlainTextResponse

    async def audio(request: Request) -> Response:
        """A local sound file, in ranges."""
        file = answering.shown_episodes.shown.sounds.file(request.path_params["episode"])
        if file is None or not _let_in(app, request.cookies):
            return PlainTextResponse("Not found", 404)
        return FileResponse(file)

    async def edition(request: Request) -> Response:
        """By this a page that was built before notices that there are other episodes now."""
        if not _let_in(app, request.cookies):
            return PlainTextResponse("Log in first", 401)
        shown = await answering.run(answering.shown_episodes.look)
        return PlainTextResponse(shown.edition, headers={"Cache-Control": "no-store"})

    app.add_route("/audio/{episode}", audio)
    app.add_route("/edition", edition)


async def _lines(answering: Answering, asked: Asked) -> AsyncGenerator[str]:
    async with aclosing(answering.updates(asked)) as updates:
        async for html in updates:
            yield json.dumps(html) + "\n"


def _let_in(app: Any, cookies: Mapping[str, str]) -> bool:
    """Whether Gradio, mounted last, knows one of the cookies, or asks nobody to log in."""
    gradio_app = app.routes[-1].app
    if gradio_app.auth is None:
        return True
    names = (f"access-token-{gradio_app.cookie_id}", f"access-token-unsecure-{gradio_app.cookie_id}")
    return any(cookies.get(name) in gradio_app.tokens for name in names if cookies.get(name))
