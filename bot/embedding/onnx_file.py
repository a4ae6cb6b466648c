"""As much of the ONNX file format as it takes to find the weights in one model and to write another that uses them.

ONNX files are protobuf messages (onnx/onnx.proto of the ONNX project); `onnx` itself is 26 MB and 0.3 s to import.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5  # protobuf wire types
FLOAT, UINT8, INT8, INT32, INT64, BOOL = 1, 2, 3, 6, 7, 9
TYPES: dict[int, np.dtype[Any]] = {
    FLOAT: np.dtype("<f4"),
    UINT8: np.dtype("u1"),
    INT8: np.dtype("i1"),
    INT64: np.dtype("<i8"),
    BOOL: np.dtype("?"),
}
NUMBERS = {dtype: number for number, dtype in TYPES.items()}
FLOAT_ATTRIBUTE, INT_ATTRIBUTE = 1, 2
# Field numbers in onnx.proto.
MODEL_GRAPH, GRAPH_TENSOR = 7, 5
TENSOR_DIMS, TENSOR_TYPE, TENSOR_NAME, TENSOR_RAW, TENSOR_EXTERNAL, TENSOR_LOCATION = 1, 2, 8, 9, 13, 14
EXTERNAL = 1


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor inside a model's file: its raw values begin at byte `offset`."""

    dims: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int
    size: int


def read_tensors(path: Path) -> dict[str, StoredTensor]:
    """All weights of the model by name, in the order of the file; the values stay in it. Raises ValueError."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            found = {}
            for number, start, end in _fields(data, 0, len(data)):
                if number == MODEL_GRAPH:
                    for inner, first, last in _fields(data, start, end):
                        if inner == GRAPH_TENSOR:
                            name, tensor = _tensor(data, first, last)
                            found[name] = tensor
            return found
        except (IndexError, KeyError, UnicodeDecodeError):
            raise ValueError(f"{path.name} is not an ONNX model") from None


def read_values(path: Path, tensor: StoredTensor) -> NDArray[np.generic]:
    with path.open("rb") as file:
        file.seek(tensor.offset)
        return np.frombuffer(file.read(tensor.size), dtype=tensor.dtype).reshape(tensor.dims)


def _tensor(data: mmap.mmap, start: int, end: int) -> tuple[str, StoredTensor]:
    name, kind, offset, size = "", 0, 0, 0
    dims: list[int] = []
    for number, first, last in _fields(data, start, end):
        if number == TENSOR_DIMS:
            dims.append(_varint(data, first)[0])
        elif number == TENSOR_TYPE:
            kind = _varint(data, first)[0]
        elif number == TENSOR_NAME:
            name = data[first:last].decode()
        elif number == TENSOR_RAW:
            offset, size = first, last - first
    return name, StoredTensor(tuple(dims), TYPES[kind], offset, size)


def _fields(data: mmap.mmap, place: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(number, first byte, byte after the last) of each field of a message."""
    while place < end:
        key, place = _varint(data, place)
        after = place
        if key & 7 == VARINT:
            after = _varint(data, place)[1]
        elif key & 7 == BYTES:
            length, place = _varint(data, place)
            after = place + length
        else:
            after += {EIGHT_BYTES: 8, FOUR_BYTES: 4}[key & 7]
        yield key >> 3, place, after
        place = after


def _varint(data: mmap.mmap, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7


def number_field(number: int, value: int) -> bytes:
    return _as_varint(number << 3 | VARINT) + _as_varint(value)


def bytes_field(number: int, value: bytes | str) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return _as_varint(number << 3 | BYTES) + _as_varint(len(content)) + content


def _as_varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1  # negative numbers take ten bytes
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def tensor(name: str, values: NDArray[np.generic]) -> bytes:
    """A tensor with its values inside."""
    dims = b"".join(number_field(TENSOR_DIMS, size) for size in values.shape)
    kind = number_field(TENSOR_TYPE, NUMBERS[values.dtype])
    return dims + kind + bytes_field(TENSOR_NAME, name) + bytes_field(TENSOR_RAW, values.tobytes())


def tensor_elsewhere(name: str, stored: StoredTensor, file: str) -> bytes:
    """A tensor whose values are read from their place in another model's file, which is mapped and not copied."""
    dims = b"".join(number_field(TENSOR_DIMS, size) for size in stored.dims)
    entries = {"location": file, "offset": str(stored.offset), "length": str(stored.size)}
    external = b"".join(
        bytes_field(TENSOR_EXTERNAL, bytes_field(1, key) + bytes_field(2, value)) for key, value in entries.items()
    )
    kind = number_field(TENSOR_TYPE, NUMBERS[stored.dtype])
    return dims + kind + bytes_field(TENSOR_NAME, name) + external + number_field(TENSOR_LOCATION, EXTERNAL)


def node(kind: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: float) -> bytes:
    """An operation; an attribute is an `int` or a `float`."""
    message = b"".join(bytes_field(1, name) for name in inputs) + bytes_field(2, output) + bytes_field(4, kind)
    message += b"".join(bytes_field(5, _attribute(name, value)) for name, value in attributes.items())
    return message + bytes_field(7, domain)


def _attribute(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return bytes_field(1, name) + number_field(3, value) + number_field(20, INT_ATTRIBUTE)
    packed = _as_varint(2 << 3 | FOUR_BYTES) + np.float32(value).tobytes()
    return bytes_field(1, name) + packed + number_field(20, FLOAT_ATTRIBUTE)


def value(name: str, kind: int, sizes: Sequence[str]) -> bytes:
    """An input or an output; each size has a name of its own and may be any number."""
    shape = b"".join(bytes_field(1, bytes_field(2, size)) for size in sizes)
    return bytes_field(1, name) + bytes_field(2, bytes_field(1, number_field(1, kind) + bytes_field(2, shape)))


def model(
    nodes: Sequence[bytes],
    tensors: Sequence[bytes],
    inputs: Sequence[bytes],
    outputs: Sequence[bytes],
    opsets: Sequence[tuple[str, int]],
) -> bytes:
    """A whole model, as its file would be; `opsets` are (domain, version)."""
    graph = b"".join(bytes_field(1, item) for item in nodes) + bytes_field(2, "graph")
    graph += b"".join(bytes_field(GRAPH_TENSOR, item) for item in tensors)
    graph += b"".join(bytes_field(11, item) for item in inputs) + b"".join(bytes_field(12, item) for item in outputs)
    versions = b"".join(bytes_field(8, bytes_field(1, domain) + number_field(2, version)) for domain, version in opsets)
    return number_field(1, 10) + versions + bytes_field(MODEL_GRAPH, graph)
