import pytest

from bot.errors import SettingError
from eval.bench_table import BENCH_FILE
from eval.compare import BASELINE, SUMMARY_FILE
from eval.readme import BEGIN, END, README, with_figures, with_table


def test_the_table_replaces_what_stood_between_the_marks():
    assert with_table(f"a\n{BEGIN}\nold\n{END}\nb", "| new |") == f"a\n{BEGIN}\n| new |\n{END}\nb"


def test_a_readme_without_the_marks_is_an_error():
    with pytest.raises(SettingError, match="no place for the figures"):
        with_table("nothing here", "| new |")


@pytest.mark.parametrize("file", [SUMMARY_FILE, BENCH_FILE])
def test_the_readme_shows_the_committed_figures(file):
    if not (BASELINE / file).exists():
        pytest.skip("no figures are committed yet")
    text = README.read_text(encoding="utf-8")
    assert text == with_figures(text)
