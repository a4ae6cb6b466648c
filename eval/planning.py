"""Options of the command line -> the plan of a run: which files, which model, recorded or replayed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import cast

from bot.earmark import Earmark
from bot.embedding.loading import load_embedder
from bot.errors import SettingError
from bot.grounding.cast import bundled_episodes
from bot.grounding.grounding import GroundingCheck
from bot.index import Embedder, Purpose
from bot.ingest import ingest
from bot.records import Episode
from bot.settings import read_settings
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.storage.store import Store
from eval.cases import read_json_lines
from eval.compare import BASELINE
from eval.measures import PARTS, Part
from eval.mocked_model import draft_through_chain
from eval.run import OUTPUTS, QUESTIONS, Plan, Progress

RECORDED_KEYS = {"key", "model", "text"}
MOST_RUNS = 100


class WithoutEmbedding(Earmark):
    """Earmark as it answers where its embedding model is missing: by keyword search alone."""

    def usable_embedder(self, *_: Purpose, reading: bool = False) -> tuple[None, str]:
        return None, "keyword search only: so that it is measured by itself"


@contextmanager
def make_plan(options: argparse.Namespace, progress: Progress) -> Iterator[Plan]:
    """The plan, with Earmark open for as long as it runs. Without `--model` answers are in quotes, whatever is set."""
    parts = (cast(Part, options.part),) if options.part else tuple(PARTS)
    replay = options.outputs if options.outputs and _is_recording(options.outputs) else None
    outputs = options.outputs if options.outputs and not replay else OUTPUTS
    if options.record and (not options.model or replay):
        raise SettingError.of("--record", options.record, "there is no live model to record", "name one with --model")
    _check_runs(options, replay)
    if options.part == "grounding":
        outputs = options.cases or outputs
    embedder = load_embedder(read_settings())
    with ExitStack() as opened:
        if options.cases is None and options.part != "grounding" and not read_settings(store=options.store).store:
            options.store = opened.enter_context(_fresh_store(embedder, progress))
        bot, start_run = opened.enter_context(_open(options, replay, progress))
        keywords = opened.enter_context(WithoutEmbedding.open(options.store, model="quotes"))
        yield Plan(
            parts=parts,
            embedder=embedder,
            bot=bot,
            check=_check_of_outputs(options, bot, embedder),
            keywords=keywords,
            draft=draft_through_chain(bot.settings),
            questions=options.cases or QUESTIONS,
            outputs=outputs,
            model=bot.settings.answering_model,
            against=options.against or BASELINE,
            start_run=start_run,
            progress=progress,
        )


@contextmanager
def _fresh_store(embedder: Embedder, progress: Progress) -> Iterator[str]:
    """A store of the bundled episode made now: the user's own may hold more, or be older than the code."""
    with tempfile.TemporaryDirectory(prefix="earmark-eval-") as folder:
        store = Path(folder) / "store"
        ingest([BUNDLED_EPISODE], Store(store, embedder=embedder, lock_seconds=10), embedder, progress)
        yield str(store)


@contextmanager
def _open(
    options: argparse.Namespace, replay: Path | None, progress: Progress
) -> Iterator[tuple[Earmark, Callable[[int], None]]]:
    """Earmark as asked for, and what is to be told the number of each run.

    With a model that is recorded or replayed, its chain has that in the model's place.
    """
    if not (options.record or replay):
        with Earmark.open(options.store, model=options.model or "quotes", progress=progress) as bot:
            yield bot, lambda number: None
        return
    from bot.ask import Writer
    from bot.models.chain import ModelChain
    from eval.recording import RecordedModel, read_recording, resume_recording

    recording = read_recording(replay) if replay else resume_recording(options.record)
    name = options.model or _only_model(recording.models, recording.file)
    settings = read_settings(model=name)
    with ExitStack() as opened:
        live = None
        if not replay:
            live = opened.enter_context(ModelChain(name, settings)).open()
            recording.begin()
            if recording.outputs:
                kept = f"{len(recording.outputs)} answers recorded before are kept, and not asked for again"
                print(f"{recording.file}: {kept}", file=sys.stderr)
        bot = opened.enter_context(Earmark.open(options.store, model=name, progress=progress))
        recording.secret = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        chain = opened.enter_context(ModelChain(name, settings, chat=RecordedModel(recording, name, live)))
        check = GroundingCheck(load_embedder(settings), lambda: bot.library().episodes)
        bot.writer = Writer(chain, check)
        yield bot, recording.start_run


def _check_of_outputs(options: argparse.Namespace, bot: Earmark, embedder: Embedder) -> GroundingCheck:
    """With the people and names of the store's episodes; the mocked outputs of the project need the bundled one's."""
    if options.part == "grounding" and not read_settings(store=options.store).store:
        return GroundingCheck(embedder)

    def episodes() -> list[Episode]:
        return list({one.id: one for one in (*bundled_episodes(), *bot.library().episodes)}.values())

    return GroundingCheck(embedder, episodes)


def _check_runs(options: argparse.Namespace, replay: Path | None) -> None:
    if not 1 <= options.runs <= MOST_RUNS:
        raise SettingError.of("--runs", options.runs, "not a number of runs", f"give 1 to {MOST_RUNS}")
    if options.runs > 1 and options.part == "grounding":
        raise SettingError.of("--runs", options.runs, "mocked outputs are the same each time", "leave it out")
    if options.runs > 1 and not (options.model or replay):
        raise SettingError.of("--runs", options.runs, "quotes are the same each time", "name a model with --model")


def _only_model(models: tuple[str, ...], file: Path) -> str:
    if len(models) != 1:
        raise SettingError(f"{file}: recorded with {len(models)} models", f"name one with --model: {', '.join(models)}")
    return models[0]


def _is_recording(path: Path) -> bool:
    """Whether the first line is a recorded output and not a mocked one; raises SettingError for what is neither."""
    try:
        first = path.read_bytes().partition(b"\n")[0]
    except OSError:
        first = b""
    lines = read_json_lines(path, len(first))
    return bool(lines) and set(lines[0][1]) >= RECORDED_KEYS
