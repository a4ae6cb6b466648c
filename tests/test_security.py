"""The tables of SECURITY.md: the tests exist, and have as many cases as they say; all that was tried for long held."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.soak import BEGIN, END, HEADS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("<!-- promises: begin -->")[2].partition("<!-- promises: end -->")[0]
PROMISES = re.findall(r"^\| ([^|]+?) \| `tests/([\w/]+)\.py::(\w+)` \| (\d+) \|$", TABLE, re.MULTILINE)


def cases(module: str, test: str) -> int:
    """How many times a test runs, by the tables that it is parametrized with."""
    function = getattr(import_module(f"tests.{module.replace('/', '.')}"), test)
    count = 1
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "parametrize":
            count *= len([row for row in mark.args[1] if "inj-" not in str(getattr(row, "id", ""))])
    return count


def test_the_table_has_rows() -> None:
    assert len(PROMISES) == len(re.findall(r"^\| [A-Z]", TABLE, re.MULTILINE)) > 5


def test_all_that_the_soak_tried_held() -> None:
    soaked = PAGE.partition(BEGIN)[2].partition(END)[0].strip()
    assert soaked.startswith(HEADS)
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \| (\d+) \|", soaked, re.MULTILINE)
    assert len(rows) == soaked.count("\n") - 1 > 5
    assert [name for name, tried, held in rows if tried != held] == []


@pytest.mark.parametrize(("promise", "module", "test", "count"), PROMISES, ids=[row[2] for row in PROMISES])
def test_a_promise_has_its_test_and_its_number_of_cases(promise: str, module: str, test: str, count: str) -> None:
    assert cases(module, test) == int(count)
