"""The answerer: from readings to citations, or to an honest "not in these documents".

Sentences are scored by what the reader says of the sentence, its passage and the spans inside it; the weights of that,
and the threshold under which nothing is answered, are fitted per reader and kept in ``data/calibration.json``.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from govqa.provisions import of_heading, provision_label
from govqa.sentences import is_list_item
from govqa.terms import content_stems
from govqa.types import Citation, Excerpt, Heading, Hit, Page, Passage, Reading, Source

CONTEXT = 200
"""Code points of context before and after a quote."""
LONGEST_QUOTE = 1200
"""A quote is not widened beyond this many code points."""


_LEAD_IN = (":", "：", "—")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_ASKS_FOR_LINK = re.compile(
    r"\b(?:links?|linked|url|address|web ?(?:site|page)|online|where .*(?:read|find|found))\b", re.I
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is fitted, per reader: three logistic regressions (Platt 1999) and the thresholds that go with them.

    The first turns a sentence's scores into the probability that it answers: the log-odds of ``answerable`` (its
    passage's), ``evidence`` and ``span``, and ``rank``, the logarithm of its passage's place among those found. The
    second turns the best sentence's log-odds (``best``), those of the most answerable passage (``passage``) and the
    decimal logarithm of the number of passages in the library (``size``: among more, the first is less often the right
    one) into the confidence. The third turns the same three (``exists_best``, ``exists_passage``, ``exists_size``:
    among more, one that does not answer looks as if it did) into the probability that there is an answer at all.

    ``least``: how probable it has to be that there is an answer, and ``threshold``: the confidence that is needed, or
    the answer is ``not_found``; ``further``: the share of the best sentence's probability that a second or third
    citation needs; ``widen``: evidence that a neighbouring sentence needs to join a quote; ``enough``: a sentence's
    probability from which no further passage is read.
    """

    answerable: float
    evidence: float
    span: float
    bias: float
    threshold: float
    further: float
    widen: float
    rank: float = 0.0
    best: float = 1.0
    passage: float = 0.0
    size: float = 0.0
    confidence_bias: float = 0.0
    exists_passage: float = 1.0
    exists_size: float = 0.0
    exists_best: float = 0.0
    exists_bias: float = 0.0
    least: float = 0.0
    enough: float = 0.97

    def probability(self, answerable: float, evidence: float, span: float, rank: int = 0) -> float:
        """Probability in [0, 1] that a sentence answers; the scores are probabilities as well, ranks count from 0."""
        return _sigmoid(
            self.bias
            + self.answerable * _logit(answerable)
            + self.evidence * _logit(evidence)
            + self.span * _logit(span)
            + self.rank * math.log1p(rank)
        )

    def confidence(self, best: float, passage: float, passages: int = 1) -> float:
        """Calibrated probability in [0, 1] that the best sentence of a library of so many passages answers."""
        return _sigmoid(
            self.confidence_bias
            + self.best * _logit(best)
            + self.passage * _logit(passage)
            + self.size * math.log10(max(1, passages))
        )

    def exists(self, best: float, passage: float, passages: int = 1) -> float:
        """Calibrated probability in [0, 1] that a library of so many passages holds an answer."""
        return _sigmoid(
            self.exists_bias
            + self.exists_best * _logit(best)
            + self.exists_passage * _logit(passage)
            + self.exists_size * math.log10(max(1, passages))
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence, or run of sentences, that may answer: source offsets, its tightest span, its probability."""

    passage: Passage
    start: int
    end: int
    span: tuple[int, int]
    score: float


@lru_cache(maxsize=8)
def calibration(reader: str) -> Calibration:
    """The fitted calibration of a reader; an unknown reader gets that of ``default``."""
    table = json.loads(files("govqa").joinpath("data/calibration.json").read_text("utf-8"))
    return Calibration(**table.get(reader, table["default"]))


def candidates(readings: Sequence[Reading], fitted: Calibration, *, links: bool = True) -> list[Candidate]:
    """Every sentence that was read as a candidate, best first (ties: by source and place).

    A sentence's tightest span is the best span that begins in it, or the whole sentence if there is none; a span that
    runs over several sentences makes one candidate of all of them. Headings are no answers, and without ``links``,
    neither are sentences that are nothing but an address.
    """
    found: dict[tuple[str, int, int], Candidate] = {}
    for rank, reading in enumerate(readings):
        text, base = reading.passage.text, reading.passage.start
        for sentence in reading.sentences:
            words = text[sentence.start - base : sentence.end - base]
            if words in reading.passage.heading_path or (not links and is_bare_link(words)):
                continue
            span = next((s for s in reading.spans if sentence.start <= s.start < sentence.end), None)
            score = fitted.probability(reading.answerable, sentence.score, span.score if span else 0.0, rank)
            end = max((s.end for s in reading.sentences if span and s.start < span.end), default=0)
            candidate = Candidate(
                reading.passage,
                sentence.start,
                max(sentence.end, end) if span else sentence.end,
                (span.start, span.end) if span else (sentence.start, sentence.end),
                score,
            )
            key = (reading.passage.source_id, candidate.start, candidate.end)
            if key not in found or found[key].score < score:
                found[key] = candidate
    return sorted(found.values(), key=lambda c: (-c.score, c.passage.source_id, c.start))


def asks_for_link(question: str) -> bool:
    """Does the question ask where something is on the web?

    >>> asks_for_link("Is there a link to the article?"), asks_for_link("Who is Li Qiang?")
    (True, False)
    """
    return bool(_ASKS_FOR_LINK.search(question))


def is_bare_link(sentence: str) -> bool:
    """Is there nothing in a sentence but an address?

    >>> is_bare_link(" https://example.org/a?b=c "), is_bare_link("See https://example.org.")
    (True, False)
    """
    return not _ADDRESS.sub(" ", sentence).strip(" \n\t<>()[].:;,")


def widen(candidate: Candidate, reading: Reading, fitted: Calibration) -> Candidate:
    """Grow a candidate over neighbouring sentences that are evidence as well, and a lead-in ("…:") over its list.

    A list ends with the last sentence that is marked as an item or follows a semicolon or comma. Never past the
    passage, nor past :data:`LONGEST_QUOTE`.
    """
    sentences = reading.sentences
    first = next(i for i, s in enumerate(sentences) if s.end > candidate.start)
    last = max(i for i, s in enumerate(sentences) if s.start < candidate.end)
    text, base = reading.passage.text, reading.passage.start

    def fits(a: int, b: int) -> bool:
        return sentences[b].end - sentences[a].start <= LONGEST_QUOTE

    said = [text[s.start - base : s.end - base].rstrip() for s in sentences]
    own = max(s.score for s in sentences[first : last + 1])

    def joins(at: int) -> bool:
        score = sentences[at].score
        return score >= fitted.widen and score >= 0.6 * own and said[at] not in reading.passage.heading_path

    while first > 0 and joins(first - 1) and fits(first - 1, last):
        first -= 1
    while last + 1 < len(sentences) and joins(last + 1) and fits(first, last + 1):
        last += 1
    if said[last].endswith(_LEAD_IN):
        while last + 1 < len(sentences) and fits(first, last + 1):
            goes_on = said[last].endswith((*_LEAD_IN, ";", ",", "；")) or is_list_item(said[last + 1])
            if not goes_on and not joins(last + 1):
                break
            last += 1
    return replace(
        candidate,
        start=min(candidate.start, sentences[first].start),
        end=max(candidate.end, sentences[last].end),
    )


def choose(
    readings: Sequence[Reading],
    fitted: Calibration,
    limit: int,
    threshold: float | None = None,
    *,
    links: bool = True,
    passages: int = 1,
) -> tuple[list[Candidate], float]:
    """The candidates to cite, best first, those of one source together, and the confidence that the first one answers.

    Nothing is chosen when the best passage or the confidence is below its threshold; with a ``threshold`` of one's own
    only the confidence counts. ``passages`` is how many there are in the library. A further candidate has to be likely
    itself, and to add something: it neither overlaps nor nearly repeats one that is cited already.
    """
    ranked = candidates(readings, fitted, links=links)
    most = max((reading.answerable for reading in readings), default=0.0)
    confidence = fitted.confidence(ranked[0].score, most, passages) if ranked else 0.0
    if not ranked or confidence < (fitted.threshold if threshold is None else threshold):
        return [], confidence
    if threshold is None and fitted.exists(ranked[0].score, most, passages) < fitted.least:
        return [], confidence
    reading_of = {reading.passage.id: reading for reading in readings}
    chosen: list[Candidate] = []
    for candidate in ranked:
        if len(chosen) == limit or (chosen and candidate.score < fitted.further * ranked[0].score):
            break
        if any(_same_place(candidate, other) for other in chosen):
            continue
        wide = widen(candidate, reading_of[candidate.passage.id], fitted)
        if any(_same_place(wide, other) or _same_words(wide, other) for other in chosen):
            continue
        chosen.append(wide)
    first = {c.passage.source_id: place for place, c in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda c: first[c.passage.source_id]), confidence


def cite(
    number: int,
    candidate: Candidate,
    source: Source,
    text: str,
    pages: Sequence[Page],
    headings: Sequence[Heading] = (),
) -> Citation:
    """The citation of a candidate, checked against the source's text.

    Raises:
        CitationError: the offsets do not fit the text.
    """
    start, end = candidate.start, candidate.end
    page = page_at(pages, start)
    citation = Citation(
        source=source,
        start=start,
        end=end,
        quote=text[start:end],
        page=page.number if page else None,
        page_label=page.label if page else "",
        heading_path=candidate.passage.heading_path,
        provision=provision_at(candidate.passage.heading_path, headings, text, start),
        score=candidate.score,
        number=number,
        span=candidate.span,
        before=_context(text, max(0, start - CONTEXT), start, at_start=True),
        after=_context(text, end, min(len(text), end + CONTEXT), at_start=False),
    )
    citation.verify(text)
    return citation


def excerpt(
    hit: Hit, source: Source, pages: Sequence[Page], text: str = "", headings: Sequence[Heading] = ()
) -> Excerpt:
    """A whole passage as an excerpt, without the white space around it and the headings before it."""
    passage = hit.passage
    quote = body(passage)
    start = passage.start + len(passage.text.rstrip()) - len(quote)
    page = page_at(pages, start)
    return Excerpt(
        source=source,
        start=start,
        end=start + len(quote),
        quote=quote,
        page=page.number if page else None,
        page_label=page.label if page else "",
        heading_path=passage.heading_path,
        provision=provision_at(passage.heading_path, headings, text, start),
        score=round(hit.score, 6),
    )


def body(passage: Passage) -> str:
    """What a passage says under its headings; the headings, if it has nothing else."""
    whole = rest = passage.text.strip()
    for heading in passage.heading_path:
        if rest.startswith(heading):
            rest = rest[len(heading) :].lstrip()
    return rest or whole


def page_at(pages: Sequence[Page], offset: int) -> Page | None:
    """The page on which an offset stands; None for a source without pages."""
    at = bisect_right([page.start for page in pages], offset)
    return pages[max(0, at - 1)] if pages else None


def provision_at(heading_path: Sequence[str], headings: Sequence[Heading], text: str, offset: int) -> str:
    """The provision in which an offset stands, "Article 26(6)"; empty where no heading above it has a number."""
    above = bisect_right([heading.start for heading in headings], offset)
    for heading in reversed(headings[:above]):
        if heading.text in heading_path and of_heading(heading.text) is not None:
            begin = min(heading.end, offset)
            line = text.find("\n", offset)
            return provision_label(heading_path, text[begin : line if line >= 0 else len(text)], offset - begin)
    return ""


def read_until_settled(
    question: str,
    hits: Sequence[Hit],
    read: Callable[[str, Sequence[Hit]], list[Reading]],
    fitted: Calibration,
    *,
    batch: int = 8,
    enough: float | None = None,
) -> list[Reading]:
    """Read the most promising passages first and stop when the rest are unlikely to win.

    Args:
        question: what is asked.
        hits: passages, most promising first.
        read: reads some of them.
        fitted: gives a sentence's probability.
        batch: how many are read before it is asked again whether to go on.
        enough: a sentence's probability from which nothing more is read; None: the calibration's own.
    """
    readings: list[Reading] = []
    links = asks_for_link(question)
    wanted = fitted.enough if enough is None else enough
    for first in range(0, len(hits), batch):
        readings += read(question, hits[first : first + batch])
        if max((c.score for c in candidates(readings, fitted, links=links)), default=0.0) >= wanted:
            break
    return readings


def _same_place(a: Candidate, b: Candidate) -> bool:
    return a.passage.source_id == b.passage.source_id and a.start < b.end and b.start < a.end


def _same_words(a: Candidate, b: Candidate) -> bool:
    """Near-duplicates: the smaller set of stems is almost wholly in the larger one (containment, Broder 1997)."""
    one, two = (set(content_stems(c.passage.text[c.start - c.passage.start : c.end - c.passage.start])) for c in (a, b))
    return len(one & two) >= 0.85 * max(1, min(len(one), len(two)))


def _context(text: str, start: int, end: int, *, at_start: bool) -> str:
    """Text around a quote, cut where a word ends."""
    piece = text[start:end]
    if at_start and start > 0:
        return piece[piece.find(" ") + 1 :]
    if not at_start and end < len(text) and " " in piece:
        return piece[: piece.rfind(" ")]
    return piece


def _sigmoid(logit: float) -> float:
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))), 6)


def _logit(probability: float) -> float:
    clipped = min(0.999, max(0.001, probability))
    return math.log(clipped / (1.0 - clipped))
