"""The page for programs: `ask`, `retrieve`, `episodes`, with the keys of the command line's JSON; over Gradio's API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Literal

from typing_extensions import TypedDict  # for pydantic, the one of Python 3.11 says too little

from bot.errors import SettingError
from bot.page.answering import Answering
from bot.page.plain_words import BUSY, words_for
from bot.page.waiting_line import Overloaded
from bot.records import Kind, Status, Verdict

if TYPE_CHECKING:
    import gradio as gr

Endpoint = Callable[..., Awaitable[Any]]

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


def endpoints_of(answering: Answering, failure: Callable[[str], Exception]) -> tuple[Endpoint, ...]:
    """What programs may call, by name, each a coroutine function; an error is raised as `failure` of its words.

    Names, annotations and docstrings are what a program is told of them.
    """

    async def ask(question: str, history: list[TurnJson] | None = None, episode: str | None = None) -> ReplyJson:
        """Answers a question about episodes; every sentence of `text` carries a checked `[m:ss]` mark.

        `history` are earlier turns of the conversation; `episode` is the id of the only one to look in.
        """
        if not isinstance(history, list | None):
            raise SettingError("history is no list of turns", 'give [{"role": "user", "content": "text"}, ...]')
        reply = await answering.reply(question, history or (), episode)
        answer: ReplyJson = reply.as_dict()  # type: ignore[assignment]
        return answer

    async def retrieve(question: str, k: int | None = PASSAGES, episode: str | None = None) -> list[PassageJson]:
        """The `k` passages of the transcripts that fit a question best, best first; times are in seconds."""
        k = PASSAGES if k is None else k
        if not isinstance(k, int) or not 1 <= k <= MOST_PASSAGES:
            raise SettingError.of("k", k, "not a number of passages", f"use 1 to {MOST_PASSAGES}")
        found = await answering.run(lambda: answering.bot(None).retrieve(question, k=k, episode=episode))
        return [scored.as_dict() for scored in found]

    async def episodes() -> list[EpisodeJson]:
        """What can be asked about: every episode with its id, title, date, length in seconds, and kinds of speech."""
        summaries = await answering.run(answering.bot(None).episodes)
        return [summary.as_dict() for summary in summaries]

    return tuple(_in_words(endpoint, failure) for endpoint in (ask, retrieve, episodes))


def _in_words(endpoint: Endpoint, failure: Callable[[str], Exception]) -> Endpoint:
    @wraps(endpoint)
    async def worded(*values: Any, **named: Any) -> Any:
        try:
            return await endpoint(*values, **named)
        except Overloaded:
            raise failure(BUSY) from None
        except Exception as error:
            raise failure(words_for(error)) from None

    return worded


def add_endpoints(answering: Answering, at_once: int) -> None:
    """Inside a `gr.Blocks`: the named endpoints over Gradio's API."""
    import gradio as gr

    for endpoint in endpoints_of(answering, partial(gr.Error, print_exception=False)):
        gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=at_once)


def endpoint_values(page: gr.Blocks) -> dict[str, int]:
    """How many values each named endpoint of the page takes."""
    known = page.get_api_info()["named_endpoints"]
    return {name.removeprefix("/"): len(told["parameters"]) for name, told in known.items()}
