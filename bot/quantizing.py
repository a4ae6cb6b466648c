"""Unit vectors as int8, a quarter of their size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.index import Vectors

# Unit vectors in 384 dimensions hardly have a component beyond this; the few that do are clipped.
LARGEST_COMPONENT = 0.5


def quantize(vectors: Vectors) -> NDArray[np.int8]:
    scaled = np.rint(vectors * (127 / LARGEST_COMPONENT))
    return np.asarray(np.clip(scaled, -127, 127), dtype=np.int8)


def restore(quantized: NDArray[np.int8], out: Vectors | None = None) -> Vectors:
    """As floats; `out` is an array of the same shape to put them into."""
    restored = np.empty(quantized.shape, dtype=np.float32) if out is None else out
    np.copyto(restored, quantized)
    restored *= np.float32(LARGEST_COMPONENT / 127)
    return restored
