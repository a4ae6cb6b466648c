"""The cases: questions, and mocked model outputs with their labels. One JSON object a line.

Whatever is wrong with a file is a SettingError `file:line: key: what is wrong -> what to do` (exit code 2).
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AllowInfNan, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import SettingError
from bot.records import Kind, Part, Passage, Sentence

Expect = Literal["answer", "refuse", "correct_premise", "sponsor"]
Half = Literal["tuning", "reporting"]
ClaimLabel = Literal["supported", "unsupported", "miscited"]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("empty")
    return text


Seconds = Annotated[float, Field(ge=0, strict=True), AllowInfNan(False)]
Text = Annotated[str, AfterValidator(_not_blank)]
SAME_KEY = 0.8  # difflib's ratio of a misspelt key to the one that was meant


class Record(BaseModel):
    """Keys that are not known are ignored: people keep notes of their own beside a case. Misspelt ones are refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _spelt_right(cls, record: Any) -> Any:
        """A key that is nearly one that is missing would otherwise take its scores away in silence."""
        if isinstance(record, dict):
            missing = [name for name in cls.model_fields if name not in record]
            for key in record.keys() - cls.model_fields.keys():
                for meant in difflib.get_close_matches(str(key), missing, 1, SAME_KEY):
                    raise ValueError(f"unknown key {key!r}, perhaps {meant!r}")
        return record


class Evidence(Record):
    """A stretch of an episode; `said` are words that are said there, by which a changed transcript is noticed."""

    start: Seconds
    end: Seconds
    said: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Evidence:
        if self.start >= self.end:
            raise ValueError(f"start {self.start:g} is not before end {self.end:g}")
        return self


class Turn(Record):
    role: Literal["user", "assistant"]
    content: str


