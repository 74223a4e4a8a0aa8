"""Scope words restrict the sources, and only words that name a source of the library do."""

from __future__ import annotations

import pytest

from govqa.conversation.scope import describe, find_scope
from govqa.types import Filters, Source


@pytest.mark.parametrize(
    ("question", "left", "filters"),
    [
        ("According to Reuters, what did Li say?", "What did Li say?", Filters(publishers=("Reuters",))),
        ("What did Li say according to Reuters?", "What did Li say?", Filters(publishers=("Reuters",))),
        ("What are the risks, only official documents?", "What are the risks?", Filters(kinds=("official",))),
        ("Only in the news: what are the risks?", "What are the risks?", Filters(kinds=("news",))),
        ("In the plan, what is traceability?", "What is traceability?", Filters(sources=("plan",))),
        ("According to the plan and Reuters, what is needed?", "What is needed?", Filters(sources=("plan", "news"))),
    ],
)
def test_a_clause_that_only_restricts_is_taken_out(
    question: str, left: str, filters: Filters, sources: tuple[Source, ...]
) -> None:
    scope = find_scope(question, sources)
    assert (scope.question, scope.filters) == (left, filters)


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("What is existential risk in the NIST framework?", Filters(sources=("nist",))),
        ("What measures are in the plan?", Filters(sources=("plan",))),
        ("What does Reuters say about chips?", Filters(publishers=("Reuters",))),
        ("What is said about chips in the news?", Filters(kinds=("news",))),
        ("What was published since 2025?", Filters(since="2025")),
    ],
)
def test_a_phrase_of_the_sentence_restricts_and_stays(
    question: str, filters: Filters, sources: tuple[Source, ...]
) -> None:
    scope = find_scope(question, sources)
    assert (scope.question, scope.filters) == (question, filters)


@pytest.mark.parametrize(
    "question",
    [
        "What happens in China?",
        "What did Li say in Shanghai?",
        "What is AI safety according to Li?",
        "How can a global AI governance framework be formed?",
        "What is the role of the plan?",
        "What does the plan say about chips?",
        "What is China's part in the discussion of safety?",
        "Who is in the organisation?",
    ],
)
def test_words_that_name_no_source_restrict_nothing(question: str, sources: tuple[Source, ...]) -> None:
    assert not find_scope(question, sources).filters


def test_without_sources_nothing_is_scope() -> None:
    assert find_scope("According to Reuters, what did Li say?", ()).question == "According to Reuters, what did Li say?"


def test_the_note_names_titles_and_dates(sources: tuple[Source, ...]) -> None:
    assert describe(Filters(sources=("nist",), since="2024"), sources) == (
        "Searched only in “Artificial Intelligence Risk Management Framework” dated since 2024."
    )


@pytest.mark.parametrize(
    "question",
    [
        "What does FINMA say in its AI guidance 08/2024?",  # whose guidance, the question says
        "What does it say in Guidance 07/2020?",  # another number
    ],
)
def test_another_documents_name_is_no_scope(question: str) -> None:
    library = [Source("1", "Overview Guidance on Federal Use of AI"), Source("2", "FINMA Guidance 08/2024")]
    assert not find_scope(question, library).filters


def test_a_document_is_still_found_by_part_of_its_name() -> None:
    library = [Source("1", "Overview Guidance on Federal Use of AI"), Source("2", "FINMA Guidance 08/2024")]
    assert find_scope("How is risk defined in the FINMA guidance on AI?", library).filters.sources == ("2",)
