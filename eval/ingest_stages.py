"""`python -m eval.ingest_stages STORE FILE PATH...`: ingests the paths, and writes what each stage took into FILE.

Seconds of the processor as JSON, of all threads and of the process that checks the new index.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

from bot import Earmark
from eval.stage_times import StageTimes

READ, CLEAN, SENTENCES, KNOWN = "reading", "cleaning", "sentences", "looking for known episodes"
EMBED, WINDOWS, WRITE = "embedding", "windows", "writing the episode"
CHROMA, KEYWORDS, CHECK, REST = "Chroma", "keyword index", "checking the new index", "all else"
STAGES = (READ, CLEAN, SENTENCES, KNOWN, EMBED, WINDOWS, WRITE, CHROMA, KEYWORDS, CHECK, REST)


def _functions() -> list[tuple[str, Any, str]]:
    """Each stage's functions, by the module or class in which their callers find them; none calls another."""
    import bot.indexing
    import bot.ingest
    from bot.embedding.minilm import MiniLM
    from bot.library_repeats import LibraryRepeats
    from bot.sources.same_episode import Arrivals
    from bot.sources.transcript_files import Source
    from bot.storage import generation, store

    return [
        (READ, Source, "read"),
        (CLEAN, bot.ingest, "label_words"),
        (SENTENCES, bot.ingest, "join_sentences"),
        (KNOWN, Arrivals, "settle"),
        (KNOWN, Arrivals, "take"),
        (KNOWN, LibraryRepeats, "marked"),
        (EMBED, MiniLM, "embed_both"),
        (WINDOWS, bot.indexing, "token_arrays"),
        (WINDOWS, bot.indexing, "window_arrays"),
        (WRITE, store.Store, "keep"),
        (CHROMA, generation, "build_chroma"),
        (KEYWORDS, generation, "write_keywords"),
        (CHECK, store, "check_in_child"),
    ]


def _processor_seconds() -> float:
    waited_for = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + waited_for.ru_utime + waited_for.ru_stime


def main(store: str, file: str, *paths: str) -> None:
    times = StageTimes(_functions(), _processor_seconds)
    times.restart()
    began = _processor_seconds()
    with Earmark.open(store, model="quotes") as bot:
        bot.ingest(*paths)
    rest = _processor_seconds() - began - sum(times.seconds.values())
    Path(file).write_text(json.dumps({**times.seconds, REST: rest}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
