"""The parts of the page that stay as they are: the top, the welcome, the search field, the small print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.page.prose import escape
from bot.records import Episode

MOST_EXAMPLES: Final = 5
ALL_EPISODES: Final = ""
ICON: Final = (
    '<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">'
    '<path d="M6 3h9l4 4v14l-6.500-4L6 21z" fill="currentColor"/>'
    '<path d="M15 3v4h4z" fill="var(--paper)" opacity=".65"/></svg>'
)
HALF_MOON: Final = (
    '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false">'
    '<path fill="currentColor" d="M12 3a9 9 0 1 0 0 18V3z"/>'
    '<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2"/></svg>'
)
FAVICON: Final = (
    '<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,'
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E"
    "%3Cpath d='M6 3h9l4 4v14l-6.500-4L6 21z' fill='%230a6560'/%3E%3C/svg%3E\">"
)
FEEDBACK_NOTICE: Final = (
    "“Helpful” and “Not helpful” save the question, the conversation before it and the answer "
    "for whoever runs this page."
)


def top_html() -> str:
    return (
        '<header class="bar"><a class="skip" href="#question">Skip to the question</a>'
        f'<div class="brand">{ICON}<h1>Earmark</h1><span class="motto">every sentence with its second</span></div>'
        '<div class="tools" role="group" aria-label="Conversation and page">'
        '<button type="button" data-do="new" hidden>New</button>'
        '<button type="button" data-do="export" hidden>Export</button>'
        '<button type="button" data-do="transcript" class="narrow-only">Transcript</button>'
        f'<button type="button" data-do="theme" aria-label="Switch between light and dark">{HALF_MOON}</button>'
        "</div></header>"
    )


def search_html() -> str:
    return (
        '<div class="find" role="search"><button type="button" data-do="back" class="back">← Answer</button>'
        '<label class="sr" for="search">Search the transcript</label>'
        '<input id="search" type="search" placeholder="Search the transcript" autocomplete="off" spellcheck="false">'
        '<output id="found" for="search" aria-live="polite"></output></div>'
    )


def welcome_html(episodes: Sequence[Episode], edition: str = "") -> str:
    """What stands where the first answer will be, with example questions from the episodes."""
    questions = list(dict.fromkeys(question for episode in episodes for question in episode.questions))
    buttons = "".join(
        f'<li><button type="button" class="example" data-do="example" dir="auto">{escape(question)}</button></li>'
        for question in questions[:MOST_EXAMPLES]
    )
    what = "this episode" if len(episodes) == 1 else f"{len(episodes)} episodes"
    examples = f'<ul class="examples" aria-label="Example questions">{buttons}</ul>' if buttons else ""
    return (
        f'<div class="welcome" data-edition="{escape(edition)}"><h2>Ask {what} a question</h2>'
        "<p>Every sentence of the answer carries the second at which it was said. "
        f"Choose a time, and the transcript shows the words that prove it.</p>{examples}</div>"
    )


def episode_choices(episodes: Sequence[Episode]) -> list[tuple[str, str]]:
    """What can be asked: all together, or one; as Gradio wants it, (words, value)."""
    return [("All episodes", ALL_EPISODES), *((episode.title or episode.id, episode.id) for episode in episodes)]


def small_print_html(*, feedback: bool) -> str:
    notice = f" {FEEDBACK_NOTICE}" if feedback else ""
    return (
        '<p class="edit-hint" hidden>You are editing the last question. Escape leaves it as it was.</p>'
        f'<p>Times are checked against the transcript.{notice}</p><div id="status" role="status" class="sr"></div>'
    )
