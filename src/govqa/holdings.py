"""What a library holds, for reading: sources, their texts and passages, words and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govqa.catalogue import Catalogue
from govqa.errors import LibraryError
from govqa.fulltext import match_expression, phrase
from govqa.types import Document, Filters, Fingerprint, Heading, Page, Passage, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from govqa.vectors import ExactIndex

_BM25_WEIGHTS = (0.3, 1.0, 1.0)
"""Of title, headings and body: every passage of a source has its title, so that it says little."""

_COMMON = 2_000
"""A term in more passages than this, and in more than a tenth of them, is not looked up source by source."""


class Holdings:
    """The reading half of :class:`~govqa.library.Library`; safe to use from many threads.

    Attributes:
        path: the library's folder.
    """

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self.path = path
        self._catalogue = catalogue
        self._cached: dict[str, Any] = {}
        self._cached_revision = -1

    @property
    def revision(self) -> int:
        """How often the library has changed."""
        return self._catalogue.revision

    @property
    def fingerprint(self) -> Fingerprint:
        """The model that made its vectors."""
        return self._catalogue.fingerprint

    def sources(self) -> list[Source]:
        """All sources, by title."""
        return list(self._cache("sources", self._catalogue.sources))

    def get(self, source_id: str) -> Source:
        """The source with this id, or with an id that begins so.

        Raises:
            LibraryError: there is none, or more than one.
        """
        asked = source_id.strip().lower()
        by_id: dict[str, Source] = self._cache(
            "by_id", lambda: {source.id: source for source in self._catalogue.sources()}
        )
        if asked in by_id:
            return by_id[asked]
        found = [source for key, source in by_id.items() if key.startswith(asked)] if asked else []
        if len(found) == 1:
            return found[0]
        if found:
            raise LibraryError(f"{len(found)} sources have an id that begins with {asked}: write more of it.")
        raise LibraryError(f"There is no source {source_id!r:.60} in the library: `govqa list` shows what there is.")

    def select(self, filters: Filters) -> list[str] | None:
        """Ids of the sources that pass, in order; None: all do."""
        if not filters:
            return None
        return sorted(source.id for source in self.sources() if filters.matches(source))

    def document(self, source_id: str) -> Document:
        """What the loader made of the source: text, metadata, structure."""
        return self._there(self._catalogue.document(source_id), source_id)

    def text(self, source_id: str) -> str:
        """The canonical text, which offsets count in."""
        texts: dict[str, str] = self._cache("texts", dict)
        text = texts.get(source_id)
        if text is None:
            text = str(self._there(self._catalogue.text(source_id), source_id))
            if len(texts) >= 16:
                texts.clear()
            texts[source_id] = text
        return text

    def headings(self, source_id: str) -> tuple[Heading, ...]:
        return self._catalogue.headings(self.get(source_id).id)

    def pages(self, source_id: str) -> tuple[Page, ...]:
        return self._catalogue.pages(self.get(source_id).id)

    def passages(self, source_id: str) -> list[Passage]:
        """The passages of a source in order; joined, they are its text."""
        return self._catalogue.passages(self.get(source_id).id)

    def passage(self, passage_id: str) -> Passage:
        """One passage by its id.

        Raises:
            LibraryError: there is none.
        """
        source_id, start, end = _parts(passage_id)
        found = self._catalogue.passage_at(source_id, start)
        if found is None or found.end != end:
            raise LibraryError(f"There is no passage {passage_id!r:.60} in the library.")
        return found

    @property
    def passage_count(self) -> int:
        return int(self._cache("passage_count", self._catalogue.passage_count))

    def search_lexical(self, query: str, k: int, filters: Filters = Filters()) -> list[tuple[Passage, float]]:
        """The ``k`` best passages by BM25, higher is better, ties in the order of ids.

        Args:
            query: plain words; nothing in it is an operator.
            k: how many.
            filters: which sources.
        """
        expression = match_expression(query)
        if not expression or k <= 0:
            return []
        with self._catalogue.snapshot():
            return self._catalogue.match(expression, k, _BM25_WEIGHTS, self.select(filters))

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term stands, in any of its inflected forms; 0 for what holds no word."""
        known: dict[str, int] = self._cache("document_frequency", dict)
        if len(known) > 100_000:
            known.clear()
        found = {}
        for term in terms:
            count = known.get(term)
            if count is None:
                words = phrase(term)
                count = self._catalogue.count_matches(f"{{heading body}} : {words}") if words else 0
                known[term] = count
            found[term] = count
        return found

    def sources_with(self, term: str) -> frozenset[str] | None:
        """The sources in which a term stands, in any of its inflected forms; None for one that is too common to tell
        sources apart."""
        known: dict[str, frozenset[str] | None] = self._cache("sources_with", dict)
        if len(known) > 100_000:
            known.clear()
        if term not in known:
            common = self.document_frequency([term])[term] > max(_COMMON, self.passage_count // 10)
            words = phrase(term)
            known[term] = None if common else self._catalogue.sources_matching(words) if words else frozenset()
        return known[term]

    def vocabulary(self) -> list[tuple[str, int]]:
        """Every word as it is written in the passages, in lower case, with the number of passages that have it."""
        return list(self._cache("vocabulary", self._catalogue.vocabulary))

    def word_counts(self, words: Sequence[str]) -> dict[str, int]:
        """Of these words in lower case, those that the passages have, each with the number of passages."""
        return self._catalogue.word_counts(words)

    def vectors(self, passage_ids: Sequence[str]) -> NDArray[np.float32]:
        """The stored vectors of these passages (their own, not those of their sentences), one row each.

        Raises:
            LibraryError: there is no such passage.
        """
        from govqa.vectors import decode, own

        blobs = []
        for passage_id in passage_ids:
            source_id, start, end = _parts(passage_id)
            row = self._catalogue.vector_at(source_id, start)
            if row is None or row[1] != end:
                raise LibraryError(f"There is no passage {passage_id!r:.60} in the library.")
            blobs.append(row[2])
        return decode(own(blobs, self.fingerprint.dimension), self.fingerprint.dimension)

    def nearest_sentences(
        self, vector: NDArray[np.float32], passages: Sequence[Passage]
    ) -> list[tuple[Passage, float]]:
        """Each passage with the cosine of its nearest sentence with ``vector``; of one without sentences, its own.

        Passages that are in the library no more are left out.

        Raises:
            LibraryError: a stored vector is damaged.
        """
        from govqa.vectors import cosines, decode

        size = 2 * self.fingerprint.dimension
        starts: dict[str, list[int]] = {}
        for passage in passages:
            starts.setdefault(passage.source_id, []).append(passage.start)
        with self._catalogue.snapshot():
            stored = {key: self._catalogue.vectors_of(key, places) for key, places in starts.items()}
        there = [passage for passage in passages if passage.start in stored[passage.source_id]]
        rows, counts = [], []
        for passage in there:
            blob = stored[passage.source_id][passage.start]
            blob = blob[size:] or blob
            parts = [blob[at : at + size] for at in range(0, max(1, len(blob)), size)]
            rows += parts
            counts.append(len(parts))
        if not rows:
            return []
        scores = cosines(vector, decode(rows, self.fingerprint.dimension))
        ends = list(accumulate(counts))
        return [
            (passage, float(scores[end - count : end].max()))
            for passage, end, count in zip(there, ends, counts, strict=True)
        ]

    def origin(self, origin: str) -> tuple[str, str, str] | None:
        """Source, file hash and root of what was added from ``origin``; None: nothing was."""
        return self._catalogue.origin(origin)

    def origins(self) -> list[tuple[str, str, str]]:
        """Origin, source and root of everything that came from somewhere."""
        return self._catalogue.origins()

    # ------------------------------------------------------------ caches

    def _cache(self, name: str, make: Any) -> Any:
        """``make()``, kept until the library's revision changes."""
        with self._catalogue.snapshot():
            revision = self._catalogue.revision
            if revision != self._cached_revision:
                self._cached = {}
                self._cached_revision = revision
            if name not in self._cached:
                self._cached[name] = make()
            return self._cached[name]

    def _exact(self) -> ExactIndex:
        from govqa.vectors import read_exact

        index: ExactIndex = self._cache("exact", lambda: read_exact(self._catalogue))
        return index

    @staticmethod
    def _there(value: Any, source_id: str) -> Any:
        if value is None:
            raise LibraryError(
                f"There is no source {source_id!r:.60} in the library: `govqa list` shows what there is."
            )
        return value


def _parts(passage_id: str) -> tuple[str, int, int]:
    source_id, _, place = passage_id.partition(":")
    start, _, end = place.partition("-")
    if not (start.isascii() and start.isdigit() and end.isascii() and end.isdigit()):
        raise LibraryError(f"There is no passage {passage_id!r:.60} in the library.")
    return source_id, int(start), int(end)
