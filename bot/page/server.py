"""Opens the page: checks the options, opens Earmark, puts guard, sound and Gradio together, and runs the server."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

from bot.errors import EarmarkError, SettingError
from bot.page.answering import Answering
from bot.page.endpoints import endpoint_values
from bot.page.feedback import FeedbackFile
from bot.page.mcp_tools import PATH, mcp_tools
from bot.page.options import PageOptions, hosts_of, is_loopback, options_from
from bot.page.program_calls import ProgramCalls
from bot.page.rates import Rates
from bot.page.request_guard import RequestGuard
from bot.page.routes import add_routes
from bot.page.shown_episodes import ShownEpisodes
from bot.page.sounds import named_sound
from bot.page.waiting_line import WaitingLine
from bot.terminal.progress import ProgressLines

if TYPE_CHECKING:
    from bot.earmark import Earmark

BACKLOG = 2048
SPARE_THREADS = 16  # beside those that answer: transcripts, thumbs, programs

_log = logging.getLogger("bot.page")


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page as an ASGI application, what ends its growing answers, and whether it has tools for assistants."""

    app: RequestGuard
    end: Callable[[], None]
    has_tools: bool


def serve(arguments: argparse.Namespace) -> int:
    """Runs the page until it is interrupted; returns the exit code. `arguments` are those of `add_options`."""
    options = options_from(arguments)
    logging.basicConfig(format="%(message)s")  # before a library sets up the log in its own way
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(options))
        bots = {model: stack.enter_context(_open(options, model)) for model in options.models or ("",)}
        page = make_page(bots, options)
        _say_where(options, listener.getsockname()[1], has_tools=page.has_tools)
        warm_up_aside(bots.values())
        from bot.page.web_server import run_server

        run_server(page.app, listener, page.end)
    return 0


def make_page(bots: Mapping[str, Earmark], options: PageOptions) -> Page:
    """`bots` are by the name of their model, the first one is the default. Raises SettingError and StoreError."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio reads it when it is imported
    os.environ["GRADIO_RUN_HISTORY"] = "False"
    from fastapi import FastAPI

    from bot.page.layout import build_page

    first = next(iter(bots.values()))
    episodes = [summary.episode for summary in first.episodes()]
    shown_episodes = ShownEpisodes(first, named_sound(options.audio, episodes) if options.audio else None)
    feedback = FeedbackFile(options.feedback) if options.feedback else None
    pool = started_pool(options.at_once + SPARE_THREADS)
    line = WaitingLine(options.at_once, options.waiting)
    answering = Answering(bots, shown_episodes, line, pool, feedback)
    tools = None if options.auth else mcp_tools(answering)  # assistants cannot fill in a login form
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=tools.running if tools else None)
    page = build_page(answering, options)
    add_routes(app, answering)
    if tools:
        app.router.routes.extend(tools.routes)
    _mount(app, page, options)
    calls = ProgramCalls(app, endpoint_values(page))
    hosts, rates = hosts_of(options), Rates(options.per_minute)
    guard = RequestGuard(calls, hosts, lambda: shown_episodes.shown.sounds.origins, rates)
    return Page(guard, answering.end, has_tools=tools is not None)


def started_pool(threads: int) -> ThreadPoolExecutor:
    """Threads that run already: under load it takes 20 ms to start one, and the event loop would wait for it."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
    everyone = Barrier(threads)
    list(pool.map(lambda _: everyone.wait(), range(threads)))
    return pool


def _mount(app: Any, page: Any, options: PageOptions) -> None:
    """Puts Gradio under the application, with everything off that the page does not use."""
    import gradio as gr

    from bot.page.fixed_parts import FAVICON
    from bot.page.layout import page_file, page_script

    gr.mount_gradio_app(
        app,
        page,
        path="/",
        server_name=options.host,
        server_port=options.port,
        auth=options.auth,
        show_error=False,
        max_file_size=1,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=gr.themes.Base(font=_fonts("IBM Plex Sans", "system-ui"), font_mono=_fonts("IBM Plex Mono", "monospace")),
        css=page_file("style.css"),
        head=f"{FAVICON}<script>{page_script()}</script>",
    )


def _fonts(name: str, otherwise: str) -> list[Any]:
    """A font that Gradio brings along; of its semi-bold files some hold only a few letters, hence 400 and 700."""
    import gradio as gr

    return [gr.themes.LocalFont(name, weights=(400, 700)), otherwise]


def _open(options: PageOptions, model: str) -> Earmark:
    from bot.earmark import Earmark

    return Earmark.open(options.store, model=model or None, progress=ProgressLines())


def _listen(options: PageOptions) -> socket.socket:
    """A bound socket; raises SettingError where the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host.strip("[]"), options.port))
        listener.listen(BACKLOG)  # so that whoever reads the address below can connect at once
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror) or options.port == 0:
            raise SettingError.of("--host", options.host, "no such address here", "use 127.0.0.1") from None
        problem = f"cannot listen there ({str(error.strerror).lower()})"
        advice = f"stop the other program, or try --port {options.port + 1}"
        raise SettingError.of("--port", options.port, problem, advice) from None
    return listener


def _say_where(options: PageOptions, port: int, *, has_tools: bool) -> None:
    host = "127.0.0.1" if is_loopback(options.host) else options.host
    host = f"[{host}]" if ":" in host else host
    print(f"Earmark is at http://{host}:{port} (Ctrl+C ends it)", flush=True)
    if has_tools:
        print(f"Assistants that speak MCP find its tools at http://{host}:{port}{PATH}", flush=True)
    if not is_loopback(options.host):
        guarded = "asks for a name and a password" if options.auth else "lets everyone in"
        print(f"Others can reach it; it {guarded}. Put a proxy with https before it.", flush=True)


def warm_up_aside(bots: Iterable[Earmark]) -> None:
    """Does beforehand what the first question would wait for: imports, the search, the connection's client.

    What is in memory then stays, so the garbage collector need not look through it again: it took 0.3 s each time, in
    which nobody was served, three times in a burst of 200 questions.
    """
    Thread(target=_warm_all, args=(list(bots),), name="warm-up", daemon=True).start()


def _warm_all(bots: Iterable[Earmark]) -> None:
    for bot in bots:
        try:
            bot.retrieve("How are you?", k=1)
            if bot.writer is not None:
                bot.writer.model.open()
                bot.writer.check.load()
        except EarmarkError as error:  # a question will meet it again, and its reader be told
            _log.warning("could not get ready: %s", error)
    gc.collect()
    gc.freeze()
