"""The words of govqa as frozen dataclasses: what every module takes and gives.

Offsets are Unicode code points into a source's *canonical text*, half open: ``text[start:end]``.
Nothing here imports anything heavy, so ``import govqa`` stays instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from govqa.errors import CitationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind: TypeAlias = str
"""What sort of text a source is: ``news``, ``official``, ``law``, ``code``, ``discussion``, ``other`` …"""

KINDS: tuple[Kind, ...] = ("official", "law", "code", "news", "discussion", "paper", "other")

Status: TypeAlias = Literal["answered", "not_found"]

SCHEMA_VERSION = 1


# ---------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known *about* a document. Empty string: not known.

    ``date`` is ISO 8601, possibly partial (``2025``, ``2025-07``, ``2025-07-26``); ``language`` a BCP 47 tag;
    ``quoted_in`` says where an excerpt was quoted.
    """

    title: str = ""
    kind: Kind = "other"
    publisher: str = ""
    author: str = ""
    date: str = ""
    url: str = ""
    language: str = ""
    quoted_in: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in the canonical text: its own range, its level (1 = top) and its text in one clean line.

    ``start == end`` means a label over a section whose words do not stand in the text (a PDF's outline, say).
    """

    start: int
    end: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page begins at ``start``; ``number`` counts from 1; ``label`` is what is printed on it ("iv"), if known."""

    start: int
    number: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What a loader makes of a file: canonical text, metadata, page map, section map.

    ``blocks`` are ranges that belong together and must not run into a neighbour's sentence: a paragraph, a list
    item, a table row, a heading. They are ordered, do not overlap, and may leave white space between them.
    ``notes`` says in plain words what a reader should know of the extraction ("3 pages hold no text").
    """

    text: str
    metadata: Metadata = Metadata()
    headings: tuple[Heading, ...] = ()
    pages: tuple[Page, ...] = ()
    blocks: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One document in a library, without its text (``library.text(source.id)`` gives it).

    ``id`` comes from the hash of the canonical text; ``origin`` is the path or URL it was added from; ``length``
    is in code points.
    """

    id: str
    title: str
    kind: Kind = "other"
    publisher: str = ""
    author: str = ""
    date: str = ""
    url: str = ""
    language: str = ""
    quoted_in: str = ""
    origin: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A run ``[start, end)`` of one source; the passages of a source partition its text.

    ``page`` is the number of the page on which the passage begins (None: the source has no pages).
    """

    source_id: str
    start: int
    end: int
    text: str
    heading_path: tuple[str, ...] = ()
    page: int | None = None
    page_label: str = ""

    @property
    def id(self) -> str:
        return f"{self.source_id}:{self.start}-{self.end}"


# ---------------------------------------------------------------- models


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Which embedding model made a library's vectors: its name, its dimension, the SHA-256 of its weights."""

    name: str
    dimension: int
    weights_hash: str


class Embedder(Protocol):
    """Turns texts into unit vectors. ``max_tokens`` is the model's own limit in word pieces, with the special ones."""

    fingerprint: Fingerprint
    max_tokens: int

    def embed(self, texts: Sequence[str], *, as_query: bool = False) -> NDArray[np.float32]:
        """Shape ``(len(texts), fingerprint.dimension)``, rows of length 1."""
        ...

    def count(self, text: str) -> int:
        """Word pieces of ``text`` with the special ones, not truncated."""
        ...


# ---------------------------------------------------------------- finding and reading


@dataclass(frozen=True, slots=True)
class Filters:
    """Which sources are asked. Empty: all. Fields are combined with *and*, values within one with *or*.

    ``since`` and ``until`` are ISO dates, both inclusive; a source without a date is left out when either is set.

    >>> Filters(kinds=("news",)).matches(Source(id="1", title="A", kind="law"))
    False
    """

    sources: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    publishers: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def __bool__(self) -> bool:
        return bool(self.sources or self.kinds or self.publishers or self.since or self.until)

    def matches(self, source: Source) -> bool:
        """Does ``source`` pass? Partial dates compare by their common length ("2025" is in "2025-07")."""
        if self.sources and source.id not in self.sources:
            return False
        if self.kinds and source.kind not in self.kinds:
            return False
        if self.publishers and source.publisher.casefold() not in {p.casefold() for p in self.publishers}:
            return False
        if (self.since or self.until) and not source.date:
            return False
        if self.since and source.date[: len(self.since)] < self.since[: len(source.date)]:
            return False
        return not (self.until and source.date[: len(self.until)] > self.until[: len(source.date)])


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found. ``score`` orders the hits; ``dense`` is the cosine, ``lexical`` the BM25
    score (higher is better), None where that stage did not see the passage. ``source`` is what the passage is from:
    readers tell "the plan" from "the article" by it."""

    passage: Passage
    score: float
    dense: float | None = None
    lexical: float | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A range of the *source's* canonical text and how strongly it answers."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one passage.

    ``answerable`` is the reader's probability in [0, 1] that the passage answers the question at all; ``spans``
    are the tightest answers, best first; ``sentences`` are the passage's sentences in order, each with the
    probability that it is evidence. All offsets are into the source's canonical text.
    """

    passage: Passage
    answerable: float
    spans: tuple[ScoredSpan, ...]
    sentences: tuple[ScoredSpan, ...]


class Reader(Protocol):
    """Reads question and passage together. Deterministic: the same input gives the same output."""

    name: str

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """One :class:`Reading` for each hit, in the order of the hits."""
        ...


# ---------------------------------------------------------------- answering


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A range of a source that was found: ``quote == text[start:end]`` of that source. ``provision`` is where it stands
    as one cites it ("Article 26(6)"), empty where nothing above it is numbered."""

    source: Source
    start: int
    end: int
    quote: str
    page: int | None = None
    page_label: str = ""
    heading_path: tuple[str, ...] = ()
    score: float = 0.0
    provision: str = ""


@dataclass(frozen=True, slots=True)
class Citation(Excerpt):
    """A quote that answers: whole sentences ``[start, end)``; ``span`` is the tightest answer inside them (source
    offsets); ``before`` and ``after`` are the text around the quote. ``number`` counts from 1."""

    number: int = 1
    span: tuple[int, int] = (0, 0)
    before: str = ""
    after: str = ""

    def verify(self, text: str) -> None:
        """Check the quote against the source's canonical text.

        Raises:
            CitationError: the quote is not ``text[start:end]``, or the span lies outside it.
        """
        if not 0 <= self.start < self.end <= len(text) or text[self.start : self.end] != self.quote:
            raise CitationError(f"{self.source.id}[{self.start}:{self.end}] is not the quoted text")
        if not self.start <= self.span[0] < self.span[1] <= self.end:
            raise CitationError(f"{self.source.id}: the span {self.span} lies outside its quote")


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange of a conversation, as follow-up resolution needs it; ``spans`` are the tightest answers within
    the ``quotes``."""

    question: str
    interpreted_as: str = ""
    status: str = ""
    quotes: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    filters: Filters = Filters()
    spans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The documents' own words for a question, or the plain statement that they hold none.

    Attributes:
        question: as it was asked.
        interpreted_as: what was really searched for (equal to ``question`` unless a follow-up was completed or a
            spelling corrected).
        status: ``answered`` or ``not_found``. An error is raised, never returned.
        citations: best first; the first one is *the* answer. Empty when ``not_found``.
        confidence: calibrated probability in [0, 1] that the best citation answers the question.
        nearest: when ``not_found``, the passages that came closest: *not an answer*.
        more: when ``answered``, passages that were found and not cited.
        filters: the scope that was asked.
        notes: plain sentences on how the question was understood (corrections, scope words).
        revision: the library's revision that was asked.
        timings: seconds by stage; not part of equality, nor of the byte-for-byte promise.
    """

    question: str
    interpreted_as: str
    status: Status
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    nearest: tuple[Excerpt, ...] = ()
    more: tuple[Excerpt, ...] = ()
    filters: Filters = Filters()
    notes: tuple[str, ...] = ()
    revision: int = 0
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def text(self) -> str:
        """The answer as Markdown, each quote with its ``[n]``, the sources listed below."""
        from govqa.render import to_markdown

        return to_markdown(self)

    def to_turn(self) -> Turn:
        """What the next question's follow-up resolution needs of this answer."""
        return Turn(
            question=self.question,
            interpreted_as=self.interpreted_as,
            status=self.status,
            quotes=tuple(c.quote for c in self.citations),
            source_ids=tuple(c.source.id for c in self.citations),
            titles=tuple(c.source.title for c in self.citations),
            filters=self.filters,
            spans=tuple(c.quote[c.span[0] - c.start : c.span[1] - c.start] for c in self.citations),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; ``schema/answer.schema.json`` describes it."""
        return {"schema_version": SCHEMA_VERSION, **_plain(asdict(self))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """The inverse of :meth:`to_dict`.

        Raises:
            ValueError: another schema version, or a field is missing or of the wrong type.
        """
        if data.get("schema_version") != SCHEMA_VERSION:
            raise ValueError(f"schema_version {data.get('schema_version')!r}: this govqa reads {SCHEMA_VERSION}")
        try:
            return cls(
                question=str(data["question"]),
                interpreted_as=str(data["interpreted_as"]),
                status=data["status"],
                citations=tuple(_excerpt(Citation, c) for c in data["citations"]),
                confidence=float(data["confidence"]),
                nearest=tuple(_excerpt(Excerpt, e) for e in data["nearest"]),
                more=tuple(_excerpt(Excerpt, e) for e in data["more"]),
                filters=_filters(data["filters"]),
                notes=tuple(data["notes"]),
                revision=int(data["revision"]),
                timings=dict(data["timings"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an answer: {error}") from error

    def without_timings(self) -> Answer:
        """The part that is the same byte for byte each time the question is asked of the same library."""
        return replace(self, timings={})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _filters(data: Mapping[str, Any]) -> Filters:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return Filters(**fields)


def _excerpt(cls: Any, data: Mapping[str, Any]) -> Any:
    fields = dict(data)
    fields["source"] = Source(**fields["source"])
    fields["heading_path"] = tuple(fields["heading_path"])
    if "span" in fields:
        fields["span"] = (int(fields["span"][0]), int(fields["span"][1]))
    return cls(**fields)
