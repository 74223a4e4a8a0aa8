"""CANARD as tagging: which words of the history does a human's completed question use that the question lacks?

Train rows carry questions only, dev rows answers and a title too. Dev is halved by title: ``dev-a`` is trained on
(only there does a history hold answers), ``dev-b`` is measured on.
"""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from govqa.evaluation.conversation import added_terms, normal, terms

Segments = list[tuple[str, bool]]


@dataclass(frozen=True)
class Example:
    """A question, the segments of its history (the most recent first), the words to find, whether it needs any."""

    question: str
    segments: Segments
    gold: frozenset[str]
    needs_context: bool


def rows(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def is_measured(row: dict) -> bool:
    """Does a dev row belong to the half that is never trained on?"""
    return zlib.crc32(row["title"].encode()) % 2 == 1


def dialogues(data: list[dict]) -> list[list[dict]]:
    """Rows of one conversation together: each begins with an empty history."""
    found: list[list[dict]] = []
    for row in data:
        if not row["history"] or not found:
            found.append([])
        found[-1].append(row)
    return found


def train_examples(data: list[dict], rng: random.Random) -> Iterator[Example]:
    """One pass over train: histories as typed or as completed, now and then the completed question itself."""
    for talk in dialogues(data):
        topic = " ".join(
            w for w in talk[0]["rewrite"].split() if normal(w) in added_terms(talk[0]["q"], talk[0]["rewrite"])
        )
        for i, row in enumerate(talk):
            completed = rng.random() < 0.6
            past: Segments = []
            for j in range(i - 1, -1, -1):
                known = talk[j]["rewrite"] if completed or (j == 0 and rng.random() < 0.5) else talk[j]["q"]
                past.append((known, False))
            if topic and (not completed) and rng.random() < 0.6:
                past.append((topic, False))
            if not past:
                continue
            yield from variants(row, past, rng)


def dev_examples(data: list[dict], rng: random.Random) -> Iterator[Example]:
    """One pass over the trained half of dev: the same with answers."""
    for talk in dialogues([r for r in data if not is_measured(r)]):
        for i, row in enumerate(talk):
            past: Segments = []
            completed = rng.random() < 0.7
            for j in range(i - 1, -1, -1):
                past.append((talk[j]["rewrite"] if completed else talk[j]["q"], False))
                past.append((row["history"][2 * j + 1], True))
            if not completed or rng.random() < 0.3:
                past.append((row["title"], False))
            if past:
                yield from variants(row, past, rng)


def with_changes(examples: Sequence[Example], rng: random.Random, share: float) -> list[Example]:
    """The examples, and for a ``share`` of them what a change of topic looks like.

    Half are complete questions that follow another conversation: no word of it belongs to them. Half are follow-ups
    whose own conversation began after another one: only the words of their own belong to them.
    """
    found = list(examples)
    for made in examples:
        if rng.random() >= share:
            continue
        other = rng.choice(examples)
        if made.needs_context:
            own = made.segments[: rng.randint(1, 4)]
            held = terms(" ".join(text for text, _ in own))
            foreign = terms(" ".join(text for text, _ in other.segments)) - held
            found.append(Example(made.question, own + other.segments, made.gold - foreign, True))
        else:
            found.append(Example(made.question, other.segments, frozenset(), False))
    return found


def variants(row: dict, past: Segments, rng: random.Random) -> Iterator[Example]:
    yield example(row["q"], row["rewrite"], past)
    if rng.random() < 0.35:
        yield Example(row["rewrite"], past, frozenset(), False)


def example(question: str, rewrite: str, past: Segments) -> Example:
    gold = added_terms(question, rewrite)
    return Example(question, past, gold, bool(gold))


def measured_examples(data: list[dict], history: str, *, half: bool = True) -> list[tuple[dict, Segments]]:
    """Dev rows to measure on, with their history.

    Args:
        history: ``questions`` (title, section and questions as typed, as QuReTeC has it), ``answers`` (those and
            the answers), or ``completed`` (questions as a human completed them, and the answers).
        half: only ``dev-b``.
    """
    found = []
    for talk in dialogues(data):
        for i, row in enumerate(talk):
            if i == 0 or (half and not is_measured(row)):
                continue
            past: Segments = []
            for j in range(i - 1, -1, -1):
                past.append((talk[j]["rewrite"] if history == "completed" else talk[j]["q"], False))
                if history != "questions":
                    past.append((row["history"][2 * j + 1], True))
            if history != "completed":
                past.append((f"{row['title']} {row['section']}", False))
            found.append((row, past))
    return found
