from dataclasses import replace

import pytest

from bot.episode_summary import EpisodeSummary
from bot.errors import ModelError
from bot.records import (
    Citation,
    Claim,
    Episode,
    KindSpan,
    Part,
    Passage,
    Reply,
    ScoredPassage,
    Sentence,
)
from eval.cases import QuestionCase
from eval.metrics import Span
from eval.solver import citation_fault, gather_facts, merge_spans, solve

PARTS = (Part(10.0, 16.0, "We began in a garden,", 1), Part(16.0, 20.0, "in the rain.", 2))
TALK = Sentence(PARTS)
AD = Sentence((Part(30.0, 40.0, "Buy a spade.", 3),), "sponsor")
SUMMARY = EpisodeSummary(Episode("e"), 40.0, 2, 2, (KindSpan("talk", 10, 20), KindSpan("sponsor", 30, 40)))
PASSAGES = tuple(ScoredPassage(Passage("e", (sentence,)), 0.5) for sentence in (TALK, AD))
CITATION = Citation("e", 10.0, 20.0, TALK.text)
CASE = QuestionCase.model_validate(
    {
        "id": "q",
        "question": "And where?",
        "expect": "answer",
        "history": [{"role": "user", "content": "When did it begin?"}],
        "evidence": [{"start": 10, "end": 15}],
    }
)


class Scripted:
    def __init__(self, reply):
        self.reply = reply
        self.retrieved = []

    def ask(self, question, *, history=(), episode=None):
        if isinstance(self.reply, Exception):
            raise self.reply
        assert history == [{"role": "user", "content": "When did it begin?"}]
        return self.reply

    def retrieve(self, question, *, k=8, episode=None):
        self.retrieved.append(question)
        return PASSAGES[:k]

    def context(self, question, *, episode=None):
        return [scored.passage for scored in PASSAGES[:1]]

    def transcript(self, episode=None):
        return (TALK, AD)

    def episodes(self):
        return (SUMMARY,)


REPLY = Reply(
    question="And where?",
    searched_for="When did it begin? And where?",
    text='"We began in a garden, in the rain." [0:10]',
    verdict="answered",
    claims=(Claim(TALK.text, "supported", (0,)),),
    citations=(CITATION,),
    passages=PASSAGES[:1],
)


def solved(reply, model="quotes"):
    bot = Scripted(reply)
    facts = gather_facts(bot, [(CASE, "e")], bot.episodes())
    return bot, solve(bot, CASE, "e", facts["e"], model)


def test_passages_are_ranked_for_the_question_as_it_was_searched_for():
    bot, outcome = solved(REPLY)
    assert bot.retrieved == ["When did it begin? And where?"]
    assert [(stretch.start, stretch.kind) for stretch in outcome.ranked] == [(10.0, "talk"), (30.0, "sponsor")]


def test_prompt_words_are_those_of_the_labelled_lines():
    _, outcome = solved(REPLY)
    assert outcome.prompt_words == len("[0:10] We began in a garden, [0:16] in the rain.".split())


def test_a_model_that_fails_is_an_error_of_the_case():
    assert solved(ModelError("no route", "try later"))[1].error == "no route -> try later"


def test_quotes_in_place_of_a_model_are_an_error_of_the_case():
    degraded = replace(REPLY, degraded="no route")
    assert solved(degraded, "openai:x")[1].error == "no route"
    assert solved(degraded, "quotes")[1].error == ""


def test_advertisements_are_known_by_their_label_and_by_the_questions_about_them():
    sponsor = CASE.model_copy(update={"expect": "sponsor", "evidence": CASE.evidence})
    facts = gather_facts(Scripted(REPLY), [(sponsor, "e")], [SUMMARY])
    assert facts["e"].ads == (Span(10, 15), Span(30, 40))


def test_spans_that_overlap_are_counted_once():
    assert merge_spans([Span(5, 9), Span(0, 6), Span(20, 21)]) == (Span(0, 9), Span(20, 21))


@pytest.mark.parametrize(
    ("citation", "fault"),
    [
        pytest.param(CITATION, "", id="whole-sentence"),
        pytest.param(replace(CITATION, start=16.0), "", id="from-its-second-part"),
        pytest.param(replace(CITATION, quote="in the rain.", start=16.0), "", id="a-part-of-it"),
        pytest.param(replace(CITATION, start=16.4), "", id="rounded"),
        pytest.param(replace(CITATION, start=70.0), "nothing begins at 1:10", id="shifted"),
        pytest.param(replace(CITATION, start=30.0), "the quote is not what is said at 0:30", id="elsewhere"),
        pytest.param(replace(CITATION, quote="In a city."), "the quote is not what is said at 0:10", id="altered"),
        pytest.param(replace(CITATION, quote=""), "the quote is not what is said at 0:10", id="empty"),
    ],
)  # fmt: skip
def test_a_citation_must_stand_in_the_transcript(citation, fault):
    assert citation_fault(citation, (TALK, AD)) == fault


def test_a_citation_of_another_episode_is_at_fault():
    _, outcome = solved(replace(REPLY, citations=(replace(CITATION, episode="other"),)))
    assert outcome.citations[0].fault == "cites other"
