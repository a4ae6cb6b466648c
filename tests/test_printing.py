import io

import pytest

from bot.printing import print_table, printable, show

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
