"""What model endpoints do wrong, numbered: how the endpoint behaves, under which limits, and what a reply then says.

`tests/test_endpoint_faults.py` asks under each of them; `python -m tests.soak` also measures how long that takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from time import time
from typing import Any

from tests.fakes import (
    KEY,
    Behaviour,
    cut,
    drip,
    empty_pieces,
    error_event,
    hang,
    in_one_piece,
    limited,
    malformed,
    no_choices,
    page,
    pings,
    refuse,
    say,
    word_vectors,
)

DEADLINE_SECONDS = 3.0
LATEST_SECONDS = 2.0  # beyond the deadline, and until a request that nobody waits for is gone
GOOD = "Runway started in art school. [2:28]"
TRUE = GOOD.removesuffix(" [2:28]")


@dataclass(frozen=True)
class Fault:
    """`reason` is searched for in `Reply.degraded`; empty: the model's answer comes whole. `begun`: some of it came."""

    script: Sequence[str | Behaviour]
    reason: str = ""
    begun: bool = False
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def deadline_seconds(self) -> float:
        return float(self.settings.get("deadline_seconds", DEADLINE_SECONDS))


SOON = {"first_text_seconds": 1.0, "idle_seconds": 0.7}
FAULTS: dict[str, Fault] = {
    "M1 no key": Fault([], "there is no key for OpenAI -> set OPENAI_API_KEY", settings={"openai_base_url": ""}),
    "M2 key refused": Fault(
        [refuse(401, f"Incorrect API key provided: {KEY}")], r"refused the key \(401\) -> check OPENAI_API_K"
    ),
    "M3 forbidden": Fault(
        [refuse(403, f"not with {KEY}")], r"forbids this \(403\): not with \*\*\* -> check what the key"
    ),
    "M3 no such model": Fault([refuse(404)], r"has no model fake \(404\); it has fake -> check EARMARK_MODEL"),
    "M4 busy, then not": Fault([refuse(429, retry_after="0"), GOOD]),
    "M4 busy for a second": Fault([refuse(429, retry_after="1"), GOOD]),
    "M4 busy for an hour": Fault([refuse(429, retry_after="3600")], r"is busy \(429\)"),
    "M4 busy until tomorrow": Fault([refuse(429, retry_after=formatdate(time() + 86400))], r"is busy \(429\)"),
    "M4 busy, soon": Fault([refuse(429, retry_after="soon")] * 3, r"is busy \(429\)"),
    "M5 quota used up": Fault([refuse(429, code="insufficient_quota")], "the quota of the key is used up"),
    "M6 broken twice": Fault([refuse(500), refuse(503), GOOD]),
    "M6 broken": Fault([refuse(500), refuse(502), refuse(503)], r"failed \(503\)"),
    "M7 hangs before the headers": Fault([hang()], "did not begin to answer in time", settings=SOON),
    "M7 hangs to the deadline": Fault([hang()], "did not begin to answer in time"),
    "M8 only pings": Fault([pings()], "did not begin to answer in time", settings=SOON),
    "M8 pings in mid-answer": Fault([pings(after=f"{GOOD} And")], "silent or slow", True, SOON),
    "M8 drips": Fault([drip(f"{GOOD} And " + "so " * 400, 0.1)], "silent or slow", True),
    "M9 cut": Fault([cut(f"{GOOD} And so", clean=False)], "the connection broke", True),
    "M10 cut with a clean end": Fault([cut(f"{GOOD} And so", clean=True)], "stopped without a word", True),
    "M11 malformed": Fault([malformed()], "sent something that is not an answer"),
    "M11 malformed in mid-answer": Fault([malformed(f"{GOOD} And")], "cut off", True),
    "M12 error event": Fault([error_event()], "the engine is overloaded"),
    "M12 error in mid-answer": Fault([error_event(f"{GOOD} And")], "cut off .*the engine is overloaded", True),
    "M13 page of a proxy": Fault([page()], r"does not speak the OpenAI API \(got text/html\)"),
    "M13 does not stream": Fault([in_one_piece(GOOD)], r"does not speak the OpenAI API \(got application/json\)"),
    "M14 empty": Fault([say("")], "the model gave no answer"),
    "M14 no choices": Fault([no_choices()], "the model gave no answer"),
    "M15 too long for it": Fault([say(f"{GOOD} And so", finish="length")], "length limit", True),
    "M15 filtered": Fault([say(f"{GOOD} And so", finish="content_filter")], "content filter", True),
    "M16 invented labels": Fault([f"{GOOD} So [S1-S9] it [98:10] is [9 2:28] at 97:59 and `[96:00]`. It is so."]),
    "M17 huge": Fault(
        [say(f"{GOOD} " + "word " * 3000)], "longer than 2000 characters", True, {"answer_characters": 2000}
    ),
    "M17 one huge piece": Fault(
        [say(f"{TRUE} " + "x" * 9_000_000)],
        "more than 8 MB|longer than",
        settings={"deadline_seconds": 60, "idle_seconds": 60},
    ),
    "M18 empty pieces": Fault(
        [empty_pieces()], "nothing but empty pieces", settings={"deadline_seconds": 60, "first_text_seconds": 60}
    ),
    "M19 context too long": Fault([limited(10, GOOD)] * 2, "too long for fake -> set EARMARK_CONTEXT_WORDS"),
    "M19 half the context fits": Fault([limited(10, GOOD), GOOD]),
}
"""M18 is quicker with fewer `model_text.EMPTY_PIECES`."""
BAD_VECTORS: dict[str, Callable[[Sequence[str]], Sequence[Sequence[float]]]] = {
    "M20 of another dimension": lambda texts: word_vectors(texts, 16),
    "M20 too few": lambda texts: word_vectors(texts, 1536)[1:],
    "M20 too many": lambda texts: [*word_vectors(texts, 1536), *word_vectors(["one more"], 1536)],
    "M20 zeros": lambda texts: [[0.0] * 1536 for _ in texts],
    "M20 no numbers": lambda texts: [[float("nan")] * 1536 for _ in texts],
}
"""What an endpoint for embeddings gives that cannot be used."""


def number(name: str) -> int:
    """The fault's number."""
    return int(name.split(maxsplit=1)[0][1:])
