"""Reading an asynchronous source from ordinary code, with limits on every wait.

All requests of the process run on one event loop in a thread of its own. Cancelling a task there closes its connection
at once, whatever the server does: hang before the headers, drip, or send pings for ever. Threads that block in a socket
could not be stopped like that, and the client's own timeouts begin anew with every byte.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
CLOSING_SECONDS = 1.0  # a cancelled task ends within milliseconds; nobody waits longer for it


class StreamEnd(Exception):
    """The source has no more items."""


class ModelStream(Generic[Item]):
    """Items of `source`, read as fast as they come; `close` stops the reading and with it the request.

    The source runs in the caller's context: LangChain's callbacks and tracing travel in it.
    """

    def __init__(self, source: Callable[[], AsyncIterator[Item]]) -> None:
        self._items: SimpleQueue[Item | Exception] = SimpleQueue()
        self._task = _BackgroundTask(lambda: _read(source, self._items))

    def get(self, seconds: float) -> Item:
        """The next item; raises TimeoutError after `seconds`, StreamEnd at the end, and what the source raised."""
        try:
            item = self._items.get(timeout=seconds) if seconds > 0 else self._items.get_nowait()
        except Empty:
            raise TimeoutError from None
        if isinstance(item, Exception):
            raise item
        return item

    def cancel(self) -> None:
        """Begin to close, from any thread, without waiting for it; `get` comes to the end at once."""
        self._items.put(StreamEnd())
        self._task.cancel()

    def close(self) -> None:
        self._task.cancel()
        self._task.wait()


def run_in_background(work: Callable[[], Awaitable[Any]]) -> None:
    """Do `work` on the shared loop and wait a moment for it; what it raises is lost."""
    task = _BackgroundTask(work)
    task.wait()


class _BackgroundTask:
    def __init__(self, work: Callable[[], Awaitable[Any]]) -> None:
        self._ended = threading.Event()
        self._task: asyncio.Task[None] | None = None
        _loop().call_soon_threadsafe(self._start, work)

    def cancel(self) -> None:
        _loop().call_soon_threadsafe(self._cancel)

    def wait(self) -> None:
        if threading.current_thread().name != _THREAD:  # the loop's own thread must not wait for itself
            self._ended.wait(CLOSING_SECONDS)

    def _start(self, work: Callable[[], Awaitable[Any]]) -> None:
        self._task = _loop().create_task(_quietly(work))
        self._task.add_done_callback(lambda _: self._ended.set())

    def _cancel(self) -> None:
        if self._task:
            self._task.cancel()


_log = logging.getLogger(__name__)
_THREAD = "earmark-model"
_begun: ContextVar[list[weakref.ref[AsyncGenerator[Any, Any]]]] = ContextVar("begun")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = _new_loop()
    loop.call_soon(_note_generators)
    loop.set_exception_handler(_note_failure)
    threading.Thread(target=loop.run_forever, name=_THREAD, daemon=True).start()
    return loop


def _new_loop() -> asyncio.AbstractEventLoop:
    """The faster kind, which comes with Chroma where it can be had; uvicorn takes it for the page too."""
    try:
        import uvloop
    except ImportError:  # as on Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _note_failure(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a reader should know comes through its queue; this is about requests that nobody waits for any more."""
    _log.debug("while closing a request: %s (%s)", context.get("message"), type(context.get("exception")).__name__)


def _note_generators() -> None:
    """From now on, each stream that is read on this thread knows the asynchronous generators that it began."""
    hooks = sys.get_asyncgen_hooks()

    def first_iteration(generator: AsyncGenerator[Any, Any]) -> None:
        if (begun := _begun.get(None)) is not None:
            begun.append(weakref.ref(generator))
        if hooks.firstiter:
            hooks.firstiter(generator)

    sys.set_asyncgen_hooks(first_iteration, hooks.finalizer)


async def _quietly(work: Callable[[], Awaitable[Any]]) -> None:
    try:
        await work()
    except Exception:  # a reader puts its errors into the queue; others have nobody to tell
        return


async def _read(source: Callable[[], AsyncIterator[Item]], items: SimpleQueue[Item | Exception]) -> None:
    begun: list[weakref.ref[AsyncGenerator[Any, Any]]] = []
    _begun.set(begun)
    end: Exception = StreamEnd()
    try:
        async for item in source():
            items.put(item)
    except Exception as error:
        end = error
    finally:
        await asyncio.shield(_kept(asyncio.ensure_future(_close_all(begun))))
    items.put(end)


async def _close_all(begun: Sequence[weakref.ref[AsyncGenerator[Any, Any]]]) -> None:
    """Close the generators, outermost first.

    LangChain and its clients nest two dozen of them, which do not close each other when the reader leaves. The
    innermost holds the connection, and would hold it until the garbage collector comes by, on whatever thread.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            for generator in filter(None, (reference() for reference in begun)):
                with suppress(Exception):
                    await generator.aclose()


_closing: set[asyncio.Future[None]] = set()


def _kept(task: asyncio.Future[None]) -> asyncio.Future[None]:
    """The loop itself holds its tasks weakly."""
    _closing.add(task)
    task.add_done_callback(_closing.discard)
    return task
