"""What `earmark ingest` tells of each file: what was understood, what was mended, what to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.episode_summary import EpisodeSummary
from bot.ingest_report import IngestedFile, IngestReport
from bot.records import MisheardName, format_stamp
from bot.sources.transcript_files import STANDARD_INPUT, STANDARD_INPUT_NAME
from bot.terminal.episode_table import length_in_words, speakers_in_words
from bot.terminal.printing import show
from bot.transcripts.lines import shown_path

MOST_NOTES = 12
MOST_SPANS = 12


def show_ingested(file: IngestedFile) -> None:
    if file.summary is None:
        return  # what is wrong with it goes to standard error
    summary = file.summary
    path = STANDARD_INPUT_NAME if file.path == str(STANDARD_INPUT) else shown_path(file.path)
    if file.status == "duplicate":
        show(f"{path}: the same episode as {summary.episode.id!r} ({summary.episode.source}); not added again")
        return
    show(f"{path}: {file.status} as {summary.episode.id}")
    for line in _facts(file, summary):
        show(f"  {line}")


def show_totals(report: IngestReport) -> None:
    if report.remarked:
        names = _shortened(list(report.remarked), MOST_SPANS, ", ")
        show(f"kinds changed, because other episodes repeat some of it word for word: {names}")
    if len(report.files) < 2:
        return
    counts = {status: sum(file.status == status for file in report.files) for status in _STATUSES}
    show(f"{len(report.files)} files: " + ", ".join(f"{n} {status}" for status, n in counts.items() if n))


_STATUSES = ("indexed", "unchanged", "duplicate", "rejected")


def _facts(file: IngestedFile, summary: EpisodeSummary) -> Iterator[str]:
    counts = [(file.cues, "cue"), (summary.sentences, "sentence"), (summary.passages, "passage")]
    cues, *size = (f"{number} {thing}{'' if number == 1 else 's'}" for number, thing in counts)
    yield f"read as {file.format}: {', '.join([cues, length_in_words(summary), *size])}"
    if summary.speakers:
        yield f"speakers: {speakers_in_words(summary.speakers)}"
    spans = [f"{s.kind} {format_stamp(s.start)}-{format_stamp(s.end)}" for s in summary.kinds]
    if spans:
        yield f"kinds: {_shortened(spans, MOST_SPANS, ', ')}"
    notes = list(file.notes)
    yield from notes[:MOST_NOTES]
    if len(notes) > MOST_NOTES:
        yield f"and {len(notes) - MOST_NOTES} notes more; --json has them all"
    if file.proposals:
        yield "Names that may have been misheard. If so, put this into the episode.toml beside the file:"
        yield from names_toml(file.proposals)


def names_toml(names: tuple[MisheardName, ...]) -> Iterator[str]:
    """`[[names]]` tables, as an episode file has them."""
    for entry in names:
        # A JSON string is a TOML string.
        heard = ", ".join(json.dumps(text, ensure_ascii=False) for text in entry.heard)
        yield "[[names]]"
        yield f"name = {json.dumps(entry.name, ensure_ascii=False)}"
        yield f"heard = [{heard}]"


def _shortened(items: list[str], most: int, between: str) -> str:
    more = f"{between}and {len(items) - most} more" if len(items) > most else ""
    return between.join(items[:most]) + more
