"""The retrieval half on QMSum (Zhong et al., NAACL 2021; MIT): meetings, queries, and the turns that answer them.

The data is public and not part of the project: give the path of its `val.jsonl` or `test.jsonl`.
A turn is cleaned of the transcribers' marks ({vocalsound}, spaced punctuation) and becomes sentences, those become
passages as an episode's do. QMSum has no times: 150 words a minute are assumed.
A sentence's `line` is the number of its turn, from 1, which is how relevant words are found again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from bot.errors import SettingError
from bot.records import Part, Passage, Sentence
from eval.cases import read_json_lines
from eval.ranking import ndcg, reciprocal_rank, share_found

Rank = Callable[[str, Sequence[Passage]], Sequence[int]]
Prepare = Callable[[Sequence[Passage]], None]
MakePassages = Callable[[str, Sequence[Sentence]], Sequence[Passage]]

SECONDS_PER_WORD = 0.4
WORD_BUDGET = 1200
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_MARK = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")  # {vocalsound}, {disfmarker}, [Laughter.]
_JOINED = re.compile(r"[.,?!;:]+|-+|'(?:s|re|m|ll|ve|d)", re.IGNORECASE)  # stands apart, belongs to the word before
_SPELT = re.compile(r"\b(?:[A-Za-z]_)+(?:'?s\b)?")  # L_C_D_
_STOPS = ".,?!;:-"


@dataclass(frozen=True, slots=True)
class MeetingQuery:
    text: str
    turns: frozenset[int]  # the turns that answer it, from 1


@dataclass(frozen=True, slots=True)
class Meeting:
    id: str
    passages: tuple[Passage, ...]
    queries: tuple[MeetingQuery, ...]


@dataclass(frozen=True, slots=True)
class QueryResult:
    meeting: str
    query: str
    mrr: float
    ndcg: float
    relevant_words: float

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class QmsumResult:
    """A row a query, in the file's order, so that two ways of ranking can be compared query by query."""

    queries: tuple[QueryResult, ...]

    def mean(self, figure: str) -> float:
        """Mean of `mrr` (MRR@10), `ndcg` (nDCG@10) or `relevant_words` (their share in the first 1,200 words)."""
        return fmean(getattr(result, figure) for result in self.queries)

    def as_dict(self) -> dict[str, Any]:
        means = {name: round(self.mean(name), 4) for name in ("mrr", "ndcg", "relevant_words")}
        return {**means, "queries": [result.as_dict() for result in self.queries]}

    def __str__(self) -> str:
        figures = "  ".join(f"{name} {self.mean(name):.3f}" for name in ("mrr", "ndcg", "relevant_words"))
        return f"{len(self.queries)} queries: {figures}"


def evaluate_qmsum(
    path: Path, rank: Rank, *, prepare: Prepare | None = None, meetings: Sequence[Meeting] | None = None
) -> QmsumResult:
    """Ranks every meeting's passages for every one of its queries.

    `rank(query, passages)` returns indices of `passages`, best first; passages it leaves out count as not found.
    `prepare(passages)` is called once a meeting, before its queries: the place to embed and index. Each meeting is an
    episode of its own (`passages[0].episode`). `meetings`, as `read_meetings` returns them, spare a second reading.
    """
    results: list[QueryResult] = []
    for meeting in meetings if meetings is not None else read_meetings(path):
        if prepare is not None:
            prepare(meeting.passages)
        for query in meeting.queries:
            results.append(_score(meeting, query, rank(query.text, meeting.passages)))
    if not results:
        raise SettingError(f"{path}: no query with relevant turns", "give QMSum's val.jsonl or test.jsonl")
    return QmsumResult(tuple(results))


def _score(meeting: Meeting, query: MeetingQuery, order: Sequence[int]) -> QueryResult:
    """Grade of a passage: the share of its words that were spoken in a relevant turn."""
    words = [_words(passage.sentences) for passage in meeting.passages]
    relevant = [
        _words([sentence for sentence in passage.sentences if sentence.line in query.turns])
        for passage in meeting.passages
    ]
    grades = [hits / length for hits, length in zip(relevant, words, strict=True)]
    ranked = [grades[index] for index in order]
    return QueryResult(
        meeting=meeting.id,
        query=query.text,
        mrr=reciprocal_rank(ranked),
        ndcg=ndcg(ranked, grades),
        relevant_words=share_found(
            [relevant[index] for index in order], [words[index] for index in order], sum(relevant), WORD_BUDGET
        ),
    )


def _words(sentences: Sequence[Sentence]) -> int:
    return sum(len(sentence.text.split()) for sentence in sentences)


def read_meetings(path: Path, make_passages: MakePassages | None = None) -> list[Meeting]:
    """All meetings of the file (or of its folder's `val.jsonl`), passages made by the project's own `make_passages`.

    Queries about a whole meeting have no relevant turns and are left out; so are spans whose turns are empty.
    Raises SettingError `file:line: ...` for what is not QMSum.
    """
    if make_passages is None:
        from bot.speech.passages import make_passages as of_the_project

        make_passages = of_the_project
    file = path / "val.jsonl" if path.is_dir() else path
    meetings = []
    for number, record in read_json_lines(file):
        try:
            meetings.append(_meeting(f"qmsum-{number:03d}", record, make_passages))
        except (KeyError, TypeError, ValueError) as error:
            raise SettingError(f"{file}:{number}: not a QMSum meeting ({error!r})", "give QMSum's val.jsonl") from None
    return meetings


def _meeting(name: str, record: dict[str, Any], make_passages: MakePassages) -> Meeting:
    sentences = list(_sentences(record["meeting_transcripts"]))
    spoken = {sentence.line for sentence in sentences}
    queries = []
    for entry in record["specific_query_list"]:
        spans = [(int(first), int(last)) for first, last in entry["relevant_text_span"]]
        turns = frozenset(turn + 1 for first, last in spans for turn in range(first, last + 1)) & spoken
        if turns:
            queries.append(MeetingQuery(entry["query"], turns))
    return Meeting(name, tuple(make_passages(name, sentences)), tuple(queries))


def _sentences(turns: Sequence[dict[str, str]]) -> Iterator[Sentence]:
    words_before = 0
    for number, turn in enumerate(turns, start=1):
        for text in _SENTENCE_END.split(clean_turn(turn["content"])):
            count = len(text.split())
            if count == 0:
                continue
            start, end = words_before * SECONDS_PER_WORD, (words_before + count) * SECONDS_PER_WORD
            words_before += count
            yield Sentence((Part(start, end, text.strip(), number),), speaker=turn["speaker"])


def clean_turn(content: str) -> str:
    """What was said, as one would write it: no marks, punctuation at its word, spelt letters joined."""
    words: list[str] = []
    for word in _SPELT.sub(lambda found: found.group().replace("_", ""), _MARK.sub(" ", content)).split():
        if not _JOINED.fullmatch(word):
            if any(character.isalnum() for character in word):
                words.append(word)
        elif words and not (word[0] in _STOPS and words[-1][-1] in _STOPS):
            words[-1] += word
    return " ".join(words)
