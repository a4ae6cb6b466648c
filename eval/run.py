"""One run: cases -> outcomes -> scores -> summary, for the parts that were asked for."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.episode_summary import EpisodeSummary
from bot.errors import EarmarkError, ModelError, SettingError
from bot.records import format_stamp
from eval.cases import (
    Half,
    OutputCase,
    QuestionCase,
    check_evidence,
    half_of,
    place_questions,
    read_outputs,
    read_questions,
)
from eval.compare import BASELINE, SUMMARY_FILE, compare, other_index, read_run
from eval.grounding_run import Draft, check_output, raw_output, score_check
from eval.measures import TUTORIAL_SCORES, Part
from eval.metrics import quantile
from eval.outcomes import Outcome, ScoredCase
from eval.report import Run
from eval.scorers import ANSWERS, KEYWORDS, RETRIEVAL, Scorer, score
from eval.solver import Asked, EpisodeFacts, gather_facts, solve, solve_by_keywords
from eval.summary import summarise
from eval.thresholds import broken_thresholds, read_thresholds
from eval.tutorial_baseline import Tutorial, raw_text

if TYPE_CHECKING:
    from bot.grounding.grounding import GroundingCheck
    from bot.index import Embedder

QUESTIONS = Path(__file__).with_name("questions.jsonl")
OUTPUTS = Path(__file__).with_name("outputs.jsonl")
MOST_FAILED = 0.02  # of the questions; beyond it the endpoint, and not the answers, was measured

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. `bot` is Earmark and `check` the grounding check: breakages put in their own.

    `keywords` is Earmark without its embedding model; without it, keyword search is not measured by itself.
    `draft` is the way from a mocked output to the text that is checked.
    `start_run` is told which time the questions are asked, from 1.
    `half` leaves out the cases of the other half, `tutorial` False the baseline beside it.
    """

    parts: Sequence[Part]
    embedder: Embedder
    bot: Asked
    check: GroundingCheck
    keywords: Asked | None = None
    draft: Draft = raw_output
    questions: Path = QUESTIONS
    outputs: Path = OUTPUTS
    model: str = "quotes"
    against: Path = BASELINE
    half: Half | None = None
    tutorial: bool = True
    start_run: Callable[[int], None] = lambda number: None
    progress: Progress = lambda what, done, total: None


@dataclass(slots=True)
class Clock:
    """Seconds by what they were spent on, and of each question; written apart from what is compared."""

    spent: dict[str, float] = field(default_factory=dict)
    questions: list[float] = field(default_factory=list)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.spent[what] = self.spent.get(what, 0.0) + time.perf_counter() - begun

    def as_dict(self) -> dict[str, float]:
        shown = {f"{what}_seconds": round(seconds, 3) for what, seconds in self.spent.items()}
        if self.questions:
            shown["question_p50_seconds"] = round(quantile(self.questions, 0.5), 4)
            shown["question_p95_seconds"] = round(quantile(self.questions, 0.95), 4)
        return shown


def evaluate(plan: Plan) -> Run:
    """The whole run. Raises SettingError for cases that cannot be used, StoreError for a store that cannot."""
    thresholds = read_thresholds()
    clock = Clock()
    stamps: dict[str, Any] = {"model": plan.model, "embedding": plan.embedder.fingerprint}
    cases: list[ScoredCase] = []
    outputs: list[OutputCase] = []
    if "grounding" in plan.parts:  # read first: a mistake in a file is said before the minute is over
        stamps["outputs"] = file_stamp(plan.outputs)
        outputs = [case for case in read_outputs(plan.outputs) if plan.half in (None, half_of(case.id))]
    if set(plan.parts) & {"retrieval", "answers"}:
        stamps["questions"] = file_stamp(plan.questions)
        asked, stamps["index"] = _asked(plan, clock)
        cases += asked
    with clock.of("grounding"):
        cases += _checked(plan, outputs)
    own_parts = {part for part in plan.parts if _is_own(plan, part)}
    summary = summarise(cases, plan.parts, dict(sorted(stamps.items())))
    return Run(
        summary=summary,
        cases=cases,
        group="all" if own_parts else "reporting",
        broken=broken_thresholds(summary, thresholds, own_parts=own_parts) + _unscored(cases),
        comparison=_comparison(plan, summary, cases),
        timings=clock.as_dict(),
        asked=summary["cases"]["earmark"],
        failed=[case for case in cases if case.system == "earmark" and case.outcome["error"]],
    )


def _asked(plan: Plan, clock: Clock) -> tuple[list[ScoredCase], str]:
    """The questions as Earmark and as the tutorial did them, and the fingerprint of what was asked."""
    questions = read_questions(plan.questions)
    with clock.of("opening"):
        summaries = list(plan.bot.episodes())
    placed = place_questions(plan.questions, questions, {one.episode.id: one.seconds or 0.0 for one in summaries})
    facts = gather_facts(plan.bot, placed, summaries)
    _refuse_other_index(plan, index_fingerprint(facts))
    check_evidence(plan.questions, placed, {name: fact.sentences for name, fact in facts.items()})
    if "answers" not in plan.parts and not any(case.answerable and case.evidence for case in questions):
        raise SettingError(f"{plan.questions}: no question with evidence", "retrieval cannot be measured without")
    placed = [(case, episode) for case, episode in placed if plan.half in (None, half_of(case.id))]
    scorers = {**(RETRIEVAL if "retrieval" in plan.parts else {}), **(ANSWERS if "answers" in plan.parts else {})}
    cases = []
    with clock.of("asking"):
        for number, (case, episode) in enumerate(placed, start=1):
            plan.progress("asking", number, len(placed))
            begun = time.perf_counter()
            outcome = solve(plan.bot, case, episode, facts[episode], plan.model)
            clock.questions.append(time.perf_counter() - begun)
            cases.append(_scored("earmark", case, outcome, scorers))
            if plan.keywords and "retrieval" in plan.parts:
                by_keywords = solve_by_keywords(plan.keywords, outcome, episode)
                cases.append(_scored("keywords", case, by_keywords, KEYWORDS))
    if plan.tutorial:
        with clock.of("tutorial"):
            cases += _tutorial(plan, placed, summaries, facts, scorers)
    return cases, index_fingerprint(facts)


