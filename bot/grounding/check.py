"""`earmark check FILE`: given model outputs, each with the passages it was made from, through the grounding check.

One JSON object a line: `id`, `passages` (each `episode`, `kind`, `sentences` of `start`, `end`, `text`), `output` (raw
text with `[m:ss]` marks) and, if there is one, `question`. Other keys are ignored.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.drafts.citations import DraftClaim, Labels, split_draft
from bot.drafts.statements import is_refusal
from bot.errors import SettingError
from bot.grounding.grounding import Grounding, GroundingCheck
from bot.index import Embedder
from bot.records import KINDS, Citation, Part, Passage, Sentence

CaseLabel = Literal["faithful", "unfaithful"]
SHAPE = "give one JSON object a line with id, passages and output"
TABLE_WIDTH = 100


@dataclass(frozen=True, slots=True)
class OutputCase:
    id: str
    question: str
    passages: tuple[Passage, ...]
    output: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file something stands, for the error that names it."""

    path: Path
    line: int

    def fault(self, key: str, problem: str, advice: str = SHAPE) -> SettingError:
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return SettingError(f"{where}: {key}: {problem}" if key else f"{where}: {problem}", advice)


def check_cases(path: Path, embedder: Embedder | None) -> list[dict[str, Any]]:
    """For each case `{id, claims: [{text, status, score, citations, reason}], label}`, in the order of the file.

    Raises SettingError naming file, line and key where a case cannot be read.
    """
    check = GroundingCheck(embedder)
    return [check_case(case, check) for case in read_cases(path)]


def check_case(case: OutputCase, check: GroundingCheck) -> dict[str, Any]:
    labels = Labels.of(case.passages)
    drafts = split_draft(case.output, labels)
    context = check.context(labels, case.question)
    verdicts = [check.check(draft, context, before=drafts[:place]) for place, draft in enumerate(drafts)]
    claims = [_claim_as_dict(d, v) for d, v in zip(drafts, verdicts, strict=True) if d.is_claim]
    return {"id": case.id, "claims": claims, "label": label_of(drafts, verdicts)}


def label_of(drafts: Sequence[DraftClaim], verdicts: Sequence[Grounding]) -> CaseLabel:
    """`faithful`: every claim is supported and no sentence is cut off; without claims, a refusal or a question back."""
    answers = any(d.is_claim or is_refusal(d.text) or d.text.endswith("?") for d in drafts)
    whole = all(draft.complete for draft in drafts)
    borne_out = all(verdict.status == "supported" for verdict in verdicts)
    return "faithful" if answers and whole and borne_out else "unfaithful"


def _claim_as_dict(draft: DraftClaim, verdict: Grounding) -> dict[str, Any]:
    return {
        "text": draft.text,
        "status": verdict.status,
        "score": round(verdict.score, 4),
        "citations": [Citation.of(label.episode, label.sentence, label.part).as_dict() for label in draft.labels],
        "reason": verdict.reason,
    }


def read_cases(path: Path) -> list[OutputCase]:
    """The cases of a JSONL file; blank lines are skipped. Raises SettingError naming file, line and key."""
    cases: list[OutputCase] = []
    lines: dict[str, int] = {}
    for place, value in _read_lines(path):
        case = _read_case(value, place)
        if case.id in lines:
            raise place.fault(
                "id", f'"{case.id}" is the id of line {lines[case.id]} too', "give each case an id of its own"
            )
        lines[case.id] = place.line
        cases.append(case)
    if not cases:
        raise _Place(path, 0).fault("", "holds no cases")
    return cases


