"""An embedding model behind OpenAI's API, or a server that speaks it: vectors of texts, none of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pydantic import SecretStr

from bot.embedding.minilm import unit_rows
from bot.errors import ModelError, SettingError
from bot.index import Embedder, Purpose, Vectors

if TYPE_CHECKING:
    from openai import OpenAI

# Dimensions of the models that are asked for; the API answers with others only when asked to.
DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
BATCH = 64
SECONDS = 30.0
RETRIES = 2


class OpenAIEmbedding(Embedder):
    """Thread-safe. Raises ModelError where the endpoint fails or its vectors cannot be used; nothing is kept then."""

    def __init__(self, model: str, key: SecretStr | None, base_url: str | None) -> None:
        if model not in DIMENSIONS:
            advice = f"set it to openai:{' or openai:'.join(DIMENSIONS)}"
            raise SettingError.of("EARMARK_EMBEDDING", f"openai:{model}", "is not known", advice)
        self.name = f"openai:{model}"
        self.dimension = DIMENSIONS[model]
        self.fingerprint = f"{self.name} {self.dimension}"
        self._model = model
        self._key = key
        self._base_url = base_url

    def load(self, *_: Purpose) -> None:
        """Nothing to load: the endpoint is asked when a text comes."""

    def embed(self, texts: Sequence[str], /) -> Vectors:
        rows = [self._ask(texts[first : first + BATCH]) for first in range(0, len(texts), BATCH)]
        return np.concatenate(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)

    def _ask(self, texts: Sequence[str]) -> Vectors:
        import openai

        try:
            answer = self._client.embeddings.create(
                model=self._model, input=[text or " " for text in texts], encoding_format="float"
            )
            vectors = np.array([entry.embedding for entry in answer.data], dtype=np.float32)
        except openai.AuthenticationError:
            raise ModelError("the embedding endpoint refused the key", "check OPENAI_API_KEY") from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise ModelError(
                f"the embedding endpoint failed ({type(error).__name__})", "check OPENAI_BASE_URL, or ask again later"
            ) from None
        lengths = np.linalg.norm(vectors, axis=1) if vectors.shape == (len(texts), self.dimension) else np.zeros(1)
        if not (np.isfinite(lengths).all() and lengths.all()):
            raise ModelError(
                f"the embedding endpoint gave no {len(texts)} vectors of {self.dimension} numbers",
                "set EARMARK_EMBEDDING to the model that it serves, or to minilm",
            )
        return unit_rows(vectors)

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI

        if self._key is None and self._base_url is None:
            raise ModelError(f"EARMARK_EMBEDDING={self.name} needs a key", "set OPENAI_API_KEY, or use minilm")
        key = self._key.get_secret_value() if self._key else "unused"
        return OpenAI(api_key=key, base_url=self._base_url, timeout=SECONDS, max_retries=RETRIES)
