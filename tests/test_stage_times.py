"""The time of each stage is that of its outermost function, in the thread that asks for it."""

import threading

from eval.stage_times import StageTimes


class Answering:
    def search(self):
        return self.rank()

    def rank(self):
        return "ranked"


def timed(monkeypatch):
    """By a clock that ticks a second whenever it is looked at."""
    for name in ("search", "rank"):
        monkeypatch.setattr(Answering, name, getattr(Answering, name))
    ticks = iter(range(100))
    times = StageTimes([("search", Answering, "search"), ("rank", Answering, "rank")], clock=lambda: next(ticks))
    times.restart()
    return times


def test_a_nested_stage_counts_for_the_outermost_only(monkeypatch):
    times = timed(monkeypatch)
    assert Answering().search() == "ranked"
    assert times.seconds == {"search": 1, "rank": 0}


def test_what_another_thread_runs_is_not_looked_at(monkeypatch):
    times = timed(monkeypatch)
    other = threading.Thread(target=Answering().search)
    other.start()
    other.join()
    assert times.seconds == {"search": 0, "rank": 0}
    Answering().rank()
    assert times.seconds == {"search": 0, "rank": 1}
