"""Finding passages: each stage alone, both together, and the provision that a question names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govqa.assistant import Assistant
from govqa.retrieval import STAGES, fuse
from govqa.settings import Settings
from govqa.types import Filters, Passage

ACT = "# Gadget Act\n\n" + "\n\n".join(
    f"## Article {n}\n\n{text}"
    for n, text in enumerate(
        [
            "This Act lays down rules on gadgets and on the market for gadgets.",
            "Makers of gadgets keep a register. The register is open to everyone.",
            "Importers of gadgets check the label before sale.",
            "Fines for breaches of this Act reach two million crowns.",
        ],
        1,
    )
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("retrieval")
    (folder / "act.md").write_text(ACT)
    with Assistant(settings=Settings(library=folder / "library")) as assistant:
        assistant.add([folder / "act.md"])
        yield assistant


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_finds_the_passage(assistant, stage):
    hits = assistant.retriever.search("Which fines are there for breaches of the act?", k=3, stage=stage)
    assert "two million crowns" in hits[0].passage.text
    assert len(hits) <= 3
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert hits[0].source.title == "Gadget Act"


def test_stages_see_only_their_own_scores(assistant):
    dense = assistant.retriever.search("gadgets", stage="dense")
    lexical = assistant.retriever.search("gadgets", stage="lexical")
    assert all(h.dense is not None and h.lexical is None for h in dense)
    assert all(h.lexical is not None and h.dense is None for h in lexical)


def test_a_provision_that_is_named_comes_first(assistant):
    for number, words in ((1, "lays down rules"), (2, "register"), (3, "Importers"), (4, "two million")):
        for form in (f"What does Article {number} say?", f"What about gadgets is in art. {number}?"):
            assert words in assistant.retriever.search(form, k=3)[0].passage.text


def test_a_provision_is_looked_for_within_the_scope(assistant):
    hits = assistant.retriever.search("What does Article 2 say?", filters=Filters(kinds=("news",)))
    assert hits
    assert {hit.source.kind for hit in hits} == {"news"}


def test_filters_hold_in_every_stage(assistant):
    for stage in STAGES:
        hits = assistant.retriever.search("governance of AI", filters=Filters(kinds=("official",)), stage=stage)
        assert {hit.source.kind for hit in hits} == {"official"}


SCORED = st.lists(st.tuples(st.integers(0, 9), st.floats(-5, 5)), max_size=8, unique_by=lambda pair: pair[0])


@given(SCORED, SCORED)
def test_fusing_loses_and_invents_nothing(dense, lexical):
    def listed(pairs):
        return [(Passage("s", n, n + 1, "x"), score) for n, score in pairs]

    hits = fuse(listed(dense), listed(lexical))
    assert {h.passage.start for h in hits} == {n for n, _ in dense} | {n for n, _ in lexical}
    assert {h.passage.start: h.dense for h in hits if h.dense is not None} == dict(dense)
    assert hits == fuse(listed(dense)[::-1], listed(lexical)[::-1])


def test_what_both_stages_like_beats_what_one_likes():
    a, b, c = (Passage("s", n, n + 1, "x") for n in range(3))
    assert fuse([(a, 0.9), (b, 0.8), (c, 0.1)], [(b, 9.0), (c, 1.0)])[0].passage is b


def test_the_nearest_sentence_decides_between_passages_that_are_alike():
    a, b, c = (Passage("s", n, n + 1, "x") for n in range(3))
    alike = [(a, 0.5), (b, 0.5), (c, 0.1)]
    hits = fuse(alike, [], [(a, 0.4), (b, 0.9), (c, 0.1)])
    assert [hit.passage for hit in hits] == [b, a, c]
