"""Questions to go on with: built from what was found but not shown, and from headings; each one really answered first.

>>> from govqa.types import Answer
>>> suggest(Answer("What is AI?", "What is AI?", "not_found"), ask=lambda question: None)
[]

None beats a bad one: a suggestion is kept only if asking it gives a confident answer that names what it asks for and
that the user has not read yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from govqa.conversation.grammar import Token, kind_of, tokenise
from govqa.conversation.words import FUNCTION_WORDS, ROLES, TEXTS, is_plural, verb_base
from govqa.types import Answer, Source, Turn

LEAST_CONFIDENCE = 0.55
TRIES = 8
"""How many candidates are asked at most for the three that are shown."""

_QUOTED = re.compile(r"[“\"]([^”“\"]{4,40})[”\"]")
_NUMBERED = re.compile(r"^(?:(?:chapter|article|section|part|annex|title|comment|table|figure|"
                       r"page)\s+)?[\dIVXLC]+[.):]?\s*[-–—:.]?\s*", re.I)  # fmt: skip
_DULL = frozenset(
    "introduction conclusion conclusions summary contents references background overview preamble annex appendix "
    "comment comments abstract acknowledgements foreword preface notes definitions scope purpose general other".split()
)
_VAGUE_ADJECTIVES = frozenset(
    "new original average potential several same annual certain particular great various different important main key "
    "current recent first last second own whole entire similar".split()
)


def suggest(
    answer: Answer,
    *,
    ask: Callable[[str], Answer],
    history: Sequence[Turn] = (),
    headings: Mapping[str, Sequence[str]] | None = None,
    limit: int = 3,
) -> list[str]:
    """Up to ``limit`` follow-up questions that the library answers.

    Args:
        answer: the one just shown; without citations there is nothing to go on from.
        ask: answers a question, as if typed with no conversation before it.
        history: earlier turns, whose questions are not suggested again.
        headings: headings by source id, in the order of the text.
        limit: how many at most.
    """
    if answer.status != "answered" or limit < 1:
        return []
    asked = {_key(text) for turn in history for text in (turn.question, turn.interpreted_as) if text}
    asked |= {_key(answer.question), _key(answer.interpreted_as)}
    read = {(c.source.id, c.start) for c in answer.citations}
    said = [answer.interpreted_as, *(turn.interpreted_as or turn.question for turn in history)]
    topics = {t.lower for text in said for t in tokenise(text) if t.lower not in FUNCTION_WORDS}
    found: list[str] = []
    tried = 0
    for question, topic in _candidates(answer, headings or {}):
        words = {t.lower for t in tokenise(topic) if t.lower not in FUNCTION_WORDS}
        if _key(question) in asked or not words or words <= topics:
            continue
        asked.add(_key(question))
        tried += 1
        reply = ask(question)
        if _is_good(reply, question, topic, read):
            found.append(question)
            topics |= words
            read |= {(c.source.id, c.start) for c in reply.citations[:1]}
        if len(found) >= limit or tried >= TRIES:
            break
    return found


def _is_good(reply: Answer, question: str, topic: str, read: set[tuple[str, int]]) -> bool:
    if reply.status != "answered" or reply.confidence < LEAST_CONFIDENCE or not reply.citations:
        return False
    best = reply.citations[0]
    words = [t.lower for t in tokenise(topic) if t.lower not in FUNCTION_WORDS]
    quote = best.quote.lower()
    if (best.source.id, best.start) in read or not all(word[:6] in quote for word in words):
        return False
    name = re.escape(topic)
    if question.startswith("Who is"):
        roles = "|".join(ROLES)
        return bool(re.search(rf"\b(?:{roles})\s+{name}|{name},? (?:is|was|the|an?)\b", best.quote, re.I))
    if question.startswith("What is meant"):
        return bool(re.search(rf"{name}[”\"’']?,? (?:refers|means|is|are|describes|stands)\b", best.quote, re.I))
    return True


def _candidates(answer: Answer, headings: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Questions with their topic, the likeliest to be wanted first, in turn from each kind."""
    kinds = [
        list(_named(answer)),
        list(_from_headings(answer, headings)),
        list(_noun_phrases(answer)),
    ]
    while any(kinds):
        for kind in kinds:
            if kind:
                yield kind.pop(0)


def _named(answer: Answer) -> Iterator[tuple[str, str]]:
    for excerpt in (*answer.citations, *answer.more):
        for match in _QUOTED.finditer(excerpt.quote):
            if not verb_base(match[1].split()[0]) and len(match[1].split()) <= 4 and match[1][-1].isalnum():
                yield f"What is meant by “{match[1]}”?", match[1]
        for run in _runs(excerpt.quote, capital=True):
            text = excerpt.quote[run[0].start : run[-1].end]
            if kind_of(text) == "person":
                name = " ".join(text.split()[-2:])
                yield f"Who is {name}?", name


def _from_headings(answer: Answer, headings: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for source in dict.fromkeys(c.source for c in answer.citations):
        for heading in headings.get(source.id, ()):
            topic = _NUMBERED.sub("", heading).strip(" .:;")
            words = tokenise(topic)
            if not 1 <= len(words) <= 7 or words[0].lower in _DULL or any(t.tag in {"aux", "wh"} for t in words):
                continue
            if not topic.isupper() and not verb_base(words[0].lower):
                topic = topic if words[0].text[1:2].isupper() else topic[:1].lower() + topic[1:]
                yield f"What does {short_name(source)} say about {topic}?", topic


def _noun_phrases(answer: Answer) -> Iterator[tuple[str, str]]:
    for excerpt in (*answer.more, *answer.citations):
        for run in _runs(excerpt.quote, capital=False):
            while run and run[0].lower in _VAGUE_ADJECTIVES:
                run = run[1:]
            text = excerpt.quote[run[0].start : run[-1].end] if run else ""
            if 2 <= len(run) <= 4 and is_plural(run[-1].lower) | (len(run[-1].lower) > 6):
                yield f"What does {short_name(excerpt.source)} say about {text}?", text


def _runs(text: str, *, capital: bool) -> Iterator[list[Token]]:
    """Runs of nouns: all with a capital, or none, and not broken by punctuation or a verb."""
    run: list[Token] = []
    for token in [*tokenise(text), Token("", "", len(text), len(text), "end")]:
        fits = (
            token.tag == "noun"
            and token.text[:1].isupper() == capital
            and token.text.isalpha()
            and not (not capital and verb_base(token.lower))
        )
        if fits and (not run or text[run[-1].end : token.start] == " "):
            run.append(token)
            continue
        if len(run) > 1 and (capital or _after_preposition(text, run[0].start)):
            yield run
        run = [token] if fits else []


def _after_preposition(text: str, start: int) -> bool:
    before = text[:start].split()[-2:]
    return any(w.lower() in {"of", "on", "about", "for", "in", "through", "regarding", "including"} for w in before)


def short_name(source: Source) -> str:
    """What one would call a source in a question.

    >>> short_name(Source("1", "Global AI Governance Action Plan (excerpt)"))
    'the Global AI Governance Action Plan'
    """
    title = re.sub(r"\s*\([^)]*\)\s*$", "", source.title).strip()
    words = title.split()
    if words and words[-1].lower() in TEXTS and len(words) <= 8:
        return f"the {title}" if words[0].lower() != "the" else title
    if source.publisher and len(source.publisher.split()) <= 3:
        return source.publisher
    return f"“{title}”"


def _key(question: str) -> str:
    return " ".join(t.lower for t in tokenise(question))


__all__ = ["LEAST_CONFIDENCE", "TRIES", "short_name", "suggest"]
