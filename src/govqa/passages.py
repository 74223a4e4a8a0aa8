"""Passages: a partition of a document's text that respects its structure, its sentences and the model's limits.

Structure comes first. Every heading opens a section, and two sections never share a passage: in a discussion each
comment is a section, and two people's views must not run together. A heading without a text of its own (a chapter
above its articles) joins the section that follows, so that no passage ends in a heading.

Within a section, :mod:`govqa.packing` chooses runs of whole sentences: near the budget and of like size, divided at
the edges of paragraphs rather than inside one, and not after a line that introduces a list. Only a sentence that is
over the budget on its own is cut: at clauses, else between words, else between grapheme clusters.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from govqa.packing import Unit, pack, plain_tokens
from govqa.sentences import Span, sentence_spans
from govqa.tokens import count_tokens
from govqa.types import Document, Heading, Page, Passage

BUDGET = 180
"""Tokens of a passage when nothing else is asked for."""

_PATH_CHARACTERS = 120
_PATH_TOKENS = 40
_HEADING_CHARACTERS = 60

_SPLIT_PARAGRAPH, _SPLIT_LIST, _SPLIT_INTRODUCTION, _SPLIT_HEADING = 0.15, 0.1, 0.6, 100.0


def embedded_text(heading_path: Sequence[str], text: str, *, title: str = "") -> str:
    """A passage as models see it: the headings above it on one line, then its text. It has to fit their windows.

    >>> embedded_text(["Chapter III", "Article 26"], "Deployers shall keep the logs.", title="AI Act")
    'AI Act › Chapter III › Article 26\\nDeployers shall keep the logs.'

    Headings with which the text itself begins are not said twice. A long path keeps its innermost headings, each
    shortened, so that it never takes the passage's room.
    """
    body = text.strip()
    words = " ".join(body[:1_000].split()) + " "
    names = [name for name in (" ".join(name.split()) for name in (title, *heading_path)) if name]
    said = next((at for at in range(len(names)) if words.startswith(" ".join(names[at:]) + " ")), len(names))
    kept: list[str] = []
    for name in reversed(names[:said]):
        if len(name) > _HEADING_CHARACTERS:
            name = name[: _HEADING_CHARACTERS - 1].rstrip() + "…"
        path = " › ".join([name, *kept])
        if len(path) > _PATH_CHARACTERS or count_tokens(path) > _PATH_TOKENS:
            break
        kept.insert(0, name)
    return f"{' › '.join(kept)}\n{body}" if kept else body


def split(
    document: Document, source_id: str, *, budget: int = BUDGET, fits: Callable[[str], bool] | None = None
) -> list[Passage]:
    """The passages of ``document``: in order, disjoint, and joined they are its text.

    >>> from govqa.types import Heading
    >>> document = Document("Scope\\nThis applies to all.\\n", headings=(Heading(0, 5, 1, "Scope"),))
    >>> split(document, "s1")
    [Passage(source_id='s1', start=0, end=27, text='Scope\\nThis applies to all.\\n', heading_path=('Scope',), ...)]

    Args:
        document: text with its headings, pages and blocks.
        source_id: what the passages belong to.
        budget: tokens (cl100k_base; a run of white space counts as one space). A passage goes over it only to keep
            a heading with the one sentence that follows it.
        fits: is this :func:`embedded_text` within the embedder's own limit? Holds for every passage, except one
            that is a single grapheme cluster.

    Raises:
        ModelError: the token table is missing.
    """
    text = document.text
    headings = _settled(document)
    sentences = sentence_spans(text, _blocks(document, headings))
    starts = [start for start, _ in sentences]
    edges = sorted({start for start, _ in document.blocks})
    pages = sorted(document.pages, key=lambda page: page.start)
    path_at = _paths(headings)

    def within(first: int, last: int) -> bool:
        above = path_at(last)
        return fits is None or fits(embedded_text(above, text[first:last], title=document.metadata.title))

    passages: list[Passage] = []
    for start, end in _sections(text, headings):
        own = sentences[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)]
        units = _units(text, start, end, own, headings, edges)
        for first, last in pack(text, units, budget, within):
            page = _page(text, pages, first, last)
            number, label = (page.number, page.label) if page else (None, "")
            passages.append(Passage(source_id, first, last, text[first:last], path_at(last), number, label))
    return passages


# ---------------------------------------------------------------- structure


def _settled(document: Document) -> list[Heading]:
    """Headings in order; a label without words of its own that falls inside a sentence moves behind it."""
    headings = sorted(document.headings, key=lambda heading: (heading.start, heading.end))
    if not any(heading.start >= heading.end for heading in headings):
        return headings
    worded = [heading for heading in headings if heading.start < heading.end]
    sentences = sentence_spans(document.text, _blocks(document, worded))
    settled = list(worded)
    for heading in headings:
        if heading.start >= heading.end:
            at = bisect.bisect_left(sentences, (heading.start, 0)) - 1
            start = heading.start
            if at >= 0 and start < sentences[at][1]:
                start = sentences[at + 1][0] if at + 1 < len(sentences) else len(document.text)
            settled.append(replace(heading, start=start, end=start))
    return sorted(settled, key=lambda heading: (heading.start, heading.end))


def _paths(headings: Sequence[Heading]) -> Callable[[int], tuple[str, ...]]:
    """The texts of the headings that begin before a position and are still open there."""
    starts = [heading.start for heading in headings]
    paths: list[tuple[str, ...]] = [()]
    stack: list[Heading] = []
    for heading in headings:
        while stack and stack[-1].level >= heading.level:
            stack.pop()
        stack.append(heading)
        paths.append(tuple(above.text for above in stack if above.text))
    return lambda position: paths[bisect.bisect_left(starts, position)]


def _sections(text: str, headings: Sequence[Heading]) -> Iterator[Span]:
    """Ranges from one heading with a body to the next; they partition the text."""
    begin = 0
    body = 0  # where the words after the last heading begin
    for heading in headings:
        if not 0 <= heading.start < len(text):
            continue
        if text[body : heading.start].strip() and heading.start > begin:
            yield begin, heading.start
            begin = heading.start
        body = max(body, heading.end)
    if begin < len(text):
        yield begin, len(text)


def _blocks(document: Document, headings: Sequence[Heading]) -> list[Span]:
    """The document's blocks, cut at the edges of headings, each heading a block of its own."""
    cuts = sorted({edge for heading in headings for edge in (heading.start, heading.end)})
    blocks: list[Span] = []
    ranges = sorted([*document.blocks, *((h.start, h.end) for h in headings if h.start < h.end)])
    for start, end in ranges:
        start = max(start, blocks[-1][1] if blocks else 0)
        for cut in cuts[bisect.bisect_right(cuts, start) : bisect.bisect_left(cuts, end)]:
            blocks.append((start, cut))
            start = cut
        if start < end:
            blocks.append((start, end))
    return blocks


