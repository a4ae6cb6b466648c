"""What the benchmark makes of its measurements; the measuring itself is `make bench`."""

import os
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from bot.sources.transcript_files import BUNDLED_EPISODE
from eval.bench_table import Bench, Row, Spread, as_table, performance_table, write_bench
from eval.compare import BASELINE
from eval.growth_plot import growth_plot
from eval.ingest_stages import STAGES
from eval.library_bench import (
    LibraryBench,
    LibraryRow,
    Side,
    as_library_table,
    growth_of,
    ingest_by_stage,
    read_library,
    write_library,
)
from eval.processes import PEAK, Answerer, percentile
from eval.readme import with_table
from eval.scale_page import PAGE, with_library
from eval.stage_times import IN_PROSE, IN_QUOTES
from eval.word_curve import NAME, as_curve_table

ROWS = (
    Row("warm answer", "ms", 4, Spread.of([1, 2, 3, 4]), Spread.of([2, 4, 6, 8]), "10 ms"),
    Row("the page", "s", 1, Spread.of([1.5])),
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([3.0], Spread(3, 3, 3), id="one"),
        pytest.param([5.0, 1.0, 3.0, 2.0, 4.0], Spread(3, 2, 4), id="middle half"),
    ],
)
def test_spread_is_the_median_and_the_middle_half(values, expected):
    assert Spread.of(values) == expected


def test_percentile_is_of_the_values_in_order():
    assert percentile([30, 10, 20], 0.95) == 30
    assert percentile(list(range(100)), 0.95) == 95


def test_table_shows_spread_ratio_and_machine():
    lines = as_table(Bench("Measured on a machine.", ROWS)).splitlines()
    assert lines[2] == "| warm answer | 2.5 ms (1.8 to 3.2) | 5.0 ms (3.5 to 6.5) | 0.50 | 10 ms | 4 |"
    assert lines[3] == "| the page | 1.50 s | - | - | - | 1 |"
    assert lines[-1] == "Measured on a machine."


def test_performance_table_is_that_of_the_written_report(tmp_path):
    bench = Bench("Measured on a machine.", ROWS)
    write_bench(bench, tmp_path)
    assert performance_table(tmp_path) == as_table(bench)


def library(*sizes):
    sides = [Side(2.0 * size, 200, 4.0 * size, Spread.of([10]), 20, Spread.of([8]), 16, 130) for size in sizes]
    rows = tuple(LibraryRow(size, side, side) for size, side in zip(sizes, sides, strict=True))
    return LibraryBench("Measured on a machine.", 60, rows)


def test_library_table_and_plot_have_every_size():
    bench = library(1, 10, 298)
    lines = as_library_table(bench).splitlines()
    assert [line.split(" | ")[0] for line in lines if "Earmark" in line] == ["| 1", "| 10", "| 298"]
    plot = ElementTree.fromstring(growth_of(bench.rows))
    assert len(plot.findall("{*}circle")) == 3 * len(plot.findall("{*}polyline"))


def test_library_is_read_back_as_it_was_written(tmp_path):
    write_library(library(1, 10), tmp_path)
    assert read_library(tmp_path) == library(1, 10)


def test_scale_page_shows_the_committed_figures():
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_library(text)
    assert text == with_table(text, as_curve_table(BASELINE), NAME)


def test_plot_escapes_its_words():
    ElementTree.fromstring(growth_plot([1, 2], {"a < b": [0.5, 3]}, "<episodes>"))


def test_an_answerer_that_ends_is_an_error():
    with Answerer([sys.executable, "-c", "raise SystemExit(3)"], {}) as answerer, pytest.raises(RuntimeError):
        answerer.ask("What?")


def test_ingest_by_stage_is_shown_at_every_size():
    stages = {"embedding": 3.25, "Chroma": 0.5}
    rows = tuple(replace(row, stages=stages) for row in library(1, 10).rows)
    lines = as_library_table(replace(library(1, 10), rows=rows)).splitlines()
    assert "| embedding | 3.2 s | 3.2 s |" in lines


@pytest.mark.slow
def test_an_ingest_is_measured_by_stage(tmp_path):
    run, stages = ingest_by_stage(tmp_path / "store", [str(BUNDLED_EPISODE)], os.environ)
    assert all(stages[stage] > 0 for stage in STAGES)
    assert sum(stages.values()) < run.processor_seconds


@pytest.mark.slow
def test_warm_answers_are_measured_by_stage(bundled_store):
    """In a process of its own: measuring replaces functions."""
    with Answerer([sys.executable, "-m", "eval.warm_answers", str(bundled_store)], os.environ) as answerer:
        measured = answerer.ask("Where did Runway start?")
    assert all(measured[stage] > 0 for stage in (*IN_QUOTES, *IN_PROSE, PEAK, "first_text", "episode_words"))
    assert sum(measured[stage] for stage in IN_QUOTES) <= measured["total"]
    assert measured["first_text"] <= measured["prose"]
