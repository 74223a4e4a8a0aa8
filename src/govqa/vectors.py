"""Search by vector: exactly with NumPy, or in a Chroma index, embedded or on a server.

Both rank by the same number, :func:`cosines` of the stored vectors, so that they give the same answer. The Chroma
index is derived: the catalogue holds every vector, and a doubtful index is thrown away, never repaired.
"""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from govqa.errors import LibraryError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from govqa.catalogue import Catalogue

_PATIENCE = 10.0  # seconds
_BATCH = 4000  # Chroma takes 5461 at most
_SPACE = {"hnsw": {"space": "cosine", "ef_construction": 100, "ef_search": 1000, "max_neighbors": 24}}
"""So wide a search takes 4 ms of 20,000 vectors and finds all of the 50 nearest (99.6 % of them for vectors and a
question drawn at random, where there is no order to follow), so that Chroma gives what exact search gives."""


_DAMAGED = "The library's vectors are damaged: run `govqa rebuild --reindex`."


def encode(vectors: NDArray[np.float32]) -> list[bytes]:
    """Rows as they are stored: float16, little-endian.

    >>> import numpy as np
    >>> decode(encode(np.array([[1.0, 0.0]], np.float32)), 2).tolist()
    [[1.0, 0.0]]
    """
    import numpy as np

    return [row.tobytes() for row in np.asarray(vectors).astype("<f2")]


def decode(blobs: Sequence[bytes], dimension: int) -> NDArray[np.float32]:
    """Stored rows as a float32 matrix, of length 1 again, which rounding took from them.

    Raises:
        LibraryError: a vector is missing or has another dimension.
    """
    import numpy as np

    if any(blob is None or len(blob) != 2 * dimension for blob in blobs):
        raise LibraryError(_DAMAGED)
    rows = np.frombuffer(b"".join(blobs), "<f2").reshape(len(blobs), dimension).astype(np.float32)
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    rows /= np.where(lengths > 0, lengths, 1)
    return rows


def own(blobs: Sequence[bytes], dimension: int) -> list[bytes]:
    """The passages' own vectors from what is stored of each: its own, then one of each of its sentences.

    >>> own([b"own.sen1sen2"], 2)
    [b'own.']

    Raises:
        LibraryError: a vector is missing or has another dimension.
    """
    if any(not blob or len(blob) % (2 * dimension) for blob in blobs):
        raise LibraryError(_DAMAGED)
    return [blob[: 2 * dimension] for blob in blobs]


def cosines(vector: NDArray[Any], matrix: NDArray[Any]) -> NDArray[np.float64]:
    """Cosine of ``vector`` with each row, in float64: the same for a row whichever rows stand beside it.

    >>> import numpy as np
    >>> cosines(np.array([2.0, 0.0]), np.array([[3.0, 0.0], [0.0, 1.0]])).tolist()
    [1.0, 0.0]
    """
    import numpy as np

    rows, query = np.asarray(matrix, np.float64), np.asarray(vector, np.float64)
    lengths = np.sqrt((rows * rows).sum(axis=1)) * np.sqrt((query * query).sum())
    # A vector of zeros has no direction: it is like nothing.
    products: NDArray[np.float64] = (rows * query).sum(axis=1) / np.where(lengths > 0, lengths, 1.0)
    return products


@dataclass(frozen=True, slots=True)
class ExactIndex:
    """The passages' own vectors of one revision in memory, in the order of the passage ids.

    Attributes:
        revision: of the library.
        rows: the catalogue's row number of each passage.
        ids: of the passages.
        places: of each source, where its passages begin and end among them all.
        matrix: float32, one row a passage.
    """

    revision: int
    rows: list[int]
    ids: list[str]
    places: dict[str, tuple[int, int]]
    matrix: NDArray[np.float32]

    def search(
        self, vector: NDArray[np.float32], k: int, source_ids: Sequence[str] | None = None
    ) -> list[tuple[int, float]]:
        """Row and cosine of the ``k`` nearest passages, best first; ties in the order of ids."""
        import numpy as np

        query = np.asarray(vector, np.float32)
        if source_ids is None:
            parts = [(0, len(self.rows))]
        else:
            parts = sorted(self.places[source_id] for source_id in source_ids if source_id in self.places)
        if k <= 0 or not any(end > start for start, end in parts):
            return []
        # A quick pass in float32, whose last digits depend on the shape, then the exact number for all that may win.
        rough = np.concatenate([self.matrix[start:end] @ query for start, end in parts])
        places = np.concatenate([np.arange(start, end) for start, end in parts])
        if k < len(rough):
            least = np.partition(rough, len(rough) - k)[len(rough) - k]
            places = places[rough >= least - 1e-4 * np.linalg.norm(query)]
        scores = cosines(vector, self.matrix[places])
        best = np.argsort(-scores, kind="stable")[:k]
        return [(self.rows[place], float(score)) for place, score in zip(places[best], scores[best], strict=True)]


def read_exact(catalogue: Catalogue) -> ExactIndex:
    """The passages' own vectors, all of them.

    Raises:
        LibraryError: a vector is missing or has another dimension.
    """
    with catalogue.snapshot():
        revision, dimension = catalogue.revision, catalogue.fingerprint.dimension
        found = list(catalogue.own_vectors())
    places: dict[str, tuple[int, int]] = {}
    for place, (_, source_id, _, _, _) in enumerate(found):
        places[source_id] = (places.get(source_id, (place, place))[0], place + 1)
    return ExactIndex(
        revision=revision,
        rows=[row[0] for row in found],
        ids=[f"{source_id}:{start}-{end}" for _, source_id, start, end, _ in found],
        places=places,
        matrix=decode(own([row[4] for row in found], dimension), dimension),
    )


