"""What goes into a library, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, TypeAlias

from govqa.catalogue import metadata_of
from govqa.errors import DocumentError
from govqa.types import Document, Passage, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Status: TypeAlias = Literal["added", "unchanged", "replaced", "removed", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document.

    Attributes:
        path: where it came from.
        status: ``added``, ``unchanged``, ``replaced``, ``removed`` or ``refused``.
        source_id: of the source that it is now; empty when refused.
        reason: why it was refused, or what changed.
    """

    path: str
    status: Status
    source_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document on its way into the library.

    Attributes:
        source: its id from :func:`source_id`; ``origin`` says where it came from.
        document: what the loader made of it.
        passages: they partition the document's text.
        vectors: for each passage its unit vector, float32, or a matrix: its own vector first, then one a sentence.
            None: the source is there already, only its origin is noted.
        file_hash: of the file, so that an unchanged one is not read again.
        root: the folder whose :func:`govqa.indexing.sync` brought it.
    """

    source: Source
    document: Document
    passages: Sequence[Passage] = ()
    vectors: Sequence[NDArray[np.float32]] | NDArray[np.float32] | None = None
    file_hash: str = ""
    root: str = ""


def source_id(text: str) -> str:
    """The id of a source: the first 16 hex digits of the SHA-256 of its canonical text.

    >>> source_id("Be open.")
    '5acbaa491eb566da'
    """
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def checked(entry: Entry, dimension: int) -> list[bytes]:
    """The entry's vectors as they are stored: for each passage its own, then one of each of its sentences.

    Raises:
        DocumentError: the document cannot be stored.
        ValueError: passages or vectors are not what they have to be (a fault in govqa, not in the document).
    """
    text = entry.document.text
    name = entry.source.origin or entry.source.title
    if not text.strip():
        raise DocumentError(f"{name} holds no text.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise DocumentError(f"{name} holds characters that are no Unicode text: save it as UTF-8.") from None
    if entry.source.id != source_id(text) or entry.source.length != len(text):
        raise ValueError(f"{name}: the source's id or length is not that of its text")
    if entry.vectors is None:
        return []
    import numpy as np

    from govqa.vectors import encode

    at = 0
    for passage in entry.passages:
        if passage.source_id != entry.source.id or passage.start != at or passage.text != text[at : passage.end]:
            raise ValueError(f"{name}: the passages do not partition the text at {at}")
        if passage.end <= at:
            raise ValueError(f"{name}: an empty passage at {at}")
        at = passage.end
    if at != len(text):
        raise ValueError(f"{name}: the passages end at {at} of {len(text)}")
    matrices = [np.atleast_2d(np.asarray(matrix, np.float32)) for matrix in entry.vectors]
    good = all(m.ndim == 2 and m.shape[1] == dimension and len(m) and np.isfinite(m).all() for m in matrices)
    if not good or len(matrices) != len(entry.passages):
        raise ValueError(f"{name}: {len(entry.passages)} finite vectors of dimension {dimension} are asked for")
    blobs = []
    for matrix in matrices:
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        blobs.append(b"".join(encode((matrix / np.where(lengths > 0, lengths, 1)).astype(np.float32))))
    return blobs


def differences(known: Source, source: Source) -> list[str]:
    old, new = metadata_of(known), metadata_of(source)
    return [name for name in old.__dataclass_fields__ if getattr(old, name) != getattr(new, name)]
