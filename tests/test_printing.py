import io
import sys

import pytest

from bot.terminal.printing import display_width, fitted, print_table, printable, show

TEXTS = [
    ("escape", "a\x1b[31mb\x07", "a[31mb"),
    ("one-byte control sequence", "a\x9b31mb", "a31mb"),
    ("carriage return", "a\rb", "ab"),
    ("direction", "a\u202eb\u2066c", "abc"),
    ("kept", "tab\tline\nZürich 🙂 नमस्ते\u200d", "tab\tline\nZürich 🙂 नमस्ते\u200d"),
    ("lone surrogate", "a\ud800b", "a?b"),
]


@pytest.mark.parametrize(("text", "shown"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_terminal_gets_no_control_characters(text, shown):
    assert printable(text) == shown


def test_terminal_that_cannot_show_a_character_gets_a_question_mark(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    show("Zürich")
    assert raw.getvalue() == b"Z?rich\n"


def test_table_columns_line_up(capsys):
    print_table(["id", "title"], [["a", "Long title"], ["longer", "b"]])
    assert capsys.readouterr().out.splitlines() == ["id      title", "a       Long title", "longer  b"]


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


ROWS = [["lake-1", "A title that is much longer than a terminal is wide, and then some more of it", "1:02:03"]]


def test_table_on_a_terminal_keeps_to_its_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setattr("sys.stdout", Terminal())
    print_table(["id", "title", "length"], ROWS, shrink=("title",))
    lines = sys.stdout.getvalue().splitlines()
    assert max(map(len, lines)) == 50
    assert lines[1].startswith("lake-1  A title that is much longer")
    assert lines[1].endswith("…  1:02:03")


def test_table_in_a_pipe_cuts_nothing_and_leaves_out_empty_columns(capsys):
    print_table(["id", "show", "title"], [["a", "", ROWS[0][1]]], shrink=("title",))
    assert capsys.readouterr().out.splitlines()[1] == f"a   {ROWS[0][1]}"


def test_wide_characters_take_two_columns():
    assert display_width("日本 e\u0301") == 6
    assert fitted("日本語の題", 6) == "日本… "
