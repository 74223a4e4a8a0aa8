"""The catalogue: the record of what a library holds, in one SQLite file.

Sources, passages, their vectors, the full-text index, the revision and the model's fingerprint. Every change is one
transaction; what is not here is not in the library. Nothing but this module speaks SQL.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from govqa.database import FILE_NAME, Database, NotALibrary
from govqa.fulltext import searchable, words
from govqa.types import Document, Fingerprint, Heading, Metadata, Page, Passage, Source

__all__ = ["FILE_NAME", "Catalogue", "NotALibrary", "metadata_of"]

_TABLES = """
CREATE TABLE sources (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, publisher TEXT NOT NULL, author TEXT NOT NULL,
    date TEXT NOT NULL, url TEXT NOT NULL, language TEXT NOT NULL, quoted_in TEXT NOT NULL, origin TEXT NOT NULL,
    length INTEGER NOT NULL, notes TEXT NOT NULL, blocks TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE origins (
    origin TEXT PRIMARY KEY, source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    file_hash TEXT NOT NULL, root TEXT NOT NULL);
CREATE INDEX origins_of_source ON origins (source_id);
CREATE TABLE headings (
    source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE, position INTEGER NOT NULL,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, level INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (source_id, position));
CREATE TABLE pages (
    source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE, position INTEGER NOT NULL,
    start_at INTEGER NOT NULL, number INTEGER NOT NULL, label TEXT NOT NULL,
    PRIMARY KEY (source_id, position));
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, heading_path TEXT NOT NULL, page INTEGER,
    page_label TEXT NOT NULL, text TEXT NOT NULL);
CREATE UNIQUE INDEX passages_by_place ON passages (source_id, start_at, end_at);
CREATE TABLE vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE, vector BLOB NOT NULL);
CREATE TABLE words (word TEXT PRIMARY KEY, passages INTEGER NOT NULL);
CREATE VIRTUAL TABLE passages_text USING fts5 (
    title, heading, body, tokenize = 'porter unicode61 remove_diacritics 2');
