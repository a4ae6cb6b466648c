import numpy as np

from bot.indexing import index_episode, quantize, restore
from bot.records import Episode, Part, Sentence


def sentence(start, text):
    return Sentence((Part(start, start + 3.0, text, 1),))


def test_every_part_has_its_own_run_of_tokens(library):
    shelf = library.shelves[0]
    bounds = shelf.token_bounds(0, len(shelf.parts))
    assert len(bounds) == len(shelf.parts) + 1
    assert (np.diff(bounds) > 0).all()
    assert bounds[-1] == len(shelf.index.arrays["token_vectors"])


def test_passages_hold_every_sentence_once(library):
    index = library.shelves[0].index
    assert tuple(s for passage in index.passages for s in passage.sentences) == index.sentences


def test_part_beyond_the_model_has_no_tokens_and_can_be_ranked(embedder):
    long = [sentence(number * 3.0, f"word{number} " * 60) for number in range(9)]
    index = index_episode(Episode("long"), [Sentence(tuple(part for s in long for part in s.parts))], embedder)
    counts = np.diff(index.arrays["part_tokens"])
    assert counts[0] > 0
    assert counts[-1] == 0


def test_int8_keeps_the_direction(embedder):
    [tokens] = embedder.embed_tokens(["Runway started in art school, as they say."])
    back = restore(quantize(tokens.vectors))
    cosines = (back * tokens.vectors).sum(axis=1) / np.linalg.norm(back, axis=1)
    assert cosines.min() > 0.999


def test_progress_hears_every_passage(embedder):
    heard = []
    sentences = [sentence(number * 3.0, "We talk about gardens by the sea and rain.") for number in range(40)]
    index = index_episode(Episode("e"), sentences, embedder, lambda done, total: heard.append((done, total)))
    assert heard[-1] == (len(index.passages), len(index.passages))
