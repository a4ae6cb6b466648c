"""A model says other things each time: the questions asked several times, and how far each figure goes apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, stdev
from typing import Any

from eval.measures import Part
from eval.report import Run
from eval.run import Plan, evaluate

PLACES = 4


def evaluate_runs(plan: Plan, runs: int) -> Run:
    """The first run, its summary with the `spread` over all; a figure below its threshold in any run breaks it.

    Mocked outputs and the tutorial's pipeline do not depend on the model: they are measured once.
    """
    plan.start_run(1)
    done = [evaluate(plan)]
    model_parts: tuple[Part, ...] = tuple(part for part in plan.parts if part != "grounding")
    for number in range(2, runs + 1):
        plan.start_run(number)
        done.append(evaluate(replace(plan, parts=model_parts, tutorial=False)))
    if runs == 1:
        return done[0]
    broken = [f"{line} (run {number})" for number, run in enumerate(done, start=1) for line in run.broken]
    summary = {**done[0].summary, "spread": spread([run.summary for run in done], done[0].group)}
    asked, failed = sum(run.asked for run in done), [case for run in done for case in run.failed]
    return replace(done[0], summary=summary, broken=broken, asked=asked, failed=failed)


def spread(summaries: Sequence[Mapping[str, Any]], group: str) -> dict[str, Any]:
    """Mean, least, greatest and standard deviation (n - 1) of each figure over the runs that could measure it."""
    figures = {}
    for name in summaries[-1]["figures"]:
        shown = [summary["figures"][name] for summary in summaries]
        values = [one[group]["value"] for one in shown]
        measured = [value for value in values if value is not None]
        if len(measured) > 1:
            figures[name] = {
                "title": shown[0]["title"],
                "unit": shown[0]["unit"],
                "mean": round(fmean(measured), PLACES),
                "least": min(measured),
                "greatest": max(measured),
                "deviation": round(stdev(measured), PLACES),
                "values": values,
            }
    return {"runs": len(summaries), "group": group, "figures": figures}
