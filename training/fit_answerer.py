"""Fit the answerer's calibration: ``python -m training.fit_answerer --data ../shared/data``.

Asks the ``dev`` splits of ``eval/`` and of the questions on long documents (``training/data/long-documents.jsonl``),
and prints what belongs in ``src/govqa/data/calibration.json`` for the trained reader, with scores from eight folds over
the questions, so that no question is judged by a fit that saw it. The ``test`` split of ``eval/`` is never read; the
one on long documents is reported with the finished fit.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from govqa.answering import asks_for_link, is_bare_link
from govqa.assistant import MORE, Assistant, as_turns
from govqa.embedding import open_embedder
from govqa.evaluation.binding import bind, source_texts
from govqa.evaluation.cases import Case, read_cases
from govqa.evaluation.command import fixed_set
from govqa.library import Library
from govqa.passage_vectors import SCHEME
from govqa.settings import load_settings
from govqa.types import Filters
from govqa.understanding import understand

NAMES = ("answerable", "evidence", "span", "rank")
FOLDS = 8
LONG = Path(__file__).parent / "data" / "long-documents.jsonl"
WHERE = Path(__file__).parent / "runs" / f"long-documents-{SCHEME}"
LEAST = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(slots=True)
class Asked:
    """One question: a row of scores a sentence, which sentences are right, is there an answer, passages in all."""

    rows: np.ndarray
    right: np.ndarray
    answerable: bool
    passages: int


def logit(probability: float) -> float:
    """As the answerer has it."""
    clipped = min(0.999, max(0.001, probability))
    return math.log(clipped / (1.0 - clipped))


def observe(assistant: Assistant, cases: Sequence[Case]) -> list[Asked]:
    """The reader over the passages that the assistant would read at most, for every question."""
    library, seen = assistant.library, []
    for case in bind(cases, source_texts(library), name="cases"):
        turns = as_turns([question for question, _ in case.history])
        asked = understand(case.question, turns, library, Filters())[0]
        depth = assistant.settings.passages_read
        hits = assistant.retriever.search(asked.question, depth + MORE, asked.filters)[:depth]
        rows, right = [[0.0] * len(NAMES)], [False]
        for rank, reading in enumerate(assistant.reader.read(asked.question, hits)):
            base = reading.passage.start
            for s in reading.sentences:
                text = reading.passage.text[s.start - base : s.end - base]
                if text in reading.passage.heading_path or (is_bare_link(text) and not asks_for_link(asked.question)):
                    continue
                span = next((x.score for x in reading.spans if s.start <= x.start < s.end), 0.0)
                rows.append([*map(logit, (reading.answerable, s.score, span)), math.log1p(rank)])
                right.append(
                    any(
                        g.source == reading.passage.source_id
                        and min(s.end, g.end) - max(s.start, g.start) >= 0.5 * min(g.end - g.start, s.end - s.start)
                        for g in case.gold
                    )
                )
        keep = slice(1, None) if len(rows) > 1 else slice(None)
        seen.append(Asked(np.array(rows)[keep], np.array(right)[keep], case.answerable, library.passage_count))
    return seen


def ask_of(documents: Path, place: Path | None, cases: Sequence[Case]) -> list[Asked]:
    """:func:`observe` over a library of ``documents``, kept at ``place`` for another time, or nowhere."""
    settings = load_settings(reader="trained")
    with tempfile.TemporaryDirectory() as folder:
        where, mark = place or Path(folder) / "library", open_embedder(settings).fingerprint
        with (
            Library.open(where, fingerprint=mark, create=True, index="exact") as library,
            Assistant(library, settings=settings) as assistant,
        ):
            assistant.add([documents])
            return observe(assistant, cases)


def fit_sentences(asked: Sequence[Asked]) -> LogisticRegression:
    """Which sentence answers."""
    rows, right = np.vstack([a.rows for a in asked]), np.concatenate([a.right for a in asked])
    return LogisticRegression(C=0.3, max_iter=2000).fit(rows, right)


def summary(question: Asked, model: LogisticRegression) -> tuple[list[float], bool, bool, float]:
    """What the confidence is made of, is the first sentence right, is one of three, the first one's probability.

    The confidence is made of the last two of three, the probability that there is an answer of all: with the best
    sentence's own log-odds the confidence is no better calibrated.
    """
    scores = model.decision_function(question.rows)
    order = np.argsort(-scores, kind="stable")
    right = question.right[order]
    best = float(1 / (1 + math.exp(-scores[order[0]])))
    made = [logit(best), float(question.rows[:, 0].max()), math.log10(question.passages)]
    return made, bool(right[0]), bool(right[:3].any()), best


def report(asked: Sequence[Asked], found: Sequence[Any], confidence: np.ndarray, exists: np.ndarray) -> dict[str, Any]:
    """The figures of one set of questions, none of which was seen by the fit that judges it."""
    there = np.array([a.answerable for a in asked])
    first = np.array([f[1] for f in found]) & there
    three = np.array([f[2] for f in found]) & there
    bins = np.minimum(9, (confidence * 10).astype(int))
    error = sum(abs((confidence - first)[bins == b].sum()) for b in range(10)) / len(asked)
    return {
        "questions": [int(there.sum()), int((~there).sum())],
        "evidence first": first[there].mean(),
        "evidence in three": three[there].mean(),
        "AUROC": roc_auc_score(there, exists),
        "expected calibration error": error,
        "least: false abstentions, turned down, evidence in three": {
            f"{t:.2f}": [(exists[there] < t).mean(), (exists[~there] < t).mean(), (three & (exists >= t))[there].mean()]
            for t in LEAST
        },
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.fit_answerer", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with gov/")
    options = parser.parse_args()
    questions, corpus = fixed_set()
    fixed = ask_of(corpus, None, [case for case in read_cases(questions) if case.split == "dev"])
    long = read_cases(LONG)
    asked = fixed + ask_of(options.data / "gov", WHERE, [case for case in long if case.split == "dev"])
    unseen = ask_of(options.data / "gov", WHERE, [case for case in long if case.split == "test"])
    folds = np.array_split(np.random.default_rng(0).permutation(len(asked)), FOLDS)
    found: list[Any] = [None] * len(asked)
    for fold in folds:
        model = fit_sentences([a for i, a in enumerate(asked) if i not in fold])
        for i in fold:
            found[i] = summary(asked[i], model)
    made = np.array([f[0] for f in found])
    first = np.array([f[1] and a.answerable for f, a in zip(found, asked, strict=True)])
    there = np.array([a.answerable for a in asked])
    confidence, exists = np.zeros(len(asked)), np.zeros(len(asked))
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(asked)), fold)
        for values, wanted, given in ((confidence, first, made[:, 1:]), (exists, there, made)):
            values[fold] = LogisticRegression(C=10).fit(given[rest], wanted[rest]).predict_proba(given[fold])[:, 1]
    model = fit_sentences(asked)
    second, third = LogisticRegression(C=10).fit(made[:, 1:], first), LogisticRegression(C=10).fit(made, there)
    weights = dict(zip(NAMES, model.coef_[0], strict=True))
    tested = [summary(a, model) for a in unseen]
    values = np.array([t[0] for t in tested])
    cut = len(fixed)
    out = {
        "trained": {
            **{name: weights[name] for name in NAMES[:3]},
            "rank": weights["rank"],
            "bias": model.intercept_[0],
            "best": 0.0,
            "passage": second.coef_[0][0],
            "size": second.coef_[0][1],
            "confidence_bias": second.intercept_[0],
            "exists_best": third.coef_[0][0],
            "exists_passage": third.coef_[0][1],
            "exists_size": third.coef_[0][2],
            "exists_bias": third.intercept_[0],
        },
        "fixed set, dev": report(asked[:cut], found[:cut], confidence[:cut], exists[:cut]),
        "long documents": report(asked[cut:], found[cut:], confidence[cut:], exists[cut:]),
        "together": report(asked, found, confidence, exists),
        "long documents, test: not fitted on": report(
            unseen, tested, second.predict_proba(values[:, 1:])[:, 1], third.predict_proba(values)[:, 1]
        ),
    }
    sys.stdout.write(json.dumps(out, indent=1, default=lambda v: round(float(v), 3)) + "\n")


if __name__ == "__main__":
    main()
