"""Is the page fit to answer? A damaged index can still be counted, so a question is searched for."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, Final

from bot.page.answering import Answering

KEPT_SECONDS: Final = 2.0  # the same answer for as long, however often one asks
PATIENCE_SECONDS: Final = 10.0

_log = logging.getLogger("bot.page")


class Health:
    """`state` is what `GET health` tells: whether it can answer, and how many are being answered and wait."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._checked = -KEPT_SECONDS
        self._fit = False
        self._one_at_a_time = asyncio.Lock()

    async def state(self) -> dict[str, Any]:
        async with self._one_at_a_time:
            if time.monotonic() - self._checked >= KEPT_SECONDS:
                self._fit = await self._searches()
                self._checked = time.monotonic()
        line = self._answering.line
        return {"status": "ok" if self._fit else "unfit", "answering": line.inside, "waiting": line.in_line}

    async def _searches(self) -> bool:
        try:
            search = self._answering.run(lambda: self._answering.bot(None).retrieve("How are you?", k=1))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await search
        except Exception as error:  # whatever it is, the page is not fit
            _log.error("the health check failed: %s: %s", type(error).__name__, error)
            return False
        return True
