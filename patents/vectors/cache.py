"""Vectors kept in a file, so that an evaluation is run again in seconds."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from patents.vectors.encoders import DIMENSIONS, Encoder

BATCH = 64
_KEY = np.dtype("S20")


class VectorFile:
    """Vectors by model and text, written after each batch: a kill loses one batch."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        self._path, self._encoder = path, encoder
        self._rows: dict[bytes, npt.NDArray[np.float16]] = {}
        if path.exists():
            with np.load(path) as stored:
                self._rows = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def passages(
        self, texts: Sequence[str], progress: Callable[[int, int], object]
    ) -> Mapping[str, npt.NDArray[np.float32]]:
        """The vector of each text; those that the file lacks are made and written."""
        keys = {text: _key(self._encoder.name, text) for text in texts}
        lacking = [text for text, key in keys.items() if key not in self._rows]
        for start in range(0, len(lacking), BATCH):
            batch = lacking[start : start + BATCH]
            vectors = self._encoder.passages(batch).astype(np.float16)
            self._rows |= {keys[text]: vector for text, vector in zip(batch, vectors, strict=True)}
            self._write()
            progress(start + len(batch), len(lacking))
        return {text: self._rows[key].astype(np.float32) for text, key in keys.items()}

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        written = self._path.with_suffix(".part.npz")
        vectors = np.array(list(self._rows.values()), np.float16).reshape(-1, DIMENSIONS)
        np.savez(written, keys=np.array(list(self._rows), _KEY), vectors=vectors)
        written.replace(self._path)


def _key(model: str, text: str) -> bytes:
    """Hexadecimal: numpy cuts zero bytes off the end of what it keeps."""
    return blake2b(f"{model}\0{text}".encode(), digest_size=10).hexdigest().encode()
