"""What was mended or left out on reading, gathered so that a report stays readable: one note for each problem."""

from __future__ import annotations

from dataclasses import dataclass, field

_LINES_NAMED = 3


@dataclass(slots=True)
class _Finding:
    example: str
    lines: dict[int, None] = field(default_factory=dict)
    times: int = 0


class Notes:
    """`add(7, "{} is not a time", "0:75")` -> `line 7: 0:75 is not a time`; the same problem elsewhere joins it."""

    def __init__(self) -> None:
        self._findings: dict[str, _Finding] = {}

    def add(self, line: int, problem: str, example: str = "") -> None:
        """`{}` in the problem stands for the example; of several the first is shown."""
        finding = self._findings.setdefault(problem, _Finding(example))
        finding.lines[line] = None
        finding.times += 1

    def as_tuple(self) -> tuple[str, ...]:
        return tuple(self._in_words(problem, finding) for problem, finding in self._findings.items())

    @staticmethod
    def _in_words(problem: str, finding: _Finding) -> str:
        lines = sorted(finding.lines)
        where = ", ".join(map(str, lines[:_LINES_NAMED]))
        more = f" and {len(lines) - _LINES_NAMED} more" if len(lines) > _LINES_NAMED else ""
        often = f" ({finding.times} times)" if finding.times > len(lines) else ""
        shown = finding.example if len(finding.example) <= 60 else finding.example[:57] + "..."
        return f"line{'s' if len(lines) > 1 else ''} {where}{more}: {problem.replace('{}', shown)}{often}"
