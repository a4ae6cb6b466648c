"""Earmark for programs built with LangChain: a retriever, and a runnable that answers.

Both take LangChain's `config`, so callbacks, tags and tracing reach them, and through them the chat model inside.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import SettingError
from bot.records import Reply, ScoredPassage

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

History = Sequence[Mapping[str, Any]]
_ROLES = {"human": "user", "ai": "assistant"}
_QUESTION = "give a string, or {'question': ..., 'history': [...], 'episode': ...}"


class Answerer(Protocol):
    """What is needed of an `Earmark`."""

    def ask(self, question: str, *, history: History, episode: str | None) -> Reply: ...

    def stream(self, question: str, *, history: History, episode: str | None) -> Iterator[str | Reply]: ...

    def retrieve(self, question: str, *, k: int | None, episode: str | None) -> Sequence[ScoredPassage]: ...


def as_retriever(earmark: Answerer, *, k: int | None = None, episode: str | None = None) -> BaseRetriever:
    """Passages as documents, best first; the metadata are `episode start end stamp kind score`."""
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.retrievers import BaseRetriever

    class EarmarkRetriever(BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
            return [_document(scored) for scored in earmark.retrieve(query, k=k, episode=episode)]

    return EarmarkRetriever()


def as_runnable(earmark: Answerer) -> Runnable[Any, Any]:
    """From a question to its Reply.

    The input is the question, or `{"question", "history", "episode"}`; the history takes dicts and LangChain messages.
    `invoke` and `batch` give a Reply; `stream` gives pieces of its text as they come, and the Reply last.
    """
    from langchain_core.runnables import Runnable, RunnableConfig
    from langchain_core.runnables.config import run_in_executor

    class EarmarkRunnable(Runnable[Any, Any]):
        def invoke(self, input: Any, config: RunnableConfig | None = None, **_: Any) -> Any:  # noqa: A002 - LangChain's
            return self._call_with_config(lambda given: earmark.ask(**_asked(given)), input, config)

        def stream(self, input: Any, config: RunnableConfig | None = None, **_: Any) -> Iterator[Any]:  # noqa: A002
            def answers(inputs: Iterator[Any]) -> Iterator[Any]:
                for given in inputs:
                    yield from earmark.stream(**_asked(given))

            yield from self._transform_stream_with_config(iter([input]), answers, config)

        async def astream(  # in a thread, piece by piece
            self,
            input: Any,  # noqa: A002
            config: RunnableConfig | None = None,
            **_: Any,
        ) -> AsyncIterator[Any]:
            pieces = self.stream(input, config)
            end = object()
            try:
                while (piece := await run_in_executor(config, next, pieces, end)) is not end:
                    yield piece
            finally:
                await run_in_executor(config, pieces.close)  # type: ignore[attr-defined]

    return EarmarkRunnable()


def _document(scored: ScoredPassage) -> Document:
    from langchain_core.documents import Document

    passage = scored.passage
    metadata = {
        "episode": passage.episode,
        "start": passage.start if passage.timed else None,
        "end": passage.end if passage.timed else None,
        "stamp": passage.stamp,
        "kind": passage.kind,
        "score": scored.score,
    }
    return Document(page_content=passage.text, metadata=metadata, id=f"{passage.episode}:{passage.start}")


def _asked(given: Any) -> dict[str, Any]:
    """The arguments of `ask`, from what was handed in; raises SettingError where there is no question in it."""
    if isinstance(given, str):
        given = {"question": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("question"), str):
        raise SettingError("the input holds no question", _QUESTION)
    if unknown := sorted(str(name) for name in given.keys() - {"question", "history", "episode"}):
        raise SettingError(f"the input holds {', '.join(unknown)}", _QUESTION)
    history = [turn for turn in map(_turn, given.get("history") or ()) if turn is not None]
    return {"question": given["question"], "history": history, "episode": given.get("episode")}


def _turn(turn: Any) -> Mapping[str, Any] | None:
    """A LangChain message as a turn, None for one that nobody said (system, tool); a turn stays what it is."""
    kind = getattr(turn, "type", None)
    if isinstance(turn, Mapping) or kind is None:
        return turn  # type: ignore[no-any-return]
    return {"role": _ROLES[kind], "content": str(turn.text)} if kind in _ROLES else None
