"""The page's parts, in reading order, and which event does what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import gradio as gr

from bot.page.answering import Answering
from bot.page.clicks import Clicks
from bot.page.endpoints import add_endpoints
from bot.page.fixed_parts import ALL_EPISODES, episode_choices, search_html, small_print_html, top_html, welcome_html
from bot.page.options import PageOptions
from bot.page.shown_episodes import Shown
from bot.records import Episode

SCRIPTS: Final = ("page", "conversation", "moments", "search", "audio", "buttons", "start")
ASK: Final = "(...choices) => { window.earmark.ask(...choices); return []; }"
# Gradio looks for work that often, 1,000 times a second by itself: 4 % of a core for nothing, and each time all other
# threads of the server are held up. A click waits for half of it.
LOOK_SECONDS: Final = 0.02
STOP: Final = "() => { window.earmark.stop(); return []; }"


@dataclass(frozen=True, slots=True)
class Parts:
    """Gradio's components that events read or change."""

    earlier: gr.HTML
    live: gr.HTML
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    choices: gr.Row
    episode: gr.Dropdown
    model: gr.Dropdown
    transcript: gr.HTML


def page_file(name: str) -> str:
    return files("bot.page").joinpath(name).read_text(encoding="utf-8")


def page_script() -> str:
    """The files of `script/` as one script, which shares nothing with Gradio's but `window.earmark`."""
    parts = "\n".join(page_file(f"script/{name}.js") for name in SCRIPTS)
    return f'window.earmark ?? (() => {{\n"use strict";\n{parts}}})();'


def build_page(answering: Answering, options: PageOptions) -> gr.Blocks:
    """The page; it is not served yet."""
    shown = answering.shown_episodes.shown
    episodes = shown.episodes
    clicks = Clicks(answering, shown)
    with gr.Blocks(title=_title(episodes), fill_width=True, fill_height=True, analytics_enabled=False) as page:
        gr.HTML(top_html(), elem_id="top", apply_default_css=False)
        with gr.Row(elem_id="sides"):
            with gr.Column(elem_id="talk-side", min_width=0):
                earlier, live = _conversation(shown)
                with gr.Column(elem_id="composer"):
                    choices, episode, model = _choices(options, episodes)
                    box, send, stop = _ask_row()
                    notice = small_print_html(feedback=answering.feedback is not None)
                    gr.HTML(notice, elem_id="small-print", apply_default_css=False)
            with gr.Column(elem_id="episode-side", min_width=0):
                gr.HTML(search_html(), elem_id="find", apply_default_css=False)
                transcript = _transcript_part(clicks.transcript(episodes[0].id, shown) if episodes else "")
        _connect(clicks, Parts(earlier, live, box, send, stop, choices, episode, model, transcript))
        add_endpoints(answering, options.at_once)
    page.queue(default_concurrency_limit=None, max_size=options.at_once + options.waiting)
    page._queue.sleep_when_free = LOOK_SECONDS
    return page


def _title(episodes: Sequence[Episode]) -> str:
    return f"Earmark · {episodes[0].title}" if len(episodes) == 1 and episodes[0].title else "Earmark"


def _conversation(shown: Shown) -> tuple[gr.HTML, gr.HTML]:
    """Earlier turns, which only the browser changes, and the turn that is being answered."""
    with gr.Column(elem_id="conversation"):
        earlier = gr.HTML(welcome_html(shown.episodes, shown.edition), elem_id="earlier", apply_default_css=False)
        live = gr.HTML(
            "",
            elem_id="live",
            apply_default_css=False,
            js_on_load='window.earmark.mountConversation(element, trigger, props, "rate", "arrive")',
        )
    return earlier, live


def _choices(options: PageOptions, episodes: Sequence[Episode]) -> tuple[gr.Row, gr.Dropdown, gr.Dropdown]:
    """Which episode is asked and which model answers; each is shown only where there is a choice."""
    several = len(episodes) > 1
    models = [("Quotes, no model" if model == "quotes" else model, model) for model in options.models] or [("", "")]
    look: dict[str, Any] = {"container": False, "min_width": 0, "elem_classes": "choice"}
    with gr.Row(elem_id="choices", visible=several or len(models) > 1) as choices:
        every = episode_choices(episodes)
        episode = gr.Dropdown(every, value=ALL_EPISODES, label="Episode asked", visible=several, **look)
        model = gr.Dropdown(models, value=models[0][1], label="Answered by", visible=len(models) > 1, **look)
    return choices, episode, model


def _ask_row() -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Row(elem_id="ask-row"):
        box = gr.Textbox(
            label="Question",
            placeholder="Ask about what was said",
            elem_id="box",
            lines=1,
            max_lines=6,
            container=False,
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
        )
        send = gr.Button("Ask", variant="primary", elem_id="send", min_width=0)
        stop = gr.Button("Stop", variant="secondary", elem_id="stop", min_width=0)
    return box, send, stop


def _transcript_part(html: str) -> gr.HTML:
    return gr.HTML(
        html,
        elem_id="transcript",
        apply_default_css=False,
        js_on_load='window.earmark.mountTranscript(element, trigger, watch, "open")',
    )


def _connect(clicks: Clicks, parts: Parts) -> None:
    def quiet(name: str) -> dict[str, Any]:
        return {"show_progress": "hidden", "api_visibility": "private", "api_name": f"page_{name}"}

    asking = [parts.box, parts.episode, parts.model]
    gr.on([parts.box.submit, parts.send.click], None, asking, js=ASK, **quiet("ask"))
    changing = [parts.earlier, parts.choices, parts.episode, parts.transcript]
    parts.live.arrive(clicks.arrive, None, changing, **quiet("arrive"))
    parts.stop.click(None, js=STOP, **quiet("stop"))
    parts.live.rate(clicks.rate, **quiet("rate"))
    parts.episode.change(clicks.show, parts.episode, parts.transcript, **quiet("show"))
    parts.transcript.open(clicks.open, None, parts.transcript, **quiet("open"))
