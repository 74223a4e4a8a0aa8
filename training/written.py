"""Questions written for this job: real provisions, asked as people ask, half of the tempting ones without an answer.

``training/data/written.jsonl.gz`` holds a passage a line: ``source``, ``title``, ``headings``, ``context`` and
``qas``, each with ``q``, ``kind``, ``spans`` (the tight answer) and ``evidence`` (the sentences that answer), as
offsets in code points; both are empty where the passage does not answer. ``training/README.md`` says how they were made
and under which licence their passages stand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from training.texts import Question, Text, make_texts, read_rows

FILE = Path(__file__).parent / "data" / "written.jsonl.gz"


def load_written(tok: Any, path: Path = FILE) -> tuple[list[Text], list[Question]]:
    """Passages and questions of the file; an unanswerable question has no evidence."""
    rows = list(read_rows(path))
    texts = make_texts(
        tok,
        [(f"written:{r['source']}", " › ".join([r["title"], *r["headings"]]).strip(" ›"), r["context"]) for r in rows],
    )
    questions: list[Question] = []
    for number, (row, text) in enumerate(zip(rows, texts, strict=True)):
        near = (number - 1, number + 1)
        text.neighbours = tuple(n for n in near if 0 <= n < len(rows) and texts[n].source == text.source)
        for qa in row["qas"]:
            evidence = sorted({s for a, b in qa["evidence"] for s in text.sentences_of(a, b)})
            if bool(evidence) == bool(qa["evidence"]):
                spans = [(a, b) for a, b in qa["spans"]]
                questions.append(Question(number, qa["q"], spans, evidence, exact=bool(spans)))
    return texts, questions
