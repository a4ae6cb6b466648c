"""The report as one HTML page: tables, plots, and behind every figure the cases that it is made of.

Self-contained: no script, nothing fetched. Every text that is not ours is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from bot.records import format_stamp
from eval.figures import Measure
from eval.measures import PARTS
from eval.outcomes import ScoredCase
from eval.plots import Bar, cumulative_plot, interval_plot
from eval.report import Run, figure_tables, further_tables
from eval.summary import in_group
from eval.wording import (
    stamp_lines,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; --own: #0b6bcb; --other: #a35200; --line: #8884; --soft: #8881; }
@media (prefers-color-scheme: dark) { :root { --own: #6cb2ff; --other: #f0a860; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; max-width: 46rem; font: 12px system-ui, sans-serif; fill: currentColor; }
svg line, svg polyline { fill: none; stroke: currentColor; stroke-width: 2; }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .axis { opacity: .7; }
.own { color: var(--own); fill: var(--own); } .other { color: var(--other); fill: var(--other); }
svg polyline.own, svg polyline.other { fill: none; }
details { border-bottom: 1px solid var(--line); padding: .3rem 0; } summary { cursor: pointer; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .6rem; }
.below { border-left: 4px solid #c0392b; padding-left: .8rem; } .wrong { color: var(--other); }
a { color: var(--own); }
"""


def page(run: Run) -> str:
    """The whole page."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f"<title>Earmark: evaluation</title><style>{STYLE}</style></head><body><main>",
        "<h1>Evaluation</h1>",
        "<p>" + "<br>".join(escape(line) for line in stamp_lines(run.summary)) + "</p>",
        _thresholds(run),
        *_figure_sections(run),
        *_further_sections(run),
        *_evidence_of_figures(run),
        "<h2 id='cases'>Cases</h2>",
        *(_case(case) for case in run.cases),
        "</main></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _thresholds(run: Run) -> str:
    if not run.broken:
        return "<p>All thresholds are kept.</p>"
    lines = "".join(f"<li>{escape(line)}</li>" for line in run.broken)
    return f'<div class="below"><p>Below their thresholds:</p><ul>{lines}</ul></div>'


# A link into a closed <details> opens it only where its target is inside: so the ids stand on what the element holds.


def _figure_sections(run: Run) -> list[str]:
    sections = []
    for part, (title, (heads, *rows)) in zip(run.summary["parts"], figure_tables(run), strict=True):
        names = [measure.name for measure in PARTS[part]]
        cells = [
            [f'<a href="#of-{escape(name)}">{escape(row[0])}</a>', *(escape(cell) for cell in row[1:])]
            for name, row in zip(names, rows, strict=True)
        ]
        sections.append(f"<h2>{escape(title)}</h2>{_table(heads, cells)}{_shares(run, names)}")
        if part == "answers":
            series = {"Earmark": _values(run, "earmark"), "tutorial": _values(run, "tutorial")}
            plotted = "Share of answers whose first cited time is so near the evidence"
            sections.append(f"<h3>{plotted}</h3>{cumulative_plot(series, plotted)}")
    return sections


def _values(run: Run, system: str) -> list[float]:
    own = [case for case in in_group(run.cases, run.group) if case.system == system]
    return [case.scores["first_seconds_off"].value for case in own if "first_seconds_off" in case.scores]


def _shares(run: Run, names: Sequence[str]) -> str:
    rows = []
    for name in names:
        shown = run.summary["figures"][name]
        bars = [_bar(shown[run.group], 0), _bar(shown.get("tutorial", {}).get(run.group), 1)]
        drawn = [bar for bar in bars if bar is not None]
        if shown["unit"] == "share" and drawn:
            rows.append((shown["title"], drawn))
    return interval_plot(rows, "Shares with 95 % intervals") if rows else ""


def _bar(figure: Mapping[str, Any] | None, series: int) -> Bar | None:
    if not figure or figure["value"] is None:
        return None
    return Bar(figure["value"], figure["low"], figure["high"], series)


def _further_sections(run: Run) -> list[str]:
    sections = [
        f"<h2>{escape(title)}</h2>" + _table(heads, [[escape(cell) for cell in row] for row in rows])
        for title, heads, rows in further_tables(run)
        if rows
    ]
    if run.comparison and run.comparison["changed"]:
        sections.append(_changed_cases(run.comparison["changed"]))
    return sections


def _changed_cases(changed: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        [_link(case["system"], case["id"]), escape(name), escape(str(was)), escape(str(now))]
        for case in changed
        for name, (was, now) in case["scores"].items()
    ]
    table = _table(["case", "score", "before", "after"], rows)
    return f"<details><summary>{len(changed)} cases changed</summary>{table}</details>"


def _evidence_of_figures(run: Run) -> list[str]:
    sections = ["<h2>Behind the figures</h2>"]
    for part in run.summary["parts"]:
        sections += [_behind(measure, run) for measure in PARTS[part]]
    return sections


def _behind(measure: Measure, run: Run) -> str:
    """The measure's cases, the worst first."""
    own = [case for case in run.cases if case.system == measure.system]
    sign = 1 if measure.better == "higher" else -1
    own.sort(key=lambda case: sign * case.scores[measure.score].value if measure.score in case.scores else 0)
    rows = [
        [_link(case.system, case.id), f"{score.value:g}", escape(score.explanation[:200]), case.half]
        for case in own
        if (score := case.scores.get(measure.score))
    ] + [
        [_link(case.system, case.id), "unscored", escape(case.unscored[measure.score]), case.half]
        for case in own
        if measure.score in case.unscored
    ]
    return (
        f"<details><summary>{escape(measure.title)}: {len(rows)} cases</summary>"
        f'<div id="of-{escape(measure.name)}">{_table(["case", measure.score, "why", "half"], rows)}</div></details>'
    )


