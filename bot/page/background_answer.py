"""An answer made by a blocking generator in a thread, whose items an event loop takes in batches.

Each update of the page costs far more than a word of text, so words are collected between updates.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing, suppress
from threading import Lock
from typing import Generic, TypeVar

from bot.models.stop import Stop

Item = TypeVar("Item")


class BackgroundAnswer(Generic[Item]):
    """`make` gives a generator; it is told to stop, and closed in its thread, when nobody takes batches any more."""

    def __init__(self, make: Callable[[Stop], Iterator[Item]], pool: Executor) -> None:
        self._make = make
        self._pool = pool
        self._items: list[Item] = []
        self._failure: BaseException | None = None
        self._lock = Lock()
        self._wanted = False
        self._stop = Stop()
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    async def batches(self, pause: Callable[[Sequence[Item]], float]) -> AsyncGenerator[list[Item]]:
        """What came since the last batch, `pause(last)` seconds after it; raises what the generator raised."""
        loop = asyncio.get_running_loop()
        loop.run_in_executor(self._pool, self._run, loop)
        try:
            while True:
                over = self._over.is_set()
                batch = await self._next_batch()
                yield batch
                if over:
                    break
                if seconds := pause(batch):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._over.wait(), seconds)
        finally:
            self._stop.set()
        if self._failure is not None:
            raise self._failure

    def break_off(self, failure: Exception) -> None:
        """Ends it from the event loop: what came is handed on, then `failure` is raised where batches are taken."""
        if not self._over.is_set():
            self._failure = failure
            self._end()
            self._stop.set()

    async def _next_batch(self) -> list[Item]:
        with self._lock:
            self._wanted = not self._items and not self._over.is_set()
            self._news.clear()
        if self._wanted:
            await self._news.wait()
        with self._lock:
            batch, self._items, self._wanted = self._items, [], False
        return batch

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            if not self._stop.is_set():
                self._take_all(loop)
        except BaseException as failure:  # it is raised again where the batches are taken
            self._failure = self._failure or failure
        finally:
            with suppress(RuntimeError):  # the loop is closed: the server has ended
                loop.call_soon_threadsafe(self._end)

    def _take_all(self, loop: asyncio.AbstractEventLoop) -> None:
        with closing(self._make(self._stop)) as items:  # type: ignore[type-var]
            while not self._stop.is_set():
                try:
                    item = next(items)
                except StopIteration:
                    return
                with self._lock:
                    self._items.append(item)
                    wanted, self._wanted = self._wanted, False
                if wanted:
                    loop.call_soon_threadsafe(self._news.set)

    def _end(self) -> None:
        self._over.set()
        self._news.set()