def _read_lines(path: Path) -> Iterator[tuple[_Place, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingError(f"{path}: {error.strerror}", "give a file of cases, one JSON object a line") from None
    except UnicodeDecodeError:
        raise SettingError(f"{path}: not UTF-8 text", "save it as UTF-8") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = _Place(path, number)
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise place.fault("", f"not JSON ({error})") from None
        if not isinstance(value, dict):
            raise place.fault("", "not a JSON object")
        yield place, value


def _read_case(value: Mapping[str, Any], place: _Place) -> OutputCase:
    question = value.get("question", "")
    if not isinstance(question, str):
        raise place.fault("question", "must be text")
    passages = _list(value, "passages", "passages", place)
    return OutputCase(
        _text(value, "id", "id", place),
        question,
        tuple(_read_passage(passage, f"passages[{n}]", place) for n, passage in enumerate(passages)),
        _text(value, "output", "output", place, empty=True),
    )


def _read_passage(value: Any, key: str, place: _Place) -> Passage:
    if not isinstance(value, dict):
        raise place.fault(key, "must be an object")
    kind = value.get("kind", "talk")
    if kind not in KINDS:
        raise place.fault(f"{key}.kind", f"must be one of {', '.join(KINDS)}")
    sentences = _list(value, "sentences", f"{key}.sentences", place)
    if not sentences:
        raise place.fault(f"{key}.sentences", "must not be empty")
    read = [_read_sentence(sentence, kind, f"{key}.sentences[{n}]", place) for n, sentence in enumerate(sentences)]
    return Passage(_text(value, "episode", f"{key}.episode", place), tuple(read))


def _read_sentence(value: Any, kind: Any, key: str, place: _Place) -> Sentence:
    if not isinstance(value, dict):
        raise place.fault(key, "must be an object")
    start, end = (_seconds(value, name, f"{key}.{name}", place) for name in ("start", "end"))
    if end < start:
        raise place.fault(
            f"{key}.end", f"{end:g} is before start {start:g}", "give seconds from the start of the audio"
        )
    speaker = value.get("speaker")
    part = Part(start, end, _text(value, "text", f"{key}.text", place), place.line)
    return Sentence((part,), kind, speaker if isinstance(speaker, str) else None)


def _text(value: Mapping[str, Any], name: str, key: str, place: _Place, *, empty: bool = False) -> str:
    text = value.get(name)
    if name not in value:
        raise place.fault(key, "is missing")
    if not isinstance(text, str):
        raise place.fault(key, "must be text")
    if not text.strip() and not empty:
        raise place.fault(key, "must not be empty")
    return text


def _list(value: Mapping[str, Any], name: str, key: str, place: _Place) -> list[Any]:
    items = value.get(name)
    if name not in value:
        raise place.fault(key, "is missing")
    if not isinstance(items, list):
        raise place.fault(key, "must be a list")
    return items


def _seconds(value: Mapping[str, Any], name: str, key: str, place: _Place) -> float:
    seconds = value.get(name)
    if name not in value:
        raise place.fault(key, "is missing")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds < 0:
        raise place.fault(key, "must be a number of seconds", "give seconds from the start of the audio")
    return float(seconds)


def format_checked(checked: Sequence[Mapping[str, Any]]) -> str:
    """A report to read: each case and its label, each claim with status, score, times and reason; totals last."""
    lines: list[str] = []
    for case in checked:
        lines.append(f"{case['id']}: {case['label']}")
        for claim in case["claims"]:
            stamps = " ".join(f"[{citation['stamp']}]" for citation in claim["citations"])
            lines.append(f"  {claim['status']:<11} {claim['score']:.2f}  {stamps}".rstrip())
            lines += textwrap.wrap(claim["text"], TABLE_WIDTH, initial_indent="    ", subsequent_indent="    ")
            if claim["reason"]:
                lines.append(f"    -> {claim['reason']}")
    faithful = sum(case["label"] == "faithful" for case in checked)
    statuses = [claim["status"] for case in checked for claim in case["claims"]]
    lines.append("")
    lines.append(
        f"{faithful} of {len(checked)} outputs faithful; "
        f"{statuses.count('supported')} of {len(statuses)} claims supported, "
        f"{statuses.count('unsupported')} unsupported, {statuses.count('miscited')} miscited, "
        f"{statuses.count('uncited')} uncited"
    )
    return "\n".join(lines)
