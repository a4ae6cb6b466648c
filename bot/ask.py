"""The answering flow: question -> standalone question -> passages -> draft -> citations -> checked claims -> Reply."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from bot.computing_turns import COMPUTING
from bot.drafts.episode_marks import cited_episodes, episodes_line
from bot.drafts.quotes import nearest_moments, quote_answer
from bot.drafts.right_names import RightNames
from bot.errors import ModelError
from bot.index import Embedder
from bot.models.conversation import History
from bot.models.follow_up import stand_alone
from bot.models.stop import Stop, Stopped
from bot.questions import Scope, checked_episodes, checked_history, checked_question
from bot.records import Meter, Reply, SearchedFor
from bot.search.context import context_of
from bot.search.library import Library
from bot.search.reading import read_windows
from bot.search.search import search
from bot.search.windows import Found
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.drafts.checked_answer import CheckedAnswer
    from bot.grounding.grounding import GroundingCheck
    from bot.models.calls import ModelCalls, Usage
    from bot.models.chain import ModelChain

Event = SearchedFor | str | Reply
READING_SECONDS = 2.0  # for which a piece of text keeps its reader from waiting for the next
FIRST_TEXT, LATER_TEXT, END = range(3)
CUT_OFF = "\n\n(The answer was cut off.)\n\n"
NO_TIMES = "the model cited no time for what it said, so the answer is in the episode's words"


@dataclass(slots=True)
class Clock:
    """Seconds since the question came, when the first text went out, and when more is due."""

    began: float = field(default_factory=time.perf_counter)
    first_text: float = 0.0
    due: float = 0.0

    def __post_init__(self) -> None:
        self.due = self.began

    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def text(self, piece: str) -> str:
        self.first_text = self.first_text or self.seconds()
        self.due = time.perf_counter() + READING_SECONDS
        return piece

    def turn(self, *, ending: bool = False) -> AbstractContextManager[None]:
        """Inside it is computed what the reader waits for.

        Who has no words yet goes before who reads some, and these before who only waits for the end; of equals, who
        has waited longer.
        """
        stage = FIRST_TEXT if not self.first_text else END if ending else LATER_TEXT
        return COMPUTING.turn((stage, self.due))

    def texts(self, pieces: Iterable[str], *, ending: bool = False) -> Iterator[str]:
        """The pieces, computed in one turn."""
        with self.turn(ending=ending):
            computed = list(pieces)
        return map(self.text, computed)


@dataclass(frozen=True, slots=True)
class Writer:
    """A model that answers in prose, and the check of what it writes. Both are shared by threads."""

    model: ModelChain
    check: GroundingCheck

    def begin(self, stop: Stop) -> Writing:
        return Writing(self.model.name, self.model.calls(stop), self.check)


@dataclass(frozen=True, slots=True)
class Writing:
    """What a writer does for one answer."""

    model: str
    calls: ModelCalls
    check: GroundingCheck


@dataclass(frozen=True, slots=True)
class Asking:
    """What one answer works with; without a writer it is in quotes.

    `without_embedding` says why there is no embedder, for the reply.
    """

    library: Library
    embedder: Embedder | None
    settings: Settings
    writer: Writer | None = None
    without_embedding: str | None = None


def answer(
    asking: Asking,
    question: str,
    history: History = (),
    episode: Scope = None,
    stop: Stop | None = None,
) -> Iterator[Event]:
    """What was searched for, then text as it comes, the finished Reply last; no Reply where `stop` was set before.

    Raises SettingError for a question that cannot be asked; a model that fails leaves an answer in quotes.
    """
    with suppress(Stopped):
        yield from _answer(asking, question, history, episode, stop or Stop())


def _answer(asking: Asking, question: str, history: History, episode: Scope, stop: Stop) -> Iterator[Event]:
    clock = Clock()
    asked = checked_question(question, asking.settings.question_characters)
    turns = checked_history(history, asking.settings.history_turns)
    scope = checked_episodes(episode, [known.id for known in asking.library.episodes])
    writing = asking.writer.begin(stop) if asking.writer else None
    searched_for = stand_alone(asked, turns, writing.calls if writing else None)
    yield SearchedFor(searched_for)
    with clock.turn():
        stop.check()
        quoting = writing is None
        ranking, found = search(
            searched_for, asking.library, asking.embedder, scope, reading=quoting, answerable=quoting
        )
        passages = ranking.best(asking.library, asking.settings.passages)
    reply = Reply(question, searched_for, "", "answered", passages=passages, degraded=asking.without_embedding)
    stop.check()
    if writing is None:
        reply = yield from quoted(asking, reply, found, clock)
    else:
        reply = yield from written(asking, writing, reply, found, clock)
    searched = [known for known in asking.library.episodes if scope is None or known.id in scope]
    if named := episodes_line(reply, searched):
        yield named
        reply = replace(reply, text=reply.text + named)
    meter = replace(reply.meter, seconds=clock.seconds(), seconds_to_first_text=clock.first_text)
    yield replace(reply, meter=meter)


def quoted(asking: Asking, reply: Reply, found: Found, clock: Clock) -> Generator[Event, None, Reply]:
    """The answer in the episode's words, behind whatever text the reply has already."""
    with clock.turn():
        found = read_windows(found, asking.library)
        quotes = quote_answer(found, asking.library, asking.settings.quote_words, cited_episodes(reply.citations))
    yield clock.text(quotes.text)
    answered = quotes.verdict == "answered"
    claims = tuple(
        replace(claim, citations=tuple(place + len(reply.citations) for place in claim.citations))
        for claim in quotes.claims
    )
    return replace(
        reply,
        text=reply.text + quotes.text,
        verdict=quotes.verdict if not reply.citations else "answered",
        claims=reply.claims + claims,
        citations=reply.citations + quotes.citations if answered else reply.citations,
        nearest=() if answered else quotes.citations,
        meter=replace(reply.meter, claims_checked=reply.meter.claims_checked + len(claims)),
    )


