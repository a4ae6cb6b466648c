"""What the first question would wait for, done when the page opens: imports, the search, the connection's client."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Thread
from typing import TYPE_CHECKING

from bot.errors import EarmarkError

if TYPE_CHECKING:
    from bot.earmark import Earmark

_log = logging.getLogger("bot.page")


def warm_up_aside(bots: Iterable[Earmark]) -> None:
    """In a thread of its own, which ends with the process; asks no model anything."""
    Thread(target=_warm_all, args=(list(bots),), name="warm-up", daemon=True).start()


def _warm_all(bots: Iterable[Earmark]) -> None:
    for bot in bots:
        try:
            bot.retrieve("How are you?", k=1)
            if bot.writer is not None:
                bot.writer.model.open()
        except EarmarkError as error:  # a question will meet it again, and its reader be told
            _log.warning("could not get ready: %s", error)
