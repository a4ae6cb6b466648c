from __future__ import annotations

import threading
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from bot.drafts.citations import CitationStream
from bot.errors import ModelError, SettingError
from bot.models import calls
from bot.models.calls import ModelDraft, Usage
from bot.models.chain import ModelChain
from bot.settings import Settings, read_settings
from tests.endpoint import LABELS, asked, until
from tests.fakes import (
    KEY,
    Behaviour,
    FakeOpenAI,
    ScriptedModel,
    hang,
    pings,
    say,
)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The first request imports much; limits of half a second are for what comes after."""
    with FakeOpenAI(["Warm."]) as server, ModelChain("openai:fake", server.settings()) as model:
        assert list(model.draft("Warm?", LABELS))


@pytest.fixture(autouse=True)
def _quick_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_SECONDS", 0.01)


# --- what goes right


def test_text_comes_in_pieces_and_usage_afterwards() -> None:
    with FakeOpenAI(["It began in a school. [2:28]"]) as server, asked(server) as model:
        draft = model.draft("Where did it begin?", LABELS)
        pieces = list(draft)

    assert "".join(pieces) == "It began in a school. [2:28]"
    assert draft.usage.completion_tokens == 6
    assert draft.usage.prompt_tokens > 100


def test_pieces_come_before_the_answer_is_over() -> None:
    with FakeOpenAI([hang(after="It")]) as server, asked(server) as model:
        draft = model.draft("Where?", LABELS)

        assert next(draft) == "It"
        draft.close()


def test_the_request_is_plain_chat_completions() -> None:
    with FakeOpenAI(["Yes."]) as server, asked(server) as model:
        list(model.draft("Where?", LABELS))
        (request,) = server.requests

    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert [message["role"] for message in request.body["messages"]] == ["system", "user"]
    assert request.body["model"] == "fake"
    assert not {"tools", "response_format", "temperature", "functions"} & request.body.keys()


def test_a_server_without_key_is_asked_with_a_dummy() -> None:
    with FakeOpenAI(["Yes."]) as server:
        settings = read_settings(openai_base_url=server.url)
        with ModelChain("openai:fake", settings) as model:
            assert list(model.draft("Where?", LABELS)) == ["Yes."]
        assert server.requests[0].headers["authorization"] == "Bearer no-key"


def test_any_chat_model_of_langchain_answers() -> None:
    scripted = ScriptedModel(["It began. [2:28]"])
    model = ModelChain("scripted:model", Settings(), chat=scripted)

    draft = model.draft("Where {did} it $begin?", LABELS)

    assert "".join(draft) == "It began. [2:28]"
    assert draft.usage.completion_tokens == 3
    system, user = scripted.prompts[0]
    assert isinstance(system, SystemMessage)
    assert isinstance(user, HumanMessage)
    assert "Where {did} it $begin?" in str(user.content)


def test_a_scripted_model_that_runs_out_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="asked 1 times, 0 replies"):
        list(ModelChain("scripted:model", Settings(), chat=ScriptedModel([])).draft("Where?", LABELS))


FINE = {
    "without [DONE]": say("Yes. [2:28]", done=False),
    "thoughts before it": say("<think>\nIs it [9:99]?\n</think>\n\nYes. [2:28]"),
    "blank lines before it": say("\n\n Yes. [2:28]"),
}


@pytest.mark.parametrize("behaviour", FINE.values(), ids=FINE)
def test_odd_but_whole_answers(behaviour: Behaviour) -> None:
    with FakeOpenAI([behaviour]) as server, asked(server) as model:
        assert "".join(model.draft("Is it?", LABELS)) == "Yes. [2:28]"


# --- leaving early, many at once


@pytest.mark.parametrize("behaviour", [hang(after="It"), pings(after="It"), say("It " * 500, per_second=50)])
def test_closing_a_draft_ends_its_request(behaviour: Behaviour) -> None:
    with FakeOpenAI([behaviour]) as server, asked(server) as model:
        draft = model.draft("Where?", LABELS)
        next(draft)
        assert server.answering == 1

        draft.close()

        assert until(lambda: server.answering == 0, 2)
        assert list(draft) == []


def test_a_draft_that_nobody_reads_any_more_ends_its_request() -> None:
    with FakeOpenAI([hang(after="It")]) as server, asked(server) as model:
        draft: ModelDraft | None = model.draft("Where?", LABELS)
        next(draft)  # type: ignore[arg-type]

        draft = None

        assert until(lambda: server.answering == 0, 2)


def test_a_draft_that_is_not_read_asks_nothing() -> None:
    with FakeOpenAI() as server, asked(server) as model:
        draft = model.draft("Where?", LABELS)

        assert draft.usage == Usage()
        assert server.requests == []


def test_many_drafts_at_once_do_not_mix() -> None:
    def respond(body: dict[str, Any]) -> str:
        question = body["messages"][-1]["content"].split("nonce-")[1].split()[0]
        return " ".join([f"it-was-{question}"] * 20)

    answers: dict[int, str] = {}
    with FakeOpenAI(respond=respond, tokens_per_second=100) as server, asked(server) as model:

        def ask(number: int) -> None:
            answers[number] = "".join(model.draft(f"Who is nonce-{number} there?", LABELS))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.most_at_once > 5

    assert all(set(answers[number].split()) == {f"it-was-{number}"} for number in range(30))


def test_a_closed_chain_opens_again() -> None:
    with FakeOpenAI(["One.", "Two."]) as server:
        model = asked(server)
        assert list(model.draft("Where?", LABELS)) == ["One."]
        model.close()
        assert list(model.draft("Where?", LABELS)) == ["Two."]
        model.close()


# --- settings

SETTINGS = {
    "no provider": ("gpt-5-mini", "no `provider:name` -> for example openai:gpt-5-mini"),
    "unknown provider": ("nonsense:x", "no provider nonsense"),
    "not installed": ("ollama:llama3", "its package is not installed -> pip install langchain-ollama"),
}


@pytest.mark.parametrize(("name", "said"), SETTINGS.values(), ids=SETTINGS)
def test_a_model_that_cannot_be_had_is_a_wrong_setting(name: str, said: str) -> None:
    with pytest.raises(SettingError, match="EARMARK_MODEL") as caught:
        list(ModelChain(name, Settings()).draft("Where?", LABELS))
    assert said in str(caught.value)


def test_openai_without_a_key_says_which_to_set() -> None:
    with pytest.raises(ModelError, match="there is no key for OpenAI -> set OPENAI_API_KEY"):
        list(ModelChain("openai:gpt-5-mini", Settings()).draft("Where?", LABELS))


# --- follow-ups


def test_a_follow_up_is_worded_by_the_model() -> None:
    history = [{"role": "user", "content": "Who builds boats?"}, {"role": "assistant", "content": "Ada. [2:28]"}]
    with FakeOpenAI(["Why does Ada build boats?"]) as server, asked(server) as model:
        assert model.calls().rewrite("Why?", history) == "Why does Ada build boats?"
        prompt = server.requests[0].prompt

    assert "Listener: Who builds boats?\nAnswer: Ada." in prompt
    assert "2:28" not in prompt


def test_wording_a_follow_up_gives_up_early() -> None:
    with FakeOpenAI([hang()]) as server, asked(server, deadline_seconds=4.5) as model:
        with pytest.raises(ModelError, match="did not begin to answer in time"):
            model.calls().rewrite("Why?", [{"role": "user", "content": "Who builds boats?"}])
        assert len(server.requests) == 1


def test_an_obedient_model_cannot_bring_a_false_time_past_the_stream() -> None:
    answer = "As told [S999] at 99:59:59 and [0:01], see [2:28](https://attacker.example), it is [9:59-10:10] so."
    with FakeOpenAI([answer]) as server, asked(server) as model:
        stream = CitationStream(LABELS)
        items = [item for piece in model.draft("Where?", LABELS) for item in stream.feed(piece)] + stream.finish()

    shown = "".join(item for item in items if isinstance(item, str))
    (claim,) = (item for item in items if not isinstance(item, str))
    assert [label.stamp for label in claim.labels] == ["2:28"]
    assert len(claim.faults) == 4
    assert not any(text in shown for text in ("[", "59", "0:01", "2:28", "attacker"))


@pytest.mark.slow
def test_two_hundred_streams_at_twenty_tokens_a_second_all_end() -> None:
    with FakeOpenAI(respond=lambda body: "word " * 40, tokens_per_second=20) as server, asked(server) as model:
        whole: list[str] = []
        threads = [
            threading.Thread(target=lambda: whole.append("".join(model.draft("Where?", LABELS)))) for _ in range(200)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert whole == ["word " * 40] * 200