def written(
    asking: Asking, writing: Writing, reply: Reply, found: Found, clock: Clock
) -> Generator[Event, None, Reply]:
    """The answer in a model's prose, each claim checked; in quotes where the model fails."""
    from bot.drafts.checked_answer import CheckedAnswer
    from bot.drafts.labels import Labels

    with clock.turn():
        passages = context_of(found, asking.library, asking.settings.context_words)
        labels = Labels.of(passages)
        checked = CheckedAnswer(reply.searched_for, labels, writing.check)
        named = {passage.episode for passage in passages}
        episodes = [known for known in asking.library.episodes if known.id in named]
        names = RightNames(episodes)
        prepared = partial(prepare, checked, clock)
        answering = writing.calls.draft(reply.searched_for, labels, episodes=episodes, meanwhile=prepared)
    failure: ModelError | None = None
    with closing(answering) as draft:  # closing the answer closes the request to the model
        try:
            for piece in draft:
                yield from clock.texts(checked.feed(names.feed(piece)))
        except ModelError as error:
            failure = error
        yield from clock.texts(chain(checked.feed(names.finish()), checked.finish()), ending=True)
        reply = with_answer(reply, checked, writing.calls.usage, writing.model)
    if failure is not None:
        between = CUT_OFF if checked.text else ""
        if between:
            yield between
        degraded = replace(reply, text=reply.text + between, model="quotes", degraded=str(failure))
        return (yield from quoted(asking, degraded, found, clock))
    if checked.uncited:
        return (yield from quoted(asking, replace(reply, degraded=NO_TIMES), found, clock))
    if reply.verdict == "not_in_episode":
        with clock.turn(ending=True):
            found = read_windows(found, asking.library)
        return replace(reply, nearest=nearest_moments(found, asking.library, asking.settings.quote_words))
    return reply


def prepare(checked: CheckedAnswer, clock: Clock) -> None:
    """What the check of the first claim would wait for."""
    with clock.turn():
        checked.prepare()


def with_answer(reply: Reply, checked: CheckedAnswer, usage: Usage, model: str) -> Reply:
    return replace(
        reply,
        text=checked.text,
        verdict="answered" if checked.supported else "not_in_episode",
        claims=tuple(checked.claims),
        citations=tuple(checked.citations),
        model=model,
        meter=Meter(
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            claims_checked=len(checked.claims),
            claims_dropped=checked.dropped,
        ),
    )
