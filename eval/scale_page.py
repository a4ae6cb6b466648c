"""`python -m eval.scale_page`: writes the committed figures of whole libraries into docs/scale.md. A test compares."""

from __future__ import annotations

from pathlib import Path

from eval.compare import BASELINE
from eval.library_bench import PLOT_FILE, as_library_table, read_library
from eval.readme import with_table

PAGE = Path(__file__).parent.parent / "docs" / "scale.md"
NAME = "library"


def with_library(text: str) -> str:
    """The page's text with the committed table between its marks. Raises SettingError where it has none."""
    return with_table(text, as_library_table(read_library(BASELINE)), NAME)


def write_scale_page() -> None:
    """Writes the table into the page, and the plot beside it."""
    PAGE.write_text(with_library(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    PAGE.with_name(PLOT_FILE).write_bytes((BASELINE / PLOT_FILE).read_bytes())


if __name__ == "__main__":
    write_scale_page()
