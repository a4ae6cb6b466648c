"""How figures grow with a size: a line each, on scales of powers of ten, as an SVG file of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 600, 300, 60, 190, 20, 40
FLOOR = HEIGHT - BOTTOM
GRID = 'stroke="#ccc"'


def growth_plot(sizes: Sequence[int], lines: Mapping[str, Sequence[float]], unit: str) -> str:
    """`lines` have a value for each size; what is below 1 is drawn at 1."""
    right = _powers(max(sizes))
    up = _powers(max(max(values) for values in lines.values()))
    shapes = [*_grid(right, up)]
    for place, (name, values) in enumerate(lines.items()):
        colour = f"hsl({360 * place // len(lines)} 70% 38%)"
        points = [(_x(size, right), _y(value, up)) for size, value in zip(sizes, values, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        shapes.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        shapes += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        label = f'x="{WIDTH - RIGHT + 8}" y="{TOP + 14 + 18 * place}" fill="{colour}"'
        shapes.append(f"<text {label}>{escape(name)}</text>")
    shapes.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">{escape(unit)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="11" role="img"><title>Growth with the number of {escape(unit)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>{"".join(shapes)}</svg>\n'
    )


def _grid(right: int, up: int) -> list[str]:
    shapes = []
    for power in range(right + 1):
        x = _x(10**power, right)
        shapes.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{TOP}" y2="{FLOOR}" {GRID}/>')
        shapes.append(f'<text x="{x:.0f}" y="{FLOOR + 16}" text-anchor="middle">{10**power}</text>')
    for power in range(up + 1):
        y = _y(10**power, up)
        shapes.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.0f}" y2="{y:.0f}" {GRID}/>')
        shapes.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{10**power}</text>')
    return shapes


def _powers(most: float) -> int:
    return max(1, math.ceil(math.log10(max(most, 1))))


def _x(size: float, powers: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(size) / powers


def _y(value: float, powers: int) -> float:
    return FLOOR - (FLOOR - TOP) * math.log10(max(value, 1.0)) / powers
