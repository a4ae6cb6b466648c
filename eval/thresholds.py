"""The committed thresholds, and which figures are below them."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import SettingError
from eval.measures import PARTS, Part

THRESHOLDS_FILE = Path(__file__).with_name("thresholds.toml")


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least or the most that a figure may be; exactly one is set."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def text(self) -> str:
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"

    def broken_by(self, value: float) -> bool:
        if self.at_least is not None:
            return value < self.at_least
        return self.at_most is not None and value > self.at_most


def read_thresholds(path: Path = THRESHOLDS_FILE) -> list[Threshold]:
    """Raises SettingError for an unknown figure, a misspelt limit, or one that is no number."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path}: {error}", "mend the thresholds") from None
    known = {measure.name for measures in PARTS.values() for measure in measures}
    return [_threshold(path, name, limits, known) for name, limits in tables.items()]


def _threshold(path: Path, name: str, limits: object, known: set[str]) -> Threshold:
    if name not in known:
        raise SettingError(f"{path}: {name}: no such figure", f"name one of {', '.join(sorted(known))}")
    if not isinstance(limits, dict) or len(limits) != 1 or not set(limits) <= {"at_least", "at_most"}:
        raise SettingError(f"{path}: {name}: not one limit", "write { at_least = 0.9 } or { at_most = 0.1 }")
    [(side, limit)] = limits.items()
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        raise SettingError(f"{path}: {name}: {side} is not a number", "write { at_least = 0.9 } or { at_most = 0.1 }")
    return Threshold(name, **{side: float(limit)})


def broken_thresholds(
    summary: Mapping[str, Any], thresholds: Sequence[Threshold], *, own_parts: Collection[Part] = ()
) -> list[str]:
    """What is below its threshold, in words; thresholds of parts that did not run are left out.

    The committed cases are held to the reporting half's figures. Somebody's own cases (`own_parts` ran on such) are few
    and different: there a figure fails only where its whole interval is on the wrong side, and may be missing.
    """
    own = {measure.name for part in own_parts for measure in PARTS[part]}
    broken = []
    for threshold in thresholds:
        shown = summary["figures"].get(threshold.measure)
        if shown is None:
            continue
        lenient = threshold.measure in own
        figure = shown["all" if lenient else "reporting"]
        if figure["value"] is None:
            if not lenient:
                broken.append(f"{threshold.measure}: not measured ({figure['why']}), wanted {threshold.text}")
            continue
        judged = [figure["low"], figure["high"]] if lenient else [figure["value"]]
        if all(threshold.broken_by(value) for value in judged):
            broken.append(f"{threshold.measure} {figure['value']:g}, wanted {threshold.text}")
    return broken
