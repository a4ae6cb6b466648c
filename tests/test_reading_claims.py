import pytest

from bot.drafts.citations import Labels, split_draft
from bot.grounding import entailment
from bot.grounding.grounding import GroundingCheck
from bot.records import Part, Passage, Sentence

SAID = (
    "We moved the whole bakery to Porto in the spring.",
    "The old oven went to a school of cooks.",
    "Flour comes by ship from a mill on the other side of the bay.",
    "My sister does the books and hates every hour of it.",
    "Half of our bread goes to hotels that open only in summer.",
    "Nobody works on Mondays, not even the cat.",
)


@pytest.fixture(scope="module")
def labels():
    sentences = [Sentence((Part(5.0 * n, 5.0 * n + 4.5, text, 1),)) for n, text in enumerate(SAID)]
    return Labels.of([Passage("bakery", tuple(sentences))])


@pytest.fixture
def read(monkeypatch):
    """What is read, and the log odds that reading gives, 0 unless set."""
    calls, odds = [], {"says": 0.0}

    def log_odds(claim, cited):
        calls.append([cited.context.texts[place] for place in cited.whole])
        return odds["says"]

    monkeypatch.setattr(entailment, "log_odds_of_support", log_odds)
    return calls, odds


def verdict(embedder, labels, text):
    check = GroundingCheck(embedder)
    [claim] = split_draft(text, labels)
    return check.check(claim, check.context(labels))


DOUBTFUL = "Relatives handle the accounts without any joy. [0:15]"


def test_a_doubtful_claim_is_read_once_beside_what_it_cites_and_nothing_else(embedder, labels, read):
    calls, odds = read
    odds["says"] = -9.0
    assert verdict(embedder, labels, DOUBTFUL).status != "supported"
    assert calls == [[SAID[3]]]


def test_reading_decides_a_doubtful_claim(embedder, labels, read):
    _, odds = read
    odds["says"] = 1.0
    assert verdict(embedder, labels, DOUBTFUL).status == "supported"


@pytest.mark.parametrize("text", [f"{SAID[3]} [0:15]", 'He says "the sea always wins". [0:15]'])
def test_what_is_clear_without_is_not_read(embedder, labels, read, text):
    calls, _ = read
    verdict(embedder, labels, text)
    assert calls == []


@pytest.mark.parametrize(("says", "status"), [(1.0, "supported"), (-1.0, "unsupported")])
def test_a_reading_that_is_sure_overrules_a_number(embedder, labels, read, says, status):
    calls, odds = read
    odds["says"] = says
    assert verdict(embedder, labels, "Her sister pays 40 cooks. [0:15]").status == status
    assert calls == [[SAID[3]]]


def test_a_reading_that_is_not_sure_does_not_save_what_has_nothing_to_do_with_what_it_cites(embedder, labels, read):
    _, odds = read
    odds["says"] = -5.2
    assert verdict(embedder, labels, DOUBTFUL).status == "supported"
    assert verdict(embedder, labels, "Bread from Porto reaches the hotels by ship. [0:25]").status != "supported"
