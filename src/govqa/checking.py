"""Is a library whole? Everything that can be checked without a model, one line for each thing that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from govqa.catalogue import Catalogue
from govqa.errors import LibraryError
from govqa.fulltext import words
from govqa.vectors import ChromaIndex, IndexFailure, cosines, decode, own

_NORM_TOLERANCE = 5e-3  # float16 rounds each of a unit vector's numbers by up to 1/2048 of itself
_SAME = 1 - 1e-4


def check(catalogue: Catalogue, chroma: ChromaIndex | None, *, in_depth: bool) -> list[str]:
    """Problems, empty when there are none.

    Args:
        catalogue: the record.
        chroma: the index, if it is open.
        in_depth: this process holds the lock, and may do what SQLite counts as writing.
    """
    problems = catalogue.integrity(in_depth=in_depth)
    try:
        with catalogue.snapshot():
            problems += _texts(catalogue)
            problems += _vectors(catalogue)
            if chroma is not None:
                problems += _index(catalogue, chroma)
    except (LibraryError, ValueError) as error:
        problems.append(f"catalogue: {error}")
    return problems


def _texts(catalogue: Catalogue) -> Iterator[str]:
    """Ids are those of the texts, passages partition them, and every word is counted."""
    from govqa.entries import source_id

    counts: Counter[str] = Counter()
    for source in catalogue.sources():
        text = catalogue.text(source.id) or ""
        passages = catalogue.passages(source.id)
        if source.id != source_id(text) or source.length != len(text):
            yield f"source {source.id}: its text is not the one that was added"
        if "".join(p.text for p in passages) != text:
            yield f"source {source.id}: its passages do not make up its text"
        elif any(text[p.start : p.end] != p.text for p in passages):
            yield f"source {source.id}: its passages have wrong offsets"
        for passage in passages:
            counts.update(words(passage.text))
        if source.origin and source.origin not in catalogue.origins_of(source.id):
            yield f"source {source.id}: its origin is not recorded"
    if dict(catalogue.vocabulary()) != dict(counts):
        yield "vocabulary: it does not hold the words of the passages"


def _vectors(catalogue: Catalogue) -> Iterator[str]:
    import numpy as np

    dimension = catalogue.fingerprint.dimension
    for _, source_id, start, end, blob in catalogue.vectors():
        name = f"passage {source_id}:{start}-{end}"
        if not blob or len(blob) % (2 * dimension):
            yield f"{name}: its vector is missing or has another dimension"
            continue
        rows = np.frombuffer(blob, "<f2").astype(np.float32).reshape(-1, dimension)
        wrong = [x for x in np.linalg.norm(rows, axis=1).tolist() if not abs(x - 1) <= _NORM_TOLERANCE]
        if wrong:
            yield f"{name}: its vector has length {wrong[0]:.3f}, not 1"


def _index(catalogue: Catalogue, chroma: ChromaIndex) -> Iterator[str]:
    """The Chroma index holds the catalogue's passages with their vectors, and nothing else."""
    try:
        found = {key: (vector, source_id) for key, vector, source_id in chroma.contents()}
    except IndexFailure as error:
        yield f"vector index: {error}"
        return
    dimension = catalogue.fingerprint.dimension
    for _, source_id, start, end, blob in catalogue.vectors():
        key = f"{source_id}:{start}-{end}"
        vector, source = found.pop(key, (None, ""))
        if vector is None:
            yield f"vector index: passage {key} is missing"
        elif blob and len(blob) % (2 * dimension) == 0:
            stored = decode(own([blob], dimension), dimension)
            if source != source_id or (stored.any() and cosines(stored[0], vector.reshape(1, -1))[0] < _SAME):
                yield f"vector index: passage {key} is not the catalogue's"
    for key in sorted(found):
        yield f"vector index: {key} is not in the library"
