"""From documents to entries of a library: split, embed, put, a few documents to a transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TypeAlias

from govqa.entries import Entry, Outcome, source_id
from govqa.errors import DocumentError
from govqa.library import Library
from govqa.settings import Settings
from govqa.tasks import Task, load_ahead
from govqa.types import Document, Embedder, Metadata, Passage, Source

Progress: TypeAlias = Callable[[int, int, str], None]
"""``progress(done, total, what)``: documents done, all of them, the one that is at hand."""

_BATCH_PASSAGES = 256
_BATCH_DOCUMENTS = 32


def run(
    library: Library,
    embedder: Embedder,
    tasks: Sequence[Task],
    settings: Settings,
    *,
    root: str = "",
    reread: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Carry out the tasks.

    Args:
        library: to add to.
        embedder: the one that the library was made with.
        tasks: what to add.
        settings: the budget of a passage.
        root: the folder whose sync it is.
        reread: load also the files that are unchanged: their metadata may be given anew.
        force: split and embed also the texts that are unchanged.
        progress: told of each document.

    Returns:
        One outcome a task, in order.

    Raises:
        LibraryError: the library cannot be written. What was finished before stays.
    """
    if tasks:
        library.lock()  # Better to hear now that the library cannot be written than after an hour of reading.
    outcomes: dict[int, Outcome] = {}
    waiting: list[tuple[int, Entry]] = []

    def is_known(origin: str, digest: str) -> bool:
        known = library.origin(origin)
        return not (force or reread) and known is not None and known[1] == digest

    def flush() -> None:
        put = library.put(_embedded([entry for _, entry in waiting], embedder), force=force)
        outcomes.update(zip((number for number, _ in waiting), put, strict=True))
        waiting.clear()

    for number, (task, loaded) in enumerate(load_ahead(tasks, is_known)):
        tell(progress, number, len(tasks), task.origin)
        known = library.origin(task.origin)
        if isinstance(loaded, DocumentError):
            reason = str(loaded).rstrip(".") + ("; the version in the library stays." if known else ".")
            outcomes[number] = Outcome(task.origin, "refused", "", reason)
            continue
        document, digest = loaded
        if document is None:
            assert known is not None
            if root and known[2] != root:
                library.adopt(task.origin, root)
            outcomes[number] = Outcome(task.origin, "unchanged", known[0])
            continue
        source = _source(document, task.origin)
        passages: list[Passage] = []
        if force or not library.holds(source):
            passages = split_document(document, source.id, embedder, settings)
        waiting.append((number, Entry(source, document, passages, None, digest, root)))
        if sum(len(e.passages) for _, e in waiting) >= _BATCH_PASSAGES or len(waiting) >= _BATCH_DOCUMENTS:
            flush()
    if waiting:
        flush()
    tell(progress, len(tasks), len(tasks), "")
    return [outcomes[number] for number in range(len(tasks))]


def split_document(document: Document, key: str, embedder: Embedder, settings: Settings) -> list[Passage]:
    """The document's passages, each within the budget and within what the embedder sees."""
    from govqa.passages import split

    return split(
        document,
        key,
        budget=settings.passage_tokens,
        fits=lambda text: embedder.count(text) <= embedder.max_tokens,
    )


def tell(progress: Progress | None, done: int, total: int, what: str) -> None:
    """Report progress to whoever wants it."""
    if progress is not None:
        progress(done, total, what)


def _source(document: Document, origin: str) -> Source:
    values = {field.name: getattr(document.metadata, field.name) for field in fields(Metadata)}
    values["title"] = values["title"] or (Path(origin).stem if origin else "Untitled")
    return Source(source_id(document.text), **values, origin=origin, length=len(document.text))


def _embedded(entries: Sequence[Entry], embedder: Embedder) -> list[Entry]:
    """The entries with the vectors of their passages, embedded all at once."""
    from govqa.passage_vectors import passage_vectors

    passages = [passage for entry in entries for passage in entry.passages]
    if not passages:
        return list(entries)
    titles = [entry.source.title for entry in entries for _ in entry.passages]
    vectors = iter(passage_vectors(passages, titles, embedder))
    return [
        replace(entry, vectors=[next(vectors) for _ in entry.passages]) if entry.passages else entry
        for entry in entries
    ]
