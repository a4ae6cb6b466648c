"""A live model's outputs, recorded and replayed: one JSON object a line, `{key, model, asked, text, ...}`.

The key is a hash of the model's name and of every message it was sent, so of prompt, context and question: whatever of
them changes is a miss, and a miss fails the run. Nothing stale can pass. Where questions were asked several times,
`run` says which time it was.

Recording into the file of an interrupted run keeps what that has, and asks for the rest.
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
from eval.solver import NotRecorded

OUTPUT_BEGINS = b'{"key": "'
ASKED_CHARACTERS = 200  # of the end of the prompt, so that people can tell the lines apart


@dataclass(frozen=True, slots=True)
class RecordedOutput:
    """What a model said to one prompt; `asked` is the end of that prompt."""

    key: str
    model: str
    text: str
    asked: str = ""
    run: int = 1
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Recording:
    """Outputs by key and run. `file` is where they come from or go to, `size` the bytes of it that are whole lines.

    `run` counts from 1: which time the questions are asked. An answer in which `secret` stands is not written.
    """

    file: Path
    outputs: dict[tuple[str, int], RecordedOutput] = field(default_factory=dict)
    size: int = 0
    run: int = 1
    secret: str = ""

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(sorted({output.model for output in self.outputs.values()}))

    def start_run(self, number: int) -> None:
        """From now on the questions are asked for the `number`-th time."""
        self.run = number

    def known(self, key: str) -> RecordedOutput | None:
        return self.outputs.get((key, self.run))

    def begin(self) -> None:
        """Cuts off a line that was not finished. Raises SettingError where the file cannot be written."""
        self._write("", cut=True)

    def add(self, output: RecordedOutput) -> None:
        """Keeps the output, and writes it at once: a run that is interrupted loses nothing."""
        self.outputs[output.key, output.run] = output
        self._write(json.dumps(asdict(output), ensure_ascii=False) + "\n")

    def _write(self, text: str, *, cut: bool = False) -> None:
        try:
            with self.file.open("ab") as lines:
                if cut:
                    lines.truncate(self.size)
                lines.write(text.encode())
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise SettingError.of("--record", self.file, problem, "name a file that can be written") from None


def resume_recording(path: Path) -> Recording:
    """What an interrupted run has recorded; nothing where there is no such file yet. Nothing is written.

    Raises SettingError for a file that holds something else.
    """
    try:
        whole, _, rest = path.read_bytes().rpartition(b"\n")
    except FileNotFoundError:
        return Recording(path)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise SettingError.of("--record", path, problem, "name a file that can be written") from None
    if rest and rest[: len(OUTPUT_BEGINS)] != OUTPUT_BEGINS[: len(rest)]:
        raise SettingError.of("--record", path, "holds something else than recorded outputs", "name a new file")
    return _read(path, len(whole) + 1 if whole else 0)


def read_recording(path: Path) -> Recording:
    """Raises SettingError `file:line: ...` for a line that is not a recorded output, or that was cut off."""
    try:
        whole, _, rest = path.read_bytes().rpartition(b"\n")
    except OSError as error:
        raise SettingError(f"{path}: {(error.strerror or str(error)).lower()}", "give a recording") from None
    if rest:
        number = len(whole.split(b"\n")) + 1 if whole else 1
        raise SettingError(f"{path}:{number}: cut off", "finish it: record into it again with --model and --record")
    return _read(path, len(whole) + 1)


def _read(path: Path, size: int) -> Recording:
    adapter = TypeAdapter(RecordedOutput)
    recording = Recording(path, size=size)
    for number, record in read_json_lines(path, size):
        try:
            output = adapter.validate_python(record)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(step) for step in first["loc"])
            raise SettingError(f"{path}:{number}: {key}: {first['msg'].lower()}", "record into a new file") from None
        recording.outputs[output.key, output.run] = output
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
        known = self._recording.known(prompt_key(self.model_name, messages))
        if known is None and self.live is None:
            asked = str(messages[-1].content)[-ASKED_CHARACTERS:].split("\n")
            problem = f"nothing recorded for {self.model_name} to a prompt that ends in {' '.join(asked)[-80:]!r}"
            raise NotRecorded(
                f"{self._recording.file}: {problem}",
                "prompt, context or question changed since: record again with --model and --record",
            )
        return known

    def _record(self, messages: list[BaseMessage], said: Sequence[AIMessageChunk]) -> None:
        """Keeps a whole answer; one that was cut off is not worth replaying, one that tells the key is not safe."""
        facts: dict[str, Any] = {key: value for chunk in said for key, value in chunk.response_metadata.items()}
        reason = next((facts[key] for key in ("finish_reason", "done_reason", "stop_reason") if facts.get(key)), None)
        text = "".join(str(chunk.text) for chunk in said)
        secret = self._recording.secret
        if not reason or (secret and secret in text):
            return
        usage = [chunk.usage_metadata for chunk in said if chunk.usage_metadata]
        self._recording.add(
            RecordedOutput(
                key=prompt_key(self.model_name, messages),
                model=self.model_name,
                text=text,
                asked=str(messages[-1].content)[-ASKED_CHARACTERS:],
                run=self._recording.run,
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
