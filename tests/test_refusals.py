"""A model that refuses is understood in any language: by the word that the prompt asks for, or since nothing it says
can be found in the episode."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ask import Asking, Writer, answer
from bot.drafts.citations import REFUSAL
from bot.grounding.grounding import GroundingCheck
from bot.models.chain import ModelChain
from bot.records import Reply
from bot.search.library import Library
from bot.settings import read_settings
from tests.fakes import ScriptedModel

IN_WORDS = {
    "German": "Die Folge sagt nichts über den Namen des Hundes.",
    "French": "L'épisode ne donne pas le nom du chien de l'invité.",
    "Spanish": "El episodio no menciona el nombre del perro.",
    "Portuguese": "O episódio não diz o nome do cachorro.",
    "Italian": "L'episodio non dice come si chiama il cane.",
    "Dutch": "De aflevering noemt de naam van de hond niet.",
    "Polish": "W tym odcinku nie podano imienia psa gościa.",
    "Turkish": "Bu bölümde köpeğin adı söylenmiyor.",
    "Russian": "В этом выпуске кличка собаки не упоминается.",
    "Greek": "Το επεισόδιο δεν αναφέρει το όνομα του σκύλου.",
    "Arabic": "لا تذكر الحلقة اسم كلب الضيف.",
    "Hindi": "एपिसोड में कुत्ते का नाम नहीं बताया गया है।",
    "Japanese": "エピソードでは犬の名前は述べられていません。",
    "Chinese": "节目中没有提到狗的名字。",
    "Korean": "에피소드에서는 개의 이름을 말하지 않습니다.",
}
MARKED = {
    "alone": "NOT_IN_EPISODE",
    "as a sentence": "NOT_IN_EPISODE.",
    "in bold": "**NOT_IN_EPISODE**",
    "as code": "`NOT_IN_EPISODE`",
    "small, in words": "Not in episode",
    "with a reason on the next line": "NOT_IN_EPISODE\nDie Folge sagt nichts über den Hund.",
    "with a reason behind it": "NOT_IN_EPISODE: der Name des Hundes fällt nicht.",
    "with a label": "NOT_IN_EPISODE [2:28]",
    "twice": "NOT_IN_EPISODE NOT_IN_EPISODE\nNOT_IN_EPISODE",
}


def reply_to(draft: str, library: Library, embedder: Any, question: str = "What is the guest's dog called?") -> Reply:
    settings = read_settings()
    with ModelChain("scripted:model", settings, chat=ScriptedModel([draft])) as chain:
        *pieces, reply = answer(Asking(library, embedder, settings, Writer(chain, GroundingCheck(embedder))), question)
    assert isinstance(reply, Reply)
    assert reply.text == "".join(piece for piece in pieces if isinstance(piece, str))
    return reply


@pytest.mark.parametrize("draft", [*MARKED.values(), *IN_WORDS.values()], ids=[*MARKED, *IN_WORDS])
def test_a_refusal_is_understood(draft: str, library: Library, embedder: Any) -> None:
    reply = reply_to(draft, library, embedder)
    assert (reply.verdict, reply.text, reply.citations) == ("not_in_episode", REFUSAL, ())
    assert (reply.model, reply.degraded) == ("scripted:model", None)
    assert reply.nearest


def test_what_the_lines_answer_stands_before_what_they_do_not(library: Library, embedder: Any) -> None:
    reply = reply_to(
        "Runway started in art school. [2:28]\nNOT_IN_EPISODE", library, embedder, "Where did Runway start?"
    )
    assert reply.verdict == "answered"
    assert reply.text.startswith("Runway started in art school. [2:2")
    assert reply.text.endswith(f"]\n{REFUSAL}")


ANSWERS = {
    "without times": "Runway started in art school.",
    "without times, in words of its own": "The company was founded by three students who met at their university.",
    "few words in another language": "In der Kunsthochschule.",
}


@pytest.mark.parametrize("draft", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_cites_nothing_is_no_refusal(draft: str, library: Library, embedder: Any) -> None:
    reply = reply_to(draft, library, embedder, "Where did Runway start?")
    assert reply.verdict == "answered"
    assert "cited no time" in str(reply.degraded)
