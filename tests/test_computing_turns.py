"""Who goes first where many compute at once."""

import threading

import pytest

from bot.computing_turns import ComputingTurns


def order_of(dues, at_once=1):
    """In which order those who wait while one computes get their turns."""
    turns, order, waiting = ComputingTurns(at_once), [], threading.Semaphore(0)

    def wait(due):
        waiting.release()
        with turns.turn(due):
            order.append(due)

    threads = [threading.Thread(target=wait, args=(due,)) for due in dues]
    with turns.turn((0, 0.0)):
        for thread in threads:
            thread.start()
            waiting.acquire()
        while len(turns._waiting) < len(dues):
            pass
    for thread in threads:
        thread.join()
    return order


def test_who_is_due_first_goes_first():
    assert order_of([(0, 3.0), (0, 1.0), (0, 2.0)]) == [(0, 1.0), (0, 2.0), (0, 3.0)]


def test_a_lower_stage_goes_first_however_late_it_is_due():
    assert order_of([(2, 1.0), (1, 2.0), (0, 3.0)]) == [(0, 3.0), (1, 2.0), (2, 1.0)]


def test_a_turn_that_fails_is_given_back():
    turns = ComputingTurns(1)
    with pytest.raises(ValueError, match="no"), turns.turn((0, 0.0)):
        raise ValueError("no")
    with turns.turn((0, 1.0)):
        pass


def test_as_many_compute_as_are_let_in():
    turns = ComputingTurns(2)
    with turns.turn((0, 0.0)), turns.turn((0, 1.0)):
        pass
