"""The library in a real browser: add, be told what is wrong, remove, read a long source, and hostile documents."""

import numpy as np
import pytest

from govqa.library import source_id
from govqa.types import Document, Heading, Page, Source

pytestmark = pytest.mark.browser

BODY = """[...document.querySelectorAll('.viewer-text > :not(.page-break)')].map(n => n.textContent).join('')"""
KEEPER = "The lighthouse keeper of Vardø signed the ledger in green ink on the ninth of March."
LONG = "The register of the committee holds entry {n}. Each entry has a number, a date and a decision of its own."


def put(assistant, document, source, whole=True):
    """A document straight into the library, past the loaders; ``whole=False``: only the passage with :data:`KEEPER`
    gets its real vector, the others are drawn by lot, in no time."""
    from govqa.library import Entry
    from govqa.passages import split

    passages = split(document, source.id)
    if whole:
        vectors = assistant.embedder.embed([passage.text for passage in passages])
    else:
        vectors = np.random.default_rng(7).normal(size=(len(passages), assistant.library.fingerprint.dimension))
        vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        for row, passage in zip(vectors, passages, strict=True):
            if KEEPER in passage.text:
                row[:] = assistant.embedder.embed([KEEPER])[0]
    assistant.library.put([Entry(source, document, passages, vectors)])


@pytest.fixture(scope="module")
def served(serving):
    """A page that answers with the best it has: what is shown is tested here, not when to keep silent."""
    return serving(threshold=0.0)


@pytest.fixture
def clean(served):
    """Whatever a test adds is gone afterwards."""
    before = {source.id for source in served.assistant.library.sources()}
    yield
    served.assistant.remove([s.id for s in served.assistant.library.sources() if s.id not in before])


def test_good_files_are_added_and_bad_ones_are_named_with_the_reason(visit, served, clean, tmp_path):
    good = tmp_path / "harbour-rules.md"
    good.write_text(
        "---\ntitle: Harbour rules\nkind: law\ndate: 2024-05-01\n---\n\n"
        "# Harbour rules\n\nAutonomous ferries must carry a licensed pilot at all times.\n"
    )
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    binary = tmp_path / "noise.pdf"
    binary.write_bytes(bytes(range(256)) * 20)
    here = visit().open()
    here.upload(good, empty, binary)
    said = here.page.locator("#outcomes li").all_inner_texts()
    assert said[0].startswith("harbour-rules.md added")
    assert said[1].startswith("empty.txt not added: ")
    assert said[2].startswith("noise.pdf not added: ")
    row = here.page.locator(".shelf tr", has_text="Harbour rules")
    assert "Law" in row.inner_text()
    assert "1 May 2024" in row.inner_text()
    here.shot("library")
    turn = here.ask("Who must autonomous ferries carry?")
    assert "licensed pilot" in turn.locator("blockquote").first.inner_text()


def test_the_same_name_again_is_a_new_version(visit, served, clean, tmp_path):
    notes = tmp_path / "notes.txt"
    here = visit().open()
    for words in ("Lanterns are lit at dusk.", "Lanterns are lit at dawn."):
        notes.write_text(words)
        here.upload(notes)
    assert "replaced" in here.page.locator("#outcomes").inner_text()
    texts = [served.assistant.library.text(s.id) for s in served.assistant.library.sources()]
    assert "Lanterns are lit at dawn." in "".join(texts)
    assert "Lanterns are lit at dusk." not in "".join(texts)


def test_the_kind_of_an_upload_can_be_chosen(visit, served, clean, tmp_path):
    file = tmp_path / "leaflet.txt"
    file.write_text("A leaflet on the use of chat systems in schools, printed for parents.")
    here = visit().open()
    here.show_library()
    here.page.click("#upload-kind input")
    here.page.get_by_role("option", name="Official text").click()
    here.upload(file)
    assert [s.kind for s in served.assistant.library.sources() if "leaflet" in s.title.lower()] == ["official"]


def test_a_file_that_is_too_large_is_refused_and_the_others_go_on(visit, served, clean, tmp_path):
    large, small = tmp_path / "large.txt", tmp_path / "small.txt"
    large.write_text("word " * (served.settings.max_file_mb * 300_000))
    small.write_text("A small file about tidal barrages and their keepers.")
    here = visit().open()
    here.upload(large, small)
    said = here.page.locator("#outcomes li").all_inner_texts()
    assert said[0].startswith("large.txt not added: ")
    assert said[1] == "small.txt added"


def test_a_file_far_too_large_never_arrives(visit, served, tmp_path):
    file = tmp_path / "huge.txt"
    file.write_text("word " * (served.settings.max_file_mb * 1_000_000))
    here = visit().open()
    here.show_library()
    here.page.set_input_files("#upload input[type=file]", str(file))
    here.page.get_by_text("exceed the maximum allowed size").first.wait_for()
    assert "huge.txt" in here.page.locator(".toast-wrap").inner_text()
    assert len(served.assistant.library.sources()) == 3


