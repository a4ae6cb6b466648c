"""The requests that one answer makes of a model: under one deadline, retried where that can heal, ended by one stop.

A request is tried again only before its first words; a context that is too long is halved once. What fails is a
ModelError in plain words, without the key.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING

from bot.drafts.labels import Labels
from bot.errors import EarmarkError
from bot.models.answer_prompt import AnswerRequest, answer_prompt, follow_up_prompt
from bot.models.conversation import History
from bot.models.endpoint_gate import EndpointGate
from bot.models.leaks import LeakGuard, guarded
from bot.models.model_errors import EndpointFailure, cut_off
from bot.models.model_stream import ModelStream, StreamEnd
from bot.models.model_text import ModelPiece, require_whole
from bot.models.prompts import PromptText
from bot.models.stop import Stop
from bot.records import Episode
from bot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

RETRIES = 2
BACKOFF_SECONDS = 0.5  # before the first retry at most, doubled for the next; a random share of it ("full jitter")
LAST_WORD_SECONDS = 2.0  # after the reason for ending, for the count of tokens
REWRITING_SECONDS = 8.0  # for a follow-up; at most a third of the deadline, since the answer comes after it


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

    def note(self, piece: ModelPiece, characters: int) -> None:
        self.characters += characters
        self.finish_reason = piece.finish_reason or self.finish_reason
        used = self.usage
        self.usage = Usage(used.prompt_tokens + piece.prompt_tokens, used.completion_tokens + piece.completion_tokens)


@dataclass(frozen=True, slots=True)
class AskedModel:
    """What the calls need of an open model: the chain, its gate, and how its errors are told."""

    name: str
    chain: Runnable[PromptText, ModelPiece]
    gate: EndpointGate
    explain: Callable[[Exception, bool], EarmarkError]


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


class ModelCalls:
    """For one answer. The clock starts with its first request; whoever waits when `stop` is set gets Stopped."""

    def __init__(self, open_model: Callable[[], AskedModel], settings: Settings, stop: Stop | None = None) -> None:
        self._open = open_model
        self._settings = settings
        self._stop = stop or Stop()
        self._end: float | None = None
        self._made: list[_Progress] = []

    @property
    def usage(self) -> Usage:
        """Of all that were made, as far as they have come."""
        prompts = sum(progress.usage.prompt_tokens for progress in self._made)
        return Usage(prompts, sum(progress.usage.completion_tokens for progress in self._made))

    def draft(
        self,
        question: str,
        labels: Labels,
        *,
        history: History = (),
        episodes: Sequence[Episode] = (),
        meanwhile: Callable[[], object] = lambda: None,
    ) -> ModelDraft:
        """The model's answer in pieces, marks and all. The iterator raises ModelError, also after some text.

        `meanwhile` is called once a request has gone out: it has until the first words.
        """
        request = AnswerRequest(question, labels, history, episodes, self._settings.history_turns)
        progress = self._begin()
        return ModelDraft(self._answer(request, answer_prompt(request), progress, meanwhile), progress)

    def rewrite(self, question: str, history: History) -> str:
        """A follow-up as the model words it to stand alone, unchecked; raises ModelError, early rather than late."""
        end = self._deadline()
        seconds = min(REWRITING_SECONDS, self._settings.deadline_seconds / 3)
        prompt = follow_up_prompt(question, history, self._settings.history_turns)
        return "".join(self._read(prompt, self._begin(), min(end, monotonic() + seconds)))

    def _begin(self) -> _Progress:
        self._made.append(_Progress())
        return self._made[-1]

    def _deadline(self) -> float:
        if self._end is None:
            self._open()  # before the clock starts: the first time it imports much
            self._end = monotonic() + self._settings.deadline_seconds
        return self._end

    def _answer(
        self, request: AnswerRequest, prompt: PromptText, progress: _Progress, meanwhile: Callable[[], object]
    ) -> Generator[str, None, None]:
        end = self._deadline()
        retries, halved = 0, False
        while True:
            try:
                yield from self._read(prompt, progress, end, meanwhile)
                return
            except EndpointFailure as failure:
                if progress.characters:
                    raise
                if failure.overflow and not halved:
                    request, halved = replace(request, labels=request.labels.halved()), True
                    prompt = answer_prompt(request)
                    continue
                if not failure.retryable or retries == RETRIES:
                    raise
                self._pause(failure, retries, end)
                retries += 1

    def _pause(self, failure: EndpointFailure, retries: int, end: float) -> None:
        """Wait before a retry, as long as the endpoint asks; raises the failure where that is past the deadline."""
        seconds = failure.retry_after
        if seconds is None:
            seconds = random.uniform(0, BACKOFF_SECONDS * 2**retries)
        if monotonic() + seconds >= end:
            raise failure
        self._stop.wait(seconds)
        self._stop.check()

    def _read(
        self, prompt: PromptText, progress: _Progress, end: float, meanwhile: Callable[[], object] = lambda: None
    ) -> Generator[str, None, None]:
        """One request's text; raises ModelError unless the model ended it by itself, within the limits."""
        model = self._open()
        first_text = monotonic() + self._settings.first_text_seconds
        with model.gate.enter(min(first_text, end), self._stop):
            stream = ModelStream(lambda: model.chain.astream(prompt))
            try:
                with self._stop.calling(stream.cancel):
                    taken = _seconds_of(meanwhile)
                    first_text, end = first_text + taken, end + taken
                    pieces = self._pieces(model, stream, progress, first_text, end)
                    yield from guarded(pieces, self._guards(prompt))
            finally:
                stream.close()
            require_whole(progress.finish_reason, said=progress.characters > 0)

    def _guards(self, prompt: PromptText) -> list[LeakGuard]:
        key = self._settings.openai_api_key
        short = (prompt.nonce, key.get_secret_value() if key else "")
        return [LeakGuard(prompt.system, shown=12, most=28), *(LeakGuard(x, shown=4, most=8) for x in short if x)]

    def _pieces(
        self, model: AskedModel, stream: ModelStream[ModelPiece], progress: _Progress, wait_until: float, end: float
    ) -> Generator[str, None, None]:
        most = self._settings.answer_characters
        while (piece := self._next(model, stream, progress, min(wait_until, end))) is not None:
            text = piece.text if progress.characters else piece.text.lstrip()
            allowed = text[: most - progress.characters]
            progress.note(piece, len(allowed))
            if allowed:
                model.gate.hears_words()
                given = monotonic()
                yield allowed
                end += monotonic() - given  # what is done with the text is not the endpoint's time
                wait_until = monotonic() + self._settings.idle_seconds
            if len(allowed) < len(text):
                raise cut_off(f"it was longer than {most} characters")
            if piece.finish_reason:
                wait_until = monotonic() + LAST_WORD_SECONDS

    def _next(
        self, model: AskedModel, stream: ModelStream[ModelPiece], progress: _Progress, until: float
    ) -> ModelPiece | None:
        """The next piece, None at the end. Once the model has given its reason for ending, nothing is a failure."""
        self._stop.check()
        try:
            return stream.get(until - monotonic())
        except StreamEnd:
            self._stop.check()
            return None
        except AssertionError:  # a scripted model's, for the test that runs it
            raise
        except TimeoutError:
            if progress.finish_reason:
                return None
            if progress.characters:
                raise cut_off("the model was silent or slow for too long", of_endpoint=True) from None
            problem = f"{model.name} did not begin to answer in time"
            raise EndpointFailure(problem, "ask again later", of_endpoint=True) from None
        except Exception as error:
            if progress.finish_reason:
                return None
            # without its cause: the words of a client may hold the key
            raise model.explain(error, progress.characters > 0) from None


def _seconds_of(work: Callable[[], object]) -> float:
    began = monotonic()
    work()
    return monotonic() - began
