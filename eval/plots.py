"""Small plots as inline SVG: intervals of figures, how far cited times are off, what the check catches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

LABEL_WIDTH, PLOT_WIDTH, ROW_HEIGHT, MARGIN = 300, 380, 24, 14
SERIES = ("own", "other")  # classes of the page's style: Earmark, the tutorial


@dataclass(frozen=True, slots=True)
class Bar:
    """A share with its interval, 0 to 1; `series` says in whose colour."""

    value: float
    low: float
    high: float
    series: int = 0


def interval_plot(rows: Sequence[tuple[str, Sequence[Bar]]], title: str) -> str:
    """One row a figure: a dot for the value and a line for its 95 % interval, on a scale of 0 to 100 %."""
    height = MARGIN + ROW_HEIGHT * len(rows) + 24
    shapes = [_grid(height)]
    for place, (label, bars) in enumerate(rows):
        middle = MARGIN + ROW_HEIGHT * place + ROW_HEIGHT / 2
        shapes.append(f'<text x="{LABEL_WIDTH - 8}" y="{middle + 4:.1f}" text-anchor="end">{escape(label)}</text>')
        for bar in bars:
            y = middle + (len(bars) > 1) * (4 if bar.series else -4)
            shapes.append(
                f'<g class="{SERIES[bar.series]}"><title>{100 * bar.value:.1f} %, {100 * bar.low:.1f} to '
                f'{100 * bar.high:.1f} %</title><line x1="{_x(bar.low):.1f}" x2="{_x(bar.high):.1f}" '
                f'y1="{y:.1f}" y2="{y:.1f}"/><circle cx="{_x(bar.value):.1f}" cy="{y:.1f}" r="3.5"/></g>'
            )
    return _svg(height, title, shapes)


def cumulative_plot(series: Mapping[str, Sequence[float]], title: str, most: float = 60.0) -> str:
    """Share of citations at most so many seconds from the evidence, 0 to `most`; one stepped line a series."""
    height = 220
    floor, ceiling = height - 24, MARGIN
    shapes = [_grid(height, unit=f"{most:g} s")]
    for place, (name, values) in enumerate(series.items()):
        if not values:
            continue
        points, share = [], 0.0
        for value in sorted(values):
            if value > most:
                break
            x = LABEL_WIDTH + PLOT_WIDTH * value / most
            points.append(f"{x:.1f},{floor - (floor - ceiling) * share:.1f}")
            share += 1 / len(values)
            points.append(f"{x:.1f},{floor - (floor - ceiling) * share:.1f}")
        points.append(f"{LABEL_WIDTH + PLOT_WIDTH},{floor - (floor - ceiling) * share:.1f}")
        shapes.append(f'<polyline class="{SERIES[place]}" points="{" ".join(points)}"/>')
        y = ceiling + 18 + 20 * place
        shapes.append(
            f'<text class="{SERIES[place]}" x="{LABEL_WIDTH - 8}" y="{y}" text-anchor="end">{escape(name)}</text>'
        )
    return _svg(height, title, shapes)


def _x(share: float) -> float:
    return LABEL_WIDTH + PLOT_WIDTH * min(1.0, max(0.0, share))


def _grid(height: int, unit: str = "100 %") -> str:
    lines = "".join(
        f'<line class="grid" x1="{_x(tenth / 10):.1f}" x2="{_x(tenth / 10):.1f}" y1="{MARGIN}" y2="{height - 24}"/>'
        for tenth in range(0, 11, 2)
    )
    base = height - 8
    right = f'<text class="axis" x="{_x(1):.1f}" y="{base}" text-anchor="end">{escape(unit)}</text>'
    return f'{lines}<text class="axis" x="{_x(0):.1f}" y="{base}">0</text>{right}'


def _svg(height: int, title: str, shapes: Sequence[str]) -> str:
    width = LABEL_WIDTH + PLOT_WIDTH + MARGIN
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(shapes)}</svg>"
    )
