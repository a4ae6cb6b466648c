import numpy as np
import pytest
from fakes import FakeOpenAI, word_vectors

from bot import Earmark, ModelError, SettingError, StoreError
from bot.embedding.loading import load_embedder
from bot.settings import read_settings

SRT = (
    "1\n00:00:01,000 --> 00:00:04,000\nThe lake froze early that year.\n\n"
    "2\n00:00:05,000 --> 00:00:09,000\nPears rot.\n"
)
NAME = "openai:text-embedding-3-small"


def wide(texts):
    return word_vectors(texts, 1536)


def settings(server, **more):
    return server.settings(embedding=NAME, **more)


def test_episode_is_indexed_and_answered_with_its_vectors(tmp_path):
    (tmp_path / "lake.srt").write_text(SRT)
    with FakeOpenAI([], embed=wide) as server:
        with Earmark(settings(server, store=str(tmp_path / "store"), model="quotes")) as bot:
            assert not bot.ingest(tmp_path / "lake.srt").rejected
            reply = bot.ask("When did the lake freeze?")
        assert server.embeddings
    assert "lake froze" in reply.text


def test_index_made_with_another_embedding_is_refused(bundled_store):
    with (
        FakeOpenAI([], embed=wide) as server,
        Earmark(settings(server, store=str(bundled_store))) as bot,
        pytest.raises(StoreError, match="minilm"),
    ):
        bot.ask("Where?")


def test_many_texts_keep_their_order():
    texts = [f"text number {number}" for number in range(150)]
    with FakeOpenAI([], embed=wide) as server:
        vectors = load_embedder(settings(server)).embed(texts)
    alone = np.array(wide(texts))
    assert np.allclose((vectors * alone).sum(axis=1), np.linalg.norm(alone, axis=1), atol=1e-3)


def test_missing_key_and_unknown_model_are_named():
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        load_embedder(read_settings(embedding=NAME)).embed(["a"])
    with pytest.raises(SettingError, match="EARMARK_EMBEDDING=openai:word2vec"):
        load_embedder(read_settings(embedding="openai:word2vec"))
