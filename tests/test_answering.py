"""The answerer: what is cited is whole sentences in the source's own words, and adds something."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govqa.answering import (
    LONGEST_QUOTE,
    Calibration,
    asks_for_link,
    candidates,
    choose,
    cite,
    is_bare_link,
    page_at,
    read_until_settled,
)
from govqa.errors import CitationError
from govqa.sentences import sentence_spans
from govqa.types import Hit, Page, Passage, Reading, ScoredSpan, Source

FITTED = Calibration(answerable=0.5, evidence=0.5, span=0.0, bias=0.0, threshold=0.3, further=0.7, widen=0.6)
SOURCE = Source("s1", "A source")


def reading(text, scores, answerable=0.9, spans=(), source_id="s1", start=0):
    passage = Passage(source_id, start, start + len(text), text, ("A heading",))
    places = sentence_spans(text)
    assert len(places) == len(scores), places
    sentences = tuple(ScoredSpan(start + a, start + b, s) for (a, b), s in zip(places, scores, strict=True))
    return Reading(passage, answerable, tuple(ScoredSpan(start + a, start + b, s) for a, b, s in spans), sentences)


TEXT = "The law applies from May. It covers chatbots. The weather was fine. Fines reach one million."


def test_the_best_sentence_is_cited_whole_with_its_span_inside():
    at = TEXT.index("one million")
    chosen, confidence = choose([reading(TEXT, [0.1, 0.1, 0.0, 0.9], spans=[(at, at + 11, 0.9)])], FITTED, 3)
    (best,) = chosen
    assert TEXT[best.start : best.end] == "Fines reach one million."
    assert TEXT[slice(*best.span)] == "one million"
    assert confidence == best.score > 0.8


def test_below_the_threshold_nothing_is_cited():
    chosen, confidence = choose([reading(TEXT, [0.05] * 4, answerable=0.05)], FITTED, 3)
    assert chosen == []
    assert confidence < 0.1


def test_a_threshold_can_be_set():
    readings = [reading(TEXT, [0.6, 0.1, 0.1, 0.1], answerable=0.6)]
    assert choose(readings, FITTED, 3, threshold=0.5)[0]
    assert not choose(readings, FITTED, 3, threshold=0.9)[0]


def test_nothing_read_is_nothing_found():
    assert choose([], FITTED, 3) == ([], 0.0)


def test_neighbours_that_are_evidence_join_the_quote():
    (best,), _ = choose([reading(TEXT, [0.9, 0.8, 0.1, 0.1])], FITTED, 1)
    assert TEXT[best.start : best.end] == "The law applies from May. It covers chatbots."


def test_a_lead_in_brings_its_list():
    text = "Providers shall:\n\n(a) keep records;\n\n(b) report incidents."
    (best,), _ = choose([reading(text, [0.9, 0.1, 0.1])], FITTED, 1)
    assert text[best.start : best.end] == text


def test_a_list_ends_with_its_last_item():
    text = "Providers shall:\n\n• keep records\n\n• report incidents\n\nThe register is open to everyone."
    (best,), _ = choose([reading(text, [0.9, 0.1, 0.1, 0.1])], FITTED, 1)
    assert text[best.start : best.end] == "Providers shall:\n\n• keep records\n\n• report incidents"


def test_a_quote_is_not_widened_past_its_limit():
    text = " ".join(f"Rule number {n} says that everything has to be written down." for n in range(60))
    places = sentence_spans(text)
    (best,), _ = choose([reading(text, [0.9] * len(places))], FITTED, 1)
    assert best.end - best.start <= LONGEST_QUOTE


def test_a_further_citation_has_to_add_something():
    again = reading(TEXT, [0.1, 0.1, 0.1, 0.85], source_id="s2")
    other = reading("Fines go to the treasury.", [0.8], source_id="s3")
    chosen, _ = choose([reading(TEXT, [0.1, 0.1, 0.1, 0.9]), again, other], FITTED, 3)
    assert [c.passage.source_id for c in chosen] == ["s1", "s3"]


def test_quotes_of_one_source_stand_together():
    one = reading("Fines reach one million.\n\nThe register is open to everyone.", [0.9, 0.8])
    two = reading("Makers keep records of tests.", [0.85], source_id="s2")
    chosen, _ = choose([one, two], replace(FITTED, widen=1.0), 3)
    assert [c.passage.source_id for c in chosen] == ["s1", "s1", "s2"]
    assert [c.score for c in chosen] == [*sorted((c.score for c in chosen[:2]), reverse=True), chosen[2].score]


def test_no_more_citations_than_the_limit():
    readings = [
        reading(f"The {animal} eats {food}.", [0.9], source_id=animal)
        for animal, food in [("cat", "fish"), ("dog", "meat"), ("cow", "grass"), ("owl", "mice")]
    ]
    assert len(choose(readings, FITTED, 3)[0]) == 3
    assert len(choose(readings, FITTED, 1)[0]) == 1


def test_equal_scores_are_ordered_by_place():
    readings = [reading("One thing is so.", [0.5], source_id=s) for s in ("b", "a", "c")]
    assert [c.passage.source_id for c in candidates(readings, FITTED)] == ["a", "b", "c"]


def test_a_bare_link_answers_only_a_question_for_one():
    link = reading("https://example.org/plan.htm", [0.9])
    assert candidates([link], FITTED, links=False) == []
    assert len(candidates([link], FITTED)) == 1


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Where can the text of the plan be found?", True),
        ("What is the URL?", True),
        ("Where will the headquarters be?", False),
        ("Who addressed the conference?", False),
    ],
)
def test_a_question_for_a_link_is_known(question, asks):
    assert asks_for_link(question) is asks


def test_a_heading_is_no_answer():
    text = "A heading\n\nWhat it heads."
    assert [text[c.start : c.end] for c in candidates([reading(text, [0.9, 0.1])], FITTED)] == ["What it heads."]


def test_text_with_a_link_in_it_is_no_bare_link():
    assert is_bare_link("(https://example.org).")
    assert not is_bare_link("The text is at https://example.org.")


def test_a_citation_is_checked_against_the_text():
    (best,), _ = choose([reading(TEXT, [0.9, 0.1, 0.1, 0.1])], FITTED, 1)
    citation = cite(1, best, SOURCE, TEXT, [Page(0, 1, "i"), Page(30, 2, "ii")])
    assert citation.quote == "The law applies from May."
    assert (citation.page, citation.page_label) == (1, "i")
    assert citation.after.startswith(" It covers")
    with pytest.raises(CitationError):
        cite(1, best, SOURCE, TEXT[:10], [])
    with pytest.raises(CitationError):
        citation.verify("x" + TEXT)


def test_pages_are_found_by_offset():
    pages = [Page(0, 1), Page(100, 2), Page(100, 3)]
    assert [page_at(pages, at).number for at in (0, 99, 100, 5000)] == [1, 1, 3, 3]
    assert page_at([], 5) is None


@pytest.mark.parametrize(("enough", "batches"), [(0.9, [2]), (1.0, [2, 2, 2, 2, 2, 2])])
def test_reading_stops_with_an_answer(enough, batches):
    asked = []

    def read(question, hits):
        asked.append(len(hits))
        return [reading(hit.passage.text, [0.999], answerable=0.999) for hit in hits]

    hits = [Hit(Passage("s", 0, 5, "Yes."), 1.0)] * 12
    readings = read_until_settled("Is it so?", hits, read, FITTED, batch=2, enough=enough)
    assert asked == batches
    assert len(readings) == sum(batches)


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=60), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6),
    st.integers(1, 4),
)
def test_whatever_is_chosen_is_in_the_text_and_disjoint(parts, limit):
    readings = []
    text = ""
    for piece, score, answerable in parts:
        places = sentence_spans(piece)
        if places:
            readings.append(reading(piece, [score] * len(places), answerable, start=len(text)))
        text += piece
    chosen, confidence = choose(readings, FITTED, limit)
    assert len(chosen) <= limit
    assert 0 <= confidence <= 1
    assert bool(chosen) == (bool(readings) and confidence >= FITTED.threshold)
    for number, candidate in enumerate(chosen, 1):
        assert cite(number, candidate, SOURCE, text, []).quote == text[candidate.start : candidate.end]
    taken = sorted((c.start, c.end) for c in chosen)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(taken))
