"""Which sources a question is about: a question that says "HUDERIA" means every passage of that document.

A passage seldom repeats what its document is called or is about, so the document's own match with the question is
counted beside the passage's (Callan, *Passage-Level Evidence in Document Retrieval*, SIGIR 1994).
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from govqa.fulltext import STOP_WORDS, query_terms, searchable
from govqa.types import Source

if TYPE_CHECKING:
    from govqa.library import Library

NAMED = 1.5
"""How much more a word counts that stands in a source's title, publisher or file name."""

_WORD = re.compile(r"[^\W_]+")


def affinity(question: str, library: Library) -> dict[str, float]:
    """For each source that has words of the question, how much of the question's weight it has.

    A word's weight is its inverse document frequency over sources (Robertson & Spärck Jones 1976), so that words of
    every source weigh next to nothing and the name of one weighs most.

    >>> from govqa import Assistant
    >>> with Assistant() as assistant:
    ...     found = affinity("What does Li Qiang want?", assistant.library)
    ...     assistant.library.get(max(found, key=found.get)).publisher
    'Reuters'

    Returns:
        From above 0 to :data:`NAMED`, by source id.
    """
    sources = library.sources()
    if len(sources) < 2:
        return {}
    named = {source.id: _name(source) for source in sources}
    found: dict[str, float] = {}
    total = 0.0
    for term in query_terms(question):
        bearing = {key for key, name in named.items() if f" {term} " in name}
        having = library.sources_with(term)
        if having is None:
            continue
        count = len(having | bearing)
        if count:
            weight = math.log(1 + (len(sources) - count + 0.5) / (count + 0.5))
            total += weight
            for key in having | bearing:
                found[key] = found.get(key, 0.0) + weight * (NAMED if key in bearing else 1.0)
    return {key: weight / total for key, weight in found.items()}


def without_names(question: str, library: Library) -> str:
    """The question without the acronyms and numbers by which it calls a few of the sources.

    Passages of HUDERIA seldom say "HUDERIA", and those that do are not the ones that answer: what is asked is found
    better without it.

    >>> from govqa import Assistant
    >>> with Assistant() as assistant:
    ...     without_names("Who leads China?", assistant.library)
    'Who leads China?'
    """
    named = [_name(source) for source in library.sources()]
    few = max(1, len(named) // 8)

    def kept(match: re.Match[str]) -> str:
        word = match[0]
        if sum(map(str.isupper, word)) < 2 and not any(map(str.isdigit, word)):
            return word
        count = sum(f" {word.casefold()} " in name for name in named)
        return "" if len(named) > 1 and 0 < count <= few else word

    bare = " ".join(_WORD.sub(kept, question).split())
    return bare if _WORD.search(bare) else question


def called(question: str, source: Source) -> str:
    """The words of the question that stand in the source's title, publisher or file name, in their order.

    It is how the reader learns that "HUDERIA" means the document before it, whose passages seldom say so.

    >>> from govqa.types import Source
    >>> called("What must firms do under California's AB 2013?", Source("1", "Training data", origin="CA-AB-2013.pdf"))
    'AB 2013'
    """
    name = _name(source)
    words = dict.fromkeys(_WORD.findall(question))
    return " ".join(w for w in words if w.casefold() not in STOP_WORDS and f" {searchable(w).casefold()} " in name)


@lru_cache(maxsize=65536)
def _name(source: Source) -> str:
    """What a source may be called, as words between spaces: asked again for every question, so kept."""
    stem = PurePath(source.origin.replace("\\", "/")).stem
    return f" {' '.join(_WORD.findall(searchable(f'{source.title} {source.publisher} {stem}').casefold()))} "
