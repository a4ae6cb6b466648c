"""Figures in words: the rows that the terminal, the Markdown report, the page and the README all show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NOTHING = "-"
PART_TITLES = {"retrieval": "Retrieval", "answers": "Answers", "grounding": "Grounding check on mocked outputs"}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its name, then what stands in the columns."""

    name: str
    title: str
    value: str
    interval: str
    tutorial: str
    gain: str
    tuning: str
    n: int
    unscored: int

    @property
    def counted(self) -> str:
        return f"{self.n} (+{self.unscored} unscored)" if self.unscored else str(self.n)


def figure_rows(summary: Mapping[str, Any], group: str, names: Sequence[str] | None = None) -> list[Row]:
    """The figures of one half (`reporting`, `tuning`) or of `all`, in the order of the table."""
    wanted = names if names is not None else list(summary["figures"])
    return [_row(name, summary["figures"][name], group) for name in wanted if name in summary["figures"]]


def _row(name: str, shown: Mapping[str, Any], group: str) -> Row:
    own, unit = shown[group], shown["unit"]
    beside = shown.get("tutorial", {}).get(group, {})
    gain = (shown.get("gain") or {}).get(group)
    return Row(
        name=name,
        title=shown["title"],
        value=in_unit(own["value"], unit),
        interval=span_in_unit(own["low"], own["high"], unit),
        tutorial=in_unit(beside.get("value"), unit),
        gain=f"{span_in_unit(gain['low'], gain['high'], unit, signed=True)}" if gain else NOTHING,
        tuning=in_unit(shown["tuning"]["value"], unit),
        n=own["n"],
        unscored=own["unscored"],
    )


def in_unit(value: float | None, unit: str) -> str:
    """`92.3 %`, `1.5 s`, `448`, `.710`."""
    if value is None:
        return NOTHING
    return {"share": f"{100 * value:.1f} %", "seconds": f"{value:.1f} s", "words": f"{value:.0f}"}.get(
        unit, f"{value:.3f}"
    )


def span_in_unit(low: float | None, high: float | None, unit: str, *, signed: bool = False) -> str:
    """`85.1 to 96.4`: both ends, in the figure's unit, which stands beside the figure."""
    if low is None or high is None:
        return NOTHING
    scale, places = {"share": (100, 1), "seconds": (1, 1), "words": (1, 0)}.get(unit, (1, 3))
    sign = "+" if signed else ""
    return " to ".join(f"{scale * end + 0.0:{sign}.{places}f}" for end in (low, high))


def category_rows(summary: Mapping[str, Any]) -> list[list[str]]:
    """Category, outputs, called unfaithful, bad claims caught, supported claims flagged."""
    return [
        [
            name,
            str(row["outputs"]),
            str(row["called_unfaithful"]),
            _of(row["caught"], row["bad_claims"]),
            _of(row["false_alarms"], row["supported_claims"]),
        ]
        for name, row in summary["categories"].items()
    ]


CATEGORY_HEADS = ["category", "outputs", "called unfaithful", "bad claims caught", "supported claims flagged"]


def _of(share: Mapping[str, Any] | None, whole: int) -> str:
    if share is None:
        return NOTHING
    return f"{round(share['value'] * whole)} of {whole} ({span_in_unit(share['low'], share['high'], 'share')} %)"


def tag_rows(summary: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the figures by kind of question."""
    names = sorted({name for row in summary["tags"].values() for name in row if name not in ("n", "refused")})
    rows = [
        [tag, str(row["n"]), str(row["refused"]), *(in_unit(row.get(name, {}).get("value"), "share") for name in names)]
        for tag, row in summary["tags"].items()
    ]
    return ["question", "n", "refused", *names], rows


def status_rows(summary: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of label against status."""
    statuses = sorted({status for row in summary["statuses"].values() for status in row})
    rows = [[label, *(str(row.get(status, 0)) for status in statuses)] for label, row in summary["statuses"].items()]
    return ["label", *statuses], rows


def change_rows(comparison: Mapping[str, Any], summary: Mapping[str, Any]) -> list[list[str]]:
    """Figures that moved: name, before, after, interval of the change, whether it is more than noise."""
    rows = []
    for name, shown in comparison["figures"].items():
        if shown["before"] == shown["after"]:
            continue
        unit = summary["figures"][name]["unit"]
        noise = shown["low"] <= 0 <= shown["high"]
        p = f", p {shown['p']:.3f}" if "p" in shown else ""
        rows.append(
            [
                name,
                in_unit(shown["before"], unit),
                in_unit(shown["after"], unit),
                span_in_unit(shown["low"], shown["high"], unit, signed=True) + p,
                "within noise" if noise else "beyond noise",
            ]
        )
    return rows


SPREAD_HEADS = ["figure", "mean", "least to greatest", "standard deviation", "runs"]


def spread_rows(summary: Mapping[str, Any]) -> list[list[str]]:
    """How far each figure went apart where the questions were asked several times; no row where once."""
    return [
        [
            shown["title"],
            in_unit(shown["mean"], shown["unit"]),
            span_in_unit(shown["least"], shown["greatest"], shown["unit"]),
            in_unit(shown["deviation"], shown["unit"]),
            str(sum(value is not None for value in shown["values"])),
        ]
        for shown in summary.get("spread", {}).get("figures", {}).values()
    ]


CHANGE_HEADS = ["figure", "before", "after", "95 % interval of the change", ""]


def stamp_lines(summary: Mapping[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in summary["stamps"].items()]


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; the first to the left, the rest to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([lines[0], rule, *lines[1:]])
