"""The page: a conversation on the left, the episode's transcript on the right, every time a door to its proof.

It knows the records of `bot.records` and an `Earmark` that makes them, and nothing of retrieval or models. All words
that come from outside (question, answer, transcript, titles, errors) are escaped here, once, when they become HTML.

    server.py           serve(): checks the options, opens Earmark, mounts the page, runs it, warms it up
    web_server.py       the server itself: patient with nobody, and it ends growing answers with words
    request_guard.py    what stands before Gradio: security headers, hosts and origins, size of a body
    rates.py            how often one client may ask
    layout.py           the page's parts and which event does what; fixed_parts.py those that stay
    options.py          what `app.py` and `earmark chat` can be told
    shown_episodes.py   which episodes there are now; sounds.py where their sound is
    routes.py           an answer as a response that grows; sounds; health.py whether the page is fit
    clicks.py           what the other events call
    answering.py        what asking does: events of Earmark -> HTML of one turn, as it grows
    turns.py            a question and its answer so far, and what the browser tells
    background_answer.py  an answer made in a thread, handed on in batches
    waiting_line.py     how many answers at once, and who waits
    rendering.py        a turn -> HTML; prose.py the answer's Markdown -> HTML
    turn_markdown.py    a turn -> Markdown to copy
    marked_moments.py   which citation stands behind which mark; transcript_view.py an episode -> HTML
    plain_words.py      what a reader is told when something failed, and what the log
    endpoints.py        ask, retrieve and episodes for programs; mcp_tools.py the same for assistants
    feedback.py         thumbs -> a file of question cases
    script/ style.css   what the browser adds: clicks on times, search, audio, light and dark
"""

from __future__ import annotations

import argparse

from bot.page.options import PageOptions, add_options, options_from

__all__ = ["PageOptions", "add_options", "options_from", "serve"]


def serve(arguments: argparse.Namespace) -> int:
    """Runs the page until it is interrupted; returns the exit code. `arguments` are those of `add_options`."""
    from bot.page import server

    return server.serve(arguments)