def _units(
    text: str, start: int, end: int, sentences: Sequence[Span], headings: Sequence[Heading], edges: Sequence[int]
) -> list[Unit]:
    """The sentences of a section with the white space behind them; the first one takes what comes before it, too."""
    if not sentences:
        return [Unit(start, end, 0)]
    units: list[Unit] = []
    for index, (first, last) in enumerate(sentences):
        following = sentences[index + 1][0] if index + 1 < len(sentences) else end
        heading = _is_heading(headings, first, last)
        units.append(
            Unit(
                first if index else start,
                following,
                plain_tokens(text, first, last),
                _penalty(text, last, following, end, heading, edges),
                heading,
            )
        )
    return units


def _is_heading(headings: Sequence[Heading], first: int, last: int) -> bool:
    at = bisect.bisect_right(headings, first, key=lambda heading: heading.start)
    return any(h.start <= first and last <= h.end for h in headings[max(0, at - 2) : at])


def _penalty(text: str, last: int, following: int, end: int, heading: bool, edges: Sequence[int]) -> float:
    """The price of a boundary between ``last`` and ``following``."""
    if following == end:
        return 0.0
    if heading:
        return _SPLIT_HEADING
    if text[last - 1] in ":：":
        return _SPLIT_INTRODUCTION
    gap = text[last:following]
    at = bisect.bisect_left(edges, following)
    if (at < len(edges) and edges[at] == following) or gap.count("\n") > 1:
        return _SPLIT_LIST if text[last - 1] in ";；," else 0.0
    return _SPLIT_LIST if "\n" in gap else _SPLIT_PARAGRAPH


def _page(text: str, pages: Sequence[Page], first: int, last: int) -> Page | None:
    """The page on which the first character that is not white space stands."""
    visible = first + len(text[first:last]) - len(text[first:last].lstrip())
    at = bisect.bisect_right(pages, visible if visible < last else first, key=lambda page: page.start)
    return pages[at - 1] if at else None
