"""The first reader: no training of its own, only the embedder, word overlap and what kind of answer is asked for.

For each sentence a handful of signals in [0, 1] and one logistic regression over them, whose weights are in
``data/lexical_reader.json`` (``training/fit_lexical.py`` fits them). It needs no further model, is the baseline that
the trained reader has to beat, and says honestly when no sentence fits.
"""

from __future__ import annotations

import json
import math
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from govqa.sentences import sentence_spans
from govqa.terms import content_stems, content_words, stem
from govqa.types import Embedder, Hit, Passage, Reading, ScoredSpan

FEATURES = (
    "cosine",
    "passage_cosine",
    "overlap",
    "context_overlap",
    "rare_word",
    "pairs",
    "answer_type",
    "source",
    "short",
)

KIND_WORDS = {
    "news": "news report article story journalist press",
    "official": "official government text document",
    "law": "law act statute bill provision",
    "code": "code practice guideline standard",
    "discussion": "discussion thread comment commenter commentator poster user opinion",
    "paper": "paper study author research",
}
"""What people call a source of each kind when they ask about it."""

_CACHE = 4096

_ANSWER_TYPES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(given))
    for asked, given in (
        (
            r"\b(when|what (year|date|day|month)|how long|deadline|which (year|date|day|month))\b",
            r"\b(1[89]|20)\d\d\b|\b(January|February|March|April|May|June|July|August|September|October|November"
            r"|December|(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b|\b\d+ (day|week|month|year)s?\b",
        ),
        (
            r"\b(how (many|much|large|big|often)|what (number|percentage|amount|share))\b",
            r"\d|\b(one|two|three|four"
            r"|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion)\b",
        ),
        (r"\b(who|whom|whose)\b", r"\b[A-Z][\w’'-]+ [A-Z][\w’'-]+|\b(he|she|they|said|I|we)\b"),
        (r"\bwhere\b", r"\b(in|at|from|near|to) (the )?[A-Z]"),
        (
            r"\b(why|reason|purpose|aim|goal)\b",
            r"\b(because|since|so that|in order to|in a bid to|due to|aim|to \w+)\b",
        ),
        (
            r"\b(define|definition|mean|means|meaning)\b|\bwhat (is|are) (an? |the )?\W?\w+\W?( \w+)?\?",
            r"\b(means|refers? to|is defined|is an?|are)\b|[“\"]",
        ),
    )
)


class LexicalReader:
    """Scores every sentence of every passage; the tightest span is the sentence's part after its first clause mark.

    Args:
        embedder: for the cosine of question and sentence.
        document_frequency: how many passages hold each of these words.
        passage_count: how many passages there are.
    """

    name = "lexical"

    def __init__(
        self,
        embedder: Embedder,
        document_frequency: Callable[[Sequence[str]], Mapping[str, int]],
        passage_count: Callable[[], int],
    ) -> None:
        self._embedder = embedder
        self._document_frequency = document_frequency
        self._passage_count = passage_count
        self._vectors: OrderedDict[str, list[float]] = OrderedDict()
        self._weights, self._bias = _weights()

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """One reading a hit, in the order of the hits."""
        spans = [_sentences(hit.passage) for hit in hits]
        question_vector = self._embedder.embed([question], as_query=True)[0].tolist()
        self._embed([hit.passage.text[a:b] for hit, found in zip(hits, spans, strict=True) for a, b in found])
        idf = self._idf(question)
        readings = []
        for hit, found in zip(hits, spans, strict=True):
            base = hit.passage.start
            scored = []
            for start, end in found:
                values = features(
                    question, hit, (start, end), idf, _dot(question_vector, self._vector(hit.passage.text[start:end]))
                )
                logit = self._bias + sum(w * v for w, v in zip(self._weights, values, strict=True))
                probability = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
                scored.append(ScoredSpan(base + start, base + end, round(probability, 6)))
            best = sorted(scored, key=lambda s: (-s.score, s.start))
            answerable = best[0].score if best else 0.0
            readings.append(Reading(hit.passage, answerable, tuple(best[:3]), tuple(scored)))
        return readings

    def _idf(self, question: str) -> dict[str, float]:
        terms = list(dict.fromkeys(content_words(question)))
        count = max(1, self._passage_count())
        frequency = self._document_frequency(terms)
        return {
            stem(term): math.log(1 + (count - frequency.get(term, 0) + 0.5) / (frequency.get(term, 0) + 0.5))
            for term in terms
        }

    def _embed(self, sentences: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(sentences) if text not in self._vectors]
        if new:
            for text, vector in zip(new, self._embedder.embed(new), strict=True):
                self._vectors[text] = [round(float(x), 4) for x in vector]
        for text in sentences:
            self._vectors.move_to_end(text)
        keep = max(_CACHE, len(sentences))
        while len(self._vectors) > keep:
            self._vectors.popitem(last=False)

    def _vector(self, sentence: str) -> list[float]:
        return self._vectors[sentence]


def features(
    question: str, hit: Hit, span: tuple[int, int], idf: Mapping[str, float], cosine: float
) -> tuple[float, ...]:
    """The signals named in :data:`FEATURES` for one sentence, each about 0 to 1.

    Args:
        question: as it was understood.
        hit: the passage and what retrieval thought of it.
        span: the sentence, as offsets into the passage's text.
        idf: inverse document frequency of the question's stems.
        cosine: of question and sentence.
    """
    passage = hit.passage
    sentence = passage.text[span[0] : span[1]]
    asked = list(dict.fromkeys(content_stems(question)))
    here = content_stems(sentence)
    around = {*content_stems(passage.text), *content_stems(" ".join(passage.heading_path))}
    named = _named(hit)
    total = sum(idf.get(s, 1.0) for s in asked) or 1.0
    found = set(here)
    overlap = sum(idf.get(s, 1.0) for s in asked if s in found) / total
    context = sum(idf.get(s, 1.0) for s in asked if s in around) / total
    rarest = max(asked, key=lambda s: (idf.get(s, 1.0), s), default="")
    neighbours = set(pairwise(here))
    pairs = list(pairwise(asked))
    paired = sum(pair in neighbours for pair in pairs) / len(pairs) if pairs else 0.0
    return (
        cosine,
        hit.dense or 0.0,
        overlap,
        context,
        float(rarest in found),
        paired,
        _answer_type(question, sentence),
        sum(idf.get(s, 1.0) for s in asked if s in named and s not in found) / total,
        1.0 / (1.0 + len(here) / 3),
    )


def _named(hit: Hit) -> set[str]:
    """What a question may call the source by: the words of its title and publisher, and of what it is."""
    if hit.source is None:
        return set()
    return set(content_stems(f"{hit.source.title} {hit.source.publisher} {KIND_WORDS.get(hit.source.kind, '')}"))


def _answer_type(question: str, sentence: str) -> float:
    for asked, given in _ANSWER_TYPES:
        if asked.search(question):
            return 1.0 if given.search(sentence) else -1.0
    return 0.0


def _sentences(passage: Passage) -> list[tuple[int, int]]:
    """Sentences that could answer: not the headings, which only name what follows."""
    headings = {heading.casefold() for heading in passage.heading_path}
    return [
        (start, end)
        for start, end in sentence_spans(passage.text)
        if passage.text[start:end].casefold() not in headings
    ]


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


@lru_cache(maxsize=1)
def _weights() -> tuple[tuple[float, ...], float]:
    data = json.loads(files("govqa").joinpath("data/lexical_reader.json").read_text("utf-8"))
    return tuple(float(data["weights"][name]) for name in FEATURES), float(data["bias"])
