import json
import re
from dataclasses import replace

import pytest

from bot.errors import SettingError
from eval.compare import compare, read_run
from eval.metrics import Detection
from eval.outcomes import Score, ScoredCase
from eval.report import Run, markdown, readme_table, terminal_text, write_report
from eval.report_page import page
from eval.summary import summarise
from eval.thresholds import Threshold, broken_thresholds, read_thresholds

HOSTILE = '<script>alert(1)</script> ![x](http://attacker.example/x.png) | `"'


def question(name, quoted, half="reporting", system="earmark", **scores):
    given = {"quoted": Score(quoted, HOSTILE), "evidence_any@4": Score(quoted), **scores}
    outcome = {"text": HOSTILE, "verdict": "answered", "ranked": [[0, 9, "talk"]], "error": ""}
    return ScoredCase(name, system, half, HOSTILE, "answer", outcome, given, {}, ("single",))


def output(name, detection):
    claim = {"text": HOSTILE, "label": "supported", "status": "supported", "reason": HOSTILE}
    outcome = {"predicted": "faithful", "claims": [claim], "error": "", "text": HOSTILE}
    scores = {"bad_claims": Score(1.0, "", detection)}
    return ScoredCase(name, "check", "reporting", HOSTILE, "faithful", outcome, scores, {}, ("plain",))


CASES = [
    *(question(f"q{number}", float(number % 4 > 0)) for number in range(12)),
    *(question(f"q{number}", float(number % 2), system="tutorial") for number in range(12)),
    output("o1", Detection(2, 1, 0, 5)),
]
STAMPS = {"model": "quotes", "index": "abc"}


def summary_of(cases, stamps=STAMPS):
    return summarise(cases, ("retrieval", "answers", "grounding"), stamps)


@pytest.fixture
def run():
    return Run(summary_of(CASES), CASES, "reporting", ("quoted 0.75, wanted at least 0.9",), None, {"asking": 1.5})


def test_summary_has_each_figure_by_half_beside_the_tutorial(run):
    shown = run.summary["figures"]["evidence_any@4"]
    assert shown["reporting"]["value"] == 0.75
    assert shown["tutorial"]["reporting"]["value"] == 0.5
    assert shown["gain"]["reporting"]["n"] == 12
    assert shown["tuning"] == {"value": None, "low": None, "high": None, "n": 0, "unscored": 0, "why": "no case"}


def test_summary_counts_claims_by_category(run):
    row = run.summary["categories"]["plain"]
    assert (row["bad_claims"], row["caught"]["value"], row["supported_claims"]) == (2, 1.0, 6)


def test_terminal_shows_figures_and_what_is_below_its_threshold(run):
    text = terminal_text(run)
    assert re.search(r"evidence in the 4 best passages +75.0 % +\S+ to \S+ +50.0 %", text)
    assert "below its threshold: quoted 0.75, wanted at least 0.9" in text


def test_page_asks_for_nothing_and_runs_nothing(run):
    html = page(run)
    assert "<script" not in html
    assert not re.search(r"<(img|link|iframe|object|form)\b", html)
    assert not re.search(r"""(src|href)=["'](?!#)""", html)
    assert "default-src 'none'" in html


def test_every_link_of_the_page_leads_somewhere(run):
    html = page(run)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'id="([^"]+)"', html))


def test_every_case_stands_behind_its_figure(run):
    html = page(run)
    behind = html[html.index('id="of-quoted"') :]
    assert all(f">{case.id}</a>" in behind for case in CASES if case.system == "earmark")


def test_markdown_escapes_what_cases_say(run):
    text = markdown(run)
    assert "<script>" not in text
    assert "![x]" not in text


def test_readme_table_has_the_reporting_half(run):
    lines = readme_table(run.summary).splitlines()
    assert lines[0].startswith("| figure | Earmark |")
    assert any("evidence in what the answer cites | 75.0 %" in line for line in lines)


