"""A run in words: on the terminal, as Markdown, as the README's table, and as files in a folder.

Nothing here depends on the clock, so two runs of the same code on the same cases write the same bytes; how long it
took stands in `timings.json`, which is not compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import SettingError
from eval.compare import BASELINE, OUTCOMES_FILE, SUMMARY_FILE
from eval.measures import PARTS
from eval.outcomes import ScoredCase
from eval.wording import (
    CATEGORY_HEADS,
    CHANGE_HEADS,
    PART_TITLES,
    SPREAD_HEADS,
    aligned,
    category_rows,
    change_rows,
    figure_rows,
    spread_rows,
    stamp_lines,
    status_rows,
    tag_rows,
)

HEADS = ["figure", "Earmark", "95 %", "tutorial", "gain, 95 %", "cases"]
TUNING = "tuning half"
REPORT_FILE, PAGE_FILE, TIMINGS_FILE, CHANGES_FILE = "report.md", "report.html", "timings.json", "changes.json"


@dataclass(frozen=True, slots=True)
class Run:
    """All that a run found. `group` is the half that is shown first; `broken` the figures below their thresholds.

    `asked` counts the questions, and `failed` are those without an answer: the endpoint failed, or a replay missed.
    """

    summary: Mapping[str, Any]
    cases: Sequence[ScoredCase]
    group: str = "all"
    broken: Sequence[str] = ()
    comparison: Mapping[str, Any] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    asked: int = 0
    failed: Sequence[ScoredCase] = ()


def terminal_text(run: Run) -> str:
    """The tables, as wide as they need to be, then what is below its threshold and what changed."""
    blocks = [f"{title}\n{aligned(rows)}" for title, rows in figure_tables(run)]
    if run.summary["categories"]:
        blocks.append(aligned([CATEGORY_HEADS, *category_rows(run.summary)]))
    if "spread" in run.summary:
        blocks.append(aligned([SPREAD_HEADS, *spread_rows(run.summary)]))
    if run.failed:
        blocks.append(f"{len(run.failed)} of {run.asked} questions unscored: {run.failed[0].outcome['error']}")
    blocks += [_changes_line(run), "\n".join(f"below its threshold: {line}" for line in run.broken)]
    return "\n\n".join(block for block in blocks if block)


def figure_tables(run: Run) -> list[tuple[str, list[list[str]]]]:
    """Title and rows of each part, heads first; the tuning half stands beside the reporting half."""
    tables = []
    for part in run.summary["parts"]:
        rows = figure_rows(run.summary, run.group, [measure.name for measure in PARTS[part]])
        tuning = run.group == "reporting"
        cells = [
            [row.title, row.value, row.interval, row.tutorial, row.gain, *([row.tuning] if tuning else []), row.counted]
            for row in rows
        ]
        heads = [*HEADS[:-1], TUNING, HEADS[-1]] if tuning else HEADS
        cases = "all cases" if run.group == "all" else f"the {run.group} half"
        tables.append((f"{PART_TITLES[part]}, {cases}", [heads, *cells]))
    return tables


def _changes_line(run: Run) -> str:
    if run.comparison is None:
        return ""
    if not run.comparison["cases"]:
        was, now = run.comparison["stamps"]["index"]
        return f"Not compared with the baseline: its index was {was}, this one is {now}."
    rows = change_rows(run.comparison, run.summary)
    moved = [row for row in rows if row[-1] == "beyond noise"]
    lines = [f"Against the baseline: {len(run.comparison['changed'])} of {run.comparison['cases']} cases changed."]
    lines += [f"  not the same thing: {name} was {was}, is {now}" for name, (was, now) in _stamps(run.comparison)]
    lines += [f"  {row[0]}: {row[1]} -> {row[2]} ({row[3]})" for row in moved]
    return "\n".join(lines)


def _stamps(comparison: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    return list(comparison["stamps"].items())


def markdown(run: Run) -> str:
    """The report as Markdown: tables, then every case with its scores."""
    lines = ["# Evaluation", "", *(f"- {line}" for line in stamp_lines(run.summary)), ""]
    lines += [f"**Below its threshold:** {_plain(line)}  " for line in run.broken] or ["All thresholds are kept."]
    for title, rows in figure_tables(run):
        lines += ["", f"## {title}", "", *_pipes(rows)]
    for title, heads, rows in further_tables(run):
        if rows:
            lines += ["", f"## {title}", "", *_pipes([heads, *rows])]
    lines += ["", "## Cases"]
    for case in run.cases:
        lines += ["", *_case_lines(case)]
    return "\n".join(lines) + "\n"


def further_tables(run: Run) -> list[tuple[str, list[str], list[list[str]]]]:
    """Title, heads and rows of the tables behind those of the figures; some have no rows."""
    changes = change_rows(run.comparison, run.summary) if run.comparison else []
    return [
        ("From run to run", SPREAD_HEADS, spread_rows(run.summary)),
        ("By kind of question, all cases", *tag_rows(run.summary)),
        ("By category of mocked output, all cases", CATEGORY_HEADS, category_rows(run.summary)),
        ("Labels and what the check said, claims", *status_rows(run.summary)),
        ("Changes against the baseline", CHANGE_HEADS, changes),
    ]


def _case_lines(case: ScoredCase) -> list[str]:
    lines = [f"### {_plain(case.id)} ({case.system}, {case.half})", "", f"{_plain(case.asked)} *{case.expected}*", ""]
    if case.wanted:
        lines += [f"{_plain(case.wanted)}", ""]
    for name, score in case.scores.items():
        why = f": {_plain(score.explanation)}" if score.explanation else ""
        lines.append(f"- {name} {score.value:g}{why}")
    lines += [f"- {name} unscored: {_plain(why)}" for name, why in case.unscored.items()]
    return lines


def _pipes(rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(_plain(cell) for cell in row) + " |" for row in rows]
    return [lines[0], "|" + "|".join(" --- " for _ in rows[0]) + "|", *lines[1:]]


def _plain(text: str) -> str:
    """One line whose characters mean themselves in Markdown and in HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|!])", r"\\\1", " ".join(text.split()))


