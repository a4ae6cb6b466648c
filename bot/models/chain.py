"""Question and labelled sentences -> a draft by a model: the LangChain chain, under limits of our own.

    prompt of answer_prompt.py -> messages | chat model | pieces of model_text.py       (LCEL)

One deadline covers everything, retries included. A request is tried again only before its first words and only where
that can heal; a context that is too long is halved once. What fails is a ModelError in plain words, without the key.
"""

from __future__ import annotations

import random
import weakref
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from bot.drafts.labels import Labels
from bot.errors import EarmarkError
from bot.models.answer_prompt import AnswerRequest, answer_prompt, follow_up_prompt
from bot.models.chat_models import Endpoint, OpenedModel, open_model
from bot.models.model_errors import EndpointFailure, cut_off, explain, no_such_model
from bot.models.model_stream import ModelStream, StreamEnd
from bot.models.model_text import ModelPiece, read_pieces, require_whole
from bot.models.prompts import PromptText
from bot.records import Episode
from bot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

RETRIES = 2
BACKOFF_SECONDS = 0.5  # before the first retry at most, doubled for the next; a random share of it ("full jitter")
LAST_WORD_SECONDS = 2.0  # after the reason for ending, for the count of tokens
REWRITING_SECONDS = 8.0  # for a follow-up; at most a third of the deadline, since the answer comes after it
History = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint counts them; 0 where it does not."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class _Progress:
    """What has come of one draft so far."""

    characters: int = 0
    finish_reason: str | None = None
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class _Limits:
    """`end` as the monotonic clock has it; the others in seconds, `characters` apart."""

    end: float
    first_text: float
    idle: float
    characters: int


class ModelDraft(Iterator[str]):
    """The model's text as it comes, raw. `usage` is known at the end; `close` stops the request."""

    def __init__(self, pieces: Generator[str, None, None], progress: _Progress) -> None:
        self._pieces = pieces
        self._progress = progress

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        self._pieces.close()

    @property
    def usage(self) -> Usage:
        return self._progress.usage