def test_too_many_files_are_refused_at_once(visit, served, tmp_path):
    files = [tmp_path / f"{n}.txt" for n in range(51)]
    for file in files:
        file.write_text(f"File {file.stem} about nothing.")
    here = visit().open()
    here.show_library()
    here.page.set_input_files("#upload input[type=file]", [str(file) for file in files])
    here.page.wait_for_selector("#outcomes [role=alert]")
    assert "51 files are too many at once: add at most 50" in here.page.locator("#outcomes").inner_text()
    assert len(served.assistant.library.sources()) == 3


def test_removing_asks_first_and_takes_the_quotes_along(visit, served, clean, tmp_path):
    file = tmp_path / "orchard.txt"
    file.write_text("The orchard treaty obliges every signatory to plant seven pear trees a year.")
    here = visit().open()
    here.upload(file)
    turn = here.ask("How many pear trees does the orchard treaty oblige signatories to plant?")
    assert "seven pear trees" in turn.inner_text()
    row = here.page.locator(".shelf tr", has_text="orchard")
    row.locator("[data-do=ask-remove]").click()
    assert row.locator("[data-do=keep]").evaluate("b => b === document.activeElement")
    row.locator("[data-do=keep]").click()
    assert row.count() == 1
    row.locator("[data-do=ask-remove]").click()
    row.locator("[data-do=remove]").click()
    row.wait_for(state="detached")
    assert all("orchard" not in s.title for s in served.assistant.library.sources())
    here.page.wait_for_function("!document.querySelector('.turn blockquote')")
    assert "no longer shown" in turn.inner_text()


def test_a_source_of_half_a_million_characters_opens_at_the_place_and_whole(visit, served, clean, tmp_path):
    paragraphs = [LONG.format(n=n) for n in range(1, 5_200)]
    paragraphs[4_000] = KEEPER
    text, headings = "", []
    for n, paragraph in enumerate(paragraphs):
        if n % 200 == 0:
            headings.append(Heading(len(text), len(text) + len(f"Part {n // 200}"), 1, f"Part {n // 200}"))
            text += f"Part {n // 200}\n\n"
        text += f"{paragraph}\n\n"
    source = Source(id=source_id(text), title="The register", origin="register", length=len(text))
    pages = tuple(Page(start, number) for number, start in enumerate((h.start for h in headings), 1))
    put(served.assistant, Document(text, headings=tuple(headings), pages=pages), source, whole=False)
    assert len(text) > 500_000
    here = visit().open()
    turn = here.ask("In which ink did the lighthouse keeper of Vardø sign the ledger?")
    assert "green ink" in turn.locator("blockquote").first.inner_text()
    turn.locator(".marker").first.click()
    here.page.wait_for_selector("mark.current")
    here.page.wait_for_function(
        "(() => { const m = document.querySelector('mark.current').getBoundingClientRect();"
        " const v = document.querySelector('.viewer-text').getBoundingClientRect();"
        " return m.top >= v.top - 1 && m.bottom <= v.bottom + 1; })()"
    )
    assert "green ink" in here.lit("c1")
    assert here.page.evaluate(BODY) == text
    page = here.page.locator("mark.current").evaluate(
        "m => { let n = m.closest('.viewer-text > *');"
        " while (!n.classList.contains('page-break')) n = n.previousSibling; return n.textContent; }"
    )
    assert page == "Page 21"
    here.page.select_option(".contents select", label="Part 3")
    here.page.wait_for_function(
        "(() => { const all = [...document.querySelectorAll('.viewer-text .heading')];"
        " const h = all.find(n => n.textContent.trim() === 'Part 3');"
        " const v = document.querySelector('.viewer-text').getBoundingClientRect();"
        " const r = h.getBoundingClientRect(); return r.top >= v.top - 40 && r.top < v.top + 60; })()"
    )
    here.shot("long-source")


HOSTILE = (
    """<svg onload=alert('heading')> ![](http://evil.example/heading.png)

Every zebra crossing must be painted by the keeper of the ledger, who says <img src=http://evil.example/a.png
onerror=alert('text')> and <script>alert('body')</script> and [a link](javascript:alert('link')) and
![an image](http://evil.example/b.png) and <!-- a comment --> and ${alert('template')} and {{constructor}} and
$$x^2$$ and \u202edesrever\u202c \u2066isolated\u2069 words \x1b[31mred\x07.

The zebra word is """
    + "z" * 10_000
    + ".\n"
)


