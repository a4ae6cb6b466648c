"""What a reader of the page is told when something failed; addresses, paths and details go to the log, under a number.

A question that cannot be asked is told as it is: the reader can mend it. The rest only the page's owner can mend.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from typing import Final

from bot.errors import ModelError, SettingError, StoreError
from bot.page.rendering import in_sentences
from bot.records import Reply

BUSY: Final = "Too many people are asking just now. Your question is kept: ask again in a minute."
LINE: Final = "Many people are asking: you are number {place} in line."
ENDING: Final = "This page is being shut down. What you see of the answer stays; ask again when the page is back."
WITHOUT_MODEL: Final = "The model that writes answers failed this time, so these are the episode's own words."
WITHOUT_VECTORS: Final = "The search went by words alone this time, without their meaning."

_log = logging.getLogger("bot.page")


class PageEnds(Exception):
    """The server is shutting down."""


def words_for(error: Exception) -> str:
    """Two sentences at most for the reader."""
    if isinstance(error, PageEnds):
        return ENDING
    if isinstance(error, SettingError) and "://" not in str(error):
        return in_sentences(str(error))
    number = secrets.token_hex(3)
    ours = isinstance(error, StoreError | ModelError | SettingError)
    _log.error("error %s while answering: %s", number, error, exc_info=None if ours else error)
    return f"{_what_failed(error)} (error {number}). Ask again; if it stays, the log of this page says more."


def _what_failed(error: Exception) -> str:
    if isinstance(error, StoreError):
        return "The store of transcripts cannot be read"
    if isinstance(error, ModelError):
        return "The model that writes the answers did not answer"
    return "Something went wrong here"


def in_plain_words(reply: Reply) -> Reply:
    """The reply with a reason for being degraded that tells nothing of this machine; the true one is logged."""
    if reply.degraded is None:
        return reply
    number = secrets.token_hex(3)
    _log.warning("degraded %s: %s", number, reply.degraded)
    words = WITHOUT_VECTORS if reply.degraded.startswith("keyword search only") else WITHOUT_MODEL
    helps = "Asking again may help; the" if "ask again" in reply.degraded else "The"
    return replace(reply, degraded=f"{words} {helps} log has the reason under {number}.")
