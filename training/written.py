"""Questions written for this job: real provisions, asked as people ask, two in five of them tempting and unanswerable.

``training/data/written.jsonl.gz`` and ``meant.jsonl.gz`` (a second round, for meaning rather than words) hold a passage
a line, by reference: the file it is from, where it stands in that
file's canonical text (for a question-answering file: which context it is), the hash of its words, its headings, and
``qas`` with ``q``, ``kind``, ``spans`` (the tight answer) and ``evidence`` (the sentences that answer), as offsets in
the passage; both are empty where it does not answer. ``training/data/README.md`` says how the questions were made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from govqa.loaders import load
from govqa.types import Source
from training.texts import Question, Text, make_texts, read_rows

FIRST = Path(__file__).parent / "data" / "written.jsonl.gz"
SECOND = Path(__file__).parent / "data" / "meant.jsonl.gz"


def load_written(tok: Any, data: Path, paths: Sequence[Path]) -> tuple[list[Text], list[Question]]:
    """Passages and questions of the files; an unanswerable question has no evidence.

    A passage whose words are not where they were (another loader, another edition) is left out, and how many were is
    said on standard error.
    """
    rows = _joined(row for path in paths for row in read_rows(path))
    sources: dict[str, Source] = {}
    found = [(row, words) for row, words in zip(rows, _words(rows, data, sources), strict=True) if words]
    if len(found) < len(rows):
        sys.stderr.write(
            f"{len(rows) - len(found)} of {len(rows)} written passages are not where they were: left out\n"
        )
    titles = [" › ".join(part for part in (row["title"], *row["headings"]) if part) for row, _ in found]
    texts = make_texts(
        tok, [(f"written:{row['source']}", title, words) for (row, words), title in zip(found, titles, strict=True)]
    )
    questions: list[Question] = []
    for number, ((row, _), text) in enumerate(zip(found, texts, strict=True)):
        near = (number - 1, number + 1)
        text.of = sources.get(row["file"])
        text.neighbours = tuple(n for n in near if 0 <= n < len(texts) and texts[n].source == text.source)
        for qa in row["qas"]:
            evidence = sorted({s for a, b in qa["evidence"] for s in text.sentences_of(a, b)})
            if bool(evidence) == bool(qa["evidence"]):
                spans = [(a, b) for a, b in qa["spans"]]
                questions.append(Question(number, qa["q"], spans, evidence, exact=bool(spans)))
    return texts, questions


def _joined(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a passage: the files ask about the same ones."""
    joined: dict[tuple[str, int, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["file"], row.get("start", 0), row["sha256"])
        joined[key] = {**row, "qas": joined[key]["qas"] + row["qas"]} if key in joined else row
    return list(joined.values())


def _words(rows: list[dict[str, Any]], data: Path, sources: dict[str, Source]) -> Iterator[str]:
    """Each passage's words, empty for one that is not found; ``sources`` gets what the documents are called."""
    documents: dict[str, str] = {}
    contexts: dict[str, dict[str, str]] = {}
    for row in rows:
        name = row["file"]
        if name.endswith(".jsonl.gz"):
            if name not in contexts:
                contexts[name] = {_hash(r["context"]): r["context"] for r in read_rows(data / name)}
            yield contexts[name].get(row["sha256"], "")
            continue
        if name not in documents:
            document = load(data / name)
            documents[name] = document.text
            about = document.metadata
            sources[name] = Source(name, about.title, publisher=about.publisher, origin=name)
        words = documents[name][row["start"] : row["end"]]
        yield words if _hash(words) == row["sha256"] else ""


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:16]