def test_a_hostile_document_shows_as_text_and_runs_nothing(visit, served, clean):
    source = Source(
        id=source_id(HOSTILE),
        title="<script>alert('title')</script> [x](javascript:alert(1)) \u202egnitseretnI",
        kind='x" onmouseover="alert(2)',
        publisher="<img src=x onerror=alert('publisher')>",
        author="<b onmouseover=alert(3)>",
        date='2025"><img src=x onerror=alert(4)>',
        url="javascript:alert('url')",
        quoted_in="<iframe src=http://evil.example/>",
        origin="<img src=x onerror=alert(5)>.txt",
        language='" onload="alert(6)',
        length=len(HOSTILE),
    )
    end = HOSTILE.index("\n")
    document = Document(HOSTILE, headings=(Heading(0, end, 1, HOSTILE[:end]), Heading(end, end, 2, "<img src=x>")))
    put(served.assistant, document, source)
    here = visit().open()
    here.show_library()
    assert "<script>alert('title')</script>" in here.page.locator(".shelf").inner_text()
    turn = here.ask("Who must paint every zebra crossing?")
    assert "onerror" in turn.inner_text()
    turn.locator("button.card").first.hover()
    turn.locator(".marker").first.click()
    here.page.wait_for_selector("mark.current")
    assert here.page.locator(".viewer-head a").count() == 0
    shown = here.page.locator(".viewer-text").inner_text()
    assert "<script>alert('body')</script>" in shown
    assert "${alert('template')}" in shown
    assert "⟨U+202E⟩" in shown
    assert "\u202e" not in here.page.locator("body").inner_text()
    planted = "#transcript img, #source img, #library img, .turns script, .viewer script, .library script, "
    planted += "#desk iframe, #desk a[href^=javascript], #desk [onerror], #desk [onload], #desk [onmouseover]"
    assert here.page.locator(planted).count() == 0
    wide = here.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert wide
    here.shot("hostile-document")


def test_a_hostile_file_name_shows_as_text(visit, served, clean, tmp_path):
    file = tmp_path / "<img src=x onerror=alert(1)> [a](b) ${alert(2)}.txt"
    file.write_text("Ferries of the northern line leave at noon.")
    here = visit().open()
    here.upload(file)
    assert here.page.locator("#outcomes li").inner_text().endswith(".txt added")
    assert here.page.locator("#library img, #outcomes img").count() == 0


@pytest.mark.parametrize(
    "question",
    [
        "<img src=http://evil.example/q.png onerror=alert(1)> zebra plan?",
        "![x](http://evil.example/q.png) [y](javascript:alert(1)) plan?",
        "What does the plan say \u202etuoba ytilibaecart\u202c ${alert(1)} {{this}}?",
        "plan " + "w" * 1_500,
    ],
)
def test_a_hostile_question_shows_as_text_and_runs_nothing(visit, question):
    here = visit().open()
    turn = here.ask(question)
    heading = turn.locator("h2").first.inner_text()
    assert heading.replace("⟨U+202E⟩", "\u202e").replace("⟨U+202C⟩", "\u202c") == question
    assert here.page.locator("#transcript img, #transcript a[href^=javascript]").count() == 0
    here.page.reload()
    here.page.wait_for_selector(".turn .actions")
    assert here.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_conversation_that_was_tampered_with_shows_no_false_quote(visit):
    here = visit().open()
    here.ask("What does the plan say about traceability?")
    # The browser's own state, changed by whoever sits before it: Gradio hands back what is in its storage.
    kept = here.page.evaluate("localStorage.getItem('govqa-conversation')")
    assert kept
    here.page.evaluate("localStorage.setItem('govqa-conversation', 'nonsense')")
    here.page.reload()
    here.page.wait_for_selector(".example")


def test_a_page_for_asking_only_shows_no_way_to_change_the_library(visit, serving, tmp_path):
    page = serving(page_read_only=True)
    here = visit(page.address).open()
    here.page.get_by_role("tab", name="Library").click()
    here.page.locator(".library tbody tr").first.wait_for()
    assert here.page.locator("[data-do=ask-remove]").count() == 0
    assert not here.page.locator("#upload").is_visible()


def test_a_page_for_asking_only_refuses_what_a_client_sends(serving, tmp_path):
    from govqa.page.desk import Desk
    from govqa.page.events import Page

    page = serving(page_read_only=True)
    before = page.assistant.library.sources()
    desk = Desk(lambda progress: page.assistant)
    desk.assistant(30)
    events = Page(desk, page.settings)
    path = tmp_path / "new.txt"
    path.write_text("Ferries carry a pilot.")
    (refused,) = events.take_in([str(path)], "", [], [], "", "")
    assert "for asking only" in refused[1]
    event = type("Event", (), {"_data": {"source": before[0].id}})()
    assert "for asking only" in events.remove(None, [], [], "", "", None, event)[3]
    assert page.assistant.library.sources() == before
