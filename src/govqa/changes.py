"""One change of a library: what is written to the catalogue, noted for the index to follow."""

from __future__ import annotations

from collections.abc import Sequence

from govqa.catalogue import Catalogue
from govqa.entries import Entry, Outcome, Status, differences
from govqa.types import Source


class Change:
    """Writes to the catalogue, inside its transaction.

    >>> change = Change(catalogue)                             # doctest: +SKIP
    >>> change.put(entry, checked(entry, dimension), force=False)  # doctest: +SKIP

    Attributes:
        gone: ids of passages that the index has and must lose.
        new: ids of passages that it must get, with their vectors as they are stored.
        other: has anything else changed that a user can see?
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.gone: list[str] = []
        self.new: dict[str, bytes] = {}
        self.other = False
        self._left: list[tuple[str, str]] = []
        self._catalogue = catalogue

    def __bool__(self) -> bool:
        return bool(self.gone or self.new or self.other)

    def put(self, entry: Entry, blobs: Sequence[bytes], *, force: bool) -> Outcome:
        """Add a source, replace it, or leave it as it is; see :meth:`govqa.library.Library.put`."""
        catalogue, source, origin = self._catalogue, entry.source, entry.source.origin
        known = catalogue.source(source.id)
        before = catalogue.origin(origin) if origin else None
        status: Status = "replaced" if before and before[0] != source.id else "unchanged"
        reason = ""
        if known is None:
            if entry.vectors is None:
                raise ValueError(f"{source.id} is not in the library, and comes without vectors")
            status = "replaced" if before else "added"
            self._write(source, entry, blobs)
        elif known.origin not in ("", origin):
            # Another file with the same text changes nothing of what is known of the first.
            reason = f"the same text as {known.origin}"
            if force and entry.vectors is not None:
                self._write(known, entry, blobs)
        elif entry.vectors is not None:
            changed = differences(known, source)
            if changed or force or known.origin != origin:
                status, reason = "replaced", ", ".join(changed)
                self._write(source, entry, blobs)
        if origin:
            catalogue.put_origin(origin, source.id, entry.file_hash, entry.root)
            if before and before[0] != source.id:
                self._left.append((before[0], origin))
        return Outcome(origin or source.title, status, source.id, reason)

    def drop_left(self) -> None:
        """Drop the sources whose origins hold another text now, unless they came from elsewhere as well.

        Only at the end of a change, so that a text that moved from one file to another is never gone in between.
        """
        for source_id, origin in self._left:
            self._drop(source_id, origin)

    def remove(self, source_id: str) -> None:
        """Remove a source with all its origins."""
        self._forget(self._catalogue.delete_source(source_id))

    def forget_origin(self, origin: str) -> Outcome | None:
        """Nothing comes from ``origin`` any more; None: nothing did."""
        known = self._catalogue.origin(origin)
        if known is None:
            return None
        self._catalogue.delete_origin(origin)
        gone = self._drop(known[0], origin)
        return Outcome(origin, "removed", known[0], "" if gone else "kept: also from elsewhere")

    def _write(self, source: Source, entry: Entry, blobs: Sequence[bytes]) -> None:
        self._forget(self._catalogue.clear_source(source.id))
        self._catalogue.put_source(source, entry.document, entry.passages, blobs)
        self.new.update(zip((passage.id for passage in entry.passages), blobs, strict=True))

    def _drop(self, source_id: str, origin: str) -> bool:
        """The source no longer comes from ``origin``: it goes, or another of its origins takes the place."""
        remaining = self._catalogue.origins_of(source_id)
        if not remaining:
            self.remove(source_id)
            return True
        source = self._catalogue.source(source_id)
        if source is not None and source.origin == origin:
            self._catalogue.set_source_origin(source_id, remaining[0])
            self.other = True
        return False

    def _forget(self, passages: Sequence[str]) -> None:
        for passage in passages:
            # What came in the same change has never been in the index.
            if self.new.pop(passage, None) is None:
                self.gone.append(passage)
        self.other = True
