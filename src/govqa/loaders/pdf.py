"""PDF: from pages to clean paragraphs with headings and page numbers."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from govqa.errors import DocumentError
from govqa.loaders import cleaning
from govqa.loaders.blocks import Block, build
from govqa.loaders.layout import Line, page_lines
from govqa.loaders.limits import Limits
from govqa.loaders.metadata import guess_language, iso_date
from govqa.loaders.outline import blocks_from_paragraphs, without_contents
from govqa.loaders.paragraphs import (
    Paragraph,
    drop_margins,
    join_pages,
    note_paragraphs,
    paragraphs,
    split_notes,
)
from govqa.loaders.pdf_text import page_text
from govqa.types import Document, Metadata


def load_pdf(data: bytes, name: str, limits: Limits) -> Document:
    """A document from a PDF file's bytes.

    Raises:
        DocumentError: damaged, encrypted, too many pages, or pictures of pages without text.
    """
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(io.BytesIO(data))
    except pdfium.PdfiumError as error:
        reason = str(error).lower()
        if "password" in reason or "security" in reason:
            raise DocumentError(f"{name} is encrypted: save a copy without a password and add that.") from None
        raise DocumentError(f"{name} is damaged: no PDF reader can open it. Fetch it again.") from None
    try:
        return _load(pdf, name, limits)
    finally:
        pdf.close()


def _load(pdf: Any, name: str, limits: Limits) -> Document:
    total = len(pdf)
    if total == 0:
        raise DocumentError(f"{name} has no pages.")
    if total > limits.max_pages:
        raise DocumentError(f"{name} has {total:,} pages, more than the {limits.max_pages:,} that are read: split it.")
    pages: list[list[Line]] = []
    heights: list[float] = []
    empty: list[int] = []
    characters = damaged = 0
    for index in range(total):
        lines, height, glyphs, bad = _page(pdf, index)
        pages.append(lines)
        heights.append(height)
        characters += glyphs
        damaged += bad
        if not lines:
            empty.append(index + 1)
        if characters > limits.max_characters:
            raise DocumentError(f"{name} holds more than {limits.max_characters:,} characters: split it.")
    if characters - damaged < 20 * max(1, total // 4):
        raise DocumentError(
            f"{name} has no text, only pictures of its pages: run OCR over it first (for example ocrmypdf)."
        )
    notes = _remarks(empty, total, damaged, characters)
    pages, printed = drop_margins(pages, heights)
    pages = without_contents(pages)
    body = body_size(pages)
    parts: list[tuple[list[Paragraph], list[Paragraph]]] = []
    running = False
    for lines in pages:
        text, foot = split_notes(lines, body, running=running)
        running = bool(foot)
        parts.append((paragraphs(text), note_paragraphs(foot)))
    whole = clean(join_pages(parts, parallel=_two_languages(pages)))
    outline = _outline(pdf)
    blocks = blocks_from_paragraphs(whole, body, outline)
    return build(blocks, _metadata(pdf, blocks, whole), labels=_labels(pdf, printed), notes=notes)


def _page(pdf: Any, index: int) -> tuple[list[Line], float, int, int]:
    import pypdfium2 as pdfium

    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return [], 0.0, 0, 0
    try:
        content = page_text(page, index + 1)
        return page_lines(content), content.height, content.glyphs, content.damaged
    except pdfium.PdfiumError:
        return [], 0.0, 0, 0
    finally:
        page.close()


def _two_languages(pages: Sequence[Sequence[Line]]) -> bool:
    """Do the two columns of the pages say the same in two languages, as the bills of Canada do?"""
    sides = [
        " ".join(line.text for lines in pages for line in lines if line.column == column)[:20_000] for column in (1, 2)
    ]
    if min(map(len, sides)) < 2000:
        return False
    left, right = map(guess_language, sides)
    return bool(left and right) and left != right


def _remarks(empty: Sequence[int], total: int, damaged: int, characters: int) -> list[str]:
    remarks = []
    if empty:
        shown = ", ".join(map(str, empty[:10])) + (" …" if len(empty) > 10 else "")
        remarks.append(f"{len(empty)} of {total} pages hold no text ({shown}): pictures, or blank.")
    if damaged > 0.01 * characters:
        remarks.append(f"{damaged:,} of {characters:,} characters cannot be read: the file does not say what they are.")
    return remarks


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size of a document's running text: the one in which most of it is set."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text) if not line.row else len(line.text) // 3
    return sizes.most_common(1)[0][0] if sizes else 10.0


def clean(whole: list[Paragraph]) -> list[Paragraph]:
    """All cleaning steps on all paragraphs, in order."""
    numbers: dict[int, set[str]] = {}
    for paragraph in whole:
        paragraph.text = cleaning.ligatures(paragraph.text)
        if paragraph.kind == "note":
            paragraph.text = cleaning.note_number(paragraph.text)
            if match := re.match(r"\d{1,3}(?=\D)", paragraph.text):
                numbers.setdefault(paragraph.page, set()).add(match[0])
    for paragraph in whole:
        near = range(paragraph.page, paragraph.last_page + 1)
        known = frozenset().union(*(numbers.get(page, set()) for page in near))
        text = cleaning.superscripts(paragraph.text, known)
        paragraph.text = cleaning.tidy(re.sub(r"^o (?=\S)", "◦ ", text))
    texts = [paragraph.text for paragraph in whole]
    words = cleaning.vocabulary(texts)
    breaks = cleaning.hyphenates(texts, words)
    for paragraph in whole:
        text = cleaning.join_hyphens(paragraph.text, words, breaks_words=breaks)
        paragraph.text = cleaning.mend_split_words(text, words)
    return whole


def _outline(pdf: Any) -> list[tuple[str, int, int]]:
    """The file's bookmarks: title, level from 1, page number (0: unknown)."""
    entries = []
    try:
        for item in pdf.get_toc(max_depth=6):
            title = cleaning.one_line(cleaning.tidy(item.get_title() or ""))
            destination = item.get_dest()
            index = destination.get_index() if destination else None
            if title:
                entries.append((title, item.level + 1, (index or 0) + 1 if index is not None else 0))
            if len(entries) >= 5000:
                break
    except Exception:  # bookmarks are a help: a broken list of them costs nothing else
        return entries
    return entries


