"""Scored cases -> the summary: every figure by half, beside the baseline, and tables by category and by tag.

The summary is JSON-shaped: it is what `--json` prints, what `summary.json` holds and what two runs are compared by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from eval.figures import Figure, Measure, change, figure
from eval.intervals import wilson
from eval.measures import ANSWERS, PARTS, RETRIEVAL, TUTORIAL_SCORES, Part
from eval.metrics import Detection
from eval.outcomes import ScoredCase
from eval.ranking import NothingToMeasure

FORMAT = 1
SYSTEMS = ("earmark", "keywords", "tutorial", "check")
GROUPS = ("reporting", "tuning", "all")
TAG_MEASURES = ("evidence_any@4", "quoted", "shown", "must_contain")


def summarise(cases: Sequence[ScoredCase], parts: Sequence[Part], stamps: Mapping[str, Any]) -> dict[str, Any]:
    """Figures of the parts that ran. `stamps` say what was measured: files, index, model."""
    measures = [measure for part in parts for measure in PARTS[part]]
    return {
        "format": FORMAT,
        "stamps": dict(stamps),
        "parts": list(parts),
        "cases": {system: sum(case.system == system for case in cases) for system in SYSTEMS},
        "errors": {case.id: str(case.outcome["error"]) for case in cases if case.outcome.get("error")},
        "figures": {measure.name: _figures(measure, cases) for measure in measures},
        "tags": _by_tag(cases),
        "categories": _by_category(cases),
        "statuses": _statuses(cases),
    }


def in_group(cases: Sequence[ScoredCase], group: str) -> list[ScoredCase]:
    return [case for case in cases if group in ("all", case.half)]


def _figures(measure: Measure, cases: Sequence[ScoredCase]) -> dict[str, Any]:
    shown: dict[str, Any] = {"title": measure.title, "unit": measure.unit, "better": measure.better}
    shown |= {group: figure(measure, in_group(cases, group)).as_dict() for group in GROUPS}
    if measure.system == "earmark" and measure.score in TUTORIAL_SCORES:
        beside = replace(measure, system="tutorial")
        shown["tutorial"] = {group: figure(beside, in_group(cases, group)).as_dict() for group in GROUPS}
        shown["gain"] = {group: _gain(measure, in_group(cases, group)) for group in GROUPS}
    return shown


def _gain(measure: Measure, cases: Sequence[ScoredCase]) -> dict[str, Any] | None:
    """The change from the tutorial to Earmark over the cases that both were scored on, with its paired interval."""
    tutorial = {case.id: case.scores[measure.score] for case in _scored(cases, "tutorial", measure.score)}
    both = [case for case in _scored(cases, "earmark", measure.score) if case.id in tutorial]
    before, after = [tutorial[case.id] for case in both], [case.scores[measure.score] for case in both]
    try:
        interval = change(measure, before, after)
    except NothingToMeasure:
        return None
    return {"low": round(interval.low, 4), "high": round(interval.high, 4), "n": len(both)}


def _scored(cases: Sequence[ScoredCase], system: str, score: str) -> list[ScoredCase]:
    return [case for case in cases if case.system == system and score in case.scores]


def _by_tag(cases: Sequence[ScoredCase]) -> dict[str, dict[str, Any]]:
    """A few figures over the questions of each kind and tag, all halves together."""
    own = [case for case in cases if case.system == "earmark"]
    groups = sorted({case.expected for case in own}) + sorted({tag for case in own for tag in case.tags})
    measures = [measure for measure in (*RETRIEVAL, *ANSWERS) if measure.name in TAG_MEASURES]
    table: dict[str, dict[str, Any]] = {}
    for group in groups:
        members = [case for case in own if group == case.expected or group in case.tags]
        figures = {measure.name: figure(measure, members) for measure in measures}
        refused = [case for case in members if case.outcome.get("verdict") == "not_in_episode"]
        table[group] = {
            "n": len(members),
            "refused": len(refused),
            **{name: found.as_dict() for name, found in figures.items() if found.value is not None},
        }
    return table


def _by_category(cases: Sequence[ScoredCase]) -> dict[str, dict[str, Any]]:
    """For each category of mocked outputs: bad claims caught, supported claims flagged, outputs called unfaithful."""
    checked = [case for case in cases if case.system == "check"]
    table: dict[str, dict[str, Any]] = {}
    for category in sorted({tag for case in checked for tag in case.tags}):
        members = [case for case in checked if category in case.tags]
        total = Detection()
        for case in members:
            score = case.scores.get("bad_claims")
            total += (score.detection if score else None) or Detection()
        called = [case for case in members if case.outcome.get("predicted") == "unfaithful"]
        table[category] = {
            "outputs": len(members),
            "called_unfaithful": len(called),
            "bad_claims": total.hits + total.misses,
            "caught": _share(total.hits, total.hits + total.misses),
            "supported_claims": total.false_alarms + total.rejections,
            "false_alarms": _share(total.false_alarms, total.false_alarms + total.rejections),
        }
    return table


def _share(part: int, whole: int) -> dict[str, Any] | None:
    return Figure(part / whole, wilson(part, whole), whole, 0).as_dict() if whole else None


def _statuses(cases: Sequence[ScoredCase]) -> dict[str, dict[str, int]]:
    """How many claims of each label got each status."""
    table: dict[str, dict[str, int]] = {}
    for case in cases:
        if case.system != "check":
            continue
        for claim in case.outcome["claims"]:
            row = table.setdefault(claim["label"], {})
            status = claim["status"] or "no claim"
            row[status] = row.get(status, 0) + 1
    return {label: dict(sorted(row.items())) for label, row in sorted(table.items())}
