"""The lexical reader with the real embedder."""

import pytest

from govqa.embedding import open_embedder
from govqa.readers.lexical import LexicalReader
from govqa.settings import Settings
from govqa.types import Hit, Passage

TEXT = "The register is kept by the inspectorate. Fines reach two million crowns. The weather was fine all day."
HIT = Hit(Passage("s", 100, 100 + len(TEXT), TEXT), 1.0, dense=0.5)


@pytest.fixture(scope="module")
def lexical():
    return LexicalReader(open_embedder(Settings()), lambda terms: dict.fromkeys(terms, 1), lambda: 10)


def quoted(span):
    return TEXT[span.start - 100 : span.end - 100]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who keeps the register?", "The register is kept by the inspectorate."),
        ("How high are the fines?", "Fines reach two million crowns."),
    ],
)
def test_the_sentence_that_answers_scores_best(lexical, question, sentence):
    (reading,) = lexical.read(question, [HIT])
    assert len(reading.sentences) == 3
    assert quoted(max(reading.sentences, key=lambda s: s.score)) == sentence
    assert reading.answerable == max(s.score for s in reading.sentences)


def test_a_question_that_fits_nothing_scores_low(lexical):
    fits = lexical.read("Who keeps the register?", [HIT])[0].answerable
    assert lexical.read("What is the boiling point of tungsten?", [HIT])[0].answerable < 0.2 < fits
