"""`provider:name` -> a LangChain chat model; the only file that knows what providers want.

OpenAI and servers that speak its API (Ollama, vLLM, llama.cpp and others) are asked by Chat Completions, which all of
them know. Retrying and waiting are ours (`chain.py`), so the client's own are off.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.errors import ModelError, SettingError
from bot.models.event_joining import JoinedBody
from bot.models.model_errors import UnexpectedContent
from bot.models.model_stream import run_in_background

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CONNECT_SECONDS = 3.0
LISTING_SECONDS = 1.0
NO_KEY = SecretStr("no-key")  # local servers want some key and ignore it


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is asked; `url` None means the provider's own address."""

    key: SecretStr | None
    url: str | None
    read_seconds: float


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A chat model and the connections that it keeps; `close` gives them back."""

    chat: BaseChatModel
    client: Any = None

    def close(self) -> None:
        if self.client is not None:
            run_in_background(self.client.aclose)

    def other_names(self) -> list[str]:
        """The models that the endpoint lists; none where it does not list them at once."""
        names: list[str] = []

        async def ask() -> None:
            listed = await self.chat.root_async_client.models.list(timeout=LISTING_SECONDS)  # type: ignore[attr-defined]
            names.extend(str(model.id)[:60] for model in listed.data)

        if self.client is not None:
            run_in_background(ask)
        return names


def open_model(model_name: str, endpoint: Endpoint) -> OpenedModel:
    """The chat model; raises SettingError for a provider that is unknown or not installed, ModelError without a key."""
    provider, colon, name = model_name.partition(":")
    if not (colon and provider and name):
        raise SettingError.of("EARMARK_MODEL", model_name, "no `provider:name`", "for example openai:gpt-5-mini")
    if provider == "openai":
        return _open_openai(name, endpoint)
    from langchain.chat_models import init_chat_model

    try:
        return OpenedModel(init_chat_model(name, model_provider=provider))
    except ImportError as error:
        package = re.search(r"pip install (\S*[\w-])", str(error))
        mend = package.group() if package else f"pip install langchain-{provider}"
        raise SettingError.of("EARMARK_MODEL", model_name, "its package is not installed", mend) from None
    except ValueError as error:
        if "nsupported" in str(error) or "infer model provider" in str(error):
            advice = "use a provider that LangChain knows, such as openai, ollama or anthropic"
            raise SettingError.of("EARMARK_MODEL", model_name, f"no provider {provider}", advice) from None
        raise _not_ready(model_name, error) from None
    except Exception as error:
        raise _not_ready(model_name, error) from None


def _open_openai(name: str, endpoint: Endpoint) -> OpenedModel:
    if endpoint.key is None and endpoint.url is None:
        raise ModelError(
            "there is no key for OpenAI", "set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own"
        )
    from langchain.chat_models import init_chat_model
    from openai import DefaultAsyncHttpxClient, Timeout

    from bot.models.plain_completions import PlainCompletions

    client = DefaultAsyncHttpxClient(
        timeout=Timeout(endpoint.read_seconds, connect=min(CONNECT_SECONDS, endpoint.read_seconds)),
        headers={"Accept-Encoding": "identity"},  # compressed, a small answer could be endless
        follow_redirects=False,  # questions go where the settings say and nowhere else
        event_hooks={"response": [_refuse_other_content, _join_events]},
    )
    chat: Any = init_chat_model(
        name,
        model_provider="openai",
        api_key=endpoint.key or NO_KEY,
        base_url=endpoint.url,
        use_responses_api=False,
        max_retries=0,
        stream_usage=True,
        stream_chunk_timeout=None,
        timeout=client.timeout,
        http_async_client=client,
    )
    chat.async_client = PlainCompletions(chat.root_async_client)
    return OpenedModel(chat, client)


async def _refuse_other_content(response: Any) -> None:
    """A proxy's page, or an answer in one piece, would otherwise look like an empty stream."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    asked = response.request.url.path.endswith("/chat/completions")
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing != "identity":
        raise UnexpectedContent(f"{packing[:40]} compression")
    if response.has_redirect_location:
        raise UnexpectedContent("a redirection elsewhere")
    if asked and response.status_code == 200 and kind in {"text/html", "application/xhtml+xml", "application/json"}:
        raise UnexpectedContent(kind)


async def _join_events(response: Any) -> None:
    body = response.stream
    joined = JoinedBody(body)
    events = joined.events()  # one for all: the client looks for a rest after it has left the stream
    kind_of_stream: Any = type(body)  # its own, since the client's HTTP library differs between versions

    class Joined(kind_of_stream):  # type: ignore[misc]
        def __init__(self) -> None:
            pass

        def __aiter__(self) -> AsyncIterator[bytes]:
            return events

        async def aclose(self) -> None:
            await joined.close()
            await body.aclose()

    response.stream = Joined()


def _not_ready(model_name: str, error: Exception) -> ModelError:
    """Providers say in their own ways that their key is missing; the first line of it, without values."""
    line = str(error).strip().partition("\n")[0][:160]
    return ModelError(f"the model {model_name} cannot be used: {line}", "set the provider's key as its package asks")
