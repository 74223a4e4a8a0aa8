"""Documents into a library: load, split, embed, put, a few files to a transaction.

    outcomes = add(library, embedder, ["laws/", "plan.pdf"], settings=settings)

Whatever stops it, the library is whole and holds what was finished; to go on, do the same again: files that are in it
unchanged cost a hash. A file that cannot be read is refused with the reason, and the others go on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from govqa.adding import Progress, run, split_document, tell
from govqa.entries import Entry, Outcome
from govqa.errors import DocumentError
from govqa.library import Index, Library
from govqa.lock import LibraryInUse
from govqa.settings import Settings
from govqa.tasks import Item, file_hash, file_task, tasks
from govqa.types import Embedder

__all__ = ["Item", "Outcome", "Progress", "add", "corpus_dir", "open_default", "open_library", "reindex", "sync"]

_PATIENCE = 60.0  # seconds that another process may take to fill a new library


def add(
    library: Library,
    embedder: Embedder,
    items: Iterable[Item] | Item,
    *,
    settings: Settings,
    metadata: Mapping[str, str] | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Add documents; those that are there unchanged are left alone, changed ones replace what they were.

    Args:
        library: to add to.
        embedder: the one that the library was made with.
        items: files, folders (with all that is under them), URLs, or documents.
        settings: budget of a passage and limits of a file.
        metadata: fields of :class:`~govqa.types.Metadata` that override what the files say.
        include: patterns of the files in a folder that are taken; none means all.
        exclude: patterns of those that are not.
        force: read, split and embed anew even what is unchanged.
        progress: told of each document.

    Returns:
        One outcome a document, in order.

    Raises:
        LibraryError: the library cannot be written. What was finished before stays.
        DocumentError: something named does not exist.
    """
    todo = tasks(items, settings, metadata, include, exclude)
    return run(library, embedder, todo, settings, reread=bool(metadata), force=force, progress=progress)


def sync(
    library: Library,
    embedder: Embedder,
    folder: Path | str,
    *,
    settings: Settings,
    metadata: Mapping[str, str] | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Make the library hold what the folder holds: new files are added, changed ones replaced, deleted ones go.

    Only what an earlier ``sync`` brought from this folder is taken away. A file that can no longer be read is refused,
    and its earlier version stays. Doing it twice changes nothing.

    Raises:
        LibraryError: the library cannot be written.
        DocumentError: the folder does not exist or cannot be read; nothing is taken away.
    """
    root = Path(folder).expanduser().resolve()
    if not root.is_dir():
        raise DocumentError(f"{root} is not a folder: check the name.")
    todo = tasks([root], settings, metadata, include, exclude)
    outcomes = run(
        library, embedder, todo, settings, root=str(root), reread=bool(metadata), force=force, progress=progress
    )
    there = {task.origin for task in todo}
    refused = [Path(outcome.path) for outcome in outcomes if outcome.status == "refused"]
    gone = [
        origin
        for origin, _, came_from in library.origins()
        if came_from
        and origin not in there
        and Path(origin).is_relative_to(root)
        # What was in an archive that cannot be read now stays as well.
        and not any(Path(origin).is_relative_to(path) for path in refused)
    ]
    return outcomes + (library.remove_origins(gone) if gone else [])


def reindex(library: Library, embedder: Embedder, *, settings: Settings, progress: Progress | None = None) -> None:
    """Split and embed every source anew from the text in the library, all or nothing: for another embedding model or
    another budget.

    Raises:
        LibraryError: the library cannot be written, or changed meanwhile; nothing was changed.
    """
    from govqa.passage_vectors import passage_vectors

    sources = library.sources()
    entries = []
    for done, source in enumerate(sources):
        tell(progress, done, len(sources), source.title)
        document = library.document(source.id)
        passages = split_document(document, source.id, embedder, settings)
        entries.append(
            Entry(source, document, passages, passage_vectors(passages, [source.title] * len(passages), embedder))
        )
    library.replace_all(entries, embedder.fingerprint)
    tell(progress, len(sources), len(sources), "")


def open_library(
    settings: Settings,
    embedder: Embedder,
    *,
    path: Path | str | None = None,
    create: bool = True,
    read_only: bool = False,
    index: Index = "auto",
) -> Library:
    """Open the library at ``path`` (None: the settings'), checking that it was made with this embedder.

    Raises:
        LibraryError, ModelError: see :meth:`govqa.library.Library.open`.
    """
    return Library.open(
        path if path is not None else settings.library,
        fingerprint=embedder.fingerprint,
        create=create and not read_only,
        read_only=read_only,
        index=index,
        chroma_url=settings.chroma_url,
    )


def open_default(
    settings: Settings,
    embedder: Embedder,
    *,
    read_only: bool = False,
    index: Index = "auto",
    progress: Progress | None = None,
) -> Library:
    """The settings' library, made and filled with the shipped documents on first use.

    A shipped document that was removed stays away; one that a newer govqa ships in another version is replaced.

    Raises:
        LibraryError, ModelError: see :meth:`govqa.library.Library.open`.
    """
    library = open_library(settings, embedder, read_only=read_only, index=index)
    try:
        if not read_only:
            _seed(library, embedder, settings, progress)
    except BaseException:
        library.close()
        raise
    return library


def corpus_dir() -> Path:
    """The folder of the documents that come with govqa: in the package, or beside it in a checkout.

    >>> sorted(path.suffix for path in corpus_dir().glob("*.md"))
    ['.md', '.md', '.md']
    """
    package = Path(__file__).resolve().parent
    installed = package / "_corpus"
    return installed if installed.is_dir() else package.parent.parent / "corpus"


def _seed(library: Library, embedder: Embedder, settings: Settings, progress: Progress | None) -> None:
    """Add what was never offered to this library; its note of what was keeps removed documents away."""
    from govqa.loaders import find_files

    files = {f"corpus/{path.name}": path for path in find_files(corpus_dir())}
    hashes = {origin: file_hash(path) for origin, path in files.items()}

    def not_offered() -> list[str]:
        offered = json.loads(library.note("seeded") or "{}")
        return [o for o in files if o not in offered or (offered[o] != hashes[o] and library.origin(o))]

    patience = time.monotonic() + _PATIENCE
    while new := not_offered():
        # Another process that has the library open offers it the same: let it.
        try:
            library.lock()
            break
        except LibraryInUse:
            if time.monotonic() > patience:
                raise
            time.sleep(0.1)
    else:
        return
    new = not_offered()
    todo = [file_task(files[origin], origin, None, None) for origin in new]
    run(library, embedder, todo, settings, progress=progress)
    library.note("seeded", json.dumps(hashes, sort_keys=True))