def _tutorial(
    plan: Plan,
    placed: Sequence[tuple[QuestionCase, str]],
    summaries: Sequence[EpisodeSummary],
    facts: Mapping[str, EpisodeFacts],
    scorers: Mapping[str, Scorer],
) -> list[ScoredCase]:
    kept = {name: scorer for name, scorer in scorers.items() if name in TUTORIAL_SCORES}
    outcomes: dict[str, Outcome] = {}
    for summary in summaries:
        name = summary.episode.id
        if name in facts:
            made = Tutorial(raw_text(summary, facts[name].sentences), plan.embedder, facts[name].ads)
            own = [case for case, episode in placed if episode == name]
            outcomes |= {outcome.id: outcome for outcome in made.solve(own)}
    return [_scored("tutorial", case, outcomes[case.id], kept) for case, _ in placed]


def _scored(system: str, case: QuestionCase, outcome: Outcome, scorers: Mapping[str, Scorer]) -> ScoredCase:
    scores, unscored = score(case, outcome, dict(scorers))
    return ScoredCase(
        id=case.id,
        system=system,
        half=half_of(case.id),
        asked=case.question,
        expected=case.expect,
        outcome=outcome.as_dict(),
        scores=scores,
        unscored=unscored,
        tags=case.tags,
        wanted=_wanted(case) if system == "earmark" else "",
    )


def _wanted(case: QuestionCase) -> str:
    """The evidence's times and the reference."""
    times = ", ".join(f"{format_stamp(span.start)}-{format_stamp(span.end)}" for span in case.evidence)
    return ": ".join(part for part in (times, case.reference) if part)


def _checked(plan: Plan, outputs: Sequence[OutputCase]) -> list[ScoredCase]:
    cases = []
    for number, case in enumerate(outputs, start=1):
        plan.progress("checking", number, len(outputs))
        outcome = check_output(case, plan.check, plan.draft)
        scores, unscored = score_check(case, outcome)
        cases.append(
            ScoredCase(
                id=case.id,
                system="check",
                half=half_of(case.id),
                asked=case.question,
                expected=case.label,
                outcome={**outcome.as_dict(), "text": case.output},
                scores=scores,
                unscored=unscored,
                tags=(case.category,),
            )
        )
    return cases


def _is_own(plan: Plan, part: Part) -> bool:
    used, committed = (plan.outputs, OUTPUTS) if part == "grounding" else (plan.questions, QUESTIONS)
    return file_stamp(used) != file_stamp(committed)


def _unscored(cases: Sequence[ScoredCase]) -> list[str]:
    """Mocked outputs that the check could not be run on: a fault of ours, so it fails the run."""
    failed = [case for case in cases if case.system == "check" and case.outcome["error"]]
    return [f"{len(failed)} mocked outputs unscored, wanted none: {failed[0].outcome['error']}"] if failed else []


def _refuse_other_index(plan: Plan, index: str) -> None:
    """Raises SettingError where the run to compare with was made from other sentences, times or kinds."""
    if plan.against != BASELINE and other_index(read_run(plan.against)[0]["stamps"], {"index": index}):
        raise SettingError(f"{plan.against}: this run is over another index", "run those cases again, or compare none")


def _comparison(plan: Plan, summary: Mapping[str, Any], cases: Sequence[ScoredCase]) -> dict[str, Any] | None:
    if plan.against == BASELINE and not (BASELINE / SUMMARY_FILE).exists():
        return None
    found = compare(read_run(plan.against), (summary, cases))
    return found if found["cases"] or "index" in found["stamps"] else None


def failure_of(run: Run) -> EarmarkError | None:
    """The error to end with: a replay missed any question, or the endpoint failed on more than 2 % of them."""
    missed = [case for case in run.failed if case.outcome["not_recorded"]]
    if missed:
        problem, _, advice = str(missed[0].outcome["error"]).partition(" -> ")
        return SettingError(f"{len(missed)} of {run.asked} questions unscored: {problem}", advice)
    if len(run.failed) <= MOST_FAILED * run.asked:
        return None
    problem = str(run.failed[0].outcome["error"]).partition(" -> ")[0]
    advice = "mend the endpoint and run again; with --record FILE only the failed are asked again"
    return ModelError(f"{len(run.failed)} of {run.asked} questions unscored: {problem}", advice)


def file_stamp(path: Path) -> str:
    """The file's name and the beginning of its hash."""
    try:
        return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
    except OSError:
        return path.name


def index_fingerprint(facts: Mapping[str, EpisodeFacts]) -> str:
    """Equal where the episodes asked about have the same sentences, times and kinds."""
    sentences = {name: [sentence.as_dict() for sentence in fact.sentences] for name, fact in sorted(facts.items())}
    return hashlib.sha256(json.dumps(sentences, sort_keys=True).encode()).hexdigest()[:16]