class ChromaIndex:
    """One Chroma collection of passage ids, vectors and source ids.

    >>> with ChromaIndex.open(folder / "vectors-1", "", "passages", create=True) as index:  # doctest: +SKIP
    ...     index.add(["s:0-9"], vectors, ["s"])

    The embedded store allows one process and may crash that process when it is damaged: the library opens it only
    with its lock held and the catalogue's word that it is clean.
    """

    def __init__(self, client: Any, collection: Any, url: str) -> None:
        self._client = client
        self._collection = collection
        self._url = url

    @classmethod
    def open(cls, folder: Path, url: str, name: str, *, create: bool = False) -> ChromaIndex:
        """Open or create a collection.

        Args:
            folder: of the embedded store; not used with a server.
            url: of a Chroma server; empty: embedded.
            name: of the collection.
            create: make it anew.

        Raises:
            LibraryError: the server does not answer, or the URL is none.
        """
        client = _server(url) if url else _embedded(folder)
        try:
            with _explained(url):
                if create:
                    collection = client.create_collection(name, embedding_function=None, configuration=_SPACE)
                else:
                    collection = client.get_collection(name, embedding_function=None)
        except BaseException:
            client.close()
            raise
        return cls(client, collection, url)

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32], source_ids: Sequence[str]) -> None:
        with _explained(self._url):
            for first in range(0, len(ids), _BATCH):
                part = slice(first, first + _BATCH)
                self._collection.add(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"source_id": source_id} for source_id in source_ids[part]],
                )

    def delete(self, ids: Sequence[str]) -> None:
        with _explained(self._url):
            for first in range(0, len(ids), _BATCH):
                self._collection.delete(ids=list(ids[first : first + _BATCH]))

    def query(self, vector: NDArray[np.float32], k: int, source_ids: Sequence[str] | None = None) -> list[str]:
        """Ids of the ``k`` nearest passages, roughly best first."""
        where = None if source_ids is None else {"source_id": {"$in": list(source_ids)}}
        with _explained(self._url):
            found = self._collection.query(query_embeddings=[vector], n_results=k, where=where, include=["distances"])
        return list(found["ids"][0])

    def count(self) -> int:
        with _explained(self._url):
            return int(self._collection.count())

    def contents(self) -> Iterator[tuple[str, NDArray[np.float32], str]]:
        """Id, vector and source of everything in the index."""
        for first in range(0, self.count(), _BATCH):
            with _explained(self._url):
                page = self._collection.get(limit=_BATCH, offset=first, include=["embeddings", "metadatas"])
            for key, vector, fields in zip(page["ids"], page["embeddings"], page["metadatas"], strict=True):
                yield key, vector, str(fields["source_id"])

    def drop(self, name: str) -> None:
        """Delete another collection of the same server, if it is there."""
        from chromadb.errors import NotFoundError

        with suppress(NotFoundError, ValueError):
            self._client.delete_collection(name)

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> ChromaIndex:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class IndexFailure(Exception):
    """The Chroma index cannot be used; the library makes it anew, or searches exactly and says so in the log."""


class _explained:
    """Chroma's errors: of a server as a :class:`LibraryError`, of the embedded store as :class:`IndexFailure`.

    A collection that a server no longer has is a failure of the index: it can be made anew."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, (LibraryError, IndexFailure)):
            return
        # A panic in Chroma's Rust part is no Exception, but it is a failure of the index all the same.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            return
        if self._url and type(error).__name__ != "NotFoundError":
            raise LibraryError(
                f"The Chroma server at {self._url} does not do what was asked ({_line(error)}):"
                " check that it runs, or unset GOVQA_CHROMA_URL."
            ) from error
        raise IndexFailure(_line(error)) from error


def manifest(folder: Path) -> str:
    """A hash over the files in ``folder``, names and contents: other than recorded, something wrote there.

    A store of 100,000 passages takes a fraction of a second; times would be quicker, but a disk that rots keeps them.

    >>> manifest(Path("no such folder"))
    ''
    """
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{path.relative_to(folder).as_posix()}\t{content}\n".encode())
    return digest.hexdigest()


def chroma_version() -> str:
    """The installed Chroma's version, without importing it."""
    from importlib.metadata import version

    return version("chromadb")


def _settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _embedded(folder: Path) -> Any:
    import chromadb

    with _explained(""):
        folder.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(path=str(folder), settings=_settings())


def _server(url: str) -> Any:
    """A client of the server at ``url``.

    Raises:
        LibraryError: the URL is none, or nobody answers there.
    """
    wrong = f"GOVQA_CHROMA_URL: {url} is not the URL of a Chroma server: write it like http://localhost:8000."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise LibraryError(wrong) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise LibraryError(wrong)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    try:
        # Chroma's own client waits for ever for a server that accepts and says nothing.
        with urllib.request.urlopen(f"{address}/api/v2/heartbeat", timeout=_PATIENCE) as reply:
            if b"heartbeat" not in reply.read(1000):
                raise LibraryError(wrong)
        import chromadb

        secure = parts.scheme == "https"
        return chromadb.HttpClient(
            host=parts.hostname, port=port or (443 if secure else 80), ssl=secure, settings=_settings()
        )
    except LibraryError:
        raise
    except Exception as error:
        # Chroma wraps what went wrong in a bare ValueError or lets httpx' own errors through.
        raise LibraryError(
            f"The Chroma server at {url} does not answer ({_line(error)}):"
            " start it (`chroma run`), or unset GOVQA_CHROMA_URL."
        ) from error


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else text[:199] + "…"
