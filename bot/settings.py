"""Every setting, read once from the environment, frozen. Nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingError

DEFAULT_OPENAI_MODEL = "openai:gpt-5-mini"


class Settings(BaseSettings):
    """Field names are the variables without the prefix `EARMARK_`; units stand in the names."""

    model_config = SettingsConfigDict(env_prefix="EARMARK_", frozen=True, extra="ignore", populate_by_name=True)

    store: str | None = Field(
        None, description="folder of the index; unset: the user's data folder with the bundled episode"
    )
    model: str | None = Field(
        None, description="`quotes`, or LangChain's `provider:name`; unset: quotes, or OpenAI where a key is set"
    )
    embedding: str = Field("minilm", description="`minilm`, or `openai:text-embedding-3-small`")
    passages: int = Field(8, ge=1, le=50, description="passages retrieved for a question")
    context_passages: int = Field(6, ge=1, le=50, description="passages given to the model")
    quote_words: int = Field(110, ge=20, le=1000, description="most words quoted in an answer without a model")
    question_characters: int = Field(2000, ge=1, le=20_000, description="longest question accepted")
    history_turns: int = Field(6, ge=0, le=50, description="turns of the conversation that are looked at")
    deadline_seconds: float = Field(60, gt=0, le=600, description="whole answer of the model, retries included")
    first_text_seconds: float = Field(20, gt=0, le=600, description="wait for the model's first words")
    idle_seconds: float = Field(15, gt=0, le=600, description="longest silence inside the model's answer")
    answer_characters: int = Field(16_000, ge=100, description="the model's answer is cut here")
    lock_seconds: float = Field(10, ge=0, le=3600, description="wait for another writer of the store")
    openai_api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY", description="as everywhere")
    openai_base_url: str | None = Field(
        None, validation_alias="OPENAI_BASE_URL", description="an OpenAI-compatible server"
    )

    @property
    def answering_model(self) -> str:
        """`quotes` or `provider:name`: what was asked for, else OpenAI where a key or a server is set."""
        if self.model:
            return self.model
        return DEFAULT_OPENAI_MODEL if self.openai_api_key or self.openai_base_url else "quotes"

    @property
    def store_was_named(self) -> bool:
        return self.store is not None

    @property
    def store_folder(self) -> Path:
        return Path(self.store) if self.store else Path(platformdirs.user_data_dir("earmark", appauthor=False))


def read_settings(**given: Any) -> Settings:
    """The environment's settings with `given` (not None) before them; raises SettingError naming the first bad one."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = name if name.isupper() else f"EARMARK_{name.upper()}"
        field = Settings.model_fields.get(name)
        advice = f"set it to {field.description}" if field else "unset it"
        raise SettingError.of(variable, first["input"], first["msg"].lower(), advice) from None
