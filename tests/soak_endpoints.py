"""The faults of model endpoints and readers who leave, with figures: `python -m tests.soak_endpoints`."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from time import monotonic

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
from tests.endpoint_faults import FAULTS, LATEST_SECONDS, number
from tests.fakes import FakeOpenAI, hang, pings
from tests.soak_rows import row
from tests.test_endpoint_faults import assert_told, reply_under

LEAVERS = 20


def endpoint_faults(library: Library, embedder: MiniLM) -> bool:
    """Asks under every fault; M20 is a matter of ingest, and its test's."""
    with FakeOpenAI(["Warm."]) as server, ModelChain("openai:fake", server.settings()) as model:
        list(model.draft("Warm?", LABELS))
    wrong: list[str] = []
    worst = -60.0
    for name, fault in FAULTS.items():
        try:
            reply = reply_under(fault, library, embedder)
            worst = max(worst, reply.meter.seconds - fault.deadline_seconds)
            assert_told(reply, fault)
        except AssertionError:
            wrong.append(name)
    numbers = {number(name) for name in FAULTS}
    held = numbers - {number(name) for name in wrong}
    if wrong:
        print(f"not told right: {', '.join(wrong)}")
    figure = f"{len(FAULTS)} cases; the slowest {worst:+.2f} s beyond its deadline, at most {LATEST_SECONDS:+.0f} s"
    row("faults of a model endpoint, M1 to M19", len(numbers), len(held), figure)
    return not wrong and worst <= LATEST_SECONDS


def readers_leaving(library: Library, embedder: MiniLM) -> bool:
    """Stops answers of a silent model, and waits until its request is closed."""
    slowest, closed = 0.0, 0
    for n in range(LEAVERS):
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
                closed += until(lambda: server.answering == 0, LATEST_SECONDS)
                slowest = max(slowest, monotonic() - stopped)
                reading.join()
    row("readers who leave a silent model", LEAVERS, closed, f"its request closed after at most {slowest:.2f} s")
    return closed == LEAVERS


def main() -> int:
    embedder = MiniLM()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store", embedder=embedder, lock_seconds=5)
        ingest([BUNDLED_EPISODE], store, embedder)
        library = Library(store.read())
        held = [endpoint_faults(library, embedder), readers_leaving(library, embedder)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