"""

_SOURCE = "id, title, kind, publisher, author, date, url, language, quoted_in, origin, length"
_PASSAGE = "p.source_id, p.start_at, p.end_at, p.text, p.heading_path, p.page, p.page_label"
_MANY = 500  # values in one IN (…)
_TIES = 50  # passages beyond those asked for, among which those of equal score are put in order


class Catalogue(Database):
    """What a library holds.

    >>> with Catalogue.open(folder) as catalogue:  # doctest: +SKIP
    ...     catalogue.revision
    3
    """

    schema = 1
    tables = Database.tables + ";" + _TABLES

    # ------------------------------------------------------------ about the library

    @property
    def revision(self) -> int:
        """How often the library has changed."""
        return int(self.meta("revision", "0"))

    @property
    def fingerprint(self) -> Fingerprint:
        """The model that made the vectors."""
        return Fingerprint(
            self.meta("model_name"), int(self.meta("model_dimension", "0")), self.meta("model_weights_hash")
        )

    @fingerprint.setter
    def fingerprint(self, value: Fingerprint) -> None:
        self.set_meta(
            model_name=value.name, model_dimension=str(value.dimension), model_weights_hash=value.weights_hash
        )

    # ------------------------------------------------------------ reading

    def sources(self) -> list[Source]:
        rows = self._all(f"SELECT {_SOURCE} FROM sources")
        return sorted((Source(*row) for row in rows), key=lambda s: (s.title.casefold(), s.date, s.id))

    def source(self, source_id: str) -> Source | None:
        rows = self._all(f"SELECT {_SOURCE} FROM sources WHERE id = ?", (source_id,))
        return Source(*rows[0]) if rows else None

    def document(self, source_id: str) -> Document | None:
        """What the loader made of the source: text, metadata, structure. None: no such source."""
        with self.snapshot():
            rows = self._all(f"SELECT {_SOURCE}, notes, blocks, text FROM sources WHERE id = ?", (source_id,))
            if not rows:
                return None
            source, (notes, blocks, text) = Source(*rows[0][:11]), rows[0][11:]
            return Document(
                text=text,
                metadata=metadata_of(source),
                headings=self.headings(source_id),
                pages=self.pages(source_id),
                blocks=tuple((start, end) for start, end in json.loads(blocks)),
                notes=tuple(json.loads(notes)),
            )

    def text(self, source_id: str) -> str | None:
        rows = self._all("SELECT text FROM sources WHERE id = ?", (source_id,))
        return rows[0][0] if rows else None

    def headings(self, source_id: str) -> tuple[Heading, ...]:
        rows = self._all(
            "SELECT start_at, end_at, level, text FROM headings WHERE source_id = ? ORDER BY position", (source_id,)
        )
        return tuple(Heading(*row) for row in rows)

    def pages(self, source_id: str) -> tuple[Page, ...]:
        rows = self._all(
            "SELECT start_at, number, label FROM pages WHERE source_id = ? ORDER BY position", (source_id,)
        )
        return tuple(Page(*row) for row in rows)

    def passages(self, source_id: str) -> list[Passage]:
        rows = self._all(f"SELECT {_PASSAGE} FROM passages p WHERE p.source_id = ? ORDER BY p.start_at", (source_id,))
        return [_passage(row) for row in rows]

    def passage_at(self, source_id: str, start: int) -> Passage | None:
        rows = self._all(
            f"SELECT {_PASSAGE} FROM passages p WHERE p.source_id = ? AND p.start_at = ?", (source_id, start)
        )
        return _passage(rows[0]) if rows else None

    def passages_by_row(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Passages by their row numbers."""
        found: dict[int, Passage] = {}
        for some in _chunks(rows):
            sql = f"SELECT p.id, {_PASSAGE} FROM passages p WHERE p.id IN ({_marks(some)})"
            found.update((row[0], _passage(row[1:])) for row in self._all(sql, some))
        return found

    def passage_count(self) -> int:
        return int(self._all("SELECT count(*) FROM passages")[0][0])

    def vectors(self) -> Iterator[tuple[int, str, int, int, bytes]]:
        """Row, source, start, end and float16 vectors of every passage, in the order of their ids.

        A passage's own vector comes first, then one of each of its sentences, where they have any.
        """
        with self.snapshot():
            yield from self._db.execute(
                "SELECT p.id, p.source_id, p.start_at, p.end_at, v.vector FROM passages p"
                " LEFT JOIN vectors v ON v.passage = p.id ORDER BY p.source_id, p.start_at"
            )

    def own_vectors(self) -> Iterator[tuple[int, str, int, int, bytes]]:
        """The same without the sentences' vectors; of one that is damaged, all that there is."""
        size = 2 * self.fingerprint.dimension
        with self.snapshot():
            yield from self._db.execute(
                "SELECT p.id, p.source_id, p.start_at, p.end_at,"
                " CASE length(v.vector) % ?1 WHEN 0 THEN substr(v.vector, 1, ?1) ELSE v.vector END"
                " FROM passages p LEFT JOIN vectors v ON v.passage = p.id ORDER BY p.source_id, p.start_at",
                (max(1, size),),
            )

    def vectors_of(self, source_id: str, starts: Sequence[int]) -> dict[int, bytes]:
        """The float16 vectors of those of a source's passages that begin at ``starts``, by where they begin."""
        found: dict[int, bytes] = {}
        for some in _chunks(starts):
            sql = (
                "SELECT p.start_at, v.vector FROM passages p JOIN vectors v ON v.passage = p.id"
                f" WHERE p.source_id = ? AND p.start_at IN ({_marks(some)})"
            )
            found.update(self._all(sql, [source_id, *some]))
        return found

    def vector_at(self, source_id: str, start: int) -> tuple[int, int, bytes] | None:
        """Row, end and float16 vectors (its own first) of the passage that begins there."""
        rows = self._all(
            "SELECT p.id, p.end_at, v.vector FROM passages p JOIN vectors v ON v.passage = p.id"
            " WHERE p.source_id = ? AND p.start_at = ?",
            (source_id, start),
        )
        return rows[0] if rows else None

    def match(
        self, expression: str, k: int, weights: tuple[float, float, float], source_ids: Sequence[str] | None
    ) -> list[tuple[Passage, float]]:
        """Passages by BM25 (Robertson & Zaragoza 2009), best first, ties in the order of ids."""
        where, values = "", list[str]()
        if source_ids is not None:
            where = f" AND rowid IN (SELECT id FROM passages WHERE source_id IN ({_marks(source_ids)}))"
            values = list(source_ids)
        # Only rows and scores are sorted; the texts are read of those that win.
        scores = dict(
            self._all(
                "SELECT rowid, bm25(passages_text, ?, ?, ?) AS score FROM passages_text"
                f" WHERE passages_text MATCH ?{where} ORDER BY score, rowid LIMIT ?",
                [*weights, expression, *values, k + _TIES],
            )
        )
        passages = self.passages_by_row(list(scores))
        ranked = sorted(scores, key=lambda row: (scores[row], passages[row].source_id, passages[row].start))
        return [(passages[row], -float(scores[row])) for row in ranked[:k]]

    def count_matches(self, expression: str) -> int:
        return int(self._all("SELECT count(*) FROM passages_text WHERE passages_text MATCH ?", (expression,))[0][0])

    def sources_matching(self, expression: str) -> frozenset[str]:
        """The sources of the passages that match."""
        rows = self._all(
            "SELECT DISTINCT source_id FROM passages WHERE id IN"
            " (SELECT rowid FROM passages_text WHERE passages_text MATCH ?)",
            (expression,),
        )
        return frozenset(row[0] for row in rows)

    def vocabulary(self) -> list[tuple[str, int]]:
        return self._all("SELECT word, passages FROM words ORDER BY word")

    def word_counts(self, asked: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in _chunks(asked):
            found.update(self._all(f"SELECT word, passages FROM words WHERE word IN ({_marks(some)})", some))
        return found

    def origin(self, origin: str) -> tuple[str, str, str] | None:
        """Source, file hash and root of what was added from ``origin``."""
        rows = self._all("SELECT source_id, file_hash, root FROM origins WHERE origin = ?", (origin,))
        return rows[0] if rows else None

    def origins(self) -> list[tuple[str, str, str]]:
        """Origin, source and root of everything that came from somewhere."""
        return self._all("SELECT origin, source_id, root FROM origins ORDER BY origin")

    # ------------------------------------------------------------ writing, inside a transaction

    def put_source(
        self,
        source: Source,
        document: Document,
        passages: Sequence[Passage],
        vectors: Sequence[bytes],
    ) -> None:
        """Write a source with all that belongs to it, in place of what was there under its id."""
        self.clear_source(source.id)
        values = {name: getattr(source, name) for name in _SOURCE.split(", ")} | {
            "notes": json.dumps(document.notes),
            "blocks": json.dumps(document.blocks),
            "text": document.text,
        }
        names = ", ".join(values)
        changes = ", ".join(f"{name} = excluded.{name}" for name in values if name != "id")
        self._db.execute(
            f"INSERT INTO sources ({names}) VALUES ({_marks(values)}) ON CONFLICT (id) DO UPDATE SET {changes}",
            list(values.values()),
        )
        self._db.executemany(
            "INSERT INTO headings VALUES (?, ?, ?, ?, ?, ?)",
            [(source.id, i, h.start, h.end, h.level, h.text) for i, h in enumerate(document.headings)],
        )
        self._db.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, ?, ?)",
            [(source.id, i, page.start, page.number, page.label) for i, page in enumerate(document.pages)],
        )
        counts: Counter[str] = Counter()
        title = searchable(source.title)
        for passage, vector in zip(passages, vectors, strict=True):
            row = self._db.execute(
                "INSERT INTO passages (source_id, start_at, end_at, heading_path, page, page_label, text)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    source.id,
                    passage.start,
                    passage.end,
                    json.dumps(passage.heading_path, ensure_ascii=False),
                    passage.page,
                    passage.page_label,
                    passage.text,
                ),
            ).lastrowid
            self._db.execute("INSERT INTO vectors VALUES (?, ?)", (row, vector))
            heading = searchable(" ".join(passage.heading_path))
            self._db.execute(
                "INSERT INTO passages_text (rowid, title, heading, body) VALUES (?, ?, ?, ?)",
                (row, title, heading, searchable(passage.text)),
            )
            counts.update(words(passage.text))
        self._count_words(counts, 1)

    def clear_source(self, source_id: str) -> list[str]:
        """Delete passages, headings and pages of a source; the ids of its passages."""
        rows = self._all("SELECT id, start_at, end_at, text FROM passages WHERE source_id = ?", (source_id,))
        counts: Counter[str] = Counter()
        for _, _, _, text in rows:
            counts.update(words(text))
        self._count_words(counts, -1)
        self._db.executemany("DELETE FROM passages_text WHERE rowid = ?", [(row[0],) for row in rows])
        for table in ("passages", "headings", "pages"):
            self._db.execute(f"DELETE FROM {table} WHERE source_id = ?", (source_id,))
        return [f"{source_id}:{start}-{end}" for _, start, end, _ in rows]

    def delete_source(self, source_id: str) -> list[str]:
        """Delete a source and all that belongs to it; the ids of its passages."""
        passages = self.clear_source(source_id)
        self._db.execute("DELETE FROM sources WHERE id = ?", (source_id,))
        return passages

    def put_origin(self, origin: str, source_id: str, file_hash: str, root: str) -> None:
        self._db.execute(
            "INSERT INTO origins VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
            " source_id = excluded.source_id, file_hash = excluded.file_hash, root = excluded.root",
            (origin, source_id, file_hash, root),
        )

    def delete_origin(self, origin: str) -> None:
        self._db.execute("DELETE FROM origins WHERE origin = ?", (origin,))

    def origins_of(self, source_id: str) -> list[str]:
        rows = self._all("SELECT origin FROM origins WHERE source_id = ? ORDER BY rowid", (source_id,))
        return [row[0] for row in rows]

    def set_source_origin(self, source_id: str, origin: str) -> None:
        self._db.execute("UPDATE sources SET origin = ? WHERE id = ?", (origin, source_id))

    def put_vectors(self, rows: Iterable[tuple[bytes, int]]) -> None:
        self._db.executemany("UPDATE vectors SET vector = ? WHERE passage = ?", rows)

    def next_revision(self) -> int:
        revision = self.revision + 1
        self.set_meta(revision=str(revision))
        return revision

    def _count_words(self, counts: Counter[str], sign: int) -> None:
        self._db.executemany(
            "INSERT INTO words VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET passages = passages + excluded.passages",
            [(word, sign * count) for word, count in counts.items()],
        )
        if sign < 0:
            self._db.execute("DELETE FROM words WHERE passages <= 0")

    # ------------------------------------------------------------ checking

    def integrity(self, *, in_depth: bool) -> list[str]:
        """What SQLite itself finds wrong with the file and with the full-text index.

        Args:
            in_depth: compare the full-text index with its text as well; only the process that may write can.
        """
        with self._lock:
            try:
                rows = self._db.execute("PRAGMA integrity_check").fetchall()
                problems = [f"catalogue: {row[0]}" for row in rows if row[0] != "ok"]
                broken = self._db.execute("PRAGMA foreign_key_check").fetchall()
                problems += [f"catalogue: a row of {row[0]} belongs to nothing" for row in broken]
            except sqlite3.Error as error:
                return [f"catalogue: {error}"]
            try:
                if in_depth:
                    self._db.execute("INSERT INTO passages_text (passages_text) VALUES ('integrity-check')")
                sizes = {row[0] for row in self._db.execute("SELECT id FROM passages_text_docsize")}
                if sizes != {row[0] for row in self._db.execute("SELECT id FROM passages")}:
                    problems.append("full-text index: it does not hold the passages of the catalogue")
            except sqlite3.Error as error:
                problems.append(f"full-text index: {error}")
        return problems


def metadata_of(source: Source) -> Metadata:
    """What a source says about its document."""
    return Metadata(
        title=source.title,
        kind=source.kind,
        publisher=source.publisher,
        author=source.author,
        date=source.date,
        url=source.url,
        language=source.language,
        quoted_in=source.quoted_in,
    )


def _passage(row: Sequence[Any]) -> Passage:
    source_id, start, end, text, heading_path, page, label = row
    return Passage(source_id, start, end, text, tuple(json.loads(heading_path)), page, label)


def _marks(values: Iterable[Any]) -> str:
    return ", ".join("?" for _ in values)


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(values), _MANY):
        yield values[first : first + _MANY]
