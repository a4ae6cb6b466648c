import numpy as np
import pytest

from bot.embedding import minilm, model_files
from bot.embedding.loading import load_embedder
from bot.embedding.minilm import MiniLM
from bot.embedding.model_files import EmbeddingUnavailable
from bot.errors import SettingError
from bot.settings import read_settings

GOLDEN = [
    ("That is a happy person", "That is a very happy person", 0.9291),
    ("Where did the company begin?", "Runway started in art school.", 0.3108),
    ("Where did the company begin?", "Graphs work well for use cases with lots of data connections.", -0.0370),
]


@pytest.mark.parametrize(("one", "other", "cosine"), GOLDEN, ids=["near", "related", "foreign"])
def test_cosine_is_the_pinned_one(embedder, one, other, cosine):
    vectors = embedder.embed([one, other])
    assert float(vectors[0] @ vectors[1]) == pytest.approx(cosine, abs=0.005)


@pytest.mark.parametrize(("one", "other", "cosine"), GOLDEN, ids=["near", "related", "foreign"])
def test_it_is_the_same_where_the_processor_cuts_large_products_off(monkeypatch, one, other, cosine):
    monkeypatch.setattr("bot.embedding.minilm_graph.cuts_off", lambda: True)
    vectors = MiniLM().embed([one, other])
    assert float(vectors[0] @ vectors[1]) == pytest.approx(cosine, abs=0.005)


def test_order_and_batching_do_not_change_a_vector(embedder):
    texts = ["word " * length for length in (40, 3, 200, 7, 1, 90, 12, 5, 60, 2, 33)]
    together = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    assert np.abs((together * alone).sum(axis=1) - 1).max() < 0.02


def test_tokens_are_unit_vectors_that_know_their_characters(embedder):
    text = "Runway started in art school."
    [tokens] = embedder.embed_tokens([text])
    assert tokens.vectors.shape == (len(tokens.tokens), 384)
    assert np.allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-5)
    assert [text[start:end].lower() for start, end in tokens.spans] == list(tokens.tokens)


@pytest.mark.parametrize(
    "text", ["", " ", "🙂", "\u202e", "x" * 100_000], ids=["empty", "space", "emoji", "rtl", "long"]
)
def test_odd_texts_have_finite_vectors(embedder, text):
    assert np.isfinite(embedder.embed([text])).all()
    assert np.isfinite(embedder.embed_question(text)[0]).all()


def test_no_texts_make_no_vectors(embedder):
    assert embedder.embed([]).shape == (0, 384)


def test_file_with_another_hash_is_refused(tmp_path, monkeypatch):
    other = tmp_path / "tokenizer.json"
    other.write_text("{}")
    monkeypatch.setattr(model_files, "TOKENIZER_FILE", other)
    with pytest.raises(EmbeddingUnavailable, match=r"tokenizer.json: not the file .* -> reinstall"):
        MiniLM().embed(["a"])


def test_missing_question_encoder_is_a_fault_with_its_mend(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm, "SEARCH_FILE", tmp_path / "search_questions.npz")
    with pytest.raises(EmbeddingUnavailable, match=r"search_questions.npz: .* -> reinstall earmark"):
        MiniLM().load()


def test_missing_encoder_of_what_is_answered_is_a_fault_with_its_mend(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm, "ANSWERABLE_FILE", tmp_path / "answerable_questions.npz")
    with pytest.raises(EmbeddingUnavailable, match=r"answerable_questions.npz: .* -> reinstall earmark"):
        MiniLM().embed_question("Where?", "answerable")


@pytest.mark.parametrize(
    ("question", "answer", "lookalike"),
    [
        ("Where did the bakery move to?", "So we packed it all and drove down to Porto.", "Why did the bakery move?"),
        ("How many people work there?", "We are eleven now, twelve in summer.", "A lot of people ask me how work is."),
    ],
)
def test_a_question_is_nearer_to_its_answer_than_a_text_would_be(embedder, question, answer, lookalike):
    texts = embedder.embed([answer, lookalike])
    as_question, as_text = texts @ embedder.embed_question(question)[0], texts @ embedder.embed([question])[0]
    assert as_question[0] - as_question[1] > as_text[0] - as_text[1]


@pytest.mark.parametrize("purpose", ["search", "answerable"])
def test_a_question_that_is_embedded_meanwhile_has_the_same_vectors(purpose):
    fresh = MiniLM()
    meanwhile = fresh.begin_question("Where did it begin?", purpose).result()
    vector, tokens = fresh.embed_question("Where did it begin?", purpose)
    assert np.array_equal(meanwhile[0], vector)
    assert np.array_equal(meanwhile[1].vectors, tokens.vectors)


def test_on_a_single_core_nothing_waits_for_itself(monkeypatch):
    monkeypatch.setattr(minilm, "usable_cores", lambda: 1)
    vector, _ = MiniLM().begin_question("Where did it begin?", "answerable").result(timeout=30)
    assert vector.shape == (384,)


def test_tokens_of_a_question_are_those_of_the_text(embedder):
    [text], question = embedder.embed_tokens(["Where did it begin?"]), embedder.embed_question("Where did it begin?")[1]
    assert question.tokens == text.tokens
    assert np.array_equal(question.spans, text.spans)
    assert np.allclose(np.linalg.norm(question.vectors, axis=1), 1, atol=1e-5)


def test_unknown_embedding_is_named_with_the_setting():
    with pytest.raises(SettingError, match="EARMARK_EMBEDDING=word2vec"):
        load_embedder(read_settings(embedding="word2vec"))
