"""Readers: question and passage in; where the answer stands, and whether it stands there at all, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govqa.settings import Settings
from govqa.types import Embedder, Reader

if TYPE_CHECKING:
    from govqa.library import Library


def open_reader(settings: Settings, library: Library, embedder: Embedder) -> Reader:
    """The reader that the settings name.

    Raises:
        ModelError: its weights are missing or not the ones they should be.
    """
    if settings.reader == "lexical":
        from govqa.readers.lexical import LexicalReader

        return LexicalReader(embedder, library.document_frequency, lambda: library.passage_count)
    if settings.reader == "trained":
        from govqa.readers.trained import TrainedReader

        return TrainedReader(threads=settings.threads)
    from govqa.readers.huggingface import HuggingFaceReader

    return HuggingFaceReader(settings.reader, threads=settings.threads)
