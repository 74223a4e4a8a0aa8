"""Measure the classifier alone on CANARD dev: the words it finds, against the words that a human added.

    python -m training.conversation.measure --data ../shared/data/qa [--history completed] [--all]

``--history questions`` is QuReTeC's setting (title, section and questions as typed). Without ``--all`` only the half
of dev that was never trained on counts.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from pathlib import Path

from govqa.conversation.terms import OnnxTerms, layout
from govqa.evaluation.conversation import added_terms, normal, term_scores, terms
from training.conversation.data import measured_examples, rows
from training.conversation.train import tokenizer

logger = logging.getLogger(__name__)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("src/govqa/data/terms.onnx"))
    parser.add_argument("--history", choices=("questions", "answers", "completed"), default="questions")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    made = tokenizer()
    model = OnnxTerms(options.model.read_bytes(), made)
    data = rows(options.data / "rewrite_dev.jsonl.gz")
    cases = measured_examples(data, options.history, half=not options.all)
    if options.limit:
        cases = cases[:: max(1, len(cases) // options.limit)]
    found, seconds, needs = [], [], []
    rng = random.Random(0)
    foreign, dragged = [], []
    for row, past in cases:
        begun = time.perf_counter()
        result = model.classify_segments(row["q"], past)
        seconds.append(time.perf_counter() - begun)
        alone = model.classify_segments(row["rewrite"], past)
        other = rng.choice(cases)
        while other[0]["title"] == row["title"]:
            other = rng.choice(cases)
        changed = model.classify_segments(row["rewrite"], other[1])  # a change of topic: nothing is to be taken
        dragged.append((changed.words, terms(row["rewrite"])))
        foreign.append(changed.needs_context)
        needs.append((result.needs_context, alone.needs_context))
        human = added_terms(row["q"], row["rewrite"])
        history = terms(" ".join(text for text, _ in past))
        found.append((result.words, alone.words, terms(row["q"]), terms(row["rewrite"]), human, history))
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        triples = []
        untouched = 0
        for words, alone, typed, rewrite, human, history in found:
            ours = {normal(w) for w, p in words.items() if p > threshold} - {""} - typed
            triples.append((frozenset(ours), human, history))
            untouched += not {normal(w) for w, p in alone.items() if p > threshold} - {""} - rewrite
        s = term_scores(triples)
        left = sum(not {normal(w) for w, p in words.items() if p > threshold} - {""} - own for words, own in dragged)
        logger.info(
            "p>%.1f: precision %.3f recall %.3f (of all added words %.3f) F1 %.3f; stand-alone untouched %.3f, after "
            "another conversation %.3f; n=%d",
            threshold, s.precision, s.recall, s.recall_all, s.f1, untouched / len(found), left / len(found), s.count,
        )  # fmt: skip
    for threshold in (0.3, 0.5, 0.7):
        logger.info(
            "needs context > %.1f: follow-ups %.3f, stand-alone %.3f, after another conversation %.3f",
            threshold,
            sum(a > threshold for a, _ in needs) / len(needs),
            sum(b > threshold for _, b in needs) / len(needs),
            sum(c > threshold for c in foreign) / len(foreign),
        )
    ordered = sorted(seconds)
    length = sum(len(layout(made, row["q"], past).ids) for row, past in cases) / len(cases)
    logger.info("median %.1f ms, %.0f pieces", ordered[len(ordered) // 2] * 1e3, length)


if __name__ == "__main__":
    main()