def _labels(pdf: Any, printed: Mapping[int, str]) -> dict[int, str]:
    """The label of each page: from the file where it has labels, else the number printed on the page."""
    labels = {}
    try:
        labels = {index + 1: pdf.get_page_label(index).strip() for index in range(len(pdf))}
    except Exception:
        labels = {}
    if any(labels.values()):
        return {page: label for page, label in labels.items() if label}
    return dict(printed)


_ISSUER = re.compile(
    r"(?:the )?(?:(?!to |of |by |from |for )[\w’'-]+ ){0,3}"
    r"(?:committee|council|commission|ministry|department|office|board|agency|parliament"
    r"|secretariat|directorate|authority)(?: (?:of|on|for|and)(?: the)?(?: [\w’'-]+){1,8})?(?: \([A-Z]{2,8}\))?",
    re.I,
)


def _metadata(pdf: Any, blocks: Sequence[Block], whole: Sequence[Paragraph]) -> Metadata:
    try:
        info = pdf.get_metadata_dict()
    except Exception:
        info = {}
    info = {key: cleaning.one_line(cleaning.tidy(value)) for key, value in info.items()}
    title = info.get("Title", "")
    if not _is_title(title):
        title = _first_page_title(whole)
    opening = "\n".join(paragraph.text for paragraph in whole[:15] if paragraph.page <= 2)
    date = iso_date(opening[:1500]) or iso_date(info.get("CreationDate", ""))
    return Metadata(title=title, author=_author(info.get("Author", "")), date=date)


def _is_title(text: str) -> bool:
    """Many programs put a file name or rubbish where the title belongs."""
    if re.fullmatch(r"[A-Z]{1,4}\.? ?\d{1,5}", text):
        return True  # "SB 942": what everybody calls it
    letters = sum(character.isalpha() for character in text)
    rubbish = re.search(
        r"\.(?:docx?|pdf|indd|tex|pptx?)\b|^(?:microsoft word|untitled|document\d*$|slide )", text, re.I
    )
    strange = sum(ord(c) < 32 or 0x80 <= ord(c) < 0xA0 or c == "\ufffd" for c in text)
    return letters >= 5 and not rubbish and not strange and " " in text and len(text) <= 250


def _author(text: str) -> str:
    return text if 3 <= len(text) <= 120 and " " in text and not re.search(r"\d{3}|@|\\", text) else ""


def _first_page_title(whole: Sequence[Paragraph]) -> str:
    """The words set largest, or heaviest, on the first page with text."""
    first = [
        p
        for p in whole
        if p.page == whole[0].page and p.kind != "note" and len(p.text) < 300 and sum(map(str.isalpha, p.text)) >= 6
    ]
    if not first:
        return ""
    subject = next((m[1] for p in first if (m := re.match(r"(?:SUBJECT|Subject|RE|Re) ?: ?(\S.{8,})", p.text))), "")
    if subject:  # a memorandum
        return cleaning.one_line(subject)[:250]
    # Who issued it often stands over the title, and larger: "COMMITTEE ON ARTIFICIAL INTELLIGENCE".
    titled = [p for p in first if not _ISSUER.fullmatch(cleaning.one_line(p.text))] or first
    largest = max(p.size for p in titled)
    parts = [p for p in titled if p.size > largest - 0.6]
    if len(parts) > 4:
        parts = [p for p in parts if p.bold > 0.9]
    title = cleaning.one_line(" ".join(p.text.replace("\f", "") for p in parts[:4]))
    return title if 5 <= len(title) <= 250 else ""
