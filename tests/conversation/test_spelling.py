"""Misspelt words find what the library has; words that exist are never touched."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govqa.conversation.spelling import SpellingVocabulary, correct

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def vocabulary() -> SpellingVocabulary:
    counts: Counter[str] = Counter()
    for path in CORPUS.glob("*.md"):
        counts.update(set(re.findall(r"[^\W\d_]+", path.read_text("utf-8").lower())))
    return SpellingVocabulary(counts.items())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("What is the exlusive game?", "What is the exclusive game?"),
        ("What does the plan say about tracability?", "What does the plan say about traceability?"),
        ("What are the botlenecks?", "What are the bottlenecks?"),
        ("artifical inteligence", "artificial intelligence"),
        ("What does the saftey section say?", "What does the safety section say?"),
        ("What did Xi Jingping say?", "What did Xi Jinping say?"),
        ("what is the Globl Sout", "what is the Global South"),
        ("What did Presidnt Trump say about Tracability?", "What did President Trump say about Traceability?"),
    ],
)
def test_a_misspelt_word_becomes_the_library_s(typed: str, meant: str, vocabulary: SpellingVocabulary) -> None:
    correction = correct(typed, vocabulary)
    assert correction.text == meant
    assert correction.note.startswith("Searched for “")


@pytest.mark.parametrize(
    "question",
    [
        "What is the role of fiduciary duty?",
        "explainability of chatbots",
        "organization",
        "What about deepfakes and disinformation?",
        "Quelle est la gouvernance de la sécurité?",
        "What does Zhang Wei think about cocoa?",
        "What does the Mayor say about the HUDERIA methodology?",
        "What is at https://example.org/exlusive or in exlusive_game?",
    ],
)
def test_words_that_exist_names_and_other_languages_are_left(question: str, vocabulary: SpellingVocabulary) -> None:
    assert correct(question, vocabulary).text == question
    assert correct(question, vocabulary).note == ""


def test_every_word_of_the_library_is_right(vocabulary: SpellingVocabulary) -> None:
    assert not [word for word in vocabulary.counts if correct(word, vocabulary).changes]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=150))
def test_any_text_is_corrected_once_and_for_all(text: str) -> None:
    vocabulary = SpellingVocabulary([("traceability", 3), ("exclusive", 1), ("safety", 2)])
    once = correct(text, vocabulary)
    assert correct(once.text, vocabulary).changes == ()
