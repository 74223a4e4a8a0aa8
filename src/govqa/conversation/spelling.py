"""Spelling by the library's own words: "exlusive", "tracability" find what was meant, and the user is told.

>>> correct("What is the exlusive game?", [("exclusive", 1), ("game", 1)])
Correction(text='What is the exclusive game?', changes=(('exlusive', 'exclusive'),))

A word is touched only if it is unknown: not in the library, not in the embedder's vocabulary of 30,000 English pieces,
not made from a known word by a common prefix or ending. It is replaced only by a word of the library that is one
letter away (two from eight letters on; Damerau 1964: a letter too many, missing, wrong, or two exchanged), and only if
no word of general English is nearer. A capital letter within a sentence may be a name's that the library does not know:
there one letter must do, and in a short word ("Globl Sout") it must be one too many, missing or out of place, as names
differ by their letters ("Bard", "Card").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from govqa.conversation.words import FUNCTION_WORDS

_WORD = re.compile(r"(?<![\w@#/.:-])[^\W\d_]+(?:['’][^\W\d_]+)?(?![\w@/:-]|\.\w)")
_SHORTEST = 5
_SHORTEST_NAME = 4
_LONG = 8
_ENDINGS = (
    "s es ed d r er ers or ors ing ly ness ment ments able ability ible ibility al ally ation ations ition isation "
    "ization ise ize ised ized ises izes ising izing ity ism ist ists ful less ship wide like 's ’s"
).split()
_BEGINNINGS = "un re non pre mis over under inter co anti multi sub super counter de dis out cyber bio geo".split()


@dataclass(frozen=True, slots=True)
class Correction:
    """The text to search for, and each word that was changed in it."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def note(self) -> str:
        """A plain sentence for the user; empty if nothing changed.

        >>> Correction("traceability", (("tracability", "traceability"),)).note
        'Searched for “traceability” instead of “tracability”.'
        """
        if not self.changes:
            return ""
        new = ", ".join(f"“{right}”" for _, right in self.changes)
        old = ", ".join(f"“{wrong}”" for wrong, _ in self.changes)
        return f"Searched for {new} instead of {old}."


class SpellingVocabulary:
    """The library's words, made ready once for each revision of the library.

    Args:
        vocabulary: words in lower case with the number of passages that have them.
    """

    def __init__(self, vocabulary: Iterable[tuple[str, int]]) -> None:
        self.counts = {word.lower(): count for word, count in vocabulary}
        self._candidates = sorted(w for w in self.counts if len(w) >= _SHORTEST - 1 and w.isalpha())

    def nearest(self, word: str, limit: int) -> tuple[str, int] | None:
        """The library's word nearest to ``word`` within ``limit`` edits, and how many they are."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        near = extract(word, self._candidates, scorer=OSA.distance, score_cutoff=limit, limit=20)
        if not near:
            return None
        # People seldom get the first letter wrong; the more frequent word is the likelier.
        best = min(near, key=lambda c: (c[1], c[0][0] != word[0], -self.counts[c[0]], c[0]))
        return best[0], int(best[1])


def correct(question: str, vocabulary: Iterable[tuple[str, int]] | SpellingVocabulary) -> Correction:
    """Mend the words of a question that nothing knows.

    Args:
        question: any text.
        vocabulary: the library's words with their counts, or made ready as a :class:`SpellingVocabulary`.
    """
    made = vocabulary if isinstance(vocabulary, SpellingVocabulary) else SpellingVocabulary(vocabulary)
    words = list(_WORD.finditer(question))
    unknown = [m for m in words if not _known(m.group().lower(), made)]
    if len(unknown) > 2 and 2 * len(unknown) > len(words):
        return Correction(question)  # another language
    text, changes = question, []
    for match in reversed(unknown):
        word = match.group()
        name = word[0].isupper() and match.start() > 0
        if word.isupper() or len(word) < (_SHORTEST_NAME if name else _SHORTEST):
            continue
        right = _mend(word.lower(), made, name=name)
        if right is None:
            continue
        shown = right.capitalize() if word[0].isupper() else right
        text = text[: match.start()] + shown + text[match.end() :]
        changes.append((word, shown))
    return Correction(text, tuple(reversed(changes)))


def _mend(word: str, made: SpellingVocabulary, *, name: bool) -> str | None:
    limit = 2 if len(word) >= _LONG and not name else 1
    found = made.nearest(word, limit)
    if found is None:
        return None
    right, distance = found
    if right[0] != word[0] and (distance > 1 or sorted(right[:2]) != sorted(word[:2])):
        return None
    if sorted(right) == sorted(word) and distance == 1:
        return right  # two letters exchanged: nothing is likelier
    if name and len(word) <= _SHORTEST and len(right) == len(word):
        return None  # another letter makes another name
    return None if _nearer_english(word, distance) else right


def _nearer_english(word: str, distance: int) -> bool:
    """Is a word of general English nearer than ``distance``?"""
    if distance < 2:
        return False
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extractOne

    return extractOne(word, _english_list(), scorer=OSA.distance, score_cutoff=distance - 1) is not None


def _known(word: str, made: SpellingVocabulary) -> bool:
    if word in FUNCTION_WORDS or word in made.counts or word in _english():
        return True
    if any(word.endswith(e) and _is_stem(word[: -len(e)], e, made) for e in _ENDINGS):
        return True
    return any(
        word.startswith(b) and len(rest := word[len(b) :]) > 3 and (rest in _english() or rest in made.counts)
        for b in _BEGINNINGS
    )


def _is_stem(stem: str, ending: str, made: SpellingVocabulary) -> bool:
    if len(stem) < 4:
        return False
    forms = [stem]
    if ending[0] in "aeio":
        if not (ending[0] in "ao" and stem[-1] in "cg"):  # "traceable" keeps its e
            forms.append(stem + "e")
        if stem[-1] == stem[-2]:
            forms.append(stem[:-1])
        if stem[-1] == "i" or ending in {"es", "ed", "er", "ers"}:
            forms.append(stem[:-1] + "y")
    return any(form in _english() or form in made.counts for form in forms)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Whole words of the embedder's WordPiece vocabulary: a list of common English that is there anyway."""
    from govqa.weights import built_in_folder

    lines = (built_in_folder() / "vocab.txt").read_text("utf-8").splitlines()
    return frozenset(w for w in lines if len(w) > 2 and w.isalpha())


@lru_cache(maxsize=1)
def _english_list() -> list[str]:
    return sorted(w for w in _english() if len(w) >= _SHORTEST - 1)
