"""What each command does: calls the Python interface and prints what it returns; more in `library_commands.py`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.drafts.episode_marks import cited_episodes, mark_of, shown_title
from bot.errors import ModelError, SettingError
from bot.records import Citation, Reply
from bot.terminal import library_commands
from bot.terminal.opening import open_store
from bot.terminal.printing import print_json, printable, show

if TYPE_CHECKING:
    from bot.earmark import Earmark


def run(options: argparse.Namespace) -> int:
    """Runs the chosen command and returns the exit code."""
    command: Callable[[argparse.Namespace], int] = {
        "ask": ask,
        "retrieve": retrieve,
        "ingest": library_commands.ingest,
        "remove": library_commands.remove,
        "rebuild": library_commands.rebuild,
        "episodes": library_commands.episodes,
        "transcript": library_commands.transcript,
        "check": check,
        "chat": chat,
    }[options.command]
    return command(options)


def ask(options: argparse.Namespace) -> int:
    history = _read_history(options.history) if options.history else ()
    with open_store(options, options.model) as bot:
        reply = _answered(bot, options, history)
        configured = bot.settings.answering_model
        titles = _titles(bot, options.episode)
    if options.json:
        print_json(reply.as_dict())
    else:
        show("")
        _show_evidence(reply, titles)
    if reply.degraded:
        print(printable(reply.degraded), file=sys.stderr)
    return 0 if reply.model == configured else ModelError.exit_code


def _answered(bot: Earmark, options: argparse.Namespace, history: Sequence[dict[str, str]]) -> Reply:
    """The reply, its text shown as it comes."""
    for event in bot.events(options.question, history=history, episode=options.episode):
        if isinstance(event, Reply):
            return event
        if options.json:
            continue
        if isinstance(event, str):
            show(event, end="")
        elif event.question != options.question:
            show(f"Searched for: {event.question}\n")
    raise AssertionError("the last event is the reply")


def _titles(bot: Earmark, asked: Sequence[str] | None) -> dict[str, str]:
    """The titles of the episodes by id, where more than one was asked."""
    episodes = bot.library().episodes
    if min(len(episodes), len(set(asked or [one.id for one in episodes]))) < 2:
        return {}
    return {episode.id: shown_title(episode) for episode in episodes}


def _show_evidence(reply: Reply, titles: Mapping[str, str]) -> None:
    """Under a model's prose, the episode's own words; an answer in quotes has them already."""
    if reply.model != "quotes" and not reply.degraded:
        _show_citations("Evidence", reply.citations, titles)
    if reply.nearest and "[" not in reply.text:
        _show_citations("Nearest moments", reply.nearest, titles)


def _show_citations(heading: str, citations: Sequence[Citation], titles: Mapping[str, str]) -> None:
    """A line each; with its episode's title and number where several were searched."""
    numbered = cited_episodes(citations) if titles else ()
    if citations:
        show(f"\n{heading}:")
    for citation in citations:
        where = [titles.get(citation.episode, ""), citation.speaker or "", citation.kind.removeprefix("talk")]
        facts = ", ".join(filter(None, where))
        show(f'  {mark_of(citation, numbered)} {facts + ": " if facts else ""}"{citation.quote}"')


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
    with open_store(options) as bot:
        found = bot.retrieve(options.question, k=options.k, episode=options.episode)
    if options.json:
        print_json([scored.as_dict() for scored in found])
        return 0
    for scored in found:
        passage = scored.passage
        show(f"[{passage.stamp}] {scored.score:.2f} {passage.kind} {passage.episode}")
        show(f"  {passage.text}\n")
    return 0


def check(options: argparse.Namespace) -> int:
    from bot.embedding.minilm import MiniLM
    from bot.grounding.check import check_cases, format_checked

    checked = check_cases(Path(options.file), MiniLM())
    if options.json:
        print_json(checked)
    else:
        show(format_checked(checked))
    return 0


def chat(options: argparse.Namespace) -> int:
    from bot.page import serve

    return serve(options)
