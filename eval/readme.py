"""`python -m eval.readme`: writes the committed figures into the README, between two marks. A test compares them.

The figures are those of `eval/baseline/summary.json`, which `python -m eval` writes to its report's folder.
"""

from __future__ import annotations

import json
from pathlib import Path

from bot.errors import SettingError
from eval.compare import BASELINE, SUMMARY_FILE
from eval.report import readme_table

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def with_table(text: str, table: str) -> str:
    """The README's text with `table` between its marks; raises SettingError where it has none."""
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise SettingError(f"README.md: no place for the figures between {BEGIN} and {END}", "put both marks into it")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def committed_table() -> str:
    return readme_table(json.loads((BASELINE / SUMMARY_FILE).read_text(encoding="utf-8")))


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8"), committed_table()), encoding="utf-8")