class ModelChain:
    """Asks one model. Thread-safe; the model is opened when it is first asked. Close it, or use it in a `with`."""

    def __init__(self, model_name: str, settings: Settings, *, chat: BaseChatModel | None = None) -> None:
        """`model_name` is LangChain's `provider:name`; `chat` is a chat model that is open already."""
        self.name = model_name
        self._settings = settings
        self._opening = Lock()
        self._given = OpenedModel(chat) if chat is not None else None
        self._model = self._given
        self._closing: weakref.finalize[..., ModelChain] | None = None
        self._last = _Progress()

    def open(self) -> BaseChatModel:
        """The chat model; raises SettingError for a provider that is not there, ModelError where the key is missing."""
        with self._opening:
            if self._model is None:
                settings = self._settings
                endpoint = Endpoint(settings.openai_api_key, settings.openai_base_url, settings.deadline_seconds)
                self._model = open_model(self.name, endpoint)
                self._closing = weakref.finalize(self, self._model.close)
            return self._model.chat

    def close(self) -> None:
        """Give the connections back; asking again opens them again."""
        with self._opening:
            if self._closing is not None:
                self._closing()
            self._model = self._given

    def __enter__(self) -> ModelChain:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def usage(self) -> Usage:
        """Of the draft that was begun last; with several at once, ask each draft for its own."""
        return self._last.usage

    def draft(
        self, question: str, labels: Labels, *, history: History = (), episodes: Sequence[Episode] = ()
    ) -> ModelDraft:
        """The model's answer in pieces, marks and all. The iterator raises ModelError, also after some text."""
        request = AnswerRequest(question, labels, history, episodes, self._settings.history_turns)
        progress = self._last = _Progress()
        return ModelDraft(self._answer(request, progress), progress)

    def rewrite(self, question: str, history: History) -> str:
        """A follow-up as the model words it to stand alone, unchecked; raises ModelError, early rather than late."""
        self.open()
        seconds = min(REWRITING_SECONDS, self._settings.deadline_seconds / 3)
        prompt = follow_up_prompt(question, history, self._settings.history_turns)
        return "".join(self._read(prompt, _Progress(), self._limits(seconds)))

    def _answer(self, request: AnswerRequest, progress: _Progress) -> Generator[str, None, None]:
        self.open()  # before the clock starts: the first time it imports much
        limits = self._limits(self._settings.deadline_seconds)
        retries, halved = 0, False
        while True:
            try:
                yield from self._read(answer_prompt(request), progress, limits)
                return
            except EndpointFailure as failure:
                if progress.characters:
                    raise
                if failure.overflow and not halved:
                    request, halved = replace(request, labels=request.labels.halved()), True
                    continue
                if not failure.retryable or retries == RETRIES:
                    raise
                self._pause(failure, retries, limits)
                retries += 1

    def _pause(self, failure: EndpointFailure, retries: int, limits: _Limits) -> None:
        """Wait before a retry, as long as the endpoint asks; raises the failure where that is past the deadline."""
        seconds = failure.retry_after
        if seconds is None:
            seconds = random.uniform(0, BACKOFF_SECONDS * 2**retries)
        if monotonic() + seconds >= limits.end:
            raise failure
        sleep(seconds)

    def _limits(self, seconds: float) -> _Limits:
        settings = self._settings
        end = monotonic() + seconds
        return _Limits(end, settings.first_text_seconds, settings.idle_seconds, settings.answer_characters)

    def _read(self, prompt: PromptText, progress: _Progress, limits: _Limits) -> Generator[str, None, None]:
        """One request's text; raises ModelError unless the model ended it by itself, within the limits."""
        chain = _chain(self.open())
        stream = ModelStream(lambda: chain.astream(prompt))
        wait_until = monotonic() + limits.first_text
        try:
            while (piece := self._next(stream, progress, min(wait_until, limits.end))) is not None:
                text = piece.text if progress.characters else piece.text.lstrip()
                allowed = text[: limits.characters - progress.characters]
                _note(piece, len(allowed), progress)
                if allowed:
                    yield allowed
                    wait_until = monotonic() + limits.idle
                if len(allowed) < len(text):
                    raise cut_off(f"it was longer than {limits.characters} characters")
                if piece.finish_reason:
                    wait_until = monotonic() + LAST_WORD_SECONDS
        finally:
            stream.close()
        require_whole(progress.finish_reason, said=progress.characters > 0)

    def _next(self, stream: ModelStream[ModelPiece], progress: _Progress, until: float) -> ModelPiece | None:
        """The next piece, None at the end. Once the model has given its reason for ending, nothing is a failure."""
        try:
            return stream.get(until - monotonic())
        except StreamEnd:
            return None
        except AssertionError:  # a scripted model's, for the test that runs it
            raise
        except TimeoutError:
            if progress.finish_reason:
                return None
            if progress.characters:
                raise cut_off("the model was silent or slow for too long") from None
            raise EndpointFailure(f"{self.name} did not begin to answer in time", "ask again later") from None
        except Exception as error:
            if progress.finish_reason:
                return None
            # without its cause: the words of a client may hold the key
            raise self._explained(error, broke=progress.characters > 0) from None

    def _explained(self, error: Exception, *, broke: bool) -> EarmarkError:
        url, name = self._settings.openai_base_url, self.name.partition(":")[2]
        failure = explain(error, name, url, broke=broke)
        if isinstance(failure, EndpointFailure) and failure.no_such_model and self._model:
            return no_such_model(name, url, self._model.other_names())
        return failure


def _note(piece: ModelPiece, characters: int, progress: _Progress) -> None:
    progress.characters += characters
    progress.finish_reason = piece.finish_reason or progress.finish_reason
    usage = progress.usage
    progress.usage = Usage(usage.prompt_tokens + piece.prompt_tokens, usage.completion_tokens + piece.completion_tokens)


def _chain(chat: BaseChatModel) -> Runnable[PromptText, ModelPiece]:
    from langchain_core.runnables import RunnableGenerator, RunnableLambda

    return RunnableLambda(_messages) | chat | RunnableGenerator(read_pieces)


async def _messages(prompt: PromptText) -> list[BaseMessage]:
    """Two messages, built from finished text: no template of LangChain ever reads what people wrote."""
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(prompt.system), HumanMessage(prompt.user)]
