"""The records, in the order in which they are born on the way from a file to a reply.

All are frozen. Times are seconds from the start of the audio, as floats; in an episode whose transcript has no times,
`start` and `end` only count the parts, and people are shown the line of the transcript instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Kind = Literal["talk", "sponsor", "promo", "intro", "outro"]
Verdict = Literal["answered", "not_in_episode"]
Status = Literal["supported", "unsupported", "miscited", "uncited"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NO_TIMES = {"start": None, "end": None}
"""What JSON says of an episode whose transcript has no times."""


def format_stamp(seconds: float) -> str:
    """`m:ss` below an hour, `h:mm:ss` from there on; rounded down, so that a player starts in time."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def format_line(line: int) -> str:
    """Stands for a time where a transcript has none."""
    return f"line {line}"


@dataclass(frozen=True, slots=True)
class Cue:
    """A timed fragment as the file has it; `line` counts from 1, `kind` is None where the file does not say it."""

    start: float
    end: float
    text: str
    line: int
    speaker: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word, unchanged, with its time (interpolated inside its cue) and kind."""

    start: float
    end: float
    text: str
    line: int
    kind: Kind = "talk"
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one sentence, about 10 s at most: the unit that a label and a citation point to."""

    start: float
    end: float
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A spoken sentence: one or more parts, one kind, one speaker. `text` is the parts joined."""

    parts: tuple[Part, ...]
    kind: Kind = "talk"
    speaker: str | None = None
    timed: bool = True

    @property
    def start(self) -> float:
        return self.parts[0].start

    @property
    def end(self) -> float:
        return self.parts[-1].end

    @property
    def line(self) -> int:
        return self.parts[0].line

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.parts)

    @property
    def stamp(self) -> str:
        return self.stamp_of(self.parts[0])

    def stamp_of(self, part: Part) -> str:
        """When a part of this sentence is said; its line where the transcript has no times."""
        return format_stamp(part.start) if self.timed else format_line(part.line)

    def as_dict(self) -> dict[str, Any]:
        row = {name: getattr(self, name) for name in ("start", "end", "kind", "speaker", "text", "line")}
        return row if self.timed else row | NO_TIMES


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class MisheardName:
    """A name as it is written, and the spellings that the recogniser wrote for it."""

    name: str
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindSpan:
    kind: Kind
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Episode:
    """What is known of an episode beside its words; the fields of `episode.toml`. `kinds` were set by hand."""

    id: str
    title: str = ""
    show: str = ""
    date: str = ""
    people: tuple[Person, ...] = ()
    names: tuple[MisheardName, ...] = ()
    questions: tuple[str, ...] = ()
    kinds: tuple[KindSpan, ...] = ()
    audio: str = ""
    source: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring whole sentences of one kind, about 120 words: the unit of retrieval."""

    episode: str
    sentences: tuple[Sentence, ...]

    @property
    def start(self) -> float:
        return self.sentences[0].start

    @property
    def end(self) -> float:
        return self.sentences[-1].end

    @property
    def kind(self) -> Kind:
        return self.sentences[0].kind

    @property
    def timed(self) -> bool:
        return self.sentences[0].timed

    @property
    def stamp(self) -> str:
        return self.sentences[0].stamp

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage that was retrieved; `score` is 0 to 1 and compares within one question only."""

    passage: Passage
    score: float

    def as_dict(self) -> dict[str, Any]:
        row = {name: getattr(self.passage, name) for name in ("episode", "start", "end", "kind")}
        row |= {} if self.passage.timed else NO_TIMES
        return row | {"score": round(self.score, 4), "text": self.passage.text}


@dataclass(frozen=True, slots=True)
class Citation:
    """A moment that the program vouches for. `quote` is the episode's own words, unchanged.

    `line` is given where the transcript has no times, and then stands for the time.
    """

    episode: str
    start: float
    end: float
    quote: str
    kind: Kind = "talk"
    speaker: str | None = None
    line: int | None = None

    @classmethod
    def of(cls, episode: str, sentence: Sentence, part: Part) -> Citation:
        """The sentence from this part on; its quote is whole."""
        line = None if sentence.timed else part.line
        return cls(episode, part.start, sentence.end, sentence.text, sentence.kind, sentence.speaker, line)

    @property
    def stamp(self) -> str:
        return format_stamp(self.start) if self.line is None else format_line(self.line)

    def as_dict(self) -> dict[str, Any]:
        names = ("episode", "start", "end", "stamp", "quote", "kind", "speaker")
        row = {name: getattr(self, name) for name in names}
        return row if self.line is None else row | NO_TIMES


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer and what the check says of it; `citations` index the reply's citations."""

    text: str
    status: Status
    citations: tuple[int, ...] = ()
    score: float = 0.0
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "status": self.status,
            "citations": list(self.citations),
            "score": round(self.score, 4),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Meter:
    """What a reply cost. Tokens are as the endpoint reports them, 0 without a model."""

    seconds: float = 0.0
    seconds_to_first_text: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    claims_checked: int = 0
    claims_dropped: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: Markdown text with `[m:ss]` marks, and everything that stands behind it."""

    question: str
    searched_for: str
    text: str
    verdict: Verdict
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    passages: tuple[ScoredPassage, ...] = ()
    model: str = "quotes"
    degraded: str | None = None
    meter: Meter = field(default_factory=Meter)

    def __str__(self) -> str:
        return self.text

    def as_dict(self) -> dict[str, Any]:
        """The object that `earmark ask --json` prints."""
        return {
            "question": self.question,
            "searched_for": self.searched_for,
            "text": self.text,
            "verdict": self.verdict,
            "claims": [claim.as_dict() for claim in self.claims],
            "citations": [citation.as_dict() for citation in self.citations],
            "nearest": [citation.as_dict() for citation in self.nearest],
            "passages": [scored.as_dict() for scored in self.passages],
            "model": self.model,
            "degraded": self.degraded,
            "meter": self.meter.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class SearchedFor:
    """The first event of an answer: the question as it was searched for, follow-up rewritten."""

    question: str
