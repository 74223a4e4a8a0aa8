"""Measure a reader on held-out data: ``python -m training.evaluate --data ../shared/data --reader FOLDER``.

Everything goes through the runtime's own path (ONNX Runtime, windows, sentence scores), so what is measured is what is
shipped. Intervals are 95 % bootstrap percentiles over questions.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import string
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from govqa.readers.trained import TrainedReader
from govqa.types import Hit, Passage, Reading
from training import governance, texts
from training.negatives import mine
from training.questions import spoil


def interval(values: Sequence[float], draws: int = 1000) -> list[float]:
    """Mean with its 95 % bootstrap interval."""
    array = np.asarray(values, float)
    rng = np.random.default_rng(0)
    means = array[rng.integers(0, len(array), (draws, len(array)))].mean(1)
    return [round(float(x), 4) for x in (array.mean(), *np.percentile(means, (2.5, 97.5)))]


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Probability that a positive scores above a negative, ties half (Hanley & McNeil 1982)."""
    values = np.concatenate([positive, negative])
    order = values.argsort(kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):
        same = values == value
        ranks[same] = ranks[same].mean()
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def auroc_interval(positive: Sequence[float], negative: Sequence[float], draws: int = 200) -> list[float]:
    """AUROC with its 95 % bootstrap interval."""
    rng = np.random.default_rng(0)
    p, n = np.asarray(positive), np.asarray(negative)
    many = [auroc(rng.choice(p, len(p)), rng.choice(n, len(n))) for _ in range(draws)]
    return [round(float(x), 4) for x in (auroc(p, n), *np.percentile(many, (2.5, 97.5)))]


def normalise(text: str) -> list[str]:
    """SQuAD's normalisation: lower case, no punctuation, no articles."""
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def f1(found: str, gold: str) -> float:
    """SQuAD's token F1."""
    a, b = normalise(found), normalise(gold)
    same = sum((Counter(a) & Counter(b)).values())
    return 2 * same / (len(a) + len(b)) if a and b and same else float(a == b)


def passage(text: str, title: str = "", source: str = "x") -> Hit:
    """A text as a hit."""
    return Hit(Passage(source, 0, len(text), text, (title,) if title else ()), 1.0)


def spans(reader: TrainedReader, rows: Sequence[dict[str, Any]], limit: int) -> dict[str, list[float]]:
    """Forced token F1 and exact match, and whether the best sentence holds a gold span."""
    asked = [(r["context"], q) for r in rows for q in r["qas"] if q["spans"]]
    random.Random(5).shuffle(asked)
    exact, overlap, hit = [], [], []
    for context, qa in asked[:limit]:
        reading = reader.read(qa["q"], [passage(context)])[0]
        golds = [context[a:b] for a, b in qa["spans"]]
        best = reading.spans[0]
        found = context[best.start : best.end]
        exact.append(max(float(normalise(found) == normalise(g)) for g in golds))
        overlap.append(max(f1(found, g) for g in golds))
        top = max(reading.sentences, key=lambda s: s.score)
        hit.append(float(any(top.start < b and a < top.end for a, b in qa["spans"])))
    return {"EM": interval(exact), "F1": interval(overlap), "sentence hit@1": interval(hit)}


def _rank(reading: Reading, gold: Sequence[tuple[int, int]]) -> int:
    ordered = sorted(reading.sentences, key=lambda s: -s.score)
    for rank, s in enumerate(ordered, 1):
        if any(s.start < b and a < s.end for a, b in gold):
            return rank
    return len(ordered) + 1


def evidence(reader: TrainedReader, path: Path, limit: int) -> dict[str, list[float]]:
    """Rank of the first evidence sentence within its context."""
    ranks, hit = [], []
    for row in list(texts.read_rows(path))[:limit]:
        for qa in row["qas"]:
            rank = _rank(reader.read(qa["q"], [passage(row["context"])])[0], qa["spans"])
            ranks.append(1 / rank)
            hit.append(float(rank == 1))
    return {"hit@1": interval(hit), "MRR": interval(ranks)}


