from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from govqa.embedding import open_embedder
from govqa.errors import DocumentError, LibraryError
from govqa.indexing import add, corpus_dir, open_default, open_library, reindex, sync
from govqa.library import Library, source_id
from govqa.settings import Settings
from govqa.types import Document, Filters, Metadata

Open = Callable[..., Library]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two laws and a note, one of them in a folder below."""
    root = tmp_path / "documents"
    (root / "laws").mkdir(parents=True)
    (root / "laws" / "act.md").write_text("# The Act\n\nProviders shall keep the logs for six months.\n")
    (root / "laws" / "bill.txt").write_text("Deployers shall monitor the system.\n")
    (root / "note.md").write_text("---\ntitle: A note\nkind: news\ndate: 2025-07-26\n---\n\nMinisters met on Monday.\n")
    return root


def statuses(outcomes: Sequence[object]) -> list[tuple[str, str]]:
    return [(Path(o.path).name, o.status) for o in outcomes]  # type: ignore[attr-defined]


def test_a_folder_is_added_with_all_that_is_under_it(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    library = opened()
    outcomes = add(library, embedder, [folder], settings=settings)
    assert statuses(outcomes) == [("act.md", "added"), ("bill.txt", "added"), ("note.md", "added")]
    assert [(s.title, s.kind, s.date, s.origin) for s in library.sources()] == [
        ("A note", "news", "2025-07-26", str(folder / "note.md")),
        ("Deployers shall monitor the system.", "other", "", str(folder / "laws" / "bill.txt")),
        ("The Act", "other", "", str(folder / "laws" / "act.md")),
    ]
    assert library.text(outcomes[0].source_id) == "The Act\n\nProviders shall keep the logs for six months."
    assert library.check() == []


def test_adding_again_embeds_nothing(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    library = opened()
    add(library, embedder, folder, settings=settings)
    embedded, revision = embedder.embedded, library.revision
    assert {o.status for o in add(library, embedder, folder, settings=settings)} == {"unchanged"}
    (folder / "laws" / "act.md").touch()
    assert {o.status for o in sync(library, embedder, folder, settings=settings)} == {"unchanged"}
    assert (embedder.embedded, library.revision) == (embedded, revision)
    assert {o.status for o in add(library, embedder, folder, settings=settings, force=True)} == {"replaced"}
    assert embedder.embedded == 2 * embedded
    assert library.check() == []


def test_patterns_choose_among_the_files(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    library = opened()
    outcomes = add(library, embedder, folder, settings=settings, include=["*.md"], exclude=["laws"])
    assert statuses(outcomes) == [("note.md", "added")]


def test_a_bad_file_is_refused_and_the_others_go_on(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    (folder / "a.md").write_bytes(b"\x00\x01\x02" * 100)
    (folder / "b.md").write_text("")
    (folder / "c.pdf").write_text("not a PDF")
    (folder / "d.md").write_text("---\ntitle: only a head\n---\n")
    library = opened()
    outcomes = add(library, embedder, folder, settings=settings)
    assert statuses(outcomes) == [
        ("a.md", "refused"),
        ("b.md", "refused"),
        ("c.pdf", "refused"),
        ("d.md", "refused"),
        ("act.md", "added"),
        ("bill.txt", "added"),
        ("note.md", "added"),
    ]
    assert [o.reason for o in outcomes[1:2]] == ["b.md is empty."]
    assert all(o.reason.endswith(".") and "\n" not in o.reason and not o.source_id for o in outcomes[:4])


def test_a_fault_in_a_loader_stops_nothing(
    opened: Open,
    embedder,  # type: ignore[no-untyped-def]
    settings: Settings,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import govqa.loaders

    whole = govqa.loaders.load

    def load(path: Path, **options: object) -> Document:
        return 1 // 0 if path.suffix == ".txt" else whole(path, **options)  # type: ignore[return-value, arg-type]

    monkeypatch.setattr(govqa.loaders, "load", load)
    outcomes = add(opened(), embedder, folder, settings=settings)
    assert [o.status for o in outcomes] == ["added", "refused", "added"]
    assert "cannot be read (ZeroDivisionError)" in outcomes[1].reason


def test_what_does_not_exist_is_an_error(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    library = opened()
    with pytest.raises(DocumentError, match="does not exist"):
        add(library, embedder, [folder, folder / "missing.md"], settings=settings)
    with pytest.raises(DocumentError, match="no metadata field 'colour'"):
        add(library, embedder, [Document("Text.")], settings=settings, metadata={"colour": "red"})
    assert library.sources() == []


def test_metadata_given_overrides_the_files(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    library = opened()
    note = folder / "note.md"
    add(library, embedder, note, settings=settings)
    (outcome,) = add(library, embedder, note, settings=settings, metadata={"kind": "law"})
    assert (outcome.status, outcome.reason) == ("replaced", "kind")
    assert [(s.title, s.kind) for s in library.sources()] == [("A note", "law")]
    assert statuses(add(library, embedder, note, settings=settings)) == [("note.md", "unchanged")]
    (folder / "note.md.toml").write_text('publisher = "The ministry"\n')
    (outcome,) = add(library, embedder, note, settings=settings)
    assert (outcome.status, outcome.reason) == ("replaced", "kind, publisher")


def test_documents_can_be_added_as_they_are(opened: Open, embedder, settings) -> None:  # type: ignore[no-untyped-def]
    library = opened()
    documents = [
        Document("The first text.", Metadata(title="One", url="https://example.org/1")),
        Document("The second text."),
        Document("The second text."),
    ]
    outcomes = add(library, embedder, documents, settings=settings)
    assert [(o.path, o.status) for o in outcomes] == [
        ("https://example.org/1", "added"),
        ("Untitled", "added"),
        ("Untitled", "unchanged"),
    ]
    assert library.check() == []


def test_sync_follows_the_folder(opened: Open, embedder, settings, folder: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    elsewhere = tmp_path / "elsewhere.md"
    elsewhere.write_text("Not of this folder.")
    library = opened()
    add(library, embedder, elsewhere, settings=settings)
    sync(library, embedder, folder, settings=settings)
    (folder / "laws" / "act.md").write_text("# The Act\n\nProviders shall keep the logs for a year.\n")
    (folder / "laws" / "bill.txt").unlink()
    (folder / "note.md").rename(folder / "moved.md")
    (folder / "new.md").write_text("A new one.")
    outcomes = sync(library, embedder, folder, settings=settings)
    assert statuses(outcomes) == [
        ("act.md", "replaced"),
        ("moved.md", "unchanged"),
        ("new.md", "added"),
        ("bill.txt", "removed"),
        ("note.md", "removed"),
    ]
    assert sorted(Path(s.origin).name for s in library.sources()) == ["act.md", "elsewhere.md", "moved.md", "new.md"]
    revision = library.revision
    assert {o.status for o in sync(library, embedder, folder, settings=settings)} == {"unchanged"}
    assert library.revision == revision
    assert library.check() == []


def test_sync_takes_away_only_what_sync_brought(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    library = opened()
    add(library, embedder, folder / "note.md", settings=settings)
    sync(library, embedder, folder / "laws", settings=settings)
    shutil.rmtree(folder / "laws")
    (folder / "note.md").unlink()
    with pytest.raises(DocumentError, match="is not a folder"):
        sync(library, embedder, folder / "laws", settings=settings)
    assert len(library.sources()) == 3
    assert statuses(sync(library, embedder, folder, settings=settings)) == [
        ("act.md", "removed"),
        ("bill.txt", "removed"),
    ]
    assert [s.title for s in library.sources()] == ["A note"]


def test_a_file_that_broke_keeps_its_earlier_version(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    library = opened()
    sync(library, embedder, folder, settings=settings)
    (folder / "note.md").write_bytes(b"")
    outcome = sync(library, embedder, folder, settings=settings)[-1]
    assert (outcome.status, outcome.reason) == ("refused", "note.md is empty; the version in the library stays.")
    assert len(library.sources()) == 3


def test_the_documents_of_an_archive_are_sources_of_their_own(  # type: ignore[no-untyped-def]
    opened: Open, embedder, settings, folder: Path
) -> None:
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("a/one.md", "# One\n\nThe first of them.")
        archive.writestr("two.txt", "The second of them.")
        archive.writestr("bad.md", b"\x00\x01" * 100)
    library = opened()
    archive_path = str(folder / "more.zip")
    outcomes = sync(library, embedder, folder, settings=settings)[2:5]
    assert [(o.path, o.status) for o in outcomes] == [
        (f"{archive_path}/a/one.md", "added"),
        (f"{archive_path}/bad.md", "refused"),
        (f"{archive_path}/two.txt", "added"),
    ]
    assert [o.status for o in sync(library, embedder, folder, settings=settings)[2:5]] == [
        "unchanged",
        "refused",
        "unchanged",
    ]
    (folder / "more.zip").write_bytes(b"PK\x03\x04 damaged")
    assert [o.status for o in sync(library, embedder, folder, settings=settings)] == [
        *("unchanged", "unchanged", "refused", "unchanged"),
    ]
    assert len(library.sources()) == 5
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("two.txt", "The second of them.")
    outcomes = sync(library, embedder, folder, settings=settings)
    assert statuses(outcomes)[2:] == [("two.txt", "unchanged"), ("note.md", "unchanged"), ("one.md", "removed")]
    assert library.check() == []


def test_progress_counts_documents(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    told: list[tuple[int, int, str]] = []
    add(opened(), embedder, folder, settings=settings, progress=lambda *what: told.append(what))
    assert [(done, total, Path(what).name) for done, total, what in told] == [
        (0, 3, "act.md"),
        (1, 3, "bill.txt"),
        (2, 3, "note.md"),
        (3, 3, ""),
    ]


class Interrupted:
    """An embedder whose user presses Ctrl-C in the middle."""

    def __init__(self, embedder, after: int) -> None:  # type: ignore[no-untyped-def]
        self.fingerprint, self.max_tokens, self.count = embedder.fingerprint, embedder.max_tokens, embedder.count
        self._embedder, self._left = embedder, after

    def embed(self, texts: Sequence[str], *, as_query: bool = False) -> NDArray[np.float32]:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        vectors: NDArray[np.float32] = self._embedder.embed(texts)
        return vectors


def test_an_interruption_keeps_what_was_finished_and_the_rest_follows(  # type: ignore[no-untyped-def]
    opened: Open, embedder, settings, tmp_path: Path
) -> None:
    for number in range(80):
        (tmp_path / f"{number:02}.txt").write_text(f"Document number {number}.")
    library = opened(tmp_path / "library", index="chroma")
    with pytest.raises(KeyboardInterrupt):
        add(library, Interrupted(embedder, 2), tmp_path, settings=settings, include=["*.txt"])
    assert len(library.sources()) == 64
    assert library.check() == []
    outcomes = add(library, embedder, tmp_path, settings=settings, include=["*.txt"])
    assert [o.status for o in outcomes] == ["unchanged"] * 64 + ["added"] * 16
    assert library.check() == []


def test_a_full_disk_keeps_what_was_finished(opened: Open, embedder, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for number in range(64):
        (tmp_path / f"{number:02}.txt").write_text(f"Document number {number}. " * (1 if number < 32 else 3000))
    library = opened(tmp_path / "library")
    library._catalogue._db.execute("PRAGMA max_page_count = 100")
    with pytest.raises(LibraryError, match="The disk is full"):
        add(library, embedder, tmp_path, settings=settings, include=["*.txt"])
    assert len(library.sources()) == 32
    assert library.check() == []


def test_a_library_that_cannot_be_written_is_said_before_anything_is_read(  # type: ignore[no-untyped-def]
    opened: Open, embedder, settings, folder: Path
) -> None:
    holder = opened(index="auto")
    told: list[object] = []
    with pytest.raises(LibraryError, match="in use by"):
        add(opened(), embedder, folder, settings=settings, progress=lambda *what: told.append(what))
    assert told == []
    assert holder.sources() == []


def test_reindex_takes_another_model_and_another_budget(opened: Open, embedder, settings, folder: Path) -> None:  # type: ignore[no-untyped-def]
    (folder / "long.txt").write_text("Each of these sentences has some words in it. " * 60)
    library = opened(index="chroma")
    add(library, embedder, folder, settings=settings)
    before, count = library.sources(), library.passage_count
    other = type(embedder)("another")
    reindex(library, other, settings=Settings(passage_tokens=40))
    assert library.fingerprint == other.fingerprint
    assert library.sources() == before
    assert library.passage_count > count
    assert library.check() == []
    text = library.passages(before[0].id)[0].text
    assert library.search_dense(other.embed([text])[0], 1)[0][0].text == text


# ---------------------------------------------------------------- the shipped documents


def test_a_default_library_holds_the_shipped_documents(embedder, settings) -> None:  # type: ignore[no-untyped-def]
    with open_default(settings, embedder, index="exact") as library:
        assert sorted(s.origin for s in library.sources()) == [
            f"corpus/{path.name}" for path in sorted(corpus_dir().glob("*.md"))
        ]
        revision = library.revision
    embedded = embedder.embedded
    with open_default(settings, embedder, index="exact") as library:
        assert library.revision == revision
    assert embedder.embedded == embedded


def test_a_shipped_document_that_was_removed_stays_away(embedder, settings) -> None:  # type: ignore[no-untyped-def]
    with open_default(settings, embedder, index="exact") as library:
        gone = library.sources()[0]
        library.remove([gone.id])
    with open_default(settings, embedder, index="exact") as library:
        assert gone not in library.sources()
        assert len(library.sources()) == 2


def test_a_newer_version_of_a_shipped_document_replaces_it(  # type: ignore[no-untyped-def]
    embedder, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name in ("a", "b"):
        (shipped / f"{name}.md").write_text(f"Document {name}.")
    monkeypatch.setattr("govqa.indexing.corpus_dir", lambda: shipped)
    with open_default(settings, embedder, index="exact") as library:
        library.remove([source_id("Document b.")])
    for name in ("a", "b", "c"):
        (shipped / f"{name}.md").write_text(f"Document {name}, second version.")
    with open_default(settings, embedder, index="exact") as library:
        assert sorted(library.text(s.id) for s in library.sources()) == [
            "Document a, second version.",
            "Document c, second version.",
        ]


SEED = """
import sys
from govqa.embedding import open_embedder
from govqa.indexing import open_default
from govqa.settings import Settings
settings = Settings(library=sys.argv[1])
with open_default(settings, open_embedder(settings), index="exact") as library:
    print(len(library.sources()), library.revision, library.check())
