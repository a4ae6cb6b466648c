"""Whether this processor multiplies whole numbers of 8 bits exactly in the way that onnxruntime prefers.

Without VNNI (Intel before 2019, AMD before 2022, virtual machines that hide it) products of uint8 with int8 are added
up in pairs of 16 bits, and what is too large for them is cut off. Weights kept as uint8 go another way, which is exact
everywhere and, where VNNI lacks, a sixth slower.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bot.embedding import onnx_file as onnx
from bot.embedding.one_operation import operation

ROWS, SIZE, COLUMNS = 2, 64, 16


@cache
def cuts_off() -> bool:
    """Whether products of uint8 with int8 come out wrong: found by multiplying the largest."""
    values, weights = np.full((ROWS, SIZE), 255, dtype=np.uint8), np.full((SIZE, COLUMNS), 127, dtype=np.int8)
    session = operation(
        onnx.node("MatMulInteger", ["values", "weights"], "products"),
        [onnx.tensor("weights", weights)],
        [onnx.value("values", onnx.UINT8, ["rows", "size"])],
        onnx.value("products", onnx.INT32, ["rows", "columns"]),
    )
    [products] = session.run(None, {"values": values})
    return bool((products != SIZE * 255 * 127).any())