def near_misses(reader: TrainedReader, path: Path, limit: int, seed: int = 7) -> dict[str, list[float]]:
    """AUROC of ``answerable``: passages that answer against near misses, one kind at a time."""
    tok = texts.tokenizer()
    all_texts, asked = texts.load(path, tok)
    source = all_texts[0].source
    mine(all_texts, asked, (source,), top=4)
    rng = random.Random(seed)
    pool = [w for t in all_texts for w in re.findall(r"[A-Za-z]{4,}", t.text)[:30]]
    rng.shuffle(asked)
    good: list[float] = []
    bad: dict[str, list[float]] = {"retrieved": [], "removed": [], "spoilt": []}
    for q in asked[:limit]:
        gold = all_texts[q.text]
        good.append(reader.read(q.question, [passage(gold.text)])[0].answerable)
        if q.negatives:
            other = all_texts[rng.choice(q.negatives)].text
            bad["retrieved"].append(reader.read(q.question, [passage(other)])[0].answerable)
        rest = " ".join(gold.text[slice(*s)] for i, s in enumerate(gold.spans) if i not in q.evidence)
        if len(rest) > 60 and not any(gold.text[a:b].lower() in rest.lower() for a, b in q.spans):
            bad["removed"].append(reader.read(q.question, [passage(rest)])[0].answerable)
        gone = " ".join(gold.text[slice(*gold.spans[s])] for s in q.evidence)
        changed = spoil(q.question, gone, gold.text, pool, rng)
        if changed:
            bad["spoilt"].append(reader.read(changed, [passage(gold.text)])[0].answerable)
    return {kind: auroc_interval(good, values) for kind, values in bad.items() if len(values) > 20}


def in_domain(reader: TrainedReader, folder: Path, limit: int) -> dict[str, list[float]]:
    """Made questions on held-out governance documents: is the first sentence of eight passages the right one?"""
    tok = texts.tokenizer()
    all_texts, asked = governance.load_governance(folder, tok, held_out=True)
    mine(all_texts, asked, ("gov",), top=10)
    random.Random(3).shuffle(asked)
    first, third = [], []
    for q in asked[:limit]:
        shown = [q.text, *q.negatives[:7]]
        hits = [passage(all_texts[i].text, all_texts[i].title, str(i)) for i in shown]
        readings = reader.read(q.question, hits)
        ranked = sorted(
            ((s.score * r.answerable, r.passage.source_id, s) for r in readings for s in r.sentences),
            key=lambda x: -x[0],
        )
        gold = [all_texts[q.text].spans[i] for i in q.evidence]
        good = [
            source == str(q.text) and any(s.start < b and a < s.end for a, b in gold) for _, source, s in ranked[:3]
        ]
        first.append(float(good[0]))
        third.append(float(any(good)))
    return {"hit@1": interval(first), "hit@3": interval(third)}


def _held_out(data: Path) -> list[dict[str, Any]]:
    return [row for row in texts.read_rows(data / "qa" / "span_train.jsonl.gz") if texts.is_held_out(row)]


def measure(reader: TrainedReader, data: Path, limit: int) -> dict[str, dict[str, list[float]]]:
    """All of it."""
    parts: dict[str, Callable[[], dict[str, list[float]]]] = {
        "PolicyQA": lambda: spans(reader, list(texts.read_rows(data / "qa" / "span_dev.jsonl.gz")), limit),
        "SQuADShifts, held out": lambda: spans(reader, _held_out(data), limit),
        "SelQA": lambda: evidence(reader, data / "qa" / "evidence_dev.jsonl.gz", limit),
        "near misses, PolicyQA": lambda: near_misses(reader, data / "qa" / "span_dev.jsonl.gz", limit // 2),
        "near misses, SelQA": lambda: near_misses(reader, data / "qa" / "evidence_dev.jsonl.gz", limit // 2),
        "in domain": lambda: in_domain(reader, data / "gov", limit),
    }
    return {name: part() for name, part in parts.items()}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reader", type=Path, default=None, help="folder with reader.onnx; default: the shipped one")
    parser.add_argument("--limit", type=int, default=100000, help="questions of each set")
    args = parser.parse_args()
    result: dict[str, Any] = measure(TrainedReader(folder=args.reader), args.data, args.limit)
    for name, values in result.items():
        sys.stdout.write(f"{name}: {json.dumps(values)}\n")


if __name__ == "__main__":
    main()
