"""What asking does: the events of `Earmark` -> the HTML of one turn, again and again as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.models.stop import Stop
from bot.page.background_answer import BackgroundAnswer
from bot.page.feedback import FeedbackFile
from bot.page.plain_words import BUSY, LINE, PageEnds, in_plain_words, words_for
from bot.page.rendering import turn_html
from bot.page.shown_episodes import ShownEpisodes
from bot.page.turns import Asked, Turn
from bot.page.waiting_line import Overloaded, Ticket, WaitingLine
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
        shown_episodes: ShownEpisodes,
        line: WaitingLine,
        pool: ThreadPoolExecutor,
        feedback: FeedbackFile | None,
    ) -> None:
        self.line = line
        self.shown_episodes = shown_episodes
        self.feedback = feedback
        self._bots = bots
        self._pool = pool
        self._in_work: set[BackgroundAnswer[Event]] = set()
        self._ending = False

    def bot(self, model: str | None) -> Earmark:
        """The one with that model; the first for a name that is not offered."""
        return self._bots.get(model or "", next(iter(self._bots.values())))

    def end(self) -> None:
        """Ends the answers in work and those in line, each with words."""
        self._ending = True
        for answer in list(self._in_work):
            answer.break_off(PageEnds())

    async def rate(self, token: str, thumb: object) -> None:
        """Saves a thumb, where that was turned on."""
        feedback = self.feedback
        if feedback and thumb in ("up", "down"):
            await self.run(lambda: feedback.rate(token, thumb))

    async def updates(self, asked: Asked) -> AsyncGenerator[str]:
        """The turn as HTML, several times a second at most; never raises. Whoever stops taking them ends the answer."""
        turn = Turn(asked.number, asked.question)
        shown = ""
        try:
            async with aclosing(self._turns(turn, asked)) as turns:
                async for turn in turns:
                    html = self._html(turn, asked)
                    if html != shown:
                        yield html
                    shown = html
        except Overloaded:
            yield self._html(replace(turn, state="failed", note=BUSY), asked)
        except Exception as error:  # whatever it is, the page says so and stays usable
            yield self._html(replace(turn, state="failed", note=words_for(error)), asked)

    async def reply(self, question: str, history: Sequence[Mapping[str, Any]], episode: str | None) -> Reply:
        """The whole answer at once, for programs. Raises Overloaded, and what `Earmark` raises."""
        asked = Asked(question, history=tuple(history), episode=episode)
        with self.line.enter() as ticket:
            while await self._place(ticket):
                pass
            async with aclosing(self._events(asked)) as batches:
                last = [event async for batch in batches for event in batch][-1]
        assert isinstance(last, Reply)
        return in_plain_words(last)

    def _html(self, turn: Turn, asked: Asked) -> str:
        if self.feedback and turn.reply:
            turn = replace(turn, token=self.feedback.remember(turn.question, asked.history, turn.reply))
        return turn_html(turn, self.shown_episodes.shown.titles, feedback=self.feedback is not None)

    async def _turns(self, turn: Turn, asked: Asked) -> AsyncGenerator[Turn]:
        with self.line.enter() as ticket:
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
            self.shown_episodes.look()
            bot = self.bot(asked.model)
            yield from bot.events(asked.question, history=asked.history, episode=asked.episode, stop=stop)

        answer: BackgroundAnswer[Event] = BackgroundAnswer(events, self._pool)
        self._in_work.add(answer)
        try:
            async with aclosing(answer.batches(self._pause)) as batches:
                async for batch in batches:
                    yield batch
        finally:
            self._in_work.discard(answer)

    def _pause(self, shown: Sequence[Event]) -> float:
        """Nobody waits for the first text longer than it takes."""
        if any(isinstance(event, str) for event in shown):
            return max(PAUSE_SECONDS, PAUSE_SECONDS_EACH * self.line.inside)
        return 0.0

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
