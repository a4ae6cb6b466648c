from itertools import pairwise

import numpy as np

from bot.episode_summary import EpisodeSummary
from bot.records import Episode, Part, Sentence
from eval.cases import QuestionCase
from eval.metrics import Span
from eval.tutorial_baseline import Tutorial, cut_chunks, raw_text

WORDS = "the guest speaks of gardens and rain for a while".split()


def page(cues):
    lines = ["Home", "Episode Transcript"]
    for number in range(cues):
        lines += [f"{number * 4 // 60}:{number * 4 % 60:02d}", " ".join(WORDS)]
    return "\n\n".join([*lines, "Pro Features"])


class Letters:
    """A vector of letter counts: near means like letters."""

    name, dimension, fingerprint = "letters", 26, "letters"

    def embed(self, texts, /):
        rows = np.array([[text.lower().count(chr(97 + n)) + 1e-3 for n in range(26)] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_chunk_begins_at_its_first_stamp_and_ends_at_the_next_ones():
    chunks = cut_chunks(page(40))
    assert chunks[0].span.start == 0
    assert all(len(chunk.text) <= 1000 for chunk in chunks)
    assert all(one.span.start < other.span.start < one.span.end for one, other in pairwise(chunks))


def test_hours_are_read():
    assert cut_chunks("1:02:03\n\nwords\n\n1:02:09\n\nmore")[0].span.start == 3723


def test_the_pages_head_alone_is_no_chunk():
    assert cut_chunks("Home\n\nEpisode Transcript") == []


def test_all_chunks_are_ranked_and_four_are_cited_by_their_start():
    tutorial = Tutorial(page(120), Letters(), [Span(0, 10)])
    case = QuestionCase.model_validate({"id": "q", "question": "gardens and rain", "expect": "refuse"})
    [outcome] = tutorial.solve([case])
    assert len(outcome.ranked) == len(tutorial.chunks) > 4
    assert outcome.citations == outcome.context == outcome.ranked[:4]
    assert outcome.ads == (Span(0, 10),)


def test_without_the_dump_the_text_is_the_sentences_behind_their_stamps():
    sentence = Sentence((Part(61.0, 64.0, "We began", 1), Part(64.0, 70.0, "in a garden.", 2)))
    summary = EpisodeSummary(Episode("e", sha256="none"), 70.0, 1, 1, ())
    assert raw_text(summary, [sentence]) == "1:01\nWe began\n1:04\nin a garden."
