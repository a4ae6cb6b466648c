"""Is the evaluation awake? Nothing broken keeps every threshold; each breakage fails at the figure that it should."""

import pytest

from bot.grounding.grounding import GroundingCheck
from eval.breakages import BREAKAGES, broken_figures, make_bench

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory, embedder):
    made = make_bench(tmp_path_factory.mktemp("bench"), embedder, GroundingCheck(embedder))
    yield made
    made.close()


@pytest.mark.parametrize("part", ["retrieval", "answers", "grounding"])
def test_nothing_broken_keeps_every_threshold(bench, part):
    assert broken_figures(bench, None, part) == []


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_breakage_is_caught_at_its_figure(bench, breakage):
    lines = broken_figures(bench, breakage, breakage.part)
    assert any(line.split()[0].rstrip(":") == breakage.figure for line in lines), lines
