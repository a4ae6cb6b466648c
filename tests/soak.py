"""`make soak`: the faults of endpoints, hostile text and the store's bad days again and again, with figures.

Bounded: `python -m tests.soak [ROUNDS]`, about ten minutes a round on two cores. Exits with 1 where a promise broke.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bot.ask import Asking, Writer, answer
from bot.embedding.minilm import MiniLM
from bot.grounding.grounding import GroundingCheck
from bot.ingest import ingest
from bot.models.chain import ModelChain
from bot.models.stop import Stop
from bot.search.library import Library
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.storage.store import Store
from tests.endpoint import LABELS, until
from tests.endpoint_faults import DEADLINE_SECONDS, FAULTS, LATEST_SECONDS, number
from tests.fakes import FakeOpenAI, hang, pings
from tests.test_endpoint_faults import assert_told, reply_under

SUITES = {
    "hostile text": ["tests/test_hostile_text.py"],
    "secrets and privacy": ["tests/test_endpoint_privacy.py"],
    "store: two writers, kill -9": ["tests/test_store_writers.py", "tests/test_generation.py"],
    "store: damage": ["tests/test_store_damage.py"],
}


def endpoint_faults(library: Library, embedder: MiniLM) -> bool:
    """Asks under every fault; prints how many were told right, and by how much the worst was over the deadline."""
    with FakeOpenAI(["Warm."]) as server, ModelChain("openai:fake", server.settings()) as model:
        list(model.draft("Warm?", LABELS))
    wrong: list[str] = []
    worst = -DEADLINE_SECONDS
    for name, fault in FAULTS.items():
        try:
            reply = reply_under(fault, library, embedder)
            worst = max(worst, reply.meter.seconds - DEADLINE_SECONDS)
            assert_told(reply, fault)
        except AssertionError:
            wrong.append(name)
    numbers = {number(name) for name in FAULTS}
    held = numbers - {number(name) for name in wrong}
    print(f"endpoint faults: {len(held)} of {len(numbers)} numbers held ({len(FAULTS)} cases), {', '.join(wrong)}")
    print(f"  worst over the deadline of {DEADLINE_SECONDS:.0f} s: {worst:+.2f} s (at most {LATEST_SECONDS:+.0f} s)")
    return not wrong and worst <= LATEST_SECONDS


def readers_leaving(library: Library, embedder: MiniLM, count: int = 20) -> bool:
    """Stops answers of a silent model; prints the longest time until its request was closed."""
    slowest, open_requests = 0.0, 0
    for n in range(count):
        stop = Stop()
        with FakeOpenAI([pings() if n % 2 else hang()]) as server:
            settings = server.settings()
            with ModelChain("openai:fake", settings) as model:
                asking = Asking(library, embedder, settings, Writer(model, GroundingCheck(embedder)))
                reading = threading.Thread(target=list, args=(answer(asking, "Where did Runway start?", stop=stop),))
                reading.start()
                until(lambda: server.answering == 1)
                stopped = monotonic()
                stop.set()
                open_requests += not until(lambda: server.answering == 0)
                slowest = max(slowest, monotonic() - stopped)
                reading.join()
    print(f"readers leaving: {count - open_requests} of {count} requests closed, the slowest after {slowest:.2f} s")
    return not open_requests and slowest <= LATEST_SECONDS


class Count:
    """Counts what pytest ran."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.passed += report.when == "call" and report.passed
        self.failed += report.failed


def suite(name: str, files: list[str]) -> bool:
    count = Count()
    existing = [file for file in files if Path(file).exists()]
    pytest.main(["-q", "-q", "-n", "0", "--no-header", "--no-summary", "-p", "no:cacheprovider", *existing], [count])
    print(f"\n{name}: tried {count.passed + count.failed}, held {count.passed}")
    return not count.failed


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    embedder = MiniLM()
    held = True
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store", embedder=embedder, lock_seconds=5)
        ingest([BUNDLED_EPISODE], store, embedder)
        library = Library(store.read())
        for n in range(rounds):
            print(f"round {n + 1} of {rounds}")
            held &= endpoint_faults(library, embedder)
            held &= readers_leaving(library, embedder)
            for name, files in SUITES.items():
                held &= suite(name, files)
    print("all held" if held else "NOT all held")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
