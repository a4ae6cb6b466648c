"""Where the time goes, of an answer or an ingest: the functions of each stage are timed while they run.

Nested ones count once, for the outermost. What other threads run meanwhile is not looked at.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

EMBED, DENSE, KEYWORD, LATE, WINDOWS, READING = (
    "embed",
    "dense",
    "keyword",
    "late interaction",
    "windows",
    "reading",
)
QUOTES, CONTEXT, CHECK = "quotes", "context", "check"
IN_QUOTES = (EMBED, DENSE, KEYWORD, LATE, WINDOWS, READING, QUOTES)
IN_PROSE = (CONTEXT, CHECK)


class StageTimes:
    """`seconds` by stage since the last `restart`; only the outermost of nested stages counts."""

    def __init__(
        self, functions: Sequence[tuple[str, Any, str]], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """`functions` are stage, owner and name of each; the names are replaced."""
        self._clock = clock
        self._stages = dict.fromkeys((stage for stage, _, _ in functions), 0.0)
        self.seconds: dict[str, float] = {}
        self._inside = False
        self._thread = threading.get_ident()
        for stage, owner, name in functions:
            setattr(owner, name, self._timed(stage, getattr(owner, name)))

    def restart(self) -> None:
        self.seconds = dict(self._stages)

    def _timed(self, stage: str, function: Any) -> Any:
        @functools.wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            if self._inside or threading.get_ident() != self._thread:
                return function(*given, **named)
            self._inside, began = True, self._clock()
            try:
                return function(*given, **named)
            finally:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + self._clock() - began
                self._inside = False

        return timed


def answer_functions() -> list[tuple[str, Any, str]]:
    """Each stage's functions, by the module or class in which their callers find them."""
    import bot.ask
    from bot.embedding.minilm import MiniLM
    from bot.grounding.grounding import GroundingCheck
    from bot.search import ranking, search
    from bot.search.keywords import KeywordIndex
    from bot.search.library import Library

    return [
        (EMBED, MiniLM, "embed_question"),
        (DENSE, ranking, "dense_scores"),
        (KEYWORD, KeywordIndex, "scores"),
        (LATE, Library, "matches"),
        (LATE, ranking, "late_by_passage"),
        (WINDOWS, search, "find_windows"),
        (READING, search, "read_windows"),
        (QUOTES, bot.ask, "quote_answer"),
        (CONTEXT, bot.ask, "context_of"),
        (CHECK, GroundingCheck, "check"),
    ]
