"""Denials and people spoken of, on a talk of their own."""

import pytest

from bot.drafts.citations import Labels, split_draft
from bot.grounding.grounding import GroundingCheck
from bot.records import Part, Passage, Sentence

SENTENCES = (
    "Welcome to Low Water, I'm Tess Moran, and with me is Ravi Nair, who runs a pumping station.",
    "I repair the pumps myself, most nights.",
    "My foreman, Binod Rai, keeps the keys.",
    "The river never froze in those years, and the ferry kept running.",
    "It takes four kilos of leaf for one kilo of tea.",
    "I gave up diving after the accident.",
)


@pytest.fixture(scope="module")
def judge(embedder):
    spoken, start = [], 0.0
    for text in SENTENCES:
        end = start + len(text.split()) / 2.5
        spoken.append(Sentence((Part(start, end, text, 1),), "talk"))
        start = end + 0.3
    labels = Labels.of([Passage("water", tuple(spoken))])
    check = GroundingCheck(embedder)
    context = check.context(labels)

    def judged(claim, cited):
        stamp = next(label.stamp for label in labels.offered if label.part.text.startswith(cited))
        [draft] = split_draft(f"{claim} [{stamp}]", labels)
        return check.check(draft, context)

    return judged


@pytest.mark.parametrize(
    ("claim", "cited", "reason"),
    [
        ("The river froze in those years.", "The river", "denies"),
        ("Binod Rai repairs the pumps himself.", "I repair", "somebody else"),
    ],
)
def test_what_is_denied_or_said_of_another_is_unsupported(judge, claim, cited, reason):
    verdict = judge(claim, cited)
    assert verdict.status == "unsupported"
    assert reason in verdict.reason


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("The river stayed open and the ferry ran in those years.", "The river"),
        ("Ravi Nair repairs the pumps himself.", "I repair"),
        ("Binod Rai keeps the keys.", "My foreman"),
        ("Every kilo of tea takes four kilos of leaf.", "It takes"),
        ("He stopped diving after the accident.", "I gave up"),
    ],
)
def test_the_same_in_other_words_is_supported(judge, claim, cited):
    assert judge(claim, cited).status == "supported"
