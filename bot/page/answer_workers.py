"""Answers made in processes of their own: one interpreter computes on one core, however many threads ask it.

The page's process keeps the connections, the line and the layout. Each worker has `Earmark` open over the same store
and tells its events over a pipe; a worker whose pipe ends, because the page has ended in whatever way, ends itself.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final

from bot.errors import EarmarkError, ModelError, SettingError, StoreError
from bot.models.conversation import History
from bot.models.stop import Stop
from bot.records import Reply, SearchedFor

if TYPE_CHECKING:
    from bot.earmark import Earmark

ENDING_SECONDS: Final = 2.0
SWITCH_SECONDS: Final = 0.001  # as in the page's process
_SPAWN: Final = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
_log = logging.getLogger("bot.page")

Event = SearchedFor | str | Reply
Question = tuple[str, str, History, str | None]  # model, question, history, episode


@dataclass(frozen=True, slots=True)
class Failure:
    """What was raised: a class, and what it is made with. Errors with two arguments do not survive a pickle."""

    kind: type[Exception]
    words: tuple[str, ...] = ()


Said = SimpleQueue[Event | Failure | None]


class WorkerGone(Exception):
    """The worker's process ended in the middle of an answer."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Which store and models the workers open; together they make no more requests than one process would."""

    store: str | None
    models: Sequence[str]
    at_once: int
    workers: int


class AnswerWorkers:
    """Hands each answer to the worker that has fewest. Thread-safe; a worker that has died is replaced."""

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        self._lock = Lock()
        self._workers = [_Worker(options) for _ in range(options.workers)]

    def events(self, question: Question, stop: Stop) -> Iterator[Event]:
        """As `Earmark.events`; raises WorkerGone where the worker is killed."""
        with self._lock:
            self._workers = [one if one.alive else _Worker(self._options) for one in self._workers]
            worker = min(self._workers, key=lambda one: one.busy)
            number, said = worker.begin()
        yield from worker.events(number, said, question, stop)

    def close(self) -> None:
        """Ends the processes; the answers in work with them."""
        for worker in self._workers:
            worker.close()

    def __enter__(self) -> AnswerWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Worker:
    """One process, seen from the page's."""

    def __init__(self, options: WorkerOptions) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=work, args=(theirs, options), name="answers", daemon=True)
        self._process.start()
        theirs.close()
        self._numbers = count()
        self._answers: dict[int, Said] = {}
        self._lock = Lock()
        self._outbox: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self.alive = True
        Thread(target=self._read, name="answers-read", daemon=True).start()
        Thread(target=self._write, name="answers-write", daemon=True).start()

    @property
    def busy(self) -> int:
        return len(self._answers)

    def begin(self) -> tuple[int, Said]:
        said: Said = SimpleQueue()
        with self._lock:
            number = next(self._numbers)
            self._answers[number] = said
            if not self.alive:
                said.put(Failure(WorkerGone))
        return number, said

    def events(self, number: int, said: Said, question: Question, stop: Stop) -> Iterator[Event]:
        """What the worker says of this answer, None at its end; nobody waits for it once `stop` is set."""
        try:
            self._outbox.put((number, *question))
            with stop.calling(lambda: said.put(None)):
                while (item := said.get()) is not None:
                    if isinstance(item, Failure):
                        raise item.kind(*item.words)
                    yield item
        finally:
            with self._lock:
                self._answers.pop(number, None)
            self._outbox.put((number,))

    def close(self) -> None:
        self._outbox.put(())
        self._process.join(ENDING_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(ENDING_SECONDS)

    def _read(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                number, item = self._pipe.recv()
                if (said := self._answers.get(number)) is not None:
                    said.put(item)
        with self._lock:
            self.alive = False
            for said in self._answers.values():
                said.put(Failure(WorkerGone))
        self._outbox.put(())

    def _write(self) -> None:
        """In a thread of its own: the event loop, which stops answers, must not wait for a full pipe."""
        with suppress(OSError):
            while message := self._outbox.get():
                self._pipe.send(message)
        self._pipe.close()


def work(pipe: Connection, options: WorkerOptions) -> None:
    """The worker's process: `(number, *question)` begins an answer, `(number,)` ends it, the end of the pipe all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the page ends its workers itself
    sys.setswitchinterval(SWITCH_SECONDS)
    desk = _Desk(pipe, options)
    Thread(target=desk.warm_up, name="warm-up", daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            number, *question = pipe.recv()
            if question:
                desk.begin(number, *question)
            else:
                desk.end(number)
    os._exit(0)  # with requests to the model in work, which so end too


class _Desk:
    """The answers that one worker has in work."""

    def __init__(self, pipe: Connection, options: WorkerOptions) -> None:
        from bot.earmark import Earmark
        from bot.settings import read_settings

        calls = -(-read_settings().model_calls // options.workers)
        self._bots = {
            model: Earmark(read_settings(store=options.store, model=model or None, model_calls=calls))
            for model in options.models
        }
        self._pipe = pipe
        self._telling = Lock()
        self._stops: dict[int, Stop] = {}
        self._pool = ThreadPoolExecutor(options.at_once, thread_name_prefix="answer")

    def warm_up(self) -> None:
        for bot in self._bots.values():
            get_ready(bot)

    def begin(self, number: int, model: str, question: str, history: History, episode: str | None) -> None:
        self._stops[number] = stop = Stop()
        bot = self._bots.get(model) or next(iter(self._bots.values()))
        self._pool.submit(self._answer, number, bot, question, history, episode, stop)

    def end(self, number: int) -> None:
        if (stop := self._stops.get(number)) is not None:
            stop.set()

    def _answer(
        self, number: int, bot: Earmark, question: str, history: History, episode: str | None, stop: Stop
    ) -> None:
        failure: Failure | None = None
        try:
            for event in bot.events(question, history=history, episode=episode, stop=stop):
                self._tell(number, event)
        except Exception as error:
            failure = portable(error)
        self._stops.pop(number, None)
        self._tell(number, failure)

    def _tell(self, number: int, item: Event | Failure | None) -> None:
        with suppress(OSError), self._telling:
            self._pipe.send((number, item))


def portable(error: Exception) -> Failure:
    """The error for another process; a bug's traceback stays in this one's log."""
    for kind in (SettingError, StoreError, ModelError, EarmarkError):
        if isinstance(error, kind):
            return Failure(kind, (error.problem, error.advice))
    _log.error("an answer failed in its worker: %s", error, exc_info=error)
    return Failure(RuntimeError, (f"{type(error).__name__} in a worker",))


def get_ready(bot: Earmark) -> None:
    """Does beforehand what the first question would wait for: imports, the search, the connection's client."""
    try:
        bot.retrieve("How are you?", k=1)
        if bot.writer is not None:
            bot.writer.model.open()
    except EarmarkError as error:  # a question will meet it again, and its reader be told
        _log.warning("could not get ready: %s", error)
