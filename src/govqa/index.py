"""The Chroma index of a library: opened only when it is surely whole, else made anew from the catalogue.

Before Chroma is touched the catalogue says *dirty*; when it is done, *clean* at a revision, with a hash of
Chroma's files. An index that is dirty, of another revision or Chroma version, or whose files are not those recorded is
never opened: it may be damaged, and opening a damaged store can crash the process. A new one is made in a new folder
and takes its place.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from govqa.catalogue import Catalogue
from govqa.vectors import ChromaIndex, ExactIndex, IndexFailure, chroma_version, decode, manifest, own, read_exact

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)


class VectorIndex:
    """An open, clean Chroma index. The caller holds the library's lock, and lets in one thread at a time.

    Attributes:
        revision: of the library that it stands for.
    """

    def __init__(self, folder: Path, url: str, catalogue: Catalogue, chroma: ChromaIndex, name: str) -> None:
        self.chroma = chroma
        self.revision = -1
        self._folder = folder
        self._url = url
        self._catalogue = catalogue
        self._name = name

    @classmethod
    def open(cls, folder: Path, url: str, catalogue: Catalogue) -> VectorIndex:
        """Open the index, or make it anew where it is in doubt.

        Args:
            folder: the library's.
            url: of a Chroma server; empty: embedded.
            catalogue: the record.

        Raises:
            IndexFailure: the embedded Chroma cannot be used.
            LibraryError: the Chroma server cannot be used.
        """
        return cls._open_clean(folder, url, catalogue) or cls._make(folder, url, catalogue)

    @classmethod
    def _open_clean(cls, folder: Path, url: str, catalogue: Catalogue) -> VectorIndex | None:
        with catalogue.snapshot():
            name, revision, count = catalogue.meta("index_name"), catalogue.revision, catalogue.passage_count()
            whole = (
                name
                and catalogue.meta("index_state") == "clean"
                and catalogue.meta("index_revision") == str(revision)
                and catalogue.meta("index_chroma") == chroma_version()
                and catalogue.meta("index_url") == url
            )
            if not whole or (not url and catalogue.meta("index_manifest") != manifest(folder / name)):
                return None
        # Should Chroma crash all the same, the index will be found dirty, and not be opened again.
        mark_dirty(catalogue)
        try:
            chroma = ChromaIndex.open(folder / name, url, _collection(catalogue, url, name))
        except IndexFailure as error:
            logger.info("The vector index in %s cannot be opened (%s).", folder, error)
            return None
        try:
            if chroma.count() == count:
                index = cls(folder, url, catalogue, chroma, name)
                index.mark_clean(revision)
                return index
        except IndexFailure as error:
            logger.info("The vector index in %s cannot be read (%s).", folder, error)
        except BaseException:
            chroma.close()
            raise
        chroma.close()
        return None

    @classmethod
    def _make(cls, folder: Path, url: str, catalogue: Catalogue) -> VectorIndex:
        """Make a new index beside the old one, and swap it in."""
        with catalogue.snapshot():
            old = catalogue.meta("index_name")
            exact = read_exact(catalogue)
        mark_dirty(catalogue)
        numbers = [int(name.removeprefix("vectors-")) for name in [old, *_folders(folder)] if name]
        name = f"vectors-{max(numbers, default=0) + 1}"
        chroma = None
        try:
            chroma = ChromaIndex.open(folder / name, url, _collection(catalogue, url, name), create=True)
            chroma.add(exact.ids, exact.matrix, [passage_id.split(":")[0] for passage_id in exact.ids])
            index = cls(folder, url, catalogue, chroma, name)
            index.mark_clean(exact.revision)
        except BaseException:
            if chroma is not None:
                chroma.close()
            if not url:
                shutil.rmtree(folder / name, ignore_errors=True)
            raise
        if url and old:
            chroma.drop(_collection(catalogue, url, old))
        for other in _folders(folder):
            if other != name:
                shutil.rmtree(folder / other, ignore_errors=True)
        return index

    def follow(self, gone: Sequence[str], new: Mapping[str, bytes], revision: int) -> None:
        """Make the same change as the catalogue, which has marked the index dirty, and mark it clean."""
        if gone:
            self.chroma.delete(gone)
        if new:
            dimension = self._catalogue.fingerprint.dimension
            matrix = decode(own(list(new.values()), dimension), dimension)
            self.chroma.add(list(new), matrix, [passage_id.split(":")[0] for passage_id in new])
        self.mark_clean(revision)

    def mark_clean(self, revision: int) -> None:
        self._catalogue.set_meta(
            index_name=self._name,
            index_state="clean",
            index_revision=str(revision),
            index_chroma=chroma_version(),
            index_url=self._url,
            index_manifest="" if self._url else manifest(self._folder / self._name),
        )
        self.revision = revision

    def close(self) -> None:
        try:
            self.chroma.close()
        except Exception as error:
            logger.debug("closing the index: %s", error)


def mark_dirty(catalogue: Catalogue) -> None:
    """From now on the index is not to be trusted."""
    catalogue.set_meta(index_state="dirty")


def search(
    chroma: ChromaIndex, catalogue: Catalogue, vector: NDArray[np.float32], k: int, source_ids: Sequence[str] | None
) -> list[tuple[int, float]] | None:
    """Row and cosine of the ``k`` nearest passages by way of Chroma, as :meth:`ExactIndex.search` gives them.

    Chroma proposes; the stored vectors give the score and the order. None: it proposed too little (its search is
    approximate, and a filter makes that worse).
    """
    from govqa.vectors import cosines

    count = catalogue.passage_count()
    ids = chroma.query(vector, min(k + 10, count), source_ids) if count else []
    if len(ids) < min(k, count):
        return None
    keys = sorted(_key(passage_id) for passage_id in ids)
    found = [catalogue.vector_at(source_id, start) for source_id, start in keys]
    if any(row is None for row in found):
        return None
    scores = cosines(vector, decode(own([row[2] for row in found if row], len(vector)), len(vector)))
    ranked = sorted(zip(found, scores, strict=True), key=lambda pair: -pair[1])
    return [(row[0], float(score)) for row, score in ranked[:k] if row]


def _key(passage_id: str) -> tuple[str, int]:
    source_id, _, place = passage_id.partition(":")
    return source_id, int(place.partition("-")[0])


def _collection(catalogue: Catalogue, url: str, name: str) -> str:
    """The collection's name; a server may hold those of many libraries."""
    return f"govqa-{catalogue.meta('library_id')[:16]}-{name}" if url else "passages"


def _folders(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.glob("vectors-*") if p.is_dir() and p.name.removeprefix("vectors-").isdigit())


__all__ = ["ExactIndex", "IndexFailure", "VectorIndex", "mark_dirty", "search"]
