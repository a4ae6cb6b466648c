"""The endpoints as tools of the Model Context Protocol, met by the client of the protocol's own package."""

import asyncio
from typing import get_args

import httpx
import pytest
from mcp import Client

from bot.page.mcp_tools import INSTRUCTIONS
from bot.records import Verdict
from tests.fakes import FakeOpenAI, hang
from tests.serving import call, eventually, served, serving

ART_SCHOOL = "Where did Runway start?"
ASKING = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": ART_SCHOOL}},
}
HEADERS = {"Accept": "application/json, text/event-stream"}


def called(url, tool, **values):
    async def call_it():
        async with Client(f"{url}/mcp") as client:
            return await client.call_tool(tool, values)

    return asyncio.run(call_it())


def test_tools_are_described_with_what_they_take_and_give(page):
    async def listed():
        async with Client(f"{page}/mcp") as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asyncio.run(listed())}
    assert {name: list(tool.input_schema["properties"]) for name, tool in tools.items()} == {
        "ask": ["question", "history", "episode"],
        "retrieve": ["question", "k", "episode"],
        "episodes": [],
    }
    assert tools["ask"].input_schema["required"] == ["question"]
    assert "citations" in tools["ask"].output_schema["properties"]
    assert all(tool.description for tool in tools.values())


def test_instructions_name_the_verdict_that_replies_have():
    assert any(f"`{verdict}`" in INSTRUCTIONS for verdict in get_args(Verdict))


def test_tools_answer_as_the_endpoints_do(page):
    asked, endpoint = called(page, "ask", question=ART_SCHOOL).structured_content, call(page, "ask", ART_SCHOOL)
    assert asked | {"meter": None} == endpoint | {"meter": None}
    passages = called(page, "retrieve", question=ART_SCHOOL, k=3).structured_content["result"]
    assert passages == call(page, "retrieve", ART_SCHOOL, 3)
    assert called(page, "episodes").structured_content["result"] == call(page, "episodes")


def test_a_follow_up_is_searched_for_with_its_history(page):
    history = [{"role": "user", "content": ART_SCHOOL}]
    assert called(page, "ask", question="And why?", history=history).structured_content["searched_for"] != "And why?"


def test_errors_are_words(page):
    for values, words in (({"question": ""}, "no question"), ({"question": "x", "episode": "none"}, "no episode")):
        told = called(page, "ask", **values)
        assert told.is_error
        assert words in told.content[0].text


def test_only_calls_are_answered_and_only_from_here(page):
    assert httpx.get(f"{page}/mcp", headers=HEADERS).status_code == 405
    for header, status in (({"Origin": "http://elsewhere.example"}, 403), ({"Host": "elsewhere.example"}, 400)):
        assert httpx.post(f"{page}/mcp", json=ASKING, headers=HEADERS | header).status_code == status
    assert httpx.post(f"{page}/mcp", content=b"[[[", headers=HEADERS).status_code == 400


def test_a_caller_that_hangs_up_ends_the_model_call(bundled_store):
    with (
        FakeOpenAI([hang()]) as fake,
        serving("--store", bundled_store, environment=fake.environment) as url,
        httpx.Client() as client,
    ):
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{url}/mcp", json=ASKING, headers=HEADERS, timeout=httpx.Timeout(10, read=3))
        assert fake.requests
        assert eventually(lambda: fake.answering == 0, 2)


def test_a_page_with_a_login_offers_no_tools(bundled_store):
    with serving("--store", bundled_store, "--auth", "ann:secret") as url, httpx.Client(base_url=url) as client:
        client.post("/login", data={"username": "ann", "password": "secret"}).raise_for_status()
        assert client.post("/mcp", json=ASKING, headers=HEADERS).status_code == 404


def test_without_the_extra_the_page_works_and_has_no_tools(bundled_store, tmp_path):
    (tmp_path / "mcp").mkdir()
    (tmp_path / "mcp" / "__init__.py").write_text("raise ImportError", encoding="utf-8")
    with served("--store", bundled_store, environment={"PYTHONPATH": str(tmp_path)}) as (url, _):
        assert httpx.post(f"{url}/mcp", json=ASKING, headers=HEADERS).status_code == 404
        assert call(url, "ask", ART_SCHOOL)["verdict"] == "answered"
