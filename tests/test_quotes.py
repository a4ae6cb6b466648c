import re

import pytest

from bot.drafts.quotes import NOTHING, quote_answer
from bot.search.search import search

MARK = re.compile(r"\[(\d+):(\d\d)\]")


def quote(question, library, embedder, words=110):
    _, found = search(question, library, embedder)
    return quote_answer(found, library, words)


@pytest.mark.parametrize("question", ["Where did Runway start?", "What is Gen 2?", "Who sponsors the show?"])
def test_every_quote_stands_in_the_transcript_at_its_time(library, embedder, question):
    answer = quote(question, library, embedder)
    sentences = {sentence.text: sentence for sentence in library.shelves[0].index.sentences}
    for claim in answer.claims:
        [place] = claim.citations
        citation = answer.citations[place]
        sentence = sentences[citation.quote]
        assert claim.text.strip("… ") in sentence.text
        assert citation.start in [part.start for part in sentence.parts]
        assert f'"{claim.text}" [{citation.stamp}]' in answer.text


def test_every_time_in_the_text_is_cited(library, embedder):
    answer = quote("Why did they build a research team?", library, embedder)
    assert MARK.findall(answer.text)
    assert {m.group()[1:-1] for m in MARK.finditer(answer.text)} == {citation.stamp for citation in answer.citations}


@pytest.mark.parametrize("words", [30, 60, 110])
def test_quotes_stay_within_the_words(library, embedder, words):
    answer = quote("How did artists use the models?", library, embedder, words)
    assert sum(len(claim.text.replace("…", "").split()) for claim in answer.claims) <= words


def test_weak_evidence_is_a_refusal_that_names_the_nearest_moments(library, embedder):
    answer = quote("What is the name of the guest's dog?", library, embedder)
    assert answer.verdict == "not_in_episode"
    assert answer.claims == ()
    assert len(answer.citations) >= 1
    assert "The nearest moments:" in answer.text


def test_nothing_to_search_is_a_refusal_without_moments(library, embedder):
    _, found = search("art", library, embedder, "another episode")
    answer = quote_answer(found, library, 110)
    assert (answer.verdict, answer.text, answer.citations) == ("not_in_episode", NOTHING, ())


def test_sponsors_are_named_and_said_to_be_sponsors(library, embedder):
    answer = quote("Who sponsors the show?", library, embedder)
    assert answer.verdict == "answered"
    assert "sponsor" in answer.text.splitlines()[0]
    assert {citation.kind for citation in answer.citations} <= {"sponsor", "promo"}
    assert all(name in answer.text for name in ("fly.io", "neo4j.com"))


def test_what_of_a_kind_is_advertised_is_answered_by_its_advertisement(library, embedder):
    answer = quote("Which database is advertised?", library, embedder)
    assert answer.verdict == "answered"
    assert "neo4j.com" in answer.text
    assert "fly.io" not in answer.text


def test_what_an_advertisement_says_is_quoted_from_it_alone(library, embedder):
    answer = quote("what problems are graph databases good at, per the ad?", library, embedder)
    assert answer.verdict == "answered"
    assert "Graphs work well for use cases with lots of data connections" in answer.text
    assert "fly.io" not in answer.text
