"""What each command does: calls the Python interface and prints what it returns."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ModelError, SettingError
from bot.printing import print_table, printable, show, show_progress
from bot.records import Citation, Reply, SearchedFor, format_stamp

if TYPE_CHECKING:
    from bot.earmark import Earmark

REJECTED = 3


def run(options: argparse.Namespace) -> int:
    """Runs the chosen command and returns the exit code."""
    command: Callable[[argparse.Namespace], int] = {
        "ask": ask,
        "retrieve": retrieve,
        "ingest": ingest,
        "episodes": episodes,
        "transcript": transcript,
        "check": check,
        "chat": chat,
    }[options.command]
    return command(options)


def _open(options: argparse.Namespace, model: str | None = None) -> Earmark:
    from bot.earmark import Earmark

    return Earmark.open(options.store, model=model, progress=show_progress)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def ask(options: argparse.Namespace) -> int:
    history = _read_history(options.history) if options.history else ()
    reply = None
    with _open(options, options.model) as bot:
        configured = bot.settings.answering_model
        for event in bot.events(options.question, history=history, episode=options.episode):
            if isinstance(event, Reply):
                reply = event
            elif options.json:
                continue
            elif isinstance(event, SearchedFor):
                if event.question != options.question:
                    show(f"Searched for: {event.question}\n")
            else:
                show(event, end="")
    assert isinstance(reply, Reply)
    if options.json:
        _print_json(reply.as_dict())
    else:
        show("")
        _show_evidence(reply)
    if reply.degraded:
        print(printable(reply.degraded), file=sys.stderr)
    return 0 if reply.model == configured else ModelError.exit_code


def _show_evidence(reply: Reply) -> None:
    """Under a model's prose, the episode's own words; an answer in quotes has them already."""
    if reply.model != "quotes" and not reply.degraded:
        _show_citations("Evidence", reply.citations)
    _show_citations("Nearest moments", reply.nearest)


def _show_citations(heading: str, citations: Sequence[Citation]) -> None:
    if citations:
        show(f"\n{heading}:")
        for citation in citations:
            label = "" if citation.kind == "talk" else f" ({citation.kind})"
            show(f'  [{citation.stamp}]{label} "{citation.quote}"')


def _read_history(file: str) -> list[dict[str, str]]:
    advice = 'give JSON: [{"role": "user", "content": "..."}, {"role": "assistant", "content": "..."}]'
    try:
        turns = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"{file}: {error.strerror}", advice) from None
    except (ValueError, RecursionError) as error:
        raise SettingError(f"{file}: not JSON ({error})", advice) from None
    if not isinstance(turns, list):
        raise SettingError(f"{file}: not a list of turns", advice)
    return turns


def retrieve(options: argparse.Namespace) -> int:
    with _open(options) as bot:
        found = bot.retrieve(options.question, k=options.k, episode=options.episode)
    if options.json:
        _print_json([scored.as_dict() for scored in found])
        return 0
    for scored in found:
        passage = scored.passage
        show(f"[{format_stamp(passage.start)}] {scored.score:.2f} {passage.kind} {passage.episode}")
        show(f"  {passage.text}\n")
    return 0


def ingest(options: argparse.Namespace) -> int:
    with _open(options) as bot:
        report = bot.ingest(*options.paths)
    if options.json:
        _print_json([file.as_dict() for file in report.files])
    else:
        for file in report.files:
            if file.status == "rejected":
                continue
            assert file.summary is not None
            summary = file.summary
            show(
                f"{file.path}: {file.status} as {summary.episode.id}: {file.format}, {file.cues} cues, "
                f"{format_stamp(summary.seconds)}, {summary.sentences} sentences, {summary.passages} passages"
            )
            show("  " + ", ".join(f"{s.kind} {format_stamp(s.start)}-{format_stamp(s.end)}" for s in summary.kinds))
            for note in file.notes:
                show(f"  {note}")
    for file in report.rejected:
        print(printable(file.problem), file=sys.stderr)
    return REJECTED if report.rejected else 0


def episodes(options: argparse.Namespace) -> int:
    with _open(options) as bot:
        summaries = bot.episodes()
    if options.json:
        _print_json([summary.as_dict() for summary in summaries])
        return 0
    rows = [
        [s.episode.id, s.episode.title, s.episode.show, s.episode.date, format_stamp(s.seconds), str(s.passages)]
        for s in summaries
    ]
    print_table(["id", "title", "show", "date", "length", "passages"], rows)
    return 0


def transcript(options: argparse.Namespace) -> int:
    from bot.transcript_formats import format_transcript

    with _open(options) as bot:
        sentences = bot.transcript(options.episode)
    chosen = options.format or ("json" if options.json else "txt")
    text = format_transcript(sentences, chosen)
    show(text, end="" if text.endswith("\n") else "\n")
    return 0


def check(options: argparse.Namespace) -> int:
    from bot.embedding import MiniLM
    from bot.grounding.check import check_cases, format_checked

    checked = check_cases(Path(options.file), MiniLM())
    if options.json:
        _print_json(checked)
    else:
        show(format_checked(checked))
    return 0


def chat(options: argparse.Namespace) -> int:
    from bot.page import serve

    return serve(options)
