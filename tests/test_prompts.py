from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import PromptError
from bot.models import prompts
from bot.models.prompts import Prompt, PromptText, load_prompt

ANSWER = {"nonce", "refusal", "episode", "names", "conversation", "sentences", "question"}
HOLES = {"answer": ANSWER, "follow_up": {"nonce", "conversation", "question"}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(prompts, "FOLDERS", (tmp_path / "none", tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", HOLES)
def test_each_prompt_declares_the_holes_that_the_code_fills(name: str) -> None:
    assert load_prompt(name).holes == HOLES[name]


@pytest.mark.parametrize("name", HOLES)
def test_what_people_said_goes_to_the_user_part_only(name: str) -> None:
    rendered = load_prompt(name).render(**{hole: f"<{hole}>" for hole in HOLES[name]})

    for hole in HOLES[name] - {"nonce", "refusal"}:
        assert f"<{hole}>" not in rendered.system
        assert f"<{hole}>" in rendered.user


def test_the_answer_prompt_as_the_model_sees_it() -> None:
    rendered = load_prompt("answer").render(
        nonce="n1",
        refusal="Not said.",
        episode="Episode: Boats.",
        names="",
        conversation="none",
        sentences="[0:07] Boats need paint.",
        question="What do boats need?",
    )

    assert "reply with exactly this word and nothing else, in every language:\n   Not said.\n" in rendered.system
    assert rendered.user == (
        "begin about n1\nEpisode: Boats.\n\nend about n1\n\n"
        "begin conversation n1\nnone\nend conversation n1\n\n"
        "begin transcript n1\n[0:07] Boats need paint.\nend transcript n1\n\n"
        "begin question n1\nWhat do boats need?\nend question n1"
    )


@pytest.mark.parametrize("value", ["{braces} {{}} %s", "$question ${nonce} $", "<!-- user -->", "\\1"])
def test_values_are_taken_literally(value: str) -> None:
    assert Prompt("p", "s $a\n", "u $b\n").render(a=value, b=value) == PromptText(f"s {value}", f"u {value}")


def test_a_hole_without_value_is_named() -> None:
    with pytest.raises(PromptError, match=r"prompt follow_up: no value for \$conversation, \$nonce"):
        load_prompt("follow_up").render(question="Why?")


def test_a_value_without_hole_is_named() -> None:
    with pytest.raises(PromptError, match=r"prompt p: it has no hole \$other"):
        Prompt("p", "", "$a").render(a="", other="")


def test_a_missing_file_is_named(folder: Path) -> None:
    with pytest.raises(PromptError, match=r"prompt nowhere: no file nowhere\.md"):
        load_prompt("nowhere")


BROKEN = {
    "no parts": ("Just text.", "no <!-- system --> and <!-- user --> in it"),
    "a lone dollar": ("<!-- system -->\nIt costs $ 5.\n<!-- user -->\n", "a \\$ that begins no name"),
}


@pytest.mark.parametrize(("text", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told(folder: Path, text: str, problem: str, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id.replace(" ", "-")
    (folder / f"{name}.md").write_text(text)

    with pytest.raises(PromptError, match=problem):
        load_prompt(name)


def test_an_installed_wheel_has_its_own_copy_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prompt_files").mkdir()
    (tmp_path / "prompt_files" / "wheel-only.md").write_text("<!-- system -->\ns\n<!-- user -->\nu $a\n")
    monkeypatch.setattr(prompts, "FOLDERS", (tmp_path / "prompt_files", tmp_path))

    assert load_prompt("wheel-only").render(a="1").user == "u 1"
