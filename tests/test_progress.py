import io

import pytest

from bot.terminal.progress import ProgressLines


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(stream, *calls, seconds_between=3600.0):
    progress = ProgressLines(stream, seconds_between)
    for call in calls:
        progress(*call)
    return stream.getvalue()


PIPED = [
    ("short work", [("lake", 0, 8), ("lake", 8, 8)], ""),
    ("long work", [("lake", 0, 80), ("lake", 64, 80), ("lake", 80, 80)], "indexing lake: 0 of 80 passages\n"),
    ("announced once", [("a", 0, 80), ("a", 80, 80), ("b", 0, 80)], "indexing a: 0 of 80 passages\n"),
    ("nothing to do", [("lake", 0, 0)], ""),
    ("hostile name", [("a\x1b[31m", 0, 80)], "indexing a[31m: 0 of 80 passages\n"),
]


@pytest.mark.parametrize(("calls", "lines"), [case[1:] for case in PIPED], ids=[case[0] for case in PIPED])
def test_pipe_hears_of_long_work_before_it_is_done(calls, lines):
    assert told(io.StringIO(), *calls) == lines


def test_pipe_gets_a_line_now_and_then():
    lines = told(io.StringIO(), ("a", 64, 128), ("a", 128, 128), seconds_between=0)
    assert lines.splitlines() == ["indexing a: 64 of 128 passages", "indexing a: 128 of 128 passages"]


def test_terminal_gets_a_bar_that_fits_and_goes_away(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    drawn = told(Terminal(), ("a long name of an episode " * 3, 32, 64), ("a", 64, 64)).split("\r\x1b[K")
    assert drawn[1].endswith("… [############............] 32 of 64 passages")
    assert len(drawn[1]) < 60
    assert drawn[2] == ""
