"""A live model's outputs, recorded and replayed: one JSON object a line, `{key, model, asked, text, ...}`.

The key is a hash of the model's name and of every message it was sent, so of prompt, context and question: whatever of
them changes is a miss, and a miss ends the run. Nothing stale can pass.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr, TypeAdapter, ValidationError

from bot.errors import SettingError
from eval.cases import read_json_lines

ASKED_CHARACTERS = 200  # of the end of the prompt, so that people can tell the lines apart


@dataclass(frozen=True, slots=True)
class RecordedOutput:
    """What a model said to one prompt; `asked` is the end of that prompt."""

    key: str
    model: str
    text: str
    asked: str = ""
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Recording:
    """Outputs by key. `file` is where they come from or go to."""

    file: Path
    outputs: dict[str, RecordedOutput] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(sorted({output.model for output in self.outputs.values()}))

    def begin(self) -> None:
        """Empties the file. Raises SettingError where it cannot be written, before anything is asked."""
        self._write("", "w")

    def add(self, output: RecordedOutput) -> None:
        """Keeps the output, and writes it at once: a run that is interrupted loses nothing."""
        self.outputs[output.key] = output
        self._write(json.dumps(asdict(output), ensure_ascii=False) + "\n", "a")

    def _write(self, text: str, mode: str) -> None:
        try:
            with self.file.open(mode, encoding="utf-8") as lines:
                lines.write(text)
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise SettingError.of("--record", self.file, problem, "name a file that can be written") from None


def read_recording(path: Path) -> Recording:
    """Raises SettingError `file:line: ...` for a line that is not a recorded output."""
    adapter = TypeAdapter(RecordedOutput)
    recording = Recording(path)
    for number, record in read_json_lines(path):
        try:
            output = adapter.validate_python(record)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(step) for step in first["loc"])
            raise SettingError(f"{path}:{number}: {key}: {first['msg'].lower()}", "record again") from None
        recording.outputs[output.key] = output
    return recording


def prompt_key(model: str, messages: Sequence[BaseMessage]) -> str:
    said = [[message.type, message.content] for message in messages]
    return hashlib.sha256(json.dumps([model, said], sort_keys=True).encode()).hexdigest()


class RecordedModel(BaseChatModel):
    """Says what was recorded. With a `live` model, asks it what is missing and records that; without one, fails."""

    model_name: str
    live: BaseChatModel | None = None
    _recording: Recording = PrivateAttr()

    def __init__(self, recording: Recording, model_name: str, live: BaseChatModel | None = None) -> None:
        super().__init__(model_name=model_name, live=live)  # type: ignore[call-arg]
        self._recording = recording

    @property
    def _llm_type(self) -> str:
        return "recorded"

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        known = self._known(messages)
        if known is not None:
            yield ChatGenerationChunk(message=_chunk(known))
            return
        assert self.live is not None
        said: list[AIMessageChunk] = []
        async for chunk in self.live.astream(messages):
            if isinstance(chunk, AIMessageChunk):
                said.append(chunk)
                yield ChatGenerationChunk(message=chunk)
        self._record(messages, said)

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError("the chain reads its model as a stream")

    def _known(self, messages: list[BaseMessage]) -> RecordedOutput | None:
        known = self._recording.outputs.get(prompt_key(self.model_name, messages))
        if known is None and self.live is None:
            asked = str(messages[-1].content)[-ASKED_CHARACTERS:].split("\n")
            problem = f"nothing recorded for {self.model_name} to a prompt that ends in {' '.join(asked)[-80:]!r}"
            raise SettingError(
                f"{self._recording.file}: {problem}",
                "prompt, context or question changed since: record again with --model and --record",
            )
        return known

    def _record(self, messages: list[BaseMessage], said: Sequence[AIMessageChunk]) -> None:
        """Keeps a whole answer; one that was cut off is not worth replaying."""
        facts: dict[str, Any] = {key: value for chunk in said for key, value in chunk.response_metadata.items()}
        reason = next((facts[key] for key in ("finish_reason", "done_reason", "stop_reason") if facts.get(key)), None)
        if not reason:
            return
        usage = [chunk.usage_metadata for chunk in said if chunk.usage_metadata]
        self._recording.add(
            RecordedOutput(
                key=prompt_key(self.model_name, messages),
                model=self.model_name,
                text="".join(str(chunk.text) for chunk in said),
                asked=str(messages[-1].content)[-ASKED_CHARACTERS:],
                finish_reason=str(reason),
                prompt_tokens=sum(one["input_tokens"] for one in usage),
                completion_tokens=sum(one["output_tokens"] for one in usage),
            )
        )


def _chunk(output: RecordedOutput) -> AIMessageChunk:
    usage = UsageMetadata(
        input_tokens=output.prompt_tokens,
        output_tokens=output.completion_tokens,
        total_tokens=output.prompt_tokens + output.completion_tokens,
    )
    return AIMessageChunk(
        content=output.text, response_metadata={"finish_reason": output.finish_reason}, usage_metadata=usage
    )
