"""A passage's vectors: its own, and one a sentence, kept and found again."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govqa.errors import LibraryError, ModelError
from govqa.indexing import add, reindex
from govqa.passage_vectors import HEADING, passage_vectors, sentences_of
from govqa.settings import Settings
from govqa.types import Document, Passage

THREE = "Foxes dig deep dens. Owls hunt at night. Herons wait in the reeds."


@given(text=st.text(min_size=1, max_size=200), heading=st.text(max_size=20), title=st.text(max_size=20))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_passage_has_a_unit_vector_and_one_a_sentence(embedder, text, heading, title):
    (matrix,) = passage_vectors([Passage("s", 0, len(text), text, (heading,))], [title], embedder)
    sentences = sentences_of(text)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(sentence in text for sentence in sentences)
    assert np.linalg.norm(matrix, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert len(matrix) in (len(sentences), len(sentences) + 1)
    assert matrix[-len(sentences) :] == pytest.approx(embedder.embed(sentences))


def test_the_passage_is_the_mean_of_its_sentences_and_half_its_headings(embedder):
    (matrix,) = passage_vectors([Passage("s", 0, len(THREE), THREE, ("Animals", "Wild"))], ["Zoo"], embedder)
    rows = embedder.embed([*sentences_of(THREE), "Animals › Wild"])
    mean = rows[:3].sum(0) + HEADING * rows[3]
    assert matrix[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_the_nearest_sentence_counts_and_not_the_passage_around_it(opened, embedder, tmp_path):
    library = opened()
    (tmp_path / "a.txt").write_text(THREE)
    add(library, embedder, [Document(THREE)], settings=Settings())
    (passage,) = library.passages(library.sources()[0].id)
    asked = embedder.embed(["Owls hunt at night."])[0]
    assert library.nearest_sentences(asked, [passage]) == [(passage, pytest.approx(1.0, abs=1e-3))]
    gone = Passage(passage.source_id, 7, 9, "x")
    assert library.nearest_sentences(asked, [gone]) == []
    assert library.search_dense(asked, 1)[0][1] < 0.9
    assert library.nearest_sentences(asked, []) == []
    assert library.check() == []


def test_passages_with_one_vector_are_compared_by_it(opened, make):
    library = opened()
    entry = make("Owls hunt at night and herons wait in the reeds for a fish to pass by.")
    library.put([entry])
    passages = library.passages(entry.source.id)
    found = library.nearest_sentences(entry.vectors[0], passages)
    assert found[0] == (passages[0], pytest.approx(1.0, abs=1e-3))
    assert {passage.id: score for passage, score in found} == pytest.approx(
        {passage.id: score for passage, score in library.search_dense(entry.vectors[0], 9)}
    )


def test_a_cut_vector_is_a_damaged_library(opened, make):
    library = opened()
    entry = make("Owls hunt at night.")
    library.put([entry])
    library._catalogue.put_vectors([(b"\x00" * 63, 1)])
    with pytest.raises(LibraryError, match="reindex"):
        library.nearest_sentences(entry.vectors[0], library.passages(entry.source.id))
    assert any("vector" in line for line in library.check())


def test_a_library_embedded_in_another_way_says_so_and_can_be_embedded_anew(opened, make, embedder, tmp_path):
    library = opened()
    entry = make("Owls hunt at night and herons wait in the reeds for a fish to pass by.")
    library.put([entry])
    library._catalogue.set_meta(vectors_scheme="")
    library.close()
    for read_only in (True, False):
        with pytest.raises(ModelError, match="rebuild --reindex"):
            opened(create=False, read_only=read_only)
    library = opened(fingerprint=None)
    reindex(library, embedder, settings=Settings())
    library.close()
    library = opened(create=False)
    assert library.check() == []
    assert len(library._catalogue.vectors_of(entry.source.id, [0])[0]) > 2 * embedder.fingerprint.dimension


def test_chroma_and_exact_search_agree_where_sentences_have_vectors(opened, embedder, tmp_path):
    texts = [f"{THREE} Badgers number {n} sleep all day. Moles dig tunnel {n * 7}." for n in range(12)]
    found = []
    for index in ("chroma", "exact"):
        library = opened(tmp_path / index, index=index)
        add(library, embedder, [Document(text) for text in texts], settings=Settings())
        asked = embedder.embed(["Do moles dig tunnel 35?"])[0]
        found.append([(p.id, round(score, 6)) for p, score in library.search_dense(asked, 5)])
        assert library.check() == []
    assert found[0] == found[1]
    assert len(found[0]) == 5