README_FIGURES = (
    "evidence_any@1", "evidence_any@4", "words@4", "quoted", "shown", "answer_words_p90", "seconds_off_median",
    "seconds_off_p90", "citation_validity", "refusal_f1", "false_refusals", "sponsor", "ad_seconds", "bad_claim_f1",
    "false_alarms_faithful", "structural_caught",
)  # fmt: skip


def readme_table(summary: Mapping[str, Any]) -> str:
    """The README's table, from a committed `summary.json`: the reporting half, beside the tutorial's pipeline."""
    rows = figure_rows(summary, "reporting", README_FIGURES)
    return "\n".join(_pipes([HEADS, *([r.title, r.value, r.interval, r.tutorial, r.gain, r.counted] for r in rows)]))


def write_report(run: Run, folder: Path) -> None:
    """Writes summary.json, outcomes.jsonl, report.md and report.html, and timings.json beside them.

    To `eval/baseline` only the first two, without what was said: that is what a later run is compared with.
    """
    committed = folder.resolve() == BASELINE.resolve()
    files = {SUMMARY_FILE: _json({**run.summary, "below_threshold": list(run.broken)})}
    files[OUTCOMES_FILE] = "".join(_line(case, brief=committed) for case in run.cases)
    if not committed:
        files |= _pages(run)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingError.of("--report", folder, (error.strerror or str(error)).lower(), "name a folder") from None


def _pages(run: Run) -> dict[str, str]:
    from eval.report_page import page

    changes = {CHANGES_FILE: _json(run.comparison)} if run.comparison is not None else {}
    return {REPORT_FILE: markdown(run), PAGE_FILE: page(run), TIMINGS_FILE: _json(dict(run.timings)), **changes}


def _line(case: ScoredCase, *, brief: bool) -> str:
    record = case.as_dict()
    if brief:
        record["outcome"] = {key: case.outcome[key] for key in ("verdict", "predicted") if key in case.outcome}
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