"""


def test_two_processes_may_fill_the_default_library_at_once(tmp_path: Path) -> None:
    open_embedder(Settings())  # exports the model, if that was never done
    children = [
        subprocess.Popen(
            [sys.executable, "-c", SEED, str(tmp_path / "library")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        for _ in range(2)
    ]
    for child in children:
        out, err = child.communicate(timeout=300)
        assert (out, err) == ("3 1 []\n", "")


def test_the_shipped_documents_are_found_by_meaning_and_by_words(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library")
    embedder = open_embedder(settings)
    with open_default(settings, embedder) as library:
        question = "Which leader opened the conference in Shanghai?"
        vector = embedder.embed([question], as_query=True)[0]  # type: ignore[call-arg]
        news = library.select(Filters(kinds=("news",)))
        assert news is not None
        assert library.search_dense(vector, 3)[0][0].source_id in news
        assert library.search_lexical("Premier Li Qiang Shanghai", 1)[0][0].source_id in news
        ids = [p.id for s in library.sources() for p in library.passages(s.id)]
        assert all(embedder.count(library.passage(i).text) <= embedder.max_tokens for i in ids)
        lengths = np.linalg.norm(library.vectors(ids), axis=1)
        np.testing.assert_allclose(lengths, 1, atol=1e-3)
        assert library.check() == []


def test_a_library_is_opened_with_its_own_model_only(embedder, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    open_library(settings, embedder).close()
    with pytest.raises(LibraryError, match="is not a govqa library"):
        open_library(settings, embedder, path=tmp_path / "none", create=False)