def test_the_same_run_writes_the_same_bytes(run, tmp_path):
    for name in ("one", "two"):
        write_report(run, tmp_path / name)
    for file in ("summary.json", "outcomes.jsonl", "report.md", "report.html"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_timings_stand_apart_from_what_is_compared(run, tmp_path):
    write_report(run, tmp_path)
    assert json.loads((tmp_path / "timings.json").read_text()) == {"asking": 1.5}
    assert "1.5" not in (tmp_path / "summary.json").read_text()


def test_a_folder_that_cannot_be_written_is_a_setting_error(run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="--report"):
        write_report(run, tmp_path / "file")


def test_a_written_run_reads_back(run, tmp_path):
    write_report(run, tmp_path)
    summary, cases = read_run(tmp_path)
    assert summary["figures"] == run.summary["figures"]
    assert [dict(case.scores) for case in cases] == [dict(case.scores) for case in CASES]


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(SettingError, match=r"summary\.json: not a run"):
        read_run(tmp_path)


def test_equal_runs_have_no_changes():
    found = compare((summary_of(CASES), CASES), (summary_of(CASES), CASES))
    assert (found["changed"], found["stamps"], found["cases"]) == ([], {}, len(CASES))


def test_changed_cases_are_named_with_both_scores():
    after = [question("q0", 1.0), *CASES[1:]]
    found = compare((summary_of(CASES), CASES), (summary_of(after), after))
    assert found["changed"] == [
        {
            "id": "q0",
            "system": "earmark",
            "asked": HOSTILE,
            "scores": {"quoted": [0.0, 1.0], "evidence_any@4": [0.0, 1.0]},
        }
    ]
    assert found["figures"]["quoted"]["won"] == 1


def test_a_question_that_was_reworded_is_another_case():
    after = [replace(CASES[0], asked="Asked in other words?"), *CASES[1:]]
    found = compare((summary_of(CASES), CASES), (summary_of(after), after))
    assert (found["only_before"], found["only_after"], found["cases"]) == (1, 1, len(CASES) - 1)


def test_a_small_change_is_within_noise_and_a_large_one_is_not():
    better = [question(f"q{number}", 1.0) for number in range(12)]
    worse = [question(f"q{number}", 0.0) for number in range(12)]
    one_off = [question("q0", 0.0), *better[1:]]
    small = compare((summary_of(better), better), (summary_of(one_off), one_off))["figures"]["quoted"]
    large = compare((summary_of(better), better), (summary_of(worse), worse))["figures"]["quoted"]
    assert small["low"] < 0 <= small["high"]
    assert small["p"] == 1.0
    assert large["high"] < 0
    assert large["p"] < 0.01


def test_different_stamps_are_said():
    other = {**STAMPS, "model": "another"}
    found = compare((summary_of(CASES), CASES), (summary_of(CASES, other), CASES))
    assert found["stamps"] == {"model": [STAMPS["model"], "another"]}
    text = terminal_text(Run(summary_of(CASES, other), CASES, comparison=found))
    assert f"not the same thing: model was {STAMPS['model']}, is another" in text


def test_runs_over_different_indexes_are_not_compared():
    other = {**STAMPS, "index": "xyz"}
    found = compare((summary_of(CASES), CASES), (summary_of(CASES, other), CASES))
    assert (found["cases"], found["figures"], found["changed"]) == (0, {}, [])
    text = terminal_text(Run(summary_of(CASES, other), CASES, comparison=found))
    assert "Not compared with the baseline: its index was abc, this one is xyz." in text


def test_runs_without_a_common_case_are_compared_in_nothing():
    found = compare((summary_of(CASES[:3]), CASES[:3]), (summary_of(CASES[3:6]), CASES[3:6]))
    assert (found["cases"], found["figures"], found["only_before"], found["only_after"]) == (0, {}, 3, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("quotet = { at_least = 1 }", "quotet: no such figure", id="unknown-figure"),
        pytest.param("quoted = { at_leats = 1 }", "quoted: not one limit", id="misspelt-limit"),
        pytest.param("quoted = { at_least = 1, at_most = 2 }", "quoted: not one limit", id="two-limits"),
        pytest.param("quoted = { at_least = '1' }", "quoted: at_least is not a number", id="text"),
        pytest.param("quoted = ", "Invalid value", id="not-toml"),
    ],
)
def test_a_threshold_with_a_mistake_is_an_error(tmp_path, text, expected):
    path = tmp_path / "thresholds.toml"
    path.write_text(text)
    with pytest.raises(SettingError, match=re.escape(expected)):
        read_thresholds(path)


def test_committed_thresholds_can_be_read():
    assert all(threshold.text for threshold in read_thresholds())


@pytest.mark.parametrize(
    ("threshold", "broken"),
    [
        pytest.param(Threshold("quoted", at_least=0.75), False, id="kept"),
        pytest.param(Threshold("quoted", at_least=0.76), True, id="below"),
        pytest.param(Threshold("quoted", at_most=0.74), True, id="above"),
        pytest.param(Threshold("sponsor", at_least=0.5), True, id="not-measured"),
    ],
)
def test_committed_cases_are_held_to_the_figure_itself(run, threshold, broken):
    assert bool(broken_thresholds(run.summary, [threshold])) is broken


@pytest.mark.parametrize(
    ("threshold", "broken"),
    [
        pytest.param(Threshold("quoted", at_least=0.8), False, id="within-its-interval"),
        pytest.param(Threshold("quoted", at_least=0.99), True, id="beyond-its-interval"),
        pytest.param(Threshold("sponsor", at_least=0.5), False, id="not-measured"),
    ],
)
def test_own_cases_fail_only_beyond_noise(run, threshold, broken):
    assert bool(broken_thresholds(run.summary, [threshold], own_parts=["answers"])) is broken


def test_thresholds_of_parts_that_did_not_run_are_left_out():
    summary = summarise(CASES, ("retrieval",), STAMPS)
    assert broken_thresholds(summary, [Threshold("quoted", at_least=1.0)]) == []


def test_a_baseline_keeps_scores_and_not_what_was_said(run, tmp_path, monkeypatch):
    monkeypatch.setattr("eval.report.BASELINE", tmp_path / "baseline")
    write_report(run, tmp_path / "baseline")
    assert sorted(path.name for path in (tmp_path / "baseline").iterdir()) == ["outcomes.jsonl", "summary.json"]
    _, cases = read_run(tmp_path / "baseline")
    assert [dict(case.scores) for case in cases] == [dict(case.scores) for case in CASES]
    assert cases[0].outcome == {"verdict": "answered"}
