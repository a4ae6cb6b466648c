"""Every setting, read once from the environment, frozen. Nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingError

DEFAULT_OPENAI_MODEL = "openai:gpt-5-mini"


class Settings(BaseSettings):
    """Field names are the variables without the prefix `EARMARK_`; units stand in the names."""

    model_config = SettingsConfigDict(env_prefix="EARMARK_", frozen=True, extra="ignore", populate_by_name=True)

    store: str | None = Field(
        None,
        description="folder of the index, or `http://host:port` of a Chroma server; unset: the user's data folder",
    )
    model: str | None = Field(
        None, description="`quotes`, or LangChain's `provider:name`; unset: quotes, or OpenAI where a key is set"
    )
    embedding: str = Field("minilm", description="`minilm`, or `openai:text-embedding-3-small`")
    speakers: Literal["given", "inferred"] = Field(
        "given", description="`inferred`: guess who speaks where a transcript does not say it, one host and one guest"
    )
    passages: int = Field(8, ge=1, le=50, description="passages retrieved for a question")
    context_words: int = Field(450, ge=50, le=20_000, description="most words of the episode given to the model")
    quote_words: int = Field(110, ge=20, le=1000, description="most words quoted in an answer without a model")
    question_characters: int = Field(2000, ge=1, le=20_000, description="longest question accepted")
    history_turns: int = Field(6, ge=0, le=50, description="turns of the conversation that are looked at")
    deadline_seconds: float = Field(60, gt=0, le=600, description="whole answer of the model, retries included")
    first_text_seconds: float = Field(20, gt=0, le=600, description="wait for the model's first words")
    idle_seconds: float = Field(15, gt=0, le=600, description="longest silence inside the model's answer")
    answer_characters: int = Field(16_000, ge=100, description="the model's answer is cut here")
    model_calls: int = Field(200, ge=1, le=10_000, description="requests to the model at once, more wait")
    failures_in_a_row: int = Field(5, ge=1, le=1000, description="failed requests after which the endpoint rests")
    rest_seconds: float = Field(30, gt=0, le=3600, description="an endpoint that rests is not asked for so long")
    lock_seconds: float = Field(10, ge=0, le=3600, description="wait for another writer of the store")
    host: str = Field("127.0.0.1", description="the page listens on this address")
    port: int = Field(7860, description="the page's port, 0 for any free one")
    auth: SecretStr | None = Field(None, description="`USER:PASSWORD` that the page asks for")
    no_auth: bool = Field(False, description="true: everyone may use a page that others can reach")
    allow_host: str = Field("", description="more names the page is called by, with commas between")
    audio: str | None = Field(None, description="the episode's sound: a file or an address")
    feedback: str | None = Field(None, description="a file to which thumbs are appended")
    at_once: int = Field(200, description="answers that the page works on at a time")
    waiting: int = Field(400, description="questions that may wait beyond those")
    per_minute: int = Field(30, description="questions of one client of the page a minute, 0 for any number")
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
