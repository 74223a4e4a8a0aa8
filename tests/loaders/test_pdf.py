"""PDFs made here with the troubles that real ones have."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from govqa.errors import DocumentError
from govqa.loaders import Limits, load_bytes
from govqa.types import Document

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, SIZE, PITCH = 72.0, 523.0, 11.0, 14.0
Draw = Callable[[Canvas], None]


def pdf(*pages: Draw, labels: str = "", **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1, **options)
    for number, draw in enumerate(pages):
        if labels and not number:
            canvas.addPageLabel(0, style=labels)
        canvas.setFont("Times-Roman", SIZE)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(*pages: Draw, **options: object) -> Document:
    return load_bytes(pdf(*pages, **options), "a.pdf", limits=Limits(child=False))


def shown(document: Document) -> list[str]:
    return [document.text[start:end] for start, end in document.blocks]


def page_of(document: Document, words: str) -> int:
    at = document.text.index(words)
    return [page.number for page in document.pages if page.start <= at][-1]


def lines(canvas: Canvas, texts: list[str], top: float = 760.0, left: float = LEFT, size: float = SIZE) -> float:
    """Each text justified as a line of a column, the last one ragged; returns the height below them."""
    y = top
    for index, text in enumerate(texts):
        item = canvas.beginText(left, y)
        item.setFont("Times-Roman", size)
        slack = RIGHT - LEFT - canvas.stringWidth(text, "Times-Roman", size)
        last = index == len(texts) - 1
        item.setWordSpace(0.0 if last else max(0.0, slack / max(1, text.count(" "))))
        item.textOut(text)
        canvas.drawText(item)
        y -= PITCH
    return y


BODY = [
    "Providers of general-purpose models shall draw up and keep up to date the technical",
    "documentation of the model, including its training and testing process and the results of",
    "its evaluation, and shall make it available upon request to the competent authorities.",
]


def test_lines_become_paragraphs() -> None:
    document = read(lambda c: lines(c, [*BODY[:2], "its evaluation."], lines(c, BODY) - 10))
    assert shown(document) == [" ".join(BODY), " ".join(BODY[:2]) + " its evaluation."]


def test_a_word_broken_at_a_line_end_is_joined_and_a_compound_keeps_its_hyphen() -> None:
    def draw(c: Canvas) -> None:
        y = lines(c, ["The documentation of a well-known example of a model shall be complete and shall", "be kept."])
        lines(
            c,
            [
                "Each provider shall keep the docu-",
                "mentation of every well-",
                "known exam-",
                "ple of it.",
            ],
            y - 12,
        )

    assert shown(read(draw))[1] == "Each provider shall keep the documentation of every well-known example of it."


def test_a_word_split_by_kerning_is_one_word() -> None:
    def draw(c: Canvas) -> None:
        y = lines(
            c, ["Artificial intelligence is artificial. An artificial thing stays artificial for ever and", "a day."]
        )
        c.drawString(LEFT, y - 20, "the ar")
        c.drawString(LEFT + c.stringWidth("the ar", "Times-Roman", SIZE) + 0.25 * SIZE, y - 20, "tificial kind")

    assert "the artificial kind" in read(draw).text


def test_running_heads_feet_and_page_numbers_leave_the_sentence_whole() -> None:
    def page(number: int, texts: list[str]) -> Draw:
        def draw(c: Canvas) -> None:
            c.drawString(LEFT, 810, "Guidelines on general-purpose models")
            c.drawString(290, 40, str(number))
            lines(c, texts)

        return draw

    document = read(page(7, BODY[:2]), page(8, BODY[2:]), page(9, ["Another sentence stands here alone."]))
    assert shown(document) == [" ".join(BODY), "Another sentence stands here alone."]
    assert page_of(document, "Providers of") == 1
    assert page_of(document, "its evaluation") == 2
    assert [page.label for page in document.pages] == ["7", "8", "9"]


TITLES = ["", "Subject matter", "Scope", "Definitions", "AI literacy", "Prohibited practices", "Rules", "Amendments"]


def test_an_article_at_the_head_of_its_page_is_no_running_head() -> None:
    def page(number: int) -> Draw:
        def draw(c: Canvas) -> None:
            c.drawCentredString(WIDTH / 2, 790, f"Article {number}")
            c.drawCentredString(WIDTH / 2, 770, TITLES[number])
            c.drawString(290, 40, str(number))
            lines(c, BODY, 740)

        return draw

    document = read(*(page(number) for number in range(1, 8)))
    assert [h.text for h in document.headings] == [f"Article {n} {TITLES[n]}" for n in range(1, 8)]


def test_page_labels_of_the_file_win() -> None:
    document = read(
        lambda c: lines(c, BODY), lambda c: lines(c, [*BODY[1:], "The end of it all."]), labels="ROMAN_LOWER"
    )
    assert [(page.number, page.label) for page in document.pages] == [(1, "i"), (2, "ii")]


def test_footnotes_stand_apart_and_their_marks_leave_the_text() -> None:
    def draw(c: Canvas) -> None:
        y = lines(c, [*BODY[:2], "its evaluation"])
        end = LEFT + c.stringWidth("its evaluation", "Times-Roman", SIZE)
        c.setFont("Times-Roman", 7)
        c.drawString(end, y + PITCH + 4, "1")
        c.setFont("Times-Roman", SIZE)
        c.drawString(end + 4, y + PITCH, ", and shall make it available to authorities.")
        c.setFont("Times-Roman", 6)
        c.drawString(LEFT, 103, "1")
        c.setFont("Times-Roman", 8)
        c.drawString(LEFT + 5, 100, "See recital 98 of the Act.")

    assert shown(read(draw)) == [
        f"{BODY[0]} {BODY[1]} its evaluation, and shall make it available to authorities.",
        "1 See recital 98 of the Act.",
    ]


def test_an_exponent_is_not_flattened() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(LEFT, 700, "more than 10")
        x = LEFT + c.stringWidth("more than 10", "Times-Roman", SIZE)
        c.setFont("Times-Roman", 7)
        c.drawString(x, 704, "25")
        c.setFont("Times-Roman", SIZE)
        c.drawString(x + 8, 700, " floating-point operations")

    assert read(draw).text == "more than 10^25 floating-point operations"


def test_cells_of_a_ruled_table_stay_in_their_row() -> None:
    def draw(c: Canvas) -> None:
        y = lines(c, BODY)
        xs, ys = (72, 150, 400, 523), (y - 10, y - 30, y - 70)
        for x in xs:
            c.line(x, ys[0], x, ys[-1])
        for height in ys:
            c.line(xs[0], height, xs[-1], height)
        for x, words in zip(xs, ("ID", "Suggested action", "Risks"), strict=False):
            c.drawString(x + 4, ys[0] - 14, words)
        c.drawString(xs[0] + 4, ys[1] - 14, "GV-1.1")
        c.drawString(xs[1] + 4, ys[1] - 14, "Align the use of models with")
        c.drawString(xs[1] + 4, ys[1] - 28, "applicable laws.")
        c.drawString(xs[2] + 4, ys[1] - 14, "Data privacy")

    assert shown(read(draw))[1:] == [
        "ID | Suggested action | Risks",
        "GV-1.1 | Align the use of models with applicable laws. | Data privacy",
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"Left column line number {n} of the text" for n in "abcdefghijklmn"]
    right = [f"right column line number {n} of the text" for n in "abcdefghijklmn"]

    def draw(c: Canvas) -> None:
        for index, (one, two) in enumerate(zip(left, right, strict=True)):
            c.drawString(60, 760 - index * PITCH, one)
            c.drawString(320, 760 - index * PITCH, two)

    text = read(draw).text
    assert text.index("Left column line number n") < text.index("right column line number a")


def test_numbers_that_count_the_lines_of_a_bill_are_left_out() -> None:
    def draw(c: Canvas) -> None:
        for index in range(25):
            y = 760 - index * 20
            c.drawRightString(60, y, str(index + 1))
            c.drawString(80, y, "a covered provider shall keep what this section requires of it")

    assert not any(character.isdigit() for character in read(draw).text)


@pytest.mark.parametrize("turn", [90, -90, 180])
def test_a_turned_page_is_read_along_its_text(turn: int) -> None:
    def draw(c: Canvas) -> None:
        c.translate(WIDTH / 2, HEIGHT / 2)
        c.rotate(turn)
        c.translate(-300, -250)
        lines(c, BODY, 400)
        c.drawString(LEFT, 300, "Another paragraph.")

    assert shown(read(draw)) == [" ".join(BODY), "Another paragraph."]


def test_a_stamp_along_the_margin_is_no_text() -> None:
    def draw(c: Canvas) -> None:
        lines(c, BODY)
        c.rotate(90)
        c.drawString(300, -30, "downloaded on Monday")

    assert shown(read(draw)) == [" ".join(BODY)]


def test_words_beyond_the_edge_of_the_page_are_not_read() -> None:
    def draw(c: Canvas) -> None:
        lines(c, BODY)
        c.drawString(WIDTH + 40, 760, "a hidden copy of the text")

    assert "hidden" not in read(draw).text


def test_lists_stay_lists() -> None:
    def draw(c: Canvas) -> None:
        y = lines(
            c, ["The provider shall make available to the public all of the following, in a clear and", "plain way:"]
        )
        for marker, words in (("(a)", "a summary of the data;"), ("(b)", "its name."), ("\u2022", "a bullet.")):
            c.drawString(LEFT + 12, y, marker)
            c.drawString(LEFT + 36, y, words)
            y -= PITCH

    assert shown(read(draw))[1:] == ["(a) a summary of the data;", "(b) its name.", "• a bullet."]


def test_who_issued_a_document_is_not_its_title() -> None:
    def draw(c: Canvas) -> None:
        c.setFont("Helvetica-Bold", 24)
        c.drawString(LEFT, 790, "COMMITTEE ON LANTERNS (COL)")
        c.setFont("Helvetica-Bold", 18)
        c.drawString(LEFT, 700, "Methodology for Lantern Risks")
        lines(c, BODY, 640)

    assert read(draw).metadata.title == "Methodology for Lantern Risks"


def test_headings_follow_from_size_weight_and_number() -> None:
    def draw(c: Canvas) -> None:
        c.setFont("Helvetica-Bold", 24)
        c.drawString(LEFT, 790, "A Report on Models")
        c.setFont("Helvetica-Bold", 16)
        c.drawString(LEFT, 750, "1. Scope")
        c.setFont("Helvetica-Bold", 12)
        c.drawString(LEFT, 725, "1.1 Models")
        lines(c, BODY, 700)
        c.setFont("Helvetica-Bold", 16)
        c.drawString(LEFT, 640, "2. Aims")
        lines(c, BODY, 615)

    document = read(draw)
    assert [(h.level, h.text) for h in document.headings] == [(1, "1. Scope"), (2, "1.1 Models"), (1, "2. Aims")]
    assert document.metadata.title == "A Report on Models"


def test_the_bookmarks_of_the_file_give_levels() -> None:
    def draw(c: Canvas) -> None:
        y = 780.0
        for level, title in ((0, "Foreword"), (0, "Scope"), (1, "Models"), (1, "Systems"), (0, "Aims")):
            c.bookmarkPage(title)
            c.addOutlineEntry(title, title, level)
            c.setFont("Times-Roman", SIZE)
            c.drawString(LEFT, y, title)
            y = lines(c, BODY, y - 24) - 20

    assert [(h.level, h.text) for h in read(draw).headings] == [
        (1, "Foreword"),
        (1, "Scope"),
        (2, "Models"),
        (2, "Systems"),
        (1, "Aims"),
    ]


def test_sections_of_a_code_head_their_paragraphs() -> None:
    def draw(c: Canvas) -> None:
        y = lines(
            c, ["SEC. 2. Chapter 25 (commencing with Section 22757) is added to the Code of the State,", "to read:"]
        )
        for number in ("22757.1.", "22757.2."):
            c.drawString(LEFT + 10, y - 6, f"{number} (a) A covered provider shall keep what follows, and more:")
            c.drawString(LEFT + 10, y - 6 - PITCH, "(1) The first of these things.")
            y -= 2 * PITCH + 10

    document = read(draw)
    assert [h.text for h in document.headings] == ["SEC. 2", "§ 22757.1", "§ 22757.2"]
    assert [document.text[h.start : h.end] for h in document.headings][1] == "22757.1."
    assert "22757.1. (a) A covered provider" in document.text


def test_recitals_are_labelled() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(LEFT, 780, "Whereas:")
        y = 755.0
        for number in (1, 2):
            c.drawString(LEFT, y, f"({number})")
            y = lines(
                c, ["The purpose of this Regulation is to improve the functioning of the", "market."], y, LEFT + 30
            )
            y -= 10
        c.drawString(LEFT, y, "HAVE ADOPTED THIS REGULATION:")

    document = read(draw)
    assert [h.text for h in document.headings] == ["Recital 1", "Recital 2"]
    assert all(h.start == h.end for h in document.headings)
    assert document.text[document.headings[1].start :].startswith("(2) The purpose")


def test_the_table_of_contents_is_left_out() -> None:
    def contents(c: Canvas) -> None:
        c.drawString(LEFT, 780, "Contents")
        for index, title in enumerate(("Scope", "Models", "Aims", "Measures", "Review")):
            c.drawString(LEFT, 750 - index * PITCH, f"{index + 1}. {title} {'.' * 60} {index + 2}")

    document = read(contents, lambda c: lines(c, BODY))
    assert shown(document) == [" ".join(BODY)]
    assert document.pages[0].number == 2


# ---------------------------------------------------------------- refusals


def refused(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(DocumentError) as caught:
        load_bytes(data, "a.pdf", limits=limits)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_scan_is_refused_with_a_hint_at_ocr() -> None:
    assert "run OCR" in refused(pdf(lambda c: c.rect(100, 100, 300, 300, fill=1)))


def test_an_encrypted_file_is_refused() -> None:
    data = pdf(lambda c: lines(c, BODY), encrypt=StandardEncryption("secret", canPrint=0))
    assert "is encrypted" in refused(data)


def test_a_damaged_file_is_refused() -> None:
    assert "is damaged" in refused(b"%PDF-1.7\n" + b"rubbish " * 50)


def test_a_file_with_too_many_pages_is_refused() -> None:
    data = pdf(*[lambda c: lines(c, BODY)] * 4)
    assert "has 4 pages, more than the 3" in refused(data, Limits(max_pages=3))


def test_a_page_without_text_is_noted() -> None:
    document = read(lambda c: lines(c, BODY), lambda c: c.rect(0, 0, 9, 9), lambda c: lines(c, ["The end of it all."]))
    assert document.notes == ("1 of 3 pages hold no text (2): pictures, or blank.",)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.98])
def test_a_truncated_file_is_read_or_refused(part: float) -> None:
    data = pdf(*[lambda c: lines(c, BODY)] * 3)
    try:
        text = load_bytes(data[: int(part * len(data))], "a.pdf").text
    except DocumentError as error:
        text = ""
        message = str(error)
    assert "Providers" in text or ("a.pdf" in message and "\n" not in message)


def test_a_parser_out_of_memory_is_a_clear_error() -> None:
    data = pdf(lambda c: lines(c, BODY))
    message = refused(data, Limits(max_memory=20 * 1024 * 1024))
    assert "MB of memory" in message or "crashed" in message


def test_a_parser_that_takes_too_long_is_stopped() -> None:
    assert "took longer than 0.02 s" in refused(pdf(lambda c: lines(c, BODY)), Limits(max_seconds=0.02))
