"""One operation of onnxruntime by itself: numpy has no fast product of whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.embedding import onnx_file as onnx


def operation(node: bytes, constants: Sequence[bytes], inputs: Sequence[bytes], output: bytes) -> Any:
    """A session that runs this node on one core; node, tensors and values are as `onnx_file` writes them."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    model = onnx.model([node], constants, inputs, [output], [("", 17)])
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
