"""Which sources a question is about, told from its rarer words, titles and file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govqa.affinity import NAMED, affinity, called, without_names
from govqa.assistant import Assistant
from govqa.settings import Settings
from govqa.types import Source

NORTH = "# Lantern Act\n\n## Scope\n\nLanterns light. It binds makers.\n\n## Fines\n\nBreaches cost 10 crowns."
SOUTH = "# Kettle Code\n\n## Scope\n\nKettles boil water.\n\n## Fines\n\nBreaches cost twenty crowns."


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("affinity")
    (folder / "lantern.md").write_text(NORTH)
    (folder / "GAZETTE-77.md").write_text(SOUTH)
    with Assistant(settings=Settings(library=folder / "library")) as assistant:
        assistant.add([folder / "lantern.md", folder / "GAZETTE-77.md"])
        yield assistant


def best(assistant, question):
    found = affinity(question, assistant.library)
    return assistant.library.get(max(found, key=found.get)).title


def test_a_passage_is_found_by_the_name_of_its_document(assistant):
    for name, fine in (("Lantern Act", "10 crowns"), ("Kettle Code", "twenty crowns")):
        first = assistant.retriever.search(f"How much do breaches of the {name} cost?", k=1)[0]
        assert fine in first.passage.text


def test_the_file_name_names_a_source(assistant):
    assert best(assistant, "What do breaches cost under gazette 77?") == "Kettle Code"


def test_words_of_every_source_prefer_none(assistant):
    found = affinity("Which breaches cost crowns?", assistant.library)
    titles = {assistant.library.get(key).title: weight for key, weight in found.items()}
    assert titles["Lantern Act"] == titles["Kettle Code"]


def test_unknown_words_and_no_words_mean_nothing(assistant):
    assert affinity("xyzzy plugh", assistant.library) == {}
    assert affinity("", assistant.library) == {}


@given(question=st.text(max_size=60))
def test_any_question_gives_shares_of_known_sources(assistant, question):
    ids = {source.id for source in assistant.library.sources()}
    for key, weight in affinity(question, assistant.library).items():
        assert key in ids
        assert 0 < weight <= NAMED


def test_too_common_a_word_is_not_looked_up(assistant, monkeypatch):
    from govqa import holdings

    library = assistant.library
    assert len(library.sources_with("the")) > 1
    monkeypatch.setattr(holdings, "_COMMON", 0)
    monkeypatch.setattr(library, "_cached_revision", -1)
    assert library.sources_with("the") is None
    monkeypatch.setattr(library, "_cached_revision", -1)


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("What do breaches cost under GAZETTE 77?", "What do breaches cost under ?"),
        ("Who makes lanterns in the USA in 2025?", "Who makes lanterns in the USA in 2025?"),
        ("GAZETTE 77", "GAZETTE 77"),  # something has to be left to search for
    ],
)
def test_what_a_source_is_called_is_left_out_of_what_is_searched(assistant, question, bare):
    assert without_names(question, assistant.library) == bare


@given(question=st.text(max_size=60), title=st.text(max_size=40))
def test_what_a_source_is_called_are_words_of_the_question(question, title):
    for word in called(question, Source("1", title)).split():
        assert word in question


def test_a_source_is_called_by_its_title_publisher_and_file():
    source = Source(
        "1", "Methodology for the Assessment of AI", publisher="Council of Europe", origin="HUDERIA-2024.pdf"
    )
    assert called("Does the huderia of the Council bind states?", source) == "huderia Council"
    assert called("Does the act bind states?", source) == ""
