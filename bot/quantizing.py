"""Unit vectors as int8, a quarter of their size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.index import Vectors

# Unit vectors in 384 dimensions hardly have a component beyond this; the few that do are clipped.
LARGEST_COMPONENT = 0.5
# Where 0 lies once int8 is shifted into uint8.
MIDDLE = np.uint8(0x80)


def quantize(vectors: Vectors) -> NDArray[np.int8]:
    scaled = np.rint(vectors * (127 / LARGEST_COMPONENT))
    return np.asarray(np.clip(scaled, -127, 127), dtype=np.int8)


def restore(quantized: NDArray[np.int8]) -> Vectors:
    return np.multiply(quantized, np.float32(LARGEST_COMPONENT / 127), dtype=np.float32)


def unsigned(quantized: NDArray[np.int8], out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Shifted by 128 into uint8, of which some products are faster or more exact; `out` may be the same memory."""
    return np.bitwise_xor(quantized.view(np.uint8), MIDDLE, out=out)
