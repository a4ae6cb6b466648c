"""What asking does: the events of `Earmark` -> the HTML of one turn, again and again as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.models.stop import Stop
from bot.page.feedback import FeedbackFile
from bot.page.gate import Gate, Overloaded, Ticket
from bot.page.plain_words import BUSY, LINE, PageEnds, in_plain_words, words_for
from bot.page.pump import Pump
from bot.page.rendering import turn_html
from bot.page.shelf import Shelf
from bot.page.turns import Asked, Turn
from bot.records import Reply, SearchedFor

if TYPE_CHECKING:
    from bot.earmark import Earmark

PLACE_SECONDS: Final = 1.0  # between two words on the place in line
PAUSE_SECONDS: Final = 0.2
PAUSE_SECONDS_EACH: Final = 0.005  # with many answers at once updates come less often, so that none starves

Event = SearchedFor | str | Reply


class Answering:
    """One for the whole page. `bots` are by the name of their model; all methods run in the server's event loop."""

    def __init__(
        self,
        bots: Mapping[str, Earmark],
        shelf: Shelf,
        gate: Gate,
        pool: ThreadPoolExecutor,
        feedback: FeedbackFile | None,
    ) -> None:
        self.gate = gate
        self.shelf = shelf
        self.feedback = feedback
        self._bots = bots
        self._pool = pool
        self._pumps: set[Pump[Event]] = set()
        self._ending = False

    def bot(self, model: str | None) -> Earmark:
        """The one with that model; the first for a name that is not offered."""
        return self._bots.get(model or "", next(iter(self._bots.values())))

    def end(self) -> None:
        """Ends the answers in work and those in line, each with words."""
        self._ending = True
        for pump in list(self._pumps):
            pump.break_off(PageEnds())

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

    async def reply(self, question: str, history: Sequence[Mapping[str, Any]], episode: str | None) -> Reply:
        """The whole answer at once, for programs. Raises Overloaded, and what `Earmark` raises."""
        asked = Asked(question, history=tuple(history), episode=episode)
        with self.gate.enter() as ticket:
            while await self._place(ticket):
                pass
            async with aclosing(self._events(asked)) as batches:
                last = [event async for batch in batches for event in batch][-1]
        assert isinstance(last, Reply)
        return in_plain_words(last)

    def _html(self, turn: Turn, asked: Asked) -> str:
        if self.feedback and turn.reply:
            turn = replace(turn, token=self.feedback.remember(turn.question, asked.history, turn.reply))
        return turn_html(turn, self.shelf.shown.titles, feedback=self.feedback is not None)

    async def _turns(self, turn: Turn, asked: Asked) -> AsyncGenerator[Turn]:
        with self.gate.enter() as ticket:
            while place := await self._place(ticket):
                yield replace(turn, state="waiting", note=LINE.format(place=place))
            yield turn
            async with aclosing(self._events(asked)) as batches:
                async for batch in batches:
                    if batch:
                        turn = grown(turn, batch)
                        yield turn

    async def _place(self, ticket: Ticket) -> int:
        """0 when admitted; else the place in line, after a while."""
        place = await ticket.place(PLACE_SECONDS)
        if self._ending:
            raise PageEnds
        return place

    async def _events(self, asked: Asked) -> AsyncGenerator[list[Event]]:
        def events(stop: Stop) -> Iterator[Event]:
            self.shelf.look()
            bot = self.bot(asked.model)
            yield from bot.events(asked.question, history=asked.history, episode=asked.episode, stop=stop)

        pump: Pump[Event] = Pump(events, self._pool)
        self._pumps.add(pump)
        try:
            async with aclosing(pump.batches(self._pause)) as batches:
                async for batch in batches:
                    yield batch
        finally:
            self._pumps.discard(pump)

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
            turn = replace(turn, state="answered", reply=in_plain_words(event), searched_for=event.searched_for)
        else:
            turn = replace(turn, text=turn.text + event)
    return turn
