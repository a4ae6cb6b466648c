"""Models that do as a test says: a LangChain chat model, and an OpenAI-compatible server that misbehaves on demand.

    model = ScriptedModel(["First answer. [2:28]", "Second."])          # answers in turn, streams by word
    chain = ModelChain("scripted:model", settings, chat=model)
    model.prompts[0]                                                    # the messages it was sent

    with FakeOpenAI([refuse(429, retry_after="0"), say("It began. [2:28]")]) as server:      # one behaviour a request
        settings = server.settings(deadline_seconds=2)                  # OPENAI_BASE_URL and a key that point to it
        environment = server.environment                                # the same for a child process
        server.requests[0].body["messages"]                             # what was asked; also .headers, .path
        server.answering                                                # requests being answered now

    with FakeOpenAI(respond=lambda body: "Yes. [0:05]", tokens_per_second=20) as server: ...  # any number of requests

Behaviours: `say` (any finish reason, any speed), `cut`, `refuse`, `hang`, `drip`, `pings`, `page`, `in_one_piece`,
`malformed`, `error_event`, `no_choices`, `empty_pieces`, `limited` (context length); a plain string is `say`. A
scripted server that is asked more often than its script is long answers 500, and leaving the `with` raises
AssertionError. It also serves /v1/embeddings (`embed`: texts -> vectors; words hashed where not given) and /v1/models.
It listens on 127.0.0.1 only and keeps 200 streams of 20 tokens a second going on one thread.
"""

from __future__ import annotations

import asyncio
import math
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from bot.settings import Settings, read_settings
from tests.fake_behaviours import (
    Behaviour,
    Exchange,
    Request,
    cut,
    drip,
    empty_pieces,
    error_event,
    hang,
    in_one_piece,
    limited,
    malformed,
    no_choices,
    page,
    pieces_of,
    pings,
    read_request,
    refuse,
    say,
)

__all__ = [
    "KEY",
    "Behaviour",
    "Exchange",
    "FakeOpenAI",
    "Request",
    "ScriptedModel",
    "cut",
    "drip",
    "empty_pieces",
    "error_event",
    "hang",
    "in_one_piece",
    "limited",
    "malformed",
    "no_choices",
    "page",
    "pieces_of",
    "pings",
    "refuse",
    "say",
    "word_vectors",
]

KEY = "sk-canary-0123456789abcdef"


class ScriptedModel(BaseChatModel):
    """Answers in turn (an exception is raised) and keeps what it was asked; asked once too often, it fails the test."""

    replies: list[Any]
    prompts: list[list[BaseMessage]] = []  # noqa: RUF012 - pydantic copies it for each model

    def __init__(self, replies: Sequence[str | Exception]) -> None:
        super().__init__(replies=list(replies))  # type: ignore[call-arg]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next(self, messages: list[BaseMessage]) -> str:
        self.prompts.append(messages)
        assert len(self.prompts) <= len(self.replies), f"asked {len(self.prompts)} times, {len(self.replies)} replies"
        reply = self.replies[len(self.prompts) - 1]
        if isinstance(reply, Exception):
            raise reply
        return str(reply)

    def _chunks(self, messages: list[BaseMessage]) -> Iterator[ChatGenerationChunk]:
        text = self._next(messages)
        for piece in pieces_of(text):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        usage = {"input_tokens": sum(len(str(m.content).split()) for m in messages), "output_tokens": len(text.split())}
        usage["total_tokens"] = sum(usage.values())
        end = AIMessageChunk(content="", response_metadata={"finish_reason": "stop"}, usage_metadata=usage)  # type: ignore[arg-type]
        yield ChatGenerationChunk(message=end)

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        message = AIMessage(self._next(messages), response_metadata={"finish_reason": "stop"})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        yield from self._chunks(messages)

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._chunks(messages):
            yield chunk


def word_vectors(texts: Sequence[str], dimension: int = 16) -> list[list[float]]:
    """Unit vectors in which shared words mean nearness."""
    vectors = []
    for text in texts:
        vector = [1e-6] * dimension
        for word in text.lower().split():
            vector[zlib.crc32(word.strip(".,?!").encode()) % dimension] += 1
        length = math.sqrt(sum(x * x for x in vector))
        vectors.append([x / length for x in vector])
    return vectors


class FakeOpenAI:
    """See above. `requests` are the chat requests; `embeddings` the others that brought texts."""

    def __init__(
        self,
        script: Sequence[str | Behaviour] = (),
        *,
        respond: Callable[[dict[str, Any]], str] | None = None,
        tokens_per_second: float | None = None,
        embed: Callable[[Sequence[str]], Sequence[Sequence[float]]] = word_vectors,
        models: Sequence[str] = ("fake",),
    ) -> None:
        self._script = list(script)
        self._respond = respond
        self._speed = tokens_per_second
        self._embed = embed
        self._models = models
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-openai", daemon=True)
        self._exchanges: set[asyncio.Task[None]] = set()
        self.requests: list[Request] = []
        self.embeddings: list[Request] = []
        self.answering = 0
        self.most_at_once = 0
        self.overrun = False
        self.url = ""

    def __enter__(self) -> FakeOpenAI:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=1024), self._loop
        ).result(5)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        assert failure or not self.overrun, f"asked {len(self.requests)} times, the script has {len(self._script)}"

    @property
    def environment(self) -> dict[str, str]:
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": KEY, "EARMARK_MODEL": "openai:fake"}

    def settings(self, **more: Any) -> Settings:
        return read_settings(**{"model": "openai:fake", "openai_base_url": self.url, "openai_api_key": KEY, **more})

    async def _stop(self) -> None:
        self._server.close()
        exchanges = list(self._exchanges)
        for task in exchanges:
            task.cancel()
        await asyncio.gather(*exchanges, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._exchanges.add(task)
        try:
            request = await read_request(reader)
            await self._answer(Exchange(request, writer), reader)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._exchanges.discard(task)
            writer.close()

    async def _answer(self, exchange: Exchange, reader: asyncio.StreamReader) -> None:
        """Behave until done or until the client has gone."""
        self.answering += 1
        self.most_at_once = max(self.most_at_once, self.answering)
        work = asyncio.ensure_future(self._behaviour(exchange.request)(exchange))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            work.cancel()
            gone.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)
            self.answering -= 1

    def _behaviour(self, request: Request) -> Behaviour:
        if request.path.endswith("/models"):
            listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self._models]}
            return lambda exchange: exchange.json(listed)
        if request.path.endswith("/embeddings"):
            self.embeddings.append(request)
            return self._embedded
        if not request.path.endswith("/chat/completions"):
            return refuse(404, "no such path")
        self.requests.append(request)
        if len(self.requests) <= len(self._script):
            scripted = self._script[len(self.requests) - 1]
            return say(scripted, per_second=self._speed) if isinstance(scripted, str) else scripted
        if self._respond:
            return say(self._respond(request.body), per_second=self._speed)
        self.overrun = True
        return refuse(500, "the script has run out")

    async def _embedded(self, exchange: Exchange) -> None:
        given = exchange.request.body["input"]
        vectors = self._embed([given] if isinstance(given, str) else given)
        data = [{"object": "embedding", "index": i, "embedding": list(vector)} for i, vector in enumerate(vectors)]
        await exchange.json({"object": "list", "data": data, "model": "fake", "usage": {"prompt_tokens": 1}})
