""" "The second one", "small ones", "both", "any of them": words that leave out a noun that was said before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from govqa.conversation.grammar import tokenise
from govqa.conversation.mentions import Mention
from govqa.conversation.words import DETERMINERS, FUNCTION_WORDS, NUMBERS, verb_base

_ONES = re.compile(
    r"\b(?:(which|the (?:\w+ )?(?:first|second|third|fourth|fifth|last|next|other|latter|former|same|main|best|most "
    r"\w+)|"
    r"the other|this|that|another|any other|each)\s+(ones?)|(the (?:first|second|third|fourth|fifth|last|other|"
    r"others|former|latter)))"
    r"(?=\s*[?.!,]|\s*$|\s+(?:\w+ed|is|are|was|were|do|does|did|say|mean|about|in|of the)\b)",
    re.I,
)  # fmt: skip
_ACTORS = frozenset({"group", "place", "person", "name"})


def replace_ones(question: str, previous: Sequence[Mention]) -> str:
    """ "the second one" → "the second talking point": the noun that "one" stands for, or the question unchanged."""
    match = _ONES.search(question)
    if not match:
        return _replace_one(_replace_several(question, previous), previous)
    plural = (match[2] or "").lower() == "ones"
    for mention in previous:
        if " and " in mention.text:
            continue
        if mention.origin == "question" and mention.distance <= 1 and mention.plural and not mention.vague:
            noun = " ".join(w for w in re.sub(r"^(?:the|which|what|how many|many)\s+", "", mention.text).split()
                            if w.lower() not in DETERMINERS and w.lower() not in NUMBERS)  # fmt: skip
            noun = noun.split(" of ")[0]
            if not plural:
                noun = _singular(noun)
            if match[2]:
                return question[: match.start(2)] + noun + question[match.end(2) :]
            return question[: match.end()] + " " + noun + question[match.end() :]
    return question


_BOTH = re.compile(r"\b(?:the two(?: of them)?|both(?: of them)?|the pair)\b", re.I)
_OF_THEM = re.compile(r"\b(?:any|some|all|none|most|each|either|neither|both)(?=[\s?.!]*$)", re.I)


def _replace_several(question: str, previous: Sequence[Mention]) -> str:
    """ "What do the two compete over?", "Is America excluded from any?": of what was spoken of together."""
    asked = [m for m in previous if m.origin == "question" and m.distance <= 1 and not m.vague]
    if match := _BOTH.search(question):
        rest = tokenise(question[match.end() :])
        if rest and (rest[0].tag in {"noun", "det", "dem", "pron"} and not verb_base(rest[0].lower)):
            return question  # "both countries", "the two plans"
        pair = next((m.text for m in asked if " and " in m.text and len(m.text.split(" and ")) == 2), "")
        actors = list(dict.fromkeys(m.text for m in asked if m.distance == 0 and m.kind in _ACTORS))
        pair = pair or (" and ".join(actors) if len(actors) == 2 else "")
        if pair:
            new = pair if match.start() else pair[:1].upper() + pair[1:]
            return question[: match.start()] + new + question[match.end() :]
    elif match := _OF_THEM.search(question):
        before = tokenise(question[: match.start()])
        many = next((m for m in asked if m.plural and " and " not in m.text), None)
        if many is not None and before and (before[-1].tag == "prep" or verb_base(before[-1].lower)):
            bare = re.sub(r"^(?:the|which|what|how many|many)\s+", "", many.text, flags=re.I)
            return f"{question[: match.end()]} of the {bare}{question[match.end() :]}"
    return question


_A_ONE = re.compile(r"\b([A-Za-z]+) (one)(?=(?: (?:too|as well|also|instead|itself))?[\s?.!]*$)", re.I)


_SOME_ONES = re.compile(r"\b(\w+) (ones)(?=\s*[?.!,]|\s*$|\s+(?:too|also|as well)\b)", re.I)


def _replace_one(question: str, previous: Sequence[Mention]) -> str:
    """ "Does Li want one too?" → "Does Li want a safety governance framework too?"."""
    some = _SOME_ONES.search(question)
    if some and some[1].lower() not in FUNCTION_WORDS | {"loved"}:
        plural = next(
            (m for m in previous if m.origin == "question" and m.distance <= 1 and m.plural and not m.vague), None
        )
        if plural is not None:  # "Even small ones?"
            return question[: some.start(2)] + plural.head + question[some.end(2) :]
    match = _A_ONE.search(question)
    if not match or not verb_base(match[1]):
        return question
    for mention in previous:
        if mention.origin == "question" and mention.distance <= 1 and mention.kind in {"thing", "text"}:
            words = [w for w in mention.text.split() if w.lower() not in DETERMINERS]
            if mention.vague or mention.plural or not words or (words[0][0].isupper() and len(words) == 1):
                continue
            article = "an" if words[0][0].lower() in "aeio" else "a"
            return f"{question[: match.start(2)]}{article} {' '.join(words)}{question[match.end(2) :]}"
    return question


def _singular(noun: str) -> str:
    words = noun.split(" of ")
    head = words[0]
    if head.endswith("ies"):
        head = head[:-3] + "y"
    elif head.endswith("s") and not head.endswith("ss"):
        head = head[:-1]
    return " of ".join([head, *words[1:]])