class QuestionCase(Record):
    """A question with the moments that answer it. With the tag `any` each moment answers alone, else all are needed."""

    id: Text
    question: Text
    history: tuple[Turn, ...] = ()
    expect: Expect
    reference: str = ""
    must_contain: tuple[tuple[Text, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    episode: Text | None = None
    tags: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        return self.expect != "refuse"

    @property
    def about_ads(self) -> bool:
        return self.expect == "sponsor"


class CaseSentence(Evidence):
    text: Text


class CasePassage(Evidence):
    episode: Text
    kind: Kind = "talk"
    sentences: Annotated[tuple[CaseSentence, ...], Field(min_length=1)]


class LabelledClaim(Record):
    text: Text
    label: ClaimLabel


class OutputCase(Record):
    """What a model was given, what it wrote, and what people say of each of its claims."""

    id: Text
    question: Text
    history: tuple[Turn, ...] = ()
    passages: tuple[CasePassage, ...] = ()
    output: str
    claims: tuple[LabelledClaim, ...] = ()
    label: Literal["faithful", "unfaithful"]
    category: Text = "uncategorised"

    def as_passages(self) -> tuple[Passage, ...]:
        """The passages as the chain takes them; each sentence is one part."""
        return tuple(
            Passage(passage.episode, tuple(_sentence(sentence, passage.kind) for sentence in passage.sentences))
            for passage in self.passages
        )


def _sentence(sentence: CaseSentence, kind: Kind) -> Sentence:
    return Sentence((Part(sentence.start, sentence.end, sentence.text, line=0),), kind)


def half_of(case_id: str) -> Half:
    """The half that a case belongs to, by a hash of its id: thresholds are tuned on one and reported on the other."""
    return "tuning" if hashlib.sha256(case_id.encode()).digest()[0] % 2 == 0 else "reporting"


def read_questions(path: Path) -> list[QuestionCase]:
    return _read(path, QuestionCase)


def read_outputs(path: Path) -> list[OutputCase]:
    return _read(path, OutputCase)


def place_questions(
    path: Path, cases: Sequence[QuestionCase], lengths: Mapping[str, float]
) -> list[tuple[QuestionCase, str]]:
    """Each case with the id of its episode; `lengths` has the seconds of every episode of the store.

    A case without an episode belongs to the store's only one. Unknown episodes and evidence beyond the end are errors.
    """
    lines = _lines_of_ids(path)
    placed = []
    for case in cases:
        where = f"{path}:{lines[case.id]}"
        episode = case.episode or (next(iter(lengths)) if len(lengths) == 1 else None)
        if episode is None:
            raise SettingError(
                f"{where}: episode: missing, and the store holds {len(lengths)}", "name the episode's id"
            )
        if episode not in lengths:
            known = ", ".join(sorted(lengths)[:5])
            raise SettingError(
                f"{where}: episode: {episode!r} is not in the store", f"ingest it, or name one of {known}"
            )
        for number, span in enumerate(case.evidence):
            if span.end > lengths[episode] + 1:
                problem = (
                    f"evidence.{number}.end: {span.end:g} s is beyond the end of {episode} ({lengths[episode]:.0f} s)"
                )
                raise SettingError(f"{where}: {problem}", "the transcript may have changed: look the moment up again")
        placed.append((case, episode))
    return placed


def check_evidence(
    path: Path, placed: Sequence[tuple[QuestionCase, str]], spoken: Mapping[str, Sequence[Sentence]]
) -> None:
    """Raises SettingError for evidence during which nothing, or not what it names, is said: such a case is stale."""
    for case, episode in placed:
        for number, span in enumerate(case.evidence):
            heard = [one for one in spoken[episode] if one.start < span.end and span.start < one.end]
            if heard and _plain(span.said) in _plain(" ".join(one.text for one in heard)):
                continue
            missing = f"evidence.{number}.said: it is not" if heard else f"evidence.{number}: nothing is"
            problem = f"{missing} said in {episode} from {span.start:g} to {span.end:g} s"
            where = f"{path}:{_lines_of_ids(path)[case.id]}"
            raise SettingError(f"{where}: {problem}", "the transcript may have changed: look the moment up again")


def _plain(text: str) -> str:
    """Its words alone, so that a change of punctuation is none."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} " if words else ""


C = TypeVar("C", QuestionCase, OutputCase)


def _read(path: Path, model: type[C]) -> list[C]:
    cases: dict[str, tuple[int, C]] = {}
    for number, record in read_json_lines(path):
        try:
            case = model.model_validate(record)
        except ValidationError as error:
            raise SettingError(f"{path}:{number}: {_first_fault(error)}", "mend the line") from None
        if case.id in cases:
            problem = f"id: {case.id!r} is also on line {cases[case.id][0]}"
            raise SettingError(f"{path}:{number}: {problem}", "give every case an id of its own")
        cases[case.id] = (number, case)
    if not cases:
        raise SettingError(f"{path}: holds no case", "write one JSON object a line")
    return [case for _, case in cases.values()]


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(step) for step in first["loc"])
    message = first["msg"].removeprefix("Value error, ").removeprefix("Input ").lower()
    return f"{key}: {message}" if key else message


def read_json_lines(path: Path, size: int | None = None) -> list[tuple[int, dict[str, Any]]]:
    """Line number and object of every line that is not blank, of the file's first `size` bytes or of all.

    Raises SettingError naming the file and the line.
    """
    try:
        text = path.read_bytes()[:size].decode("utf-8-sig")
    except OSError as error:
        raise SettingError(f"{path}: {(error.strerror or str(error)).lower()}", "give a JSONL file") from None
    except UnicodeDecodeError as error:
        raise SettingError(f"{path}: not UTF-8 at byte {error.start}", "save it as UTF-8") from None
    # Not splitlines(): a line separator may stand inside a JSON string.
    numbered = enumerate(text.split("\n"), start=1)
    return [(number, _json_object(path, number, line)) for number, line in numbered if line.strip()]


def _json_object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line, parse_constant=_refuse_constant)
    except ValueError as error:
        raise SettingError(f"{path}:{number}: not JSON: {error}", "write one JSON object a line") from None
    except RecursionError:
        raise SettingError(f"{path}:{number}: nested too deeply", "write one JSON object a line") from None
    if not isinstance(record, dict):
        raise SettingError(f"{path}:{number}: a JSON {type(record).__name__}, not an object", "write {...}")
    return record


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _lines_of_ids(path: Path) -> dict[str, int]:
    return {str(record.get("id")): number for number, record in read_json_lines(path)}
