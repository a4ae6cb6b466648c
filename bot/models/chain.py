"""A model and how it is asked: the LangChain chain, opened when it is first needed.

prompt of answer_prompt.py -> messages | chat model | pieces of model_text.py       (LCEL)
"""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.drafts.labels import Labels
from bot.errors import EarmarkError
from bot.models.calls import AskedModel, ModelCalls, ModelDraft
from bot.models.chat_models import Endpoint, OpenedModel, open_model
from bot.models.conversation import History
from bot.models.endpoint_gate import EndpointGate
from bot.models.model_errors import EndpointFailure, explain, no_such_model
from bot.models.model_text import ModelPiece, read_pieces
from bot.models.prompts import PromptText
from bot.models.stop import Stop
from bot.records import Episode
from bot.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

CLIENT_SECONDS = 1.0  # that a client waits beyond our own deadline, which so is always met first, and told in our words


class ModelChain:
    """Asks one model. Thread-safe; the model is opened when it is first asked. Close it, or use it in a `with`."""

    def __init__(self, model_name: str, settings: Settings, *, chat: BaseChatModel | None = None) -> None:
        """`model_name` is LangChain's `provider:name`; `chat` is a chat model that is open already."""
        self.name = model_name
        self._settings = settings
        self._gate = EndpointGate(settings.model_calls, settings.failures_in_a_row, settings.rest_seconds)
        self._opening = Lock()
        self._given = OpenedModel(chat) if chat is not None else None
        self._model = self._given
        self._chain: tuple[BaseChatModel, Runnable[PromptText, ModelPiece]] | None = None
        self._closing: weakref.finalize[..., ModelChain] | None = None

    def open(self) -> BaseChatModel:
        """The chat model; raises SettingError for a provider that is not there, ModelError where the key is missing."""
        with self._opening:
            if self._model is None:
                settings = self._settings
                patience = settings.deadline_seconds + CLIENT_SECONDS
                endpoint = Endpoint(settings.openai_api_key, settings.openai_base_url, patience)
                self._model = open_model(self.name, endpoint)
                self._closing = weakref.finalize(self, self._model.close)
            return self._model.chat

    def close(self) -> None:
        """Give the connections back; asking again opens them again."""
        with self._opening:
            if self._closing is not None:
                self._closing()
            self._model = self._given

    def __enter__(self) -> ModelChain:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def calls(self, stop: Stop | None = None) -> ModelCalls:
        """For the requests of one answer, which share a deadline and a stop."""
        return ModelCalls(self._asked, self._settings, stop)

    def draft(
        self, question: str, labels: Labels, *, history: History = (), episodes: Sequence[Episode] = ()
    ) -> ModelDraft:
        """An answer that makes no other request; see ModelCalls."""
        return self.calls().draft(question, labels, history=history, episodes=episodes)

    def _asked(self) -> AskedModel:
        chat = self.open()
        known = self._chain
        if known is None or known[0] is not chat:
            self._chain = known = (chat, _chain(chat))
        return AskedModel(self.name, known[1], self._gate, self._explained)

    def _explained(self, error: Exception, broke: bool) -> EarmarkError:
        url, name = self._settings.openai_base_url, self.name.partition(":")[2]
        failure = explain(error, name, url, broke=broke)
        if isinstance(failure, EndpointFailure) and failure.no_such_model and self._model:
            return no_such_model(name, url, self._model.other_names())
        return failure


def _chain(chat: BaseChatModel) -> Runnable[PromptText, ModelPiece]:
    """The first and the last step are Runnables of their own.

    RunnableLambda and RunnableGenerator look up a signature and copy what passes for each answer, which together costs
    a fifth of what the event loop does for it (8.4 and 6.9 ms).
    """
    from langchain_core.runnables import Runnable

    class Messages(Runnable[PromptText, "list[BaseMessage]"]):
        def invoke(self, input: PromptText, config: Any = None, **_: Any) -> list[BaseMessage]:  # noqa: A002
            return _messages(input)

        async def ainvoke(self, input: PromptText, config: Any = None, **_: Any) -> list[BaseMessage]:  # noqa: A002
            return _messages(input)

    class Pieces(Runnable["BaseMessage", ModelPiece]):
        def invoke(self, input: BaseMessage, config: Any = None, **_: Any) -> ModelPiece:  # noqa: A002
            raise NotImplementedError("answers are streamed")

        def atransform(
            self,
            input: AsyncIterator[BaseMessage],  # noqa: A002
            config: Any = None,
            **_: Any,
        ) -> AsyncIterator[ModelPiece]:
            return read_pieces(input)

    return Messages() | chat | Pieces()


def _messages(prompt: PromptText) -> list[BaseMessage]:
    """Two messages, built from finished text: no template of LangChain ever reads what people wrote."""
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(prompt.system), HumanMessage(prompt.user)]
