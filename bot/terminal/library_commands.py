"""The commands that keep a library of episodes: ingest, remove, rebuild, episodes, transcript."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.errors import TranscriptError
from bot.records import format_stamp
from bot.terminal.opening import open_store
from bot.terminal.printing import print_json, print_table, printable, show


def ingest(options: argparse.Namespace) -> int:
    from bot.sources.kind_overrides import read_kinds_file
    from bot.terminal.ingest_printing import show_ingested, show_totals

    kinds = read_kinds_file(Path(options.kinds)) if options.kinds else ()
    described = {name: getattr(options, name) or "" for name in ("id", "title", "show", "date", "people")}
    with open_store(options) as bot:
        report = bot.ingest(*options.paths, strict=options.strict, kinds=kinds, **described)
    if options.json:
        print_json([file.as_dict() for file in report.files])
    else:
        for file in report.files:
            show_ingested(file)
        show_totals(report)
    for file in report.rejected:
        print(printable(file.problem), file=sys.stderr)
    return TranscriptError.exit_code if report.rejected else 0


def remove(options: argparse.Namespace) -> int:
    with open_store(options) as bot:
        bot.remove(*options.episodes)
        left = len(bot.episodes())
    if options.json:
        print_json({"removed": list(dict.fromkeys(options.episodes)), "episodes": left})
    else:
        show(f"Removed {', '.join(dict.fromkeys(options.episodes))}; {left} left.")
    return 0


def rebuild(options: argparse.Namespace) -> int:
    with open_store(options) as bot:
        summaries = bot.rebuild()
    if options.json:
        print_json([summary.as_dict() for summary in summaries])
    else:
        sentences = sum(summary.sentences for summary in summaries)
        show(f"Rebuilt the index of {len(summaries)} episodes from {sentences} sentences.")
    return 0


def episodes(options: argparse.Namespace) -> int:
    from bot.terminal.episode_table import HEADS, episode_row

    with open_store(options) as bot:
        summaries = bot.episodes()
    if options.json:
        print_json([summary.as_dict() for summary in summaries])
        return 0
    print_table(HEADS, [episode_row(summary) for summary in summaries], shrink=("title", "show", "speakers"))
    timed = [summary.seconds for summary in summaries if summary.seconds is not None]
    length = f", {format_stamp(sum(timed))} in all" if timed else ""
    show(f"\n{len(summaries)} episode{'' if len(summaries) == 1 else 's'}{length}")
    return 0


def transcript(options: argparse.Namespace) -> int:
    from bot.transcript_formats import format_transcript

    with open_store(options) as bot:
        sentences = bot.transcript(options.episode)
        episode = bot.episode(options.episode)
    chosen = options.format or ("json" if options.json else "txt")
    text = format_transcript(sentences, chosen, episode)
    show(text, end="" if text.endswith("\n") else "\n")
    return 0
