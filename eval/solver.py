"""Questions -> outcomes: asks Earmark, and writes down what it retrieved, offered, cited and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.drafts.labels import Labels
from bot.episode_summary import EpisodeSummary
from bot.errors import ModelError, SettingError
from bot.records import Citation, Part, Passage, Reply, ScoredPassage, Sentence
from eval.cases import QuestionCase
from eval.metrics import Span, count_words
from eval.outcomes import AD_KINDS, Outcome, StatedClaim, Stretch

ALL_PASSAGES = 1000  # the most that Earmark takes; an hour of talk has about 90
SAME_START_SECONDS = 0.51  # a citation's start may have been rounded to the second


class NotRecorded(SettingError):
    """A replay was asked what it does not hold: prompt, context or question changed since."""


class Asked(Protocol):
    """What the evaluation needs of Earmark; the breakages stand in its place."""

    def ask(
        self, question: str, /, *, history: Sequence[Mapping[str, str]] = (), episode: str | None = None
    ) -> Reply: ...

    def retrieve(self, question: str, /, *, k: int = 8, episode: str | None = None) -> Sequence[ScoredPassage]: ...

    def context(self, question: str, /, *, episode: str | None = None) -> Sequence[Passage]: ...

    def transcript(self, episode: str | None = None, /) -> Sequence[Sentence]: ...

    def episodes(self) -> Sequence[EpisodeSummary]: ...


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """What a citation is held against: the episode's sentences, and where its advertisements are."""

    sentences: tuple[Sentence, ...]
    ads: tuple[Span, ...]


def gather_facts(
    bot: Asked, placed: Sequence[tuple[QuestionCase, str]], summaries: Sequence[EpisodeSummary]
) -> dict[str, EpisodeFacts]:
    """The facts of every episode that is asked about.

    Advertisements are what the index labels so and, lest a lost label hides them, what the sponsor questions point to.
    """
    wanted = {episode for _, episode in placed}
    facts = {}
    for summary in summaries:
        name = summary.episode.id
        if name not in wanted:
            continue
        labelled = [Span(kind.start, kind.end) for kind in summary.kinds if kind.kind in AD_KINDS]
        asked = [Span(e.start, e.end) for case, episode in placed if episode == name for e in _ad_evidence(case)]
        facts[name] = EpisodeFacts(tuple(bot.transcript(name)), merge_spans([*labelled, *asked]))
    return facts


def _ad_evidence(case: QuestionCase) -> Sequence[Span]:
    return [Span(piece.start, piece.end) for piece in case.evidence] if case.about_ads else []


def merge_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same seconds without overlaps, in order of time."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def solve(
    bot: Asked,
    case: QuestionCase,
    episode: str,
    facts: EpisodeFacts,
    model: str = "quotes",
) -> Outcome:
    """Asks once, and retrieves once more with the question as it was searched for, to see the whole order of passages.

    Where a model was to answer and quotes came instead, its endpoint failed: an outcome with `error`. So is one that a
    replay does not hold. Where a model answered without a time, the quotes behind its words are part of the reply.
    """
    history = [turn.model_dump() for turn in case.history]
    try:
        reply = bot.ask(case.question, history=history, episode=episode)
    except ModelError as failure:
        return Outcome(case.id, error=str(failure))
    except NotRecorded as miss:
        return Outcome(case.id, error=str(miss), not_recorded=True)
    if reply.model == "quotes" != model:
        return Outcome(case.id, error=reply.degraded or "the model did not answer")
    ranked = bot.retrieve(reply.searched_for, k=ALL_PASSAGES, episode=episode)
    context = bot.context(reply.searched_for, episode=episode)
    return Outcome(
        id=case.id,
        searched_for=reply.searched_for,
        ranked=tuple(_passage(scored) for scored in ranked),
        context=tuple(_stretch(passage) for passage in context),
        prompt_words=count_words(Labels.of(context).prompt_lines()),
        text=reply.text,
        verdict=reply.verdict,
        claims=tuple(StatedClaim(c.text, c.status, c.citations, c.reason) for c in reply.claims),
        citations=tuple(_cited(citation, episode, facts) for citation in reply.citations),
        nearest=tuple(_cited(citation, episode, facts) for citation in reply.nearest),
        ads=facts.ads,
        model=reply.model,
        degraded=reply.degraded,
    )


def solve_by_keywords(bot: Asked, asked: Outcome, episode: str) -> Outcome:
    """The order of passages that `bot`, which has no embedding model, finds for what was searched for in `asked`."""
    ranked = bot.retrieve(asked.searched_for, k=ALL_PASSAGES, episode=episode) if asked.searched_for else ()
    return Outcome(
        id=asked.id,
        searched_for=asked.searched_for,
        ranked=tuple(_passage(scored) for scored in ranked),
        model="keywords",
        error=asked.error,
    )


def _passage(scored: ScoredPassage) -> Stretch:
    return _stretch(scored.passage)


def _stretch(passage: Passage) -> Stretch:
    return Stretch(passage.start, passage.end, passage.kind, count_words([passage.text]))


def _cited(citation: Citation, episode: str, facts: EpisodeFacts) -> Stretch:
    fault = "" if citation.episode == episode else f"cites {citation.episode}"
    fault = fault or citation_fault(citation, facts.sentences)
    return Stretch(citation.start, citation.end, citation.kind, count_words([citation.quote]), fault)


def citation_fault(citation: Citation, sentences: Sequence[Sentence]) -> str:
    """Why the citation does not stand in the transcript, or ''.

    A part must begin at its time, and its quote must be words that are spoken from that part's sentence on.
    """
    starting = [
        (sentence, part)
        for sentence in sentences
        for part in sentence.parts
        if abs(part.start - citation.start) < SAME_START_SECONDS
    ]
    if not starting:
        return f"nothing begins at {citation.stamp}"
    if not any(_holds(citation.quote, sentence, part) for sentence, part in starting):
        return f"the quote is not what is said at {citation.stamp}"
    return ""


def _holds(quote: str, sentence: Sentence, part: Part) -> bool:
    words = " ".join(quote.split())
    return bool(words) and (part.text in words or words in sentence.text)
