"""The page for programs: `ask`, `retrieve`, `episodes` over Gradio's API, with the keys of the command line's JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from bot.errors import SettingError
from bot.page.answering import Answering
from bot.page.plain_words import BUSY, words_for
from bot.page.waiting_line import Overloaded
from bot.records import Kind, Status, Verdict

if TYPE_CHECKING:
    import gradio as gr

MOST_PASSAGES = 50
PASSAGES = 8  # where a program does not say how many


class TurnJson(TypedDict):
    role: Literal["user", "assistant"]
    content: str


class CitationJson(TypedDict):
    episode: str
    start: float
    end: float
    stamp: str
    quote: str
    kind: Kind
    speaker: str | None


class ClaimJson(TypedDict):
    text: str
    status: Status
    citations: list[int]
    score: float
    reason: str


class PassageJson(TypedDict):
    episode: str
    start: float
    end: float
    kind: Kind
    score: float
    text: str


class MeterJson(TypedDict):
    seconds: float
    seconds_to_first_text: float
    prompt_tokens: int
    completion_tokens: int
    claims_checked: int
    claims_dropped: int


class ReplyJson(TypedDict):
    question: str
    searched_for: str
    text: str
    verdict: Verdict
    claims: list[ClaimJson]
    citations: list[CitationJson]
    nearest: list[CitationJson]
    passages: list[PassageJson]
    model: str
    degraded: str | None
    meter: MeterJson


class KindSpanJson(TypedDict):
    kind: Kind
    start: float
    end: float


class EpisodeJson(TypedDict):
    id: str
    title: str
    show: str
    date: str
    seconds: float
    sentences: int
    passages: int
    kinds: list[KindSpanJson]
    source: str
    sha256: str


def add_endpoints(answering: Answering, at_once: int) -> None:
    """Inside a `gr.Blocks`: the named endpoints. Errors reach the caller as words, not as tracebacks."""
    import gradio as gr

    async def ask(question: str, history: list[TurnJson] | None = None, episode: str | None = None) -> ReplyJson:
        """Answers a question about an episode; every sentence of `text` carries a checked `[m:ss]` mark."""
        with _in_words():
            if not isinstance(history, list | None):
                raise SettingError("history is no list of turns", 'give [{"role": "user", "content": "text"}, ...]')
            reply = await answering.reply(question, history or (), episode)
        answer: ReplyJson = reply.as_dict()  # type: ignore[assignment]
        return answer

    async def retrieve(question: str, k: int | None = PASSAGES, episode: str | None = None) -> list[PassageJson]:
        """The passages of the transcript that fit a question, best first."""
        with _in_words():
            k = PASSAGES if k is None else k
            if not isinstance(k, int) or not 1 <= k <= MOST_PASSAGES:
                raise SettingError.of("k", k, "not a number of passages", f"use 1 to {MOST_PASSAGES}")
            found = await answering.run(lambda: answering.bot(None).retrieve(question, k=k, episode=episode))
        return [scored.as_dict() for scored in found]

    async def episodes() -> list[EpisodeJson]:
        """What can be asked about."""
        with _in_words():
            summaries = await answering.run(answering.bot(None).episodes)
        return [summary.as_dict() for summary in summaries]

    endpoints: tuple[Callable[..., Any], ...] = (ask, retrieve, episodes)
    for endpoint in endpoints:
        gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=at_once)


def endpoint_values(page: gr.Blocks) -> dict[str, int]:
    """How many values each named endpoint of the page takes."""
    known = page.get_api_info()["named_endpoints"]
    return {name.removeprefix("/"): len(told["parameters"]) for name, told in known.items()}


@contextmanager
def _in_words() -> Iterator[None]:
    import gradio as gr

    try:
        yield
    except Overloaded:
        raise gr.Error(BUSY, print_exception=False) from None
    except Exception as error:
        raise gr.Error(words_for(error), print_exception=False) from None
