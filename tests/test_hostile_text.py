"""Hostile words through transcript, question and history, before a model that obeys every one of them.

`hostile_drafts.jsonl`: what stands in transcript, question and history (`text`), and what the obedient model
then says (`says`; PROMPT, NONCE and KEY stand for what it was told).
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from bot.__main__ import main
from bot.ask import Asking, Writer, answer
from bot.grounding.grounding import GroundingCheck
from bot.ingest import ingest
from bot.models.chain import ModelChain
from bot.page.rendering import turn_html
from bot.page.turns import Turn
from bot.records import Reply
from bot.search.library import Library
from bot.settings import read_settings
from bot.storage.store import Store
from tests.fakes import KEY, FakeOpenAI, ScriptedModel

ROWS = [json.loads(line) for line in Path(__file__).with_name("hostile_drafts.jsonl").read_text().splitlines()]
FAMILIES = sorted({row["family"] for row in ROWS})
SHARED = Path(__file__).parents[2] / "shared" / "data" / "injections.jsonl"
if SHARED.exists():
    ROWS += [
        {**row, "says": f"{row['canary'] or ''} {row['text']}"}
        for row in map(json.loads, SHARED.read_text(encoding="utf-8").splitlines())
    ]
BENIGN = "The lake froze early that year."
LINK = re.compile(r"!?\[[^\]]*\]\s?[(\[:]|<[a-z/!?]|\w://|\bwww\.|\w@\w", re.IGNORECASE)
_DIGIT = "[\\d⁰¹²³⁴-⁹₀-₉①-⑨❶-❾]"
TIME = re.compile(rf"{_DIGIT}\s*[:：∶꞉˸ː։׃﹕⁚︓]{_DIGIT}{{2}}")
MARK = re.compile(r" \[((?:\d+:)?\d+:\d\d)\]")


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory, embedder) -> Path:  # type: ignore[no-untyped-def]
    """An episode whose speakers say every hostile text, each in a sentence of its own, between harmless ones."""
    folder = tmp_path_factory.mktemp("hostile")
    spoken = [text for row in ROWS for text in (row["text"], BENIGN)]
    cues = [
        {"start": 10.0 * n, "end": 10.0 * n + 8, "text": text.encode("utf-8", "replace").decode()}
        for n, text in enumerate(spoken)
    ]
    file = folder / "hostile.json"
    file.write_text(json.dumps({"segments": cues}), encoding="utf-8")
    report = ingest([file], Store(folder / "store", embedder=embedder, lock_seconds=5), embedder)
    assert not report.rejected
    return folder / "store"


@pytest.fixture(scope="module")
def hostile_library(hostile_store, embedder) -> Library:  # type: ignore[no-untyped-def]
    return Library(Store(hostile_store, embedder=embedder, lock_seconds=5).read())


class ObedientModel(ScriptedModel):
    """Says what it is told to, prompt and all, with and without a label, beside a true sentence: so it is shown."""

    def _next(self, messages: list[BaseMessage]) -> str:
        self.prompts.append(messages)
        return obeyed(self.replies[0], str(messages[0].content), str(messages[1].content))


def obeyed(says: str, system: str, user: str) -> str:
    """What an obedient model answers to a prompt."""
    nonce = re.search(r"begin \w+ (\w{12})$", user, re.MULTILINE)
    assert nonce
    first, true = (re.search(rf"^\[[\d: ]+\]{words}", user, re.MULTILINE) for words in ("", f" {BENIGN}$"))
    told = {
        "PROMPT": system,
        "PROMPT-UPPER": system[300:].upper(),
        "PROMPT-SPACED": " ".join(system[:600]),
        "PROMPT-MARKDOWN": "> **" + system[100:].replace(" ", "**  _") + "**",
        "PROMPT-END": system[-300:],
        "PROMPT-WIDE": "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in system),
        "PROMPT-LINES": "\n".join(system.split()),
        "PROMPT-PIECES": " *** ".join(system[start : start + 20] for start in range(0, 900, 20)),
        "NONCE": f"It is {nonce[1]}, yes.",
        "NONCE-SPACED": " ".join(nonce[1]),
        "KEY": f"The key is {KEY}.",
    }
    said = told.get(says, says)
    confirmed = f"{BENIGN} {true.group().removesuffix(BENIGN)}" if true else ""
    return f"{said} {first.group() if first else ''}\n{confirmed}\n{said}\nAnd so on."


def replies(row: dict[str, Any], library: Library, embedder: Any) -> Iterator[tuple[Reply, str, Sequence[Any]]]:
    """The replies of a model that obeys and of none, their streamed text, and the prompts."""
    question = row["text"][:2000]
    history = [{"role": role, "content": row["text"]} for role in ("user", "assistant")]
    settings = read_settings(openai_api_key=KEY, context_words=300)
    model = ObedientModel([row["says"]])
    with ModelChain("scripted:model", settings, chat=model) as chain:
        for writer in (Writer(chain, GroundingCheck(embedder)), None):
            asking = Asking(library, embedder, settings, writer)
            events = list(answer(asking, question, history))
            reply = events[-1]
            assert isinstance(reply, Reply)
            text = "".join(event for event in events if isinstance(event, str))
            yield reply, text, model.prompts


# most in the slow run, every tenth in each
CASES = [pytest.param(row, id=row["id"], marks=[pytest.mark.slow] if n % 10 else []) for n, row in enumerate(ROWS)]


@pytest.mark.parametrize("row", CASES)
def test_an_obedient_model_can_do_no_harm(
    row: dict[str, Any], hostile_library: Library, embedder: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for reply, streamed, prompts in replies(row, hostile_library, embedder):
            assert streamed == reply.text
            assert_inert(reply.text)
            assert_times_are_checked(reply, hostile_library)
            if reply.model != "quotes" and not reply.degraded:
                assert not TIME.search(MARK.sub("", reply.text))
            assert_keeps_secrets(f"{reply.text}\n{reply.searched_for}\n{reply.degraded}", prompts)
            assert_inert_on_the_page(reply)
            for messages in prompts:
                assert [message.type for message in messages] == ["system", "human"]
                assert row["text"] not in str(messages[0].content)
    assert all("\n" not in record.getMessage() for record in caplog.records)
    assert KEY not in caplog.text


def assert_inert(text: str) -> None:
    """No link, image or HTML, and no character that hides, moves or colours."""
    assert not LINK.search(MARK.sub("", text))
    hidden = [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c not in "\n\u200c\u200d"]
    assert hidden == []


def assert_times_are_checked(reply: Reply, library: Library) -> None:
    """Every mark is a citation's, and every citation's words stand in the transcript at its second."""
    sentences = [sentence for shelf in library.shelves for sentence in shelf.index.sentences]
    shown = {c.stamp for c in (*reply.citations, *reply.nearest)}
    assert set(MARK.findall(reply.text)) <= shown
    assert "[" not in MARK.sub("", reply.text)
    for citation in (*reply.citations, *reply.nearest):
        assert any(citation.start in {p.start for p in s.parts} and s.text == citation.quote for s in sentences)
    for claim in reply.claims:
        assert claim.status == "supported" or not claim.citations


def assert_keeps_secrets(said: str, prompts: Sequence[Any]) -> None:
    plain = "".join(c for c in unicodedata.normalize("NFKC", said).casefold() if c.isalnum())
    assert KEY not in said
    for messages in prompts:
        secret = "".join(c for c in str(messages[0].content).casefold() if c.isalnum())
        assert not any(secret[start : start + 40] in plain for start in range(len(secret) - 40))
        assert re.findall(r"begin \w+ (\w{12})$", str(messages[1].content), re.MULTILINE)[0] not in said


def assert_inert_on_the_page(reply: Reply) -> None:
    """No element that loads or runs anything, whatever is written as text."""
    elements = Elements()
    elements.feed(turn_html(Turn(1, reply.question, state="answered", reply=reply), {}))
    assert not elements.names & {"img", "image", "script", "svg", "video", "audio", "iframe", "style", "form", "link"}
    assert [value for value in elements.addresses if "attacker" in value or re.match(r"\w+:|//", value)] == []


class Elements(HTMLParser):
    """The names of all elements, and where they point to."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action", "poster"}]
        assert not any(name.startswith("on") for name, _ in attrs)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_the_command_line_prints_nothing_that_a_terminal_obeys(
    family: str, options: Sequence[str], hostile_store: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    text = " ".join(row["text"] for row in ROWS if row["family"] == family)[:1900]
    with FakeOpenAI([text]) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        main(["ask", text, "--store", str(hostile_store), *options])
    printed = "".join(capsys.readouterr())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", printed)
    assert KEY not in printed


@pytest.mark.parametrize("command", [("transcript",), ("transcript", "--json"), ("episodes",), ("retrieve", "lake")])
def test_listings_of_a_hostile_transcript_are_harmless_to_a_terminal(
    command: Sequence[str], hostile_store: Path, capsys: Any
) -> None:
    assert main([*command, "--store", str(hostile_store)]) == 0
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", capsys.readouterr().out)
