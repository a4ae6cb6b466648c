"""How many answers are worked on at once, and who waits in which place."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress


class Overloaded(Exception):
    """Nobody more may wait."""


class WaitingLine:
    """All calls come from one event loop, so that nothing here needs a lock."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once = at_once
        self._waiting = waiting
        self._line: deque[Ticket] = deque()
        self.inside = 0

    @property
    def in_line(self) -> int:
        return len(self._line)

    def enter(self) -> Ticket:
        """A ticket, admitted at once where there is room; raises Overloaded where even the line is full."""
        if self.inside >= self._at_once and len(self._line) >= self._waiting:
            raise Overloaded
        ticket = Ticket(self)
        self._line.append(ticket)
        self._admit()
        return ticket

    def place(self, ticket: Ticket) -> int:
        """1 for the next to be admitted."""
        return self._line.index(ticket) + 1

    def leave(self, ticket: Ticket) -> None:
        if ticket.admitted.is_set():
            self.inside -= 1
        else:
            self._line.remove(ticket)
        self._admit()

    def _admit(self) -> None:
        while self._line and self.inside < self._at_once:
            self.inside += 1
            self._line.popleft().admitted.set()


class Ticket:
    """A context manager that leaves the line, admitted or not."""

    def __init__(self, line: WaitingLine) -> None:
        self._line = line
        self.admitted = asyncio.Event()

    async def place(self, seconds: float) -> int:
        """0 when admitted; else the place in line after waiting for `seconds`."""
        if not self.admitted.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.admitted.wait(), seconds)
        # asked again: it may have been admitted just when its patience ended
        return 0 if self.admitted.is_set() else self._line.place(self)

    def __enter__(self) -> Ticket:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.leave(self)
