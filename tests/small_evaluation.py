"""A small episode with a few questions and a mocked output about it, for runs of the evaluation that take no time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.embedding.minilm import MiniLM
from bot.ingest import ingest
from bot.storage.store import Store

SPOKEN = [
    "Welcome to the garden hour.",
    "Our guest Mara Lindqvist grows tulips on the roof of a library.",
    "She began with forty bulbs in the spring of 1998.",
    "The neighbours complained about the bees at first.",
    "Today the roof holds three thousand tulips and two hives.",
]
CASES = [
    {
        "id": "bulbs",
        "question": "How many bulbs did she begin with?",
        "expect": "answer",
        "must_contain": [["forty", "40"]],
        "evidence": [{"start": 16, "end": 23}],
    },
    {
        "id": "again",
        "question": "And what grows there today?",
        "history": [{"role": "user", "content": "Tell me about the roof of the library"}],
        "expect": "answer",
        "evidence": [{"start": 32, "end": 39}],
    },
    {"id": "submarine", "question": "Which submarine did the admiral command?", "expect": "refuse"},
]
OUTPUTS = [
    {
        "id": "right",
        "question": "How many bulbs?",
        "passages": [
            {
                "episode": "garden",
                "start": 16,
                "end": 23,
                "sentences": [{"start": 16, "end": 23, "text": SPOKEN[2]}],
            }
        ],
        "output": "She began with forty bulbs [0:16].",
        "claims": [{"text": "She began with forty bulbs.", "label": "supported"}],
        "label": "faithful",
        "category": "plain",
    }
]


def make_garden(folder: Path, embedder: MiniLM, spoken: Sequence[str] = SPOKEN) -> str:
    """A store with the one small episode."""
    cues = [f"{n + 1}\n00:00:{8 * n:02d},000 --> 00:00:{8 * n + 7:02d},000\n{text}\n" for n, text in enumerate(spoken)]
    (folder / "garden.srt").write_text("\n".join(cues))
    report = ingest([folder / "garden.srt"], Store(folder / "store", embedder=embedder, lock_seconds=5), embedder)
    assert not report.rejected
    return str(folder / "store")


def write_lines(path: Path, records: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(path)


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    """What was printed: standard output read as JSON (None where there was nothing), standard error as it is."""
    out, err = capsys.readouterr()
    return json.loads(out) if out else None, err
