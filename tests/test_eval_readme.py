import pytest

from bot.errors import SettingError
from eval.compare import BASELINE, SUMMARY_FILE
from eval.readme import BEGIN, END, README, committed_table, with_table


def test_the_table_replaces_what_stood_between_the_marks():
    assert with_table(f"a\n{BEGIN}\nold\n{END}\nb", "| new |") == f"a\n{BEGIN}\n| new |\n{END}\nb"


def test_a_readme_without_the_marks_is_an_error():
    with pytest.raises(SettingError, match="no place for the figures"):
        with_table("nothing here", "| new |")


def test_the_readme_shows_the_committed_figures():
    text = README.read_text(encoding="utf-8")
    if BEGIN not in text or not (BASELINE / SUMMARY_FILE).exists():
        pytest.skip("no figures are committed yet")
    assert text == with_table(text, committed_table())
