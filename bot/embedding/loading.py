"""The embedding model that `EARMARK_EMBEDDING` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.embedding.minilm import MiniLM
from bot.errors import SettingError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.embedding.openai_embedding import OpenAIEmbedding


def load_embedder(settings: Settings) -> MiniLM | OpenAIEmbedding:
    """The embedder, not loaded yet; raises SettingError for a name that is not known."""
    name = settings.embedding
    if name == "minilm":
        return MiniLM()
    provider, _, model = name.partition(":")
    if provider == "openai" and model:
        from bot.embedding.openai_embedding import OpenAIEmbedding

        return OpenAIEmbedding(model, settings.openai_api_key, settings.openai_base_url)
    raise SettingError.of(
        "EARMARK_EMBEDDING", name, "is not an embedding that Earmark knows", "set it to minilm or openai:NAME"
    )
