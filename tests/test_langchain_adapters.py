from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableLambda

from bot.drafts.citations import Labels
from bot.errors import SettingError
from bot.models.chain import ModelChain
from bot.models.langchain_adapters import as_retriever, as_runnable
from bot.records import Part, Passage, Reply, ScoredPassage, Sentence
from bot.settings import Settings
from tests.fakes import ScriptedModel

PASSAGE = Passage("boats", (Sentence((Part(3731.5, 3739.0, "Boats need paint.", 4),), "sponsor"),))


class Answers:
    """Stands for an Earmark; keeps what it was asked and answers by the question."""

    def __init__(self, chat: ScriptedModel | None = None) -> None:
        self.chat = chat
        self.asked: list[tuple[str, Sequence[Mapping[str, Any]], str | None]] = []
        self.closed = 0

    def ask(self, question: str, *, history: Sequence[Mapping[str, Any]] = (), episode: str | None = None) -> Reply:
        *_, reply = self.stream(question, history=history, episode=episode)
        assert isinstance(reply, Reply)
        return reply

    def stream(
        self, question: str, *, history: Sequence[Mapping[str, Any]] = (), episode: str | None = None
    ) -> Iterator[str | Reply]:
        self.asked.append((question, history, episode))
        text = ""
        try:
            for piece in self._pieces(question):
                text += piece
                yield piece
            yield Reply(question, question, text, "answered")
        finally:
            self.closed += 1

    def _pieces(self, question: str) -> Iterator[str]:
        if self.chat is None:
            return iter(["About ", question])
        return ModelChain("scripted:model", Settings(), chat=self.chat).draft(question, Labels.of([PASSAGE]))

    def retrieve(self, question: str, *, k: int | None = None, episode: str | None = None) -> list[ScoredPassage]:
        self.asked.append((question, [{"k": k}], episode))
        return [ScoredPassage(PASSAGE, 0.75)]


class Watcher(BaseCallbackHandler):
    def __init__(self) -> None:
        self.seen: list[str] = []
        self.outputs: list[Any] = []

    def on_chain_start(self, *_: Any, tags: list[str] | None = None, **__: Any) -> None:
        self.seen.append(f"chain {tags}")

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **_: Any) -> None:
        self.outputs.append(outputs)

    def on_chain_error(self, error: BaseException, **_: Any) -> None:
        self.seen.append(f"error {error}")

    def on_retriever_end(self, documents: Sequence[Document], **_: Any) -> None:
        self.seen.append(f"retrieved {len(documents)}")

    def on_chat_model_start(self, _: dict[str, Any], messages: list[list[BaseMessage]], **__: Any) -> None:
        self.seen.append(f"model {len(messages[0])}")


def test_documents_carry_what_is_needed_to_cite() -> None:
    (document,) = as_retriever(Answers()).invoke("paint")

    assert document.page_content == "Boats need paint."
    assert document.metadata == {
        "episode": "boats",
        "start": 3731.5,
        "end": 3739.0,
        "stamp": "1:02:11",
        "kind": "sponsor",
        "score": 0.75,
    }


def test_a_retriever_hands_on_count_and_episode() -> None:
    answers = Answers()

    as_retriever(answers, k=3, episode="boats").invoke("paint")

    assert answers.asked == [("paint", [{"k": 3}], "boats")]


def test_a_retriever_batches_waits_and_calls_back() -> None:
    retriever, watcher = as_retriever(Answers()), Watcher()

    assert [len(found) for found in retriever.batch(["a", "b"])] == [1, 1]
    assert len(asyncio.run(retriever.ainvoke("c", {"callbacks": [watcher]}))) == 1
    assert watcher.seen == ["retrieved 1"]


def test_a_retriever_goes_into_a_chain() -> None:
    chain = as_retriever(Answers()) | RunnableLambda(lambda documents: documents[0].page_content)

    assert chain.invoke("paint") == "Boats need paint."


def test_a_runnable_answers_a_question() -> None:
    reply = as_runnable(Answers()).invoke("boats")

    assert isinstance(reply, Reply)
    assert reply.text == "About boats"


def test_a_runnable_takes_history_of_turns_and_messages() -> None:
    answers = Answers()
    history = [SystemMessage("Be kind."), HumanMessage("Hi"), AIMessage("Hello"), {"role": "user", "content": "And?"}]

    as_runnable(answers).invoke({"question": "Why?", "history": history, "episode": "boats"})

    assert answers.asked == [
        (
            "Why?",
            [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello"},
                {"role": "user", "content": "And?"},
            ],
            "boats",
        )
    ]


def test_a_runnable_streams_text_and_then_the_reply() -> None:
    *pieces, reply = as_runnable(Answers()).stream("boats")

    assert pieces == ["About ", "boats"]
    assert isinstance(reply, Reply)


def test_a_runnable_streams_asynchronously() -> None:
    async def read() -> list[Any]:
        return [piece async for piece in as_runnable(Answers()).astream("boats")]

    *pieces, reply = asyncio.run(read())

    assert pieces == ["About ", "boats"]
    assert isinstance(reply, Reply)


def test_a_stream_that_is_left_early_is_closed() -> None:
    answers = Answers()

    async def read() -> None:
        pieces = as_runnable(answers).astream("boats")
        await anext(pieces)
        await pieces.aclose()  # type: ignore[attr-defined]

    asyncio.run(read())

    assert answers.closed == 1


def test_a_runnable_answers_many_in_order() -> None:
    replies = as_runnable(Answers()).batch(["a", {"question": "b"}], {"max_concurrency": 2})

    assert [reply.question for reply in replies] == ["a", "b"]
    assert asyncio.run(as_runnable(Answers()).ainvoke("c")).question == "c"


def test_a_runnable_goes_into_a_chain_also_when_it_streams() -> None:
    chain = as_runnable(Answers()) | RunnableLambda(lambda reply: reply.text.upper())

    assert chain.invoke("boats") == "ABOUT BOATS"
    assert list(chain.stream("boats")) == ["ABOUT BOATS"]


@pytest.mark.parametrize("how", ["invoke", "stream"])
def test_callbacks_and_tags_reach_the_model_inside(how: str) -> None:
    watcher = Watcher()
    runnable = as_runnable(Answers(ScriptedModel(["Boats. [1:02:11]"])))

    if how == "invoke":
        runnable.invoke("boats", {"callbacks": [watcher], "tags": ["mine"]})
    else:
        list(runnable.stream("boats", {"callbacks": [watcher], "tags": ["mine"]}))

    assert watcher.seen[0] == "chain ['mine']"
    assert "model 2" in watcher.seen
    assert any(isinstance(output, Reply) for output in watcher.outputs)


@pytest.mark.parametrize("given", [3, {}, {"question": 3}, {"question": "a", "k": 3}, ["a"]])
def test_an_input_without_a_question_is_refused(given: Any) -> None:
    watcher = Watcher()

    with pytest.raises(SettingError, match="the input holds"):
        as_runnable(Answers()).invoke(given, {"callbacks": [watcher]})
    assert "error the input holds" in watcher.seen[1]
