"""What stands for a passage when meanings are compared: the vectors of its sentences, and their mean.

One vector for two hundred tokens blurs what each sentence says. So every sentence has its own; the passage's, by which
Chroma finds it, is their mean with half a share for the headings above it, and among the passages that were found the
nearest sentence counts as well. Embedding takes about as long as it would of whole passages (78 a second against 85).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from govqa.fulltext import words
from govqa.sentences import sentence_spans
from govqa.types import Embedder, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEADING = 0.5
"""Weight of the headings in the passage's vector, where a sentence has 1."""

SCHEME = "sentences-1"
"""Noted in a library, so that vectors made in another way are not compared with these."""

_WORDS = 3  # a sentence of fewer says nothing by itself ("and", "(a)", "Yes.")
_HEADING_CHARACTERS = 300


def sentences_of(text: str) -> list[str]:
    """The sentences of a passage, those of one or two words joined with the one before (the first with the next).

    >>> sentences_of("Scope. This applies to all providers. Yes. It binds them.")
    ['Scope. This applies to all providers. Yes.', 'It binds them.']
    """
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        if spans and (_is_short(text[start:end]) or _is_short(text[slice(*spans[-1])])):
            start = spans.pop()[0]
        spans.append((start, end))
    return [text[start:end] for start, end in spans] or [text]


def _is_short(sentence: str) -> bool:
    return len(words(sentence)) < _WORDS


def passage_vectors(
    passages: Sequence[Passage], titles: Sequence[str], embedder: Embedder
) -> list[NDArray[np.float32]]:
    """For each passage a matrix of unit vectors: its own first, then one a sentence (where there are several).

    >>> from govqa.embedding import open_embedder
    >>> from govqa.settings import Settings
    >>> passage = Passage("s", 0, 38, "It applies to all. It does so at once.", ())
    >>> [matrix.shape for matrix in passage_vectors([passage], ["Scope"], open_embedder(Settings()))]
    [(3, 384)]

    Args:
        passages: of one or more sources.
        titles: of their sources, one a passage; a title stands for the headings of a passage that has none above it.
        embedder: that embeds the sentences and headings.
    """
    import numpy as np

    sentences = [sentences_of(passage.text) for passage in passages]
    headings = [
        (" › ".join(name for name in passage.heading_path if name.strip()) or title)[-_HEADING_CHARACTERS:].strip()
        for passage, title in zip(passages, titles, strict=True)
    ]
    texts = dict.fromkeys([text for some in sentences for text in some] + [text for text in headings if text])
    vectors = dict(zip(texts, embedder.embed(list(texts)), strict=True))
    found = []
    for some, heading in zip(sentences, headings, strict=True):
        rows = np.stack([vectors[text] for text in some])
        mean = rows.sum(0) + (HEADING * vectors[heading] if heading else 0.0)
        length = float(np.linalg.norm(mean))
        own = mean / length if length > 1e-6 else rows[0]
        found.append(np.concatenate([own[None], rows]) if len(rows) > 1 or heading else rows)
    return found
