"""Chat Completions as the JSON that goes over the wire.

The client brings each parameter into its typed form and makes a typed record of each chunk, which LangChain turns back
into JSON: half of what the event loop computed for a short answer (4.3 ms, 2.3 without).
"""

from __future__ import annotations

from typing import Any

from openai import AsyncStream
from openai.resources.chat.completions import AsyncCompletions

_OF_THE_CLIENT = {"extra_headers", "extra_query", "extra_body", "timeout"}


class PlainCompletions(AsyncCompletions):
    """Takes the place of the client's own in a chat model; keys, errors and the stream are still the client's."""

    async def create(self, **body: Any) -> Any:
        """A stream of chunks as they were sent; what is not a stream, or asks more of the client, goes its usual way.

        Raises what the client raises.
        """
        if not body.get("stream") or _OF_THE_CLIENT & body.keys():
            return await super().create(**body)
        return await self._post(
            "/chat/completions", body=body, cast_to=object, stream=True, stream_cls=AsyncStream[object]
        )
