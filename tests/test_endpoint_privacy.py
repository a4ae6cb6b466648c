"""Nothing leaves the machine but what the configured model is asked, and the key is shown nowhere."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.endpoint import LABELS, asked, failure_of
from tests.fakes import KEY, Behaviour, Exchange, FakeOpenAI, error_event, page, refuse

ROOT = Path(__file__).parents[1]
QUESTION = "Where did Runway start, xyzzy?"
ECHOES: dict[str, list[str | Behaviour]] = {
    "an answer": ["Runway started in art school. [2:28]"],
    "the key in the answer": [f"The key is {KEY}. [2:28]"],
    "the key refused": [refuse(401, f"Incorrect API key provided: {KEY}. You can find it at {KEY}")],
    "broken": [refuse(500, f"Authorization: Bearer {KEY}")] * 3,
    "an error in mid-answer": [error_event("Runway", f"bad {KEY}")],
    "a page that repeats the request": [page(f"<p>Authorization: Bearer {KEY}</p>")],
}


@pytest.mark.parametrize("script", ECHOES.values(), ids=ECHOES)
def test_the_key_appears_nowhere(
    script: list[str | Behaviour],
    bundled_store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with FakeOpenAI(script) as server, caplog.at_level(logging.DEBUG):
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        main(["ask", QUESTION, "--store", str(bundled_store), "--json", "--debug"])
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    printed = capsys.readouterr()
    assert json.loads(printed.out)["text"]
    assert KEY not in printed.out + printed.err + caplog.text
    assert not any(KEY.encode() in file.read_bytes() for file in bundled_store.rglob("*") if file.is_file())


def test_questions_are_not_logged(bundled_store: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert main(["ask", QUESTION, "--store", str(bundled_store)]) == 0
    assert "xyzzy" not in caplog.text


def test_a_redirection_is_not_followed() -> None:
    with FakeOpenAI() as elsewhere:

        async def send_on(exchange: Exchange) -> None:
            await exchange.whole(b"", "text/plain", 307, {"Location": f"{elsewhere.url}/chat/completions"})

        with FakeOpenAI([send_on]) as server, asked(server) as model:
            _, error = failure_of(model.draft("Where?", LABELS))
        assert elsewhere.requests == []
    assert "a redirection elsewhere" in str(error)


def test_a_compressed_answer_is_refused() -> None:
    async def pack(exchange: Exchange) -> None:
        await exchange.whole(b"\x1f\x8b", "text/event-stream", 200, {"Content-Encoding": "gzip"})

    with FakeOpenAI([pack]) as server, asked(server) as model:
        _, error = failure_of(model.draft("Where?", LABELS))
    assert "gzip compression" in str(error)
    assert KEY not in "".join(traceback.format_exception(error))
