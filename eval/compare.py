"""Two runs over the same cases: which cases changed, and which figures, beyond noise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import SettingError
from eval.cases import read_json_lines
from eval.figures import Measure, change, figure
from eval.intervals import mcnemar
from eval.measures import PARTS
from eval.metrics import Detection
from eval.outcomes import Score, ScoredCase

BASELINE = Path(__file__).with_name("baseline")
SUMMARY_FILE, OUTCOMES_FILE = "summary.json", "outcomes.jsonl"


def read_run(folder: Path) -> tuple[dict[str, Any], list[ScoredCase]]:
    """The summary and the cases of a run that was written to `folder`."""
    file = folder / SUMMARY_FILE
    try:
        summary = json.loads(file.read_text(encoding="utf-8"))
        cases = [_scored_case(record) for _, record in read_json_lines(folder / OUTCOMES_FILE)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingError(f"{file}: not a run ({error!r})", "write one with --report DIR") from None
    return summary, cases


def _scored_case(record: Mapping[str, Any]) -> ScoredCase:
    scores = {name: _score(shown) for name, shown in record["scores"].items()}
    keys = ("id", "system", "half", "asked", "expected", "outcome", "unscored", "tags", "wanted")
    plain = {key: record[key] for key in keys}
    return ScoredCase(scores=scores, **plain)


def _score(shown: Mapping[str, Any] | float) -> Score:
    if not isinstance(shown, Mapping):
        return Score(float(shown))
    counts = shown.get("detection")
    return Score(shown["value"], shown.get("explanation", ""), Detection(*counts) if counts else None)


def compare(
    before: tuple[Mapping[str, Any], Sequence[ScoredCase]], after: tuple[Mapping[str, Any], Sequence[ScoredCase]]
) -> dict[str, Any]:
    """What changed from one run to the other, over the cases that both have; one that was reworded is another case.

    `stamps` names what differs between the two beside their results; then the figures compare different things. Over
    another index nothing is compared: the evidence of the cases may be elsewhere in it.
    """
    old_stamps, new_stamps = before[0]["stamps"], after[0]["stamps"]
    names = [name for name in {**old_stamps, **new_stamps} if old_stamps.get(name) != new_stamps.get(name)]
    parts = [part for part in before[0]["parts"] if part in after[0]["parts"]]
    old, new = ({(c.system, c.id, c.asked, c.expected): c for c in cases} for cases in (before[1], after[1]))
    common = [key for key in old if key in new] if not other_index(old_stamps, new_stamps) else []
    changed = [_changed(old[key], new[key]) for key in common]
    return {
        "stamps": {name: [old_stamps.get(name), new_stamps.get(name)] for name in names},
        "cases": len(common),
        "only_before": len(old) - len(common),
        "only_after": len(new) - len(common),
        "figures": {
            measure.name: shown
            for part in parts
            for measure in PARTS[part]
            if (shown := _figure_change(measure, [old[key] for key in common], [new[key] for key in common]))
        },
        "changed": [case for case in changed if case["scores"]],
    }


def other_index(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the stamps of two runs name two indexes; a run without questions names none."""
    return "index" in before and "index" in after and before["index"] != after["index"]


def _changed(old: ScoredCase, new: ScoredCase) -> dict[str, Any]:
    """The scores that differ; None where a case has no such score."""
    names = dict.fromkeys([*old.scores, *new.scores])
    values = {name: (_value(old, name), _value(new, name)) for name in names}
    return {
        "id": new.id,
        "system": new.system,
        "asked": new.asked,
        "scores": {name: list(pair) for name, pair in values.items() if pair[0] != pair[1]},
    }


def _value(case: ScoredCase, name: str) -> float | None:
    return round(case.scores[name].value, 4) if name in case.scores else None


def _figure_change(measure: Measure, old: Sequence[ScoredCase], new: Sequence[ScoredCase]) -> dict[str, Any] | None:
    """The figure of both runs over the cases that both scored, the paired interval of the change, and McNemar's p."""
    both = [
        (one, other)
        for one, other in zip(old, new, strict=True)
        if one.system == measure.system and measure.score in one.scores and measure.score in other.scores
    ]
    if not both:
        return None
    then, now = figure(measure, [one for one, _ in both]), figure(measure, [other for _, other in both])
    if then.value is None or now.value is None:
        return None
    pairs = [(one.scores[measure.score], other.scores[measure.score]) for one, other in both]
    interval = change(measure, [score for score, _ in pairs], [score for _, score in pairs])
    shown = {
        "before": round(then.value, 4),
        "after": round(now.value, 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
        "n": len(both),
    }
    if measure.summary == "share":
        lost = sum(score.value > after.value for score, after in pairs)
        won = sum(score.value < after.value for score, after in pairs)
        shown |= {"won": won, "lost": lost, "p": round(mcnemar(lost, won), 4)}
    return shown