def _link(system: str, name: str) -> str:
    return f'<a href="#{_anchor(system, name)}">{escape(name)}</a>'


def _anchor(system: str, name: str) -> str:
    return escape(f"case-{system}-{name}".replace(" ", "_"), quote=True)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """`rows` hold HTML, `heads` plain text."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _case(case: ScoredCase) -> str:
    scores = [[escape(name), f"{score.value:g}", escape(score.explanation)] for name, score in case.scores.items()] + [
        [escape(name), "unscored", escape(why)] for name, why in case.unscored.items()
    ]
    return (
        f"<details><summary>{escape(case.id)} <small>({case.system}, {case.half}, {escape(case.expected)})</small> "
        f'{escape(case.asked)}</summary><div id="{_anchor(case.system, case.id)}">'
        f"{_wanted(case)}{_outcome(case.outcome)}{_table(['score', 'value', 'why'], scores)}</div></details>"
    )


def _wanted(case: ScoredCase) -> str:
    return f"<p><small>wanted: {escape(case.wanted)}</small></p>" if case.wanted else ""


def _outcome(outcome: Mapping[str, Any]) -> str:
    lines = [f"<pre>{escape(outcome['text'])}</pre>"] if outcome.get("text") else []
    for claim in outcome.get("claims", ()):
        label = f"{claim['label']} / " if "label" in claim else ""
        reason = f": {claim['reason']}" if claim.get("reason") else ""
        said = escape(f"{label}{claim['status']}{reason}")
        lines.append(f"<p>{escape(claim['text'])} <small>({said})</small></p>")
    for name in ("citations", "nearest", "ranked"):
        if outcome.get(name):
            shown = ", ".join(_span(stretch) for stretch in outcome[name])
            lines.append(f"<p><small>{name}: {escape(shown)}</small></p>")
    if outcome.get("error"):
        lines.append(f'<p class="wrong">{escape(str(outcome["error"]))}</p>')
    return "".join(lines)


def _span(stretch: Sequence[Any]) -> str:
    start, end, kind, *fault = stretch
    return " ".join([f"{format_stamp(start)}-{format_stamp(end)}", *([kind] if kind != "talk" else []), *fault])
