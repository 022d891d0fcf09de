"""What the commands that evaluate the ranking encode with."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from demand.ranking.evaluation import Meaning
from patents.vectors.cache import VectorFile
from patents.vectors.encoders import encoder


def meaning(path: Path, depth: int | None, say: Callable[[str], object]) -> Meaning | None:
    """The installation's encoder with vectors kept in a file; None where it has no encoder."""
    model = encoder(threads=os.cpu_count() or 1)
    if model is None:
        return None
    file = VectorFile(path, model)

    def passages(texts: Sequence[str]) -> Mapping[str, npt.NDArray[np.float32]]:
        return file.passages(texts, lambda done, total: say(f"语义向量 {done}/{total}"))

    return Meaning(model, passages, depth)
