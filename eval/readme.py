"""`python -m eval.readme`: writes the committed figures into the README, between marks. A test compares them.

The figures are those of `eval/baseline/`: `summary.json`, which `python -m eval` writes to its report's folder, and
`bench.json`, which `python -m eval.bench --commit` writes there.
"""

from __future__ import annotations

import json
from pathlib import Path

from bot.errors import SettingError
from eval.bench_table import BENCH_FILE, performance_table
from eval.compare import BASELINE, SUMMARY_FILE
from eval.report import readme_table

README = Path(__file__).parent.parent / "README.md"
TABLE, PERFORMANCE = "table", "performance"
BEGIN, END = f"<!-- {TABLE}: begin -->", f"<!-- {TABLE}: end -->"


def with_table(text: str, table: str, name: str = TABLE) -> str:
    """The README's text with `table` between the marks of that name; raises SettingError where it has none."""
    begin, end = BEGIN.replace(TABLE, name), END.replace(TABLE, name)
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not (begun and ended):
        raise SettingError(f"README.md: no place for the figures between {begin} and {end}", "put both marks into it")
    return f"{before}{begin}\n{table}\n{end}{after}"


def committed_table() -> str:
    return readme_table(json.loads((BASELINE / SUMMARY_FILE).read_text(encoding="utf-8")))


def with_figures(text: str) -> str:
    """The README's text with all figures that are committed."""
    if (BASELINE / SUMMARY_FILE).exists():
        text = with_table(text, committed_table())
    if (BASELINE / BENCH_FILE).exists():
        text = with_table(text, performance_table(BASELINE), PERFORMANCE)
    return text


def write_readme() -> None:
    README.write_text(with_figures(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write_readme()
