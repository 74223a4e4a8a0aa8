"""The library: all sources that can be asked, a catalogue (SQLite) and its vector index (Chroma) as one thing.

    with Library.open("my-library", fingerprint=embedder.fingerprint, create=True) as library:
        library.search_lexical("traceability", k=5)

One process at a time holds the library's lock, for writing and for Chroma. Others may ask: they read the catalogue
and search its vectors exactly, with the same result.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from govqa.catalogue import FILE_NAME, Catalogue, NotALibrary
from govqa.changes import Change
from govqa.entries import Entry, Outcome, checked, differences, source_id
from govqa.errors import LibraryError, ModelError
from govqa.holdings import Holdings
from govqa.lock import HOLDER, LOCK, LibraryLock
from govqa.passage_vectors import SCHEME
from govqa.types import Filters, Fingerprint, Passage, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from govqa.index import VectorIndex

logger = logging.getLogger(__name__)

__all__ = ["Entry", "Index", "Library", "Outcome", "source_id"]

Index: TypeAlias = Literal["auto", "chroma", "exact"]

_WHERE_LIMIT = 2_000
"""Passages up to which Chroma filters; past it exact search is faster (at 20,000 on a busy machine: 13 ms, not 170)."""


class Library(Holdings):
    """All sources that can be asked. Made by :meth:`open`; safe to use from many threads.

    Attributes:
        path: its folder.
    """

    def __init__(self, path: Path, catalogue: Catalogue, *, read_only: bool, index: Index, chroma_url: str) -> None:
        super().__init__(path, catalogue)
        self._asked_read_only = read_only
        self._mode = index
        self._url = chroma_url
        self._lock = LibraryLock(path)
        self._writing = threading.RLock()  # one change after the other
        self._using = threading.RLock()  # the Chroma index; taken before the catalogue, never after it
        self._index: VectorIndex | None = None
        self._index_failed = False

    # ------------------------------------------------------------ opening

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        fingerprint: Fingerprint | None = None,
        create: bool = False,
        read_only: bool = False,
        index: Index = "auto",
        chroma_url: str = "",
        wait: float = 0.0,
    ) -> Library:
        """Open a library, or make one.

        >>> library = Library.open("my-library", fingerprint=Fingerprint("m", 3, ""), create=True)  # doctest: +SKIP

        Args:
            path: its folder.
            fingerprint: of the model that questions are embedded with; None: not checked.
            create: make the library if the folder is missing or empty; takes a fingerprint.
            read_only: never write, never take the lock.
            index: ``auto`` searches in Chroma if this process gets the lock and exactly if not; ``chroma`` insists;
                ``exact`` leaves Chroma alone, which is quickest for a single question, and takes the lock
                only to write.
            chroma_url: of a Chroma server; empty: Chroma in the library's folder.
            wait: seconds to wait for the lock.

        Raises:
            LibraryError: the folder is not a library, damaged, made by a newer govqa, or cannot be used; with
                ``index="chroma"``, another process holds the lock.
            ModelError: the library was made with another model, or by a govqa that embedded passages in another way.
        """
        path = Path(path).expanduser().absolute()
        try:
            catalogue = cls._open_catalogue(path, fingerprint, create and not read_only)
        except OSError as error:
            raise LibraryError(
                f"{path} cannot be opened ({error.strerror or error}): check its permissions."
            ) from error
        library = cls(path, catalogue, read_only=read_only, index=index, chroma_url=chroma_url)
        try:
            if fingerprint is not None:
                _check_fingerprint(library.fingerprint, fingerprint, path)
                _check_scheme(catalogue, path)
            if index == "chroma" and not read_only:
                library._lock.demand(wait)
            elif index == "auto" and not read_only:
                library._lock.take(wait)
        except BaseException:
            library.close()
            raise
        return library

    @classmethod
    def _open_catalogue(cls, path: Path, fingerprint: Fingerprint | None, create: bool) -> Catalogue:
        if path.exists() and not path.is_dir():
            raise LibraryError(f"{path} is a file, not a library's folder: name a folder.")
        try:
            return Catalogue.open(path)
        except NotALibrary:
            if not create:
                raise
        cls._make(path, fingerprint)
        return Catalogue.open(path)

    @staticmethod
    def _make(path: Path, fingerprint: Fingerprint | None) -> None:
        if fingerprint is None:
            raise ValueError("a new library needs the fingerprint of its model")
        try:
            if path.is_dir() and not _is_empty(path):
                raise LibraryError(f"{path} holds files but no govqa library: name another folder, or an empty one.")
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"{path} cannot be made ({error.strerror}): name another folder.") from error
        lock = LibraryLock(path)
        lock.demand(wait=30.0)
        try:
            Catalogue.create(
                path,
                library_id=uuid.uuid4().hex,
                revision="0",
                model_name=fingerprint.name,
                model_dimension=str(fingerprint.dimension),
                model_weights_hash=fingerprint.weights_hash,
                vectors_scheme=SCHEME,
            )
        finally:
            lock.release()

    def close(self) -> None:
        """Let go of files and lock. Closing twice does no harm."""
        with self._writing, self._using:
            self._close_index()
            self._catalogue.close()
            self._lock.release()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        """Was it opened for reading, or did another process hold the lock when this one last asked for it?"""
        return self._asked_read_only or bool(self._lock.refused)

    def lock(self, wait: float = 0.0) -> None:
        """Hold the library's lock from now until :meth:`close`; a change does this by itself.

        Args:
            wait: seconds to wait for it.

        Raises:
            LibraryError: the library was opened read-only, cannot be written, or another process holds the lock.
        """
        if self._asked_read_only:
            raise LibraryError(f"{self.path} was opened read-only: open it for writing.")
        self._lock.demand(wait)

    @contextmanager
    def _writer(self, *, with_index: bool = True) -> Iterator[None]:
        """One change at a time, with the lock held and the index ready to follow.

        Raises:
            LibraryError: read-only, or another process holds the lock.
        """
        with self._writing:
            self.lock()
            with self._using:
                if with_index:
                    self.open_index()
                yield

    # ------------------------------------------------------------ changing

    def put(self, entries: Sequence[Entry], *, force: bool = False) -> list[Outcome]:
        """Add or replace sources: all of ``entries`` in one transaction, or none.

        A source that is there already with the same metadata stays as it is. Where an entry's origin held another
        text before, that source goes, unless it came from elsewhere as well.

        Args:
            entries: documents with their passages and vectors.
            force: write the passages and vectors anew even where nothing changed.

        Raises:
            LibraryError: the library cannot be written; nothing was changed.
            DocumentError: a document holds no text, or characters that cannot be stored.
        """
        vectors = [checked(entry, self.fingerprint.dimension) for entry in entries]
        with self._writer(), self._change() as change:
            if not self._catalogue.passage_count():
                self._catalogue.set_meta(vectors_scheme=SCHEME)
            outcomes = [change.put(entry, blobs, force=force) for entry, blobs in zip(entries, vectors, strict=True)]
            change.drop_left()
            return outcomes

    def remove(self, source_ids: Sequence[str]) -> int:
        """Remove sources by id or unique prefix; how many there were.

        Raises:
            LibraryError: an id is not known, or the library cannot be written; nothing was changed.
        """
        with self._writer(), self._change() as change:
            found = {self.get(asked).id for asked in source_ids}
            for source_id in sorted(found):
                change.remove(source_id)
            return len(found)

    def remove_origins(self, origins: Sequence[str]) -> list[Outcome]:
        """Forget where sources came from; those that came from nowhere else go.

        Raises:
            LibraryError: the library cannot be written; nothing was changed.
        """
        with self._writer(), self._change() as change:
            return [outcome for origin in origins if (outcome := change.forget_origin(origin)) is not None]

    def replace_all(self, entries: Sequence[Entry], fingerprint: Fingerprint) -> None:
        """Give every source new passages and vectors, made by another model, in one transaction.

        Raises:
            LibraryError: the library cannot be written, or has changed meanwhile; nothing was changed.
        """
        vectors = [checked(entry, fingerprint.dimension) for entry in entries]
        with self._writer(with_index=False):
            self._close_index()
            with self._catalogue.transaction():
                if {entry.source.id for entry in entries} != {source.id for source in self._catalogue.sources()}:
                    raise LibraryError(f"{self.path} has changed meanwhile: start again.")
                for entry, blobs in zip(entries, vectors, strict=True):
                    self._catalogue.put_source(entry.source, entry.document, entry.passages, blobs)
                self._catalogue.fingerprint = fingerprint
                self._catalogue.set_meta(index_state="dirty", vectors_scheme=SCHEME)
                self._catalogue.next_revision()
            self.open_index()

    @contextmanager
    def _change(self) -> Iterator[Change]:
        """One transaction of the catalogue, then the same in the index, which is marked dirty in between."""
        change = Change(self._catalogue)
        with self._catalogue.transaction():
            yield change
            if change:
                revision = self._catalogue.next_revision()
                self._catalogue.set_meta(index_state="dirty")
        if not change or self._index is None:
            return
        try:
            self._index.follow(change.gone, change.new, revision)
        except BaseException as error:
            # The catalogue has the change; the index is dirty, and will be made anew.
            self._close_index()
            if not isinstance(error, Exception):
                raise
            logger.warning("The vector index could not follow (%s): it will be made anew.", error)

    # ------------------------------------------------------------ the Chroma index

    def open_index(self) -> bool:
        """Make Chroma ready, rebuilding it from the catalogue where it is in doubt; the first search does this too.

        Returns:
            Is Chroma in use? If not, searches are exact.

        Raises:
            LibraryError: the Chroma server cannot be used.
        """
        with self._writing, self._using:
            if self._index is not None:
                return True
            if self._mode == "exact" or self._asked_read_only or self._index_failed or not self._lock.take():
                return False
            from govqa.index import IndexFailure, VectorIndex

            try:
                self._index = VectorIndex.open(self.path, self._url, self._catalogue)
            except (IndexFailure, OSError, LibraryError) as error:
                if self._url and isinstance(error, LibraryError):
                    raise
                self._index_failed = True
                logger.warning("Chroma cannot be used in %s (%s): searching without it.", self.path, error)
                return False
            return True

    def _close_index(self) -> None:
        index, self._index = self._index, None
        if index is not None:
            index.close()

    def rebuild(self) -> None:
        """Throw the vector index away and make it anew from the catalogue; nothing is embedded again.

        Raises:
            LibraryError: the library cannot be written, or the Chroma server cannot be used.
        """
        from govqa.index import IndexFailure, VectorIndex, mark_dirty

        with self._writer(with_index=False):
            self._close_index()
            mark_dirty(self._catalogue)
            try:
                index = VectorIndex.open(self.path, self._url, self._catalogue)
            except IndexFailure as error:
                raise LibraryError(f"{self.path}: Chroma cannot be used ({error}).") from error
            self._index_failed = False
            if self._mode == "exact":
                index.close()
            else:
                self._index = index

    def search_dense(
        self, vector: NDArray[np.float32], k: int, filters: Filters = Filters()
    ) -> list[tuple[Passage, float]]:
        """The ``k`` passages whose vectors are nearest by cosine, best first, ties in the order of ids.

        Raises:
            LibraryError: the Chroma server cannot be used.
            ValueError: the vector has another dimension, or is not finite.
        """
        import numpy as np

        vector = np.asarray(vector, np.float32).reshape(-1)
        if len(vector) != self.fingerprint.dimension or not np.isfinite(vector).all():
            raise ValueError(f"a finite vector of dimension {self.fingerprint.dimension} is asked for")
        if self._index is None and self._writing.acquire(blocking=False):
            # While another thread makes the index ready, or a change, this one searches exactly.
            try:
                self.open_index()
            finally:
                self._writing.release()
        in_chroma = self._index is not None
        with self._using if in_chroma else nullcontext(), self._catalogue.snapshot():
            chosen = self.select(filters)
            if k <= 0 or chosen == []:
                return []
            ranked = self._search_chroma(vector, k, chosen) if in_chroma else None
            if ranked is None:
                ranked = self._exact().search(vector, k, chosen)
            passages = self._catalogue.passages_by_row([row for row, _ in ranked])
        return [(passages[row], score) for row, score in ranked]

    def _search_chroma(
        self, vector: NDArray[np.float32], k: int, chosen: list[str] | None
    ) -> list[tuple[int, float]] | None:
        """Rows and cosines by way of Chroma; None when another way has to be gone."""
        index = self._index
        if index is None or index.revision != self.revision:
            return None
        if chosen is not None and self.passage_count > _WHERE_LIMIT:
            return None
        from govqa.index import IndexFailure, search

        try:
            return search(index.chroma, self._catalogue, vector, k, chosen)
        except IndexFailure as error:
            logger.warning("Chroma did not answer (%s): searching without it.", error)
            self._close_index()
            self._index_failed = True
            return None

    def holds(self, source: Source) -> bool:
        """Is this text in the library, with the same metadata or from elsewhere?"""
        known = self._catalogue.source(source.id)
        return known is not None and (
            known.origin not in ("", source.origin)
            or (known.origin == source.origin and not differences(known, source))
        )

    def adopt(self, origin: str, root: str) -> None:
        """From now on ``root``'s sync answers for what came from ``origin``."""
        with self._writer(with_index=False), self._catalogue.transaction():
            known = self._catalogue.origin(origin)
            if known is not None:
                self._catalogue.put_origin(origin, known[0], known[1], root)

    def note(self, key: str, value: str | None = None) -> str:
        """A remark kept with the library, by name; with ``value``, it is written."""
        if value is not None:
            with self._writer(with_index=False):
                self._catalogue.set_meta(**{f"note_{key}": value})
        return self._catalogue.meta(f"note_{key}")

    # ------------------------------------------------------------ checking

    def check(self) -> list[str]:
        """What is not as it should be, one line each; empty: the library is whole."""
        from govqa.checking import check

        with self._using:
            if not self._asked_read_only:
                self._lock.take()
            self.open_index()
            chroma = self._index.chroma if self._index else None
            return check(self._catalogue, chroma, in_depth=self._lock.held)


def _check_fingerprint(found: Fingerprint, asked: Fingerprint, path: Path) -> None:
    """Raises: ModelError: they differ."""
    if found == asked:
        return
    if found.name != asked.name:
        raise ModelError(
            f"{path} was made with the model {found.name}, not {asked.name}: set GOVQA_MODEL={found.name}, or embed"
            " its documents anew with `govqa rebuild --reindex`."
        )
    raise ModelError(
        f"{path} was made with another version of the model {found.name}: embed its documents anew with"
        " `govqa rebuild --reindex`."
    )


def _check_scheme(catalogue: Catalogue, path: Path) -> None:
    """Raises: ModelError: the vectors were made in another way."""
    if catalogue.meta("vectors_scheme") != SCHEME and catalogue.passage_count():
        raise ModelError(
            f"{path} was made by another version of govqa, which embedded passages in another way: embed its documents"
            " anew with `govqa rebuild --reindex`."
        )


def _is_empty(folder: Path) -> bool:
    """Nothing in it but what a creation that was killed may have left."""
    return all(path.name in (LOCK, HOLDER) or path.name.startswith(FILE_NAME) for path in folder.iterdir())
