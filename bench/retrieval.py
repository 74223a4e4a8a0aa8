"""How long does finding take as a library grows?

    python bench/retrieval.py --sizes 1000 5000 20000

Made-up passages (seeded) with vectors on clusters, so that nothing is embedded but the questions. Each stage alone and
both fused, in turns with peers that know nothing of libraries: a NumPy matrix product over the same vectors for the
dense stage, scikit-learn's sparse TF-IDF for the lexical one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from govqa.library import Entry, Library, source_id
from govqa.retrieval import Retriever
from govqa.types import Document, Filters, Fingerprint, Passage, Source
from measure import COLUMNS, OBJECTS, PLACES, SUBJECTS, in_turns, machine, ms, passage, resident_mb, rows_of, save, show

DIMENSION = 384
PER_SOURCE = 100


class ClusterEmbedder:
    """A question's vector is drawn near one of the clusters; no model runs."""

    fingerprint = Fingerprint("clusters", DIMENSION, "0" * 64)
    max_tokens = 256

    def __init__(self) -> None:
        self._centres = np.random.default_rng(0).normal(size=(200, DIMENSION))

    def draw(self, count: int, seed: int) -> Any:
        chance = np.random.default_rng(seed)
        rows = self._centres[chance.integers(0, 200, count)] + chance.normal(scale=0.8, size=(count, DIMENSION))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def embed(self, texts: Any, *, as_query: bool = False) -> Any:
        return self.draw(len(texts), sum(map(ord, texts[0])))

    def count(self, text: str) -> int:
        return len(text.split())


def question(chance: random.Random) -> str:
    return (
        f"When shall the {chance.choice(SUBJECTS)} report the {chance.choice(OBJECTS)} and "
        f"{chance.choice(OBJECTS)[:4]}{chance.randrange(30_000)} of the {chance.choice(PLACES)}?"
    )


ROWS = 5
"""Vectors of a passage: its own and those of its sentences, as many as the shared documents have on average."""


def fill(library: Library, embedder: ClusterEmbedder, size: int) -> list[str]:
    """``size`` passages, a hundred to a source; their texts."""
    texts: list[str] = []
    for first in range(0, size, PER_SOURCE):
        parts = [passage(number, words=80) + "\n" for number in range(first, min(first + PER_SOURCE, size))]
        text = "".join(parts)
        key = source_id(text)
        passages, position = [], 0
        for part in parts:
            passages.append(Passage(key, position, position + len(part), part, ("Title", f"Article {position}")))
            position += len(part)
        source = Source(key, f"Regulation {first}", kind="law", length=len(text))
        rows = embedder.draw(len(parts) * ROWS, first + 1)
        vectors = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
        library.put([Entry(source, Document(text), passages, vectors)])
        texts += parts
    return texts


def measure(size: int, rounds: int) -> dict[str, object]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    embedder = ClusterEmbedder()
    base = resident_mb()
    with tempfile.TemporaryDirectory() as folder:
        with Library.open(Path(folder) / "library", fingerprint=embedder.fingerprint, create=True) as library:
            before = time.perf_counter()
            texts = fill(library, embedder, size)
            built = time.perf_counter() - before
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 2**20
        with (
            Library.open(Path(folder) / "library") as library,
            Library.open(Path(folder) / "library", index="exact", read_only=True) as exact,
        ):
            before = time.perf_counter()
            library.open_index()
            opened = time.perf_counter() - before
            chance = random.Random(1)
            asked = cycle([question(chance) for _ in range(64)])
            chroma, plain = Retriever(library, embedder), Retriever(exact, embedder)
            chosen = Filters(sources=tuple(source.id for source in library.sources()[:5]))
            chroma.search(next(asked))
            plain.search(next(asked))
            memory = resident_mb() - base

            matrix = np.concatenate([embedder.draw(len(texts[i : i + 100]), i + 1) for i in range(0, size, 100)])
            tfidf = TfidfVectorizer(sublinear_tf=True, stop_words="english")
            sparse = tfidf.fit_transform(texts)

            def numpy_top() -> None:
                scores = matrix @ embedder.embed([next(asked)])[0]
                np.argpartition(-scores, 50)[:50]

            def sklearn_top() -> None:
                scores = (sparse @ tfidf.transform([next(asked)]).T).toarray().ravel()
                np.argpartition(-scores, 50)[:50]

            times = in_turns(
                {
                    "dense, Chroma": lambda: chroma.search(next(asked), 20, stage="dense"),
                    "dense, exact": lambda: plain.search(next(asked), 20, stage="dense"),
                    "dense, Chroma, 5 sources": lambda: chroma.search(next(asked), 20, chosen, stage="dense"),
                    "lexical, FTS5": lambda: chroma.search(next(asked), 20, stage="lexical"),
                    "fused": lambda: chroma.search(next(asked), 20),
                    "peer: NumPy": numpy_top,
                    "peer: TF-IDF": sklearn_top,
                },
                rounds,
                warm_up=3,
            )
            found = [
                len({p.id for p, _ in library.search_dense(v, 10)} & {p.id for p, _ in exact.search_dense(v, 10)}) / 10
                for v in embedder.draw(50, 999)
            ]
    rows = []
    for name, t in times.items():
        peer = times["peer: TF-IDF" if name.startswith("lexical") or "TF-IDF" in name else "peer: NumPy"]
        rows.append(rows_of({name: t, "peer": peer}, "peer")[0])
    show(
        f"{size:,} passages: built at {size / built:.0f}/s, {disk:.0f} MB on disk, +{memory:.0f} MB in memory, index "
        f"open in {ms(opened)}, recall@10 of Chroma {sum(found) / len(found):.3f}",
        COLUMNS,
        rows,
    )
    return {"built": built, "disk_mb": disk, "memory_mb": memory, "times": {n: t.seconds for n, t in times.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 5_000, 20_000])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", help="write all seconds to this file")
    options = parser.parse_args()
    sys.stdout.write(machine() + "\n")
    save(options.json, {"machine": machine()} | {str(size): measure(size, options.rounds) for size in options.sizes})


if __name__ == "__main__":
    main()
