"""Decides a transcript's format by its content; names and types of files are often wrong.

A further format is a module of its own and its name in `FORMATS`; the first that recognises the lines reads them.
"""

from __future__ import annotations

from bot.transcripts.html_page import HTML
from bot.transcripts.json_formats import JSON
from bot.transcripts.markdown import MARKDOWN
from bot.transcripts.podchaser import PAGE_DUMP
from bot.transcripts.reading import Format, Lines
from bot.transcripts.subtitles import SUBRIP, WEBVTT
from bot.transcripts.timed_text import TIMED_TEXT
from bot.transcripts.untimed_text import UNTIMED_TEXT

FORMATS: tuple[Format, ...] = (JSON, WEBVTT, SUBRIP, HTML, MARKDOWN, TIMED_TEXT, PAGE_DUMP, UNTIMED_TEXT)


def recognise(lines: Lines) -> Format | None:
    """The format of these lines, or None."""
    return next((known for known in FORMATS if known.recognises(lines)), None)


def formats_in_words() -> str:
    """For messages: `a, b or c`."""
    titles = [known.title for known in FORMATS]
    return ", ".join(titles[:-1]) + " or " + titles[-1]
