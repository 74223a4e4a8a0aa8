"""Names of people in quotes, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from govqa.conversation.grammar import Token, kind_of, tokenise
from govqa.conversation.words import GROUPS, ORGANISATION_WORDS, PLACES, SAYING, TEXTS, TITLES, is_plural, verb_base

OF_NEWSPAPERS = frozenset({"report", "publish"})
"""What a newspaper or an agency does, rather than a person."""


def people_in(text: str) -> tuple[str, ...]:
    """Names of people in a quote: after a title, beside a verb of saying, or two plain names in a row."""
    tokens = tokenise(text)
    found: list[str] = []
    i = 0
    while i < len(tokens):
        start = i
        while (
            i < len(tokens)
            and tokens[i].text[0].isupper()
            and tokens[i].tag == "noun"
            and (i == start or text[tokens[i - 1].end : tokens[i].start].isspace())
        ):
            i += 1
        run = tokens[start:i]
        if not run:
            i += 1
            continue
        named = [t for t in run if t.lower not in TITLES]
        titled = len(named) < len(run)
        after = verb_base(tokens[i].lower) if i < len(tokens) else ""
        name = text[named[0].start : named[-1].end] if named else ""
        plain = all(
            t.lower not in PLACES | ORGANISATION_WORDS and (not t.text.isupper() or (titled and len(t.text) < 3))
            for t in named
        )
        speaks = after in SAYING - OF_NEWSPAPERS and tokens[i].lower != after
        speaks = (speaks and start > 0) or _speaks_first(tokens, start, i)
        alone = start == 0 or tokens[start - 1].lower != "the"  # "the Advisory Body" is nobody's name
        if name and plain and 0 < len(named) < 4 and (titled or speaks or (alone and kind_of(name) == "person")):
            found.append(name)
    full: list[str] = []
    for name in found:
        longer = next((o for o in found if name != o and name in o.split()), name)
        if longer not in full:
            full.append(longer)
    return tuple(full)


def _speaks_first(tokens: Sequence[Token], start: int, end: int) -> bool:
    """ "Li did not name …", "Li said": one word that begins a sentence, and somebody's, as it said something."""
    word = tokens[start]
    if end != start + 1 or is_plural(word.lower) or word.lower in GROUPS | TEXTS | TITLES or word.text.isupper():
        return False
    at, did = end, False
    while at < len(tokens) and at < end + 3 and (tokens[at].lower in {"did", "had"} or tokens[at].tag == "adv"):
        did = did or tokens[at].tag == "aux"
        at += 1
    base = verb_base(tokens[at].lower) if at < len(tokens) else ""
    if base not in SAYING - OF_NEWSPAPERS:
        return False
    return did or (tokens[at].lower != base and not tokens[at].lower.endswith(("s", "ing")))


def with_case(text: str, quotes: str, people: Sequence[str]) -> str:
    """A name typed in small letters, or in part, as the quotes write it."""
    for person in people:
        if text.lower() == person.lower() or text.lower() in person.lower().split():
            return person
    if text == text.lower() and quotes and not text.startswith(("the ", "a ", "an ")):
        match = re.search(rf"(?<!\w){re.escape(text)}(?!\w)", quotes, re.I)
        if match and match.group() != text and not _sentence_start(quotes, match.start()):
            return match.group()
    return text


def _sentence_start(text: str, position: int) -> bool:
    before = text[:position].rstrip()
    return not before or before[-1] in '.?!“”"'


def without_title(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0].lower().rstrip(".") in TITLES:
        words.pop(0)
    if words and words[0].lower() == "the":
        return name
    return " ".join(words)
