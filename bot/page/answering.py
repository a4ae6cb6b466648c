"""What asking does: the events of `Earmark` -> the HTML of one turn, again and again as it grows."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.errors import EarmarkError, StoreError
from bot.page.feedback import FeedbackFile
from bot.page.gate import Gate, Overloaded
from bot.page.pump import Pump
from bot.page.rendering import Titles, in_sentences, turn_html
from bot.page.turns import Asked, Turn
from bot.records import Reply, SearchedFor

if TYPE_CHECKING:
    from bot.earmark import Earmark

PLACE_SECONDS: Final = 1.0  # between two words on the place in line
PAUSE_SECONDS: Final = 0.2
PAUSE_SECONDS_EACH: Final = 0.005  # with many answers at once updates come less often, so that none starves
BUSY: Final = "Too many people are asking just now. Your question is kept: ask again in a minute."
LINE: Final = "Many people are asking: you are number {place} in line."

_log = logging.getLogger(__name__)
Event = SearchedFor | str | Reply


class Answering:
    """One for the whole page. `bots` are by the name of their model; all methods run in the server's event loop."""

    def __init__(
        self,
        bots: Mapping[str, Earmark],
        titles: Titles,
        gate: Gate,
        pool: ThreadPoolExecutor,
        feedback: FeedbackFile | None,
    ) -> None:
        self.gate = gate
        self.titles = titles
        self.feedback = feedback
        self._bots = bots
        self._pool = pool

    def bot(self, model: str | None) -> Earmark:
        """The one with that model; the first for a name that is not offered."""
        return self._bots.get(model or "", next(iter(self._bots.values())))

    async def rate(self, token: str, thumb: object) -> None:
        """Saves a thumb, where that was turned on."""
        feedback = self.feedback
        if feedback and thumb in ("up", "down"):
            await self.run(lambda: feedback.rate(token, thumb))

    async def updates(self, asked: Asked) -> AsyncGenerator[str]:
        """The turn as HTML, several times a second at most; never raises. Whoever stops taking them ends the answer."""
        turn = Turn(asked.number, asked.question)
        try:
            async with aclosing(self._turns(turn, asked)) as turns:
                async for turn in turns:
                    yield self._html(turn, asked)
        except Overloaded:
            yield self._html(replace(turn, state="failed", note=BUSY), asked)
        except Exception as error:  # whatever it is, the page says so and stays usable
            yield self._html(replace(turn, state="failed", note=words_for(error)), asked)

    def _html(self, turn: Turn, asked: Asked) -> str:
        if self.feedback and turn.reply:
            turn = replace(turn, token=self.feedback.remember(turn.question, asked.history, turn.reply))
        return turn_html(turn, self.titles, feedback=self.feedback is not None)

    async def _turns(self, turn: Turn, asked: Asked) -> AsyncGenerator[Turn]:
        def events() -> Iterator[Event]:
            return self.bot(asked.model).events(asked.question, history=asked.history, episode=asked.episode)

        with self.gate.enter() as ticket:
            while place := await ticket.place(PLACE_SECONDS):
                yield replace(turn, state="waiting", note=LINE.format(place=place))
            yield turn
            pump: Pump[Event] = Pump(events, self._pool)
            async with aclosing(pump.batches(self._pause)) as batches:
                async for batch in batches:
                    if batch:
                        turn = grown(turn, batch)
                        yield turn

    def _pause(self) -> float:
        return max(PAUSE_SECONDS, PAUSE_SECONDS_EACH * self.gate.inside)

    async def run(self, work: Any) -> Any:
        """What the blocking `work()` returns, run in the page's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def grown(turn: Turn, events: Sequence[Event]) -> Turn:
    """The turn with what came since."""
    for event in events:
        if isinstance(event, SearchedFor):
            turn = replace(turn, searched_for=event.question)
        elif isinstance(event, Reply):
            turn = replace(turn, state="answered", reply=event, searched_for=event.searched_for)
        else:
            turn = replace(turn, text=turn.text + event)
    return turn


def words_for(error: Exception) -> str:
    """What a reader of the page is told; what only the server's owner should know goes to the log."""
    if isinstance(error, EarmarkError) and not isinstance(error, StoreError):
        return in_sentences(str(error))
    number = secrets.token_hex(3)
    _log.error("error %s while answering: %s", number, error, exc_info=not isinstance(error, EarmarkError))
    what = "The store of transcripts cannot be read" if isinstance(error, StoreError) else "Something went wrong here"
    return f"{what} (error {number}). Ask again; if it stays, the log of this page says more under that number."
