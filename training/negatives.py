"""Near misses for a question: passages that were found for it and do not hold its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from training.texts import Question, Text


def mine(texts: Sequence[Text], questions: Sequence[Question], sources: Sequence[str], top: int = 8) -> None:
    """Fill ``negatives``: passages of the same collection that share most with the question and do not hold its answer.

    TF-IDF with sublinear counts stands for BM25 (the ranking is nearly the same, and it is one matrix product).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    for places, asked in _collections(texts, questions, sources):
        vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
        matrix = vectorizer.fit_transform([texts[i].text for i in places]).T.tocsr()
        for low in range(0, len(asked), 2000):
            scores = (vectorizer.transform([q.question for q in asked[low : low + 2000]]) @ matrix).toarray()
            _nearest(texts, places, asked[low : low + 2000], scores, top)


def mine_dense(
    texts: Sequence[Text],
    questions: Sequence[Question],
    sources: Sequence[str],
    embed: Callable[[Sequence[str]], NDArray[np.float32]],
    top: int = 4,
) -> None:
    """The same with the embedder's cosines, which find near misses that share no word (Karpukhin et al. 2020)."""
    for places, asked in _collections(texts, questions, sources):
        matrix = embed([texts[i].text for i in places]).T
        vectors = embed([q.question for q in asked])
        for low in range(0, len(asked), 2000):
            _nearest(texts, places, asked[low : low + 2000], vectors[low : low + 2000] @ matrix, top)


def _collections(
    texts: Sequence[Text], questions: Sequence[Question], sources: Sequence[str]
) -> Iterator[tuple[list[int], list[Question]]]:
    for source in sources:
        places = [i for i, t in enumerate(texts) if t.source.startswith(source)]
        asked = [q for q in questions if texts[q.text].source.startswith(source)]
        if len(places) >= 3 and asked:
            yield places, asked


def _nearest(
    texts: Sequence[Text], places: Sequence[int], asked: Sequence[Question], scores: NDArray[np.float32], top: int
) -> None:
    best = np.argpartition(-scores, min(top, len(places) - 1), axis=1)[:, : top + 1]
    for q, row in zip(asked, best, strict=True):
        gold = texts[q.text]
        answers = [gold.text[a:b].lower() for a, b in q.spans]
        known = {gold.text} | {texts[n].text for n in q.negatives}
        for column in row:
            other = texts[places[column]]
            if other.text in known:
                continue
            if q.exact and any(len(a) > 1 and a in other.text.lower() for a in answers):
                continue
            q.negatives.append(places[column])
