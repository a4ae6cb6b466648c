"""What happened to a case: everything that the scorers look at, and nothing that changes from run to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.records import Status, Verdict
from eval.metrics import Detection, Span

AD_KINDS = frozenset({"sponsor", "promo"})
STORED_RANKS = 10


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an episode that was retrieved or cited. `fault` says why a citation is not valid, else ''."""

    start: float
    end: float
    kind: str = "talk"
    words: int = 0
    fault: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def is_ad(self) -> bool:
        return self.kind in AD_KINDS

    def as_list(self) -> list[Any]:
        """Start, end, kind, and the fault if there is one."""
        shown = [round(self.start, 2), round(self.end, 2), self.kind]
        return [*shown, self.fault] if self.fault else shown


@dataclass(frozen=True, slots=True)
class StatedClaim:
    text: str
    status: Status
    citations: tuple[int, ...] = ()
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "status": self.status,
            "citations": list(self.citations),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """`ranked` holds every passage in scope, best first; `context` those that were offered for answering.

    `ads` are the stretches of the episode that a case file or the episode's own labels call advertisements.
    `error` is set where the model's endpoint failed, or where a replay holds nothing for what was asked now
    (`not_recorded`): such a case is unscored, not wrong.
    """

    id: str
    searched_for: str = ""
    ranked: tuple[Stretch, ...] = ()
    context: tuple[Stretch, ...] = ()
    prompt_words: int = 0
    text: str = ""
    verdict: Verdict = "answered"
    claims: tuple[StatedClaim, ...] = ()
    citations: tuple[Stretch, ...] = ()
    nearest: tuple[Stretch, ...] = ()
    ads: tuple[Span, ...] = ()
    model: str = ""
    degraded: str | None = None
    error: str = ""
    not_recorded: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "searched_for": self.searched_for,
            "verdict": self.verdict,
            "text": self.text,
            "claims": [claim.as_dict() for claim in self.claims],
            "citations": [stretch.as_list() for stretch in self.citations],
            "nearest": [stretch.as_list() for stretch in self.nearest],
            "ranked": [stretch.as_list() for stretch in self.ranked[:STORED_RANKS]],
            "prompt_words": self.prompt_words,
            "model": self.model,
            "degraded": self.degraded,
            "error": self.error,
            "not_recorded": self.not_recorded,
        }


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A labelled claim of a mocked output and what the check said of it; `status` None: it was not seen as a claim."""

    text: str
    label: str
    status: Status | None
    score: float = 0.0
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "label": self.label,
            "status": self.status,
            "score": round(self.score, 4),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The check's word on one mocked output. `unmatched`: labelled claims that no sentence of the output is."""

    id: str
    label: str
    claims: tuple[JudgedClaim, ...] = ()
    unmatched: tuple[str, ...] = ()
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "predicted": self.label,
            "claims": [claim.as_dict() for claim in self.claims],
            "unmatched": list(self.unmatched),
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """One case on one measure. A measure that counts hits and misses gives them in `detection`."""

    value: float
    explanation: str = ""
    detection: Detection | None = None

    def as_json(self) -> Any:
        """The value alone where there is nothing else to say."""
        value = round(self.value, 4)
        if not (self.explanation or self.detection):
            return value
        shown: dict[str, Any] = {"value": value}
        if self.explanation:
            shown["explanation"] = self.explanation
        if self.detection:
            shown["detection"] = list(self.detection.counts)
        return shown


@dataclass(frozen=True, slots=True)
class ScoredCase:
    """One case as one system did it.

    `earmark`, `keywords` (Earmark without its embedding model), `tutorial` (the baseline beside it), or `check` (the
    grounding check).
    `unscored` names the measures that should apply and could not, and why: they count neither as right nor as wrong.
    """

    id: str
    system: str
    half: str
    asked: str
    expected: str
    outcome: Mapping[str, Any]
    scores: Mapping[str, Score]
    unscored: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    wanted: str = ""  # what a right answer is, for the people who read the report

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "system": self.system,
            "half": self.half,
            "asked": self.asked,
            "expected": self.expected,
            "tags": list(self.tags),
            "wanted": self.wanted,
            "scores": {name: score.as_json() for name, score in self.scores.items()},
            "unscored": dict(self.unscored),
            "outcome": dict(self.outcome),
        }
