"""Pronouns and other words that point back, and the phrase of the history that each stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from govqa.conversation.grammar import Phrase, Shape, Token
from govqa.conversation.mentions import Mention
from govqa.conversation.words import (
    ABOUT_TEXTS,
    BE,
    GROUP_PRONOUNS,
    ORGANISATION_WORDS,
    PERSON_PRONOUNS,
    POSSESSIVE,
    SAYING,
    THING_PRONOUNS,
    verb_base,
)

_ADJECTIVES = (
    "possible|impossible|likely|unlikely|true|false|necessary|important|legal|illegal|allowed|forbidden|required|"
    "mandatory|"
    "clear|known|fair|good|bad|better|right|wrong|hard|difficult|easy|common|normal|enough|worth|time|safe|useful|said|"
    "expected|permitted|prohibited|lawful|acceptable|sufficient"
)
_EXPLETIVE = re.compile(
    rf"\b(?:is|was|be|would|will|does|did|can|could|should|may|might|has|been)\s+it\s+(?:be\s+|been\s+|"
    rf"not\s+)?(?:really\s+)?"
    rf"(?:{_ADJECTIVES})\s+(?:that|to|for|if|whether|when)\b|"
    rf"\bit(?:'s|\s+(?:is|was|be|seems?|would be|will be|can be|should "
    rf"be))\s+(?:not\s+)?(?:(?:{_ADJECTIVES})\s+(?:that|to|for|if|whether)|that)\b|"
    r"\b(?:does|did|will|would)\s+it\s+take\s+(?:to|for)\b|\bwhat\s+time\s+is\s+it\b|\bit\s+(?:seems?|"
    r"appears?)\s+that\b|"
    r"\bmakes?\s+it\s+\w+\s+(?:to|that|for)\b",
    re.I,
)  # fmt: skip
_NOT_DONE_TO_PLACES = ABOUT_TEXTS | {
    "base",
    "locate",
    "hold",
    "headquarter",
    "found",
    "create",
    "establish",
    "set",
    "open",
}
_ADJECTIVAL = frozenset(
    "ai global world international national intelligence artificial south north east west united".split()
)
"""Words of organisations' names that no organisation is called by."""
_DONE_BY_PEOPLE = frozenset(
    "promise sign agree disagree join meet speak talk vote decide try know participate cooperate intend prepare "
    "pledge commit attend negotiate invest compete write reply respond work".split()
)
_VENUES = frozenset("conference meeting summit forum event session headquarters city country congress talks".split())
WEIGHT = 0.7
"""What a classifier's certainty counts beside the rules' points."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A word that points back: its token, whether possessive, its grammatical place, and what it may stand for."""

    token: Token
    index: int
    possessive: bool
    place: str
    wants: str


def pointers(shape: Shape) -> list[Pointer]:
    """Pronouns of a question that nothing within it explains.

    >>> from govqa.conversation.grammar import parse
    >>> [p.token.text for p in pointers(parse("Does it say why China shares its technology?"))]
    ['it']
    """
    found: list[Pointer] = []
    expletive = _EXPLETIVE.search(shape.text)
    for index, token in enumerate(shape.tokens):
        wants = _wants(shape, index)
        if not wants:
            continue
        if wants == "thing" and expletive and expletive.start() <= token.start < expletive.end():
            continue
        possessive = _possessive(shape, index)
        if _explained(shape, index, wants, possessive):
            continue
        if any(p.wants == wants for p in found) and found[0].token.lower in {"he", "she", "it", "they"}:
            continue  # "Does it say who wrote it?": once completed, the question explains the rest
        found.append(Pointer(token, index, possessive, _place(shape, index), wants))
    return found


def _wants(shape: Shape, index: int) -> str:
    token = shape.tokens[index]
    if token.tag == "noun":  # "IT", "US"
        return ""
    if token.lower in PERSON_PRONOUNS:
        return "person"
    if token.lower in THING_PRONOUNS:
        return "thing"
    if token.lower in GROUP_PRONOUNS:
        return "group"
    if token.lower in {"this", "that", "these", "those"} and _stands_alone(shape, index):
        return "many" if token.lower in {"these", "those"} else "event"
    if token.lower == "so" and index == len(shape.tokens) - 1 and index and shape.tokens[index - 1].tag == "verb":
        return "event"  # "Who thinks so?"
    if token.lower == "there" and index and shape.tokens[index - 1].tag not in {"aux"}:
        return "place" if index == len(shape.tokens) - 1 else ""
    return ""


def _stands_alone(shape: Shape, index: int) -> bool:
    """Is this "that" a pronoun, neither a determiner nor a conjunction?"""
    token = shape.tokens[index]
    after = shape.tokens[index + 1] if index + 1 < len(shape.tokens) else None
    before = shape.tokens[index - 1] if index else None
    if after is not None and after.lower in {"a", "an", "the"} and before is not None and before.lower in BE:
        return True  # "Why is that a challenge?"
    if after is None:
        return before is None or before.lower not in {"like"} or True
    if after.tag in {"noun", "det"} and verb_base(after.lower) == "":
        return False
    if before is not None and before.tag == "aux" and after.tag == "noun" and verb_base(after.lower) == after.lower:
        # "Is that point addressed to …", "Did that plan mention …": a noun that could be a verb, before the verb
        later = any(t.tag == "verb" or (verb_base(t.lower) and t.tag == "noun") for t in shape.tokens[index + 2 :])
        if before.lower in BE or later:
            return False
    if after.tag == "noun" and before is not None and before.tag != "aux":
        return False
    if token.lower == "that":
        if before is not None and (before.tag in {"noun", "verb", "pron"} or before.lower in {"so", "such"}):
            return after.tag in {"prep", "adv"}
        return before is None or before.tag in {"aux", "prep", "conj", "wh", "adv"}
    return after.tag in {"aux", "verb", "prep", "adv", "conj", "det"} or (before is not None and before.tag == "aux")


def _possessive(shape: Shape, index: int) -> bool:
    token = shape.tokens[index]
    after = shape.tokens[index + 1] if index + 1 < len(shape.tokens) else None
    if token.lower in {"his", "her"}:
        return after is not None and after.tag not in {"prep", "conj", "wh", "aux", "pron"}
    return token.lower in POSSESSIVE and after is not None


def _place(shape: Shape, index: int) -> str:
    before = shape.tokens[index - 1] if index else None
    if before is not None and before.tag == "prep":
        return before.lower
    if shape.verb >= 0:
        passive = 0 <= shape.aux < shape.verb and (
            shape.tokens[shape.aux].lower in BE
            or any(t.lower in {"be", "been"} for t in shape.tokens[index : shape.verb])
        )
        done_to = passive and not shape.tokens[shape.verb].lower.endswith("ing")
        return "subject" if index < shape.verb and not done_to else "object"
    return "subject"


_CLAUSE = frozenset(
    "that if when because while although whether why how and or but who which where before after since until upon "
    "once".split()
)


def _explained(shape: Shape, index: int, wants: str, possessive: bool) -> bool:
    """Does a phrase of the same question explain the pronoun?"""
    token = shape.tokens[index]
    if wants in {"event", "many", "place"}:
        return False
    for phrase in shape.phrases:
        if phrase.end > token.start:
            # "Besides his role in it, what did Li Qiang do?"
            forward = shape.tokens[0].tag in {"prep", "conj"} and phrase.start > token.end and index < 6
            if forward and phrase.proper and _fits(wants, phrase, owner=False):
                return True
            continue
        if phrase.role == "wh" and wants != "group":
            continue
        between = [t for t in shape.tokens if phrase.end <= t.start < token.start]
        new_clause = any(t.lower in _CLAUSE for t in between)
        new_clause = new_clause or (bool(between) and verb_base(between[-1].lower) in SAYING)  # "did Li say he would"
        after_verb = any(t.tag == "verb" for t in between)
        controlled = wants == "thing" and "to" in {t.lower for t in between} and after_verb and phrase.role == "object"
        owner = "'s " in phrase.text.replace("’", "'")
        if (possessive or new_clause or controlled or owner) and _fits(wants, phrase, owner=owner and not possessive):
            return True
    return False


def _fits(wants: str, phrase: Phrase, *, owner: bool) -> bool:
    if wants == "person":
        return phrase.kind == "person" or (phrase.proper and (phrase.kind == "thing" or owner))
    if wants == "thing":
        return not owner and phrase.kind != "person" and not phrase.plural
    return not owner and (phrase.plural or phrase.proper or phrase.kind in {"group", "place", "person"})


def rank(
    pointer: Pointer, shape: Shape, known: Sequence[Mention], weigh: Callable[[Mention], float] | None = None
) -> list[tuple[Mention, float]]:
    """The phrases of the history that the pronoun may stand for, best first, with their scores.

    ``weigh`` adds what a trained classifier thinks of a mention, in [0, 1].
    """
    heads = {p.head for p in shape.phrases}
    measured = _compared_with(shape) if pointer.wants in {"group", "thing"} and not pointer.possessive else ""
    verb = verb_base(shape.tokens[shape.verb].lower) if shape.verb >= 0 else ""
    scored: dict[str, tuple[Mention, float]] = {}
    for mention in known:
        if mention.vague or (mention.head in heads and mention.kind != "person"):
            continue
        agrees = _agreement(pointer, mention)
        if agrees is None:
            continue
        score = agrees - mention.distance * 1.0 + _standing(mention)
        if pointer.place == "subject" and verb in SAYING:
            score += 0.8 if mention.kind in {"text", "group", "place", "person"} else 0.0
        if pointer.place == "subject" and verb in _DONE_BY_PEOPLE:
            score += 0.8 if mention.kind in _ACTORS else 0.0
        if pointer.place == "object" and verb in ABOUT_TEXTS:
            score += 1.0 if mention.kind == "text" else 0.0
        if pointer.place == "object" and mention.kind == "place" and verb in _NOT_DONE_TO_PLACES:
            score -= 0.8
        if (pointer.place == "subject") == (mention.role == "subject"):
            score += 0.3
        if measured:
            score += 1.2 if _alike(mention, measured) else -0.8
        if weigh is not None:
            score += WEIGHT * weigh(mention)
        key = mention.text.lower() if mention.kind == "person" else mention.head
        if key not in scored or scored[key][1] < score:
            scored[key] = (mention, score)
    return sorted(scored.values(), key=lambda pair: -pair[1])


_ACTORS = frozenset({"group", "place", "person", "name"})


def _compared_with(shape: Shape) -> str:
    """The kind of what something is compared with: "better than Western governments", "compare with other countries".

    Only bodies and people are alike enough that one can tell which phrase is compared with them.
    """
    words = {t.lower for t in shape.tokens}
    if not words & {"compare", "compares", "compared", "differ", "differs", "different", "than", "like", "unlike"}:
        return ""
    kinds = {p.kind for p in shape.phrases if p.role in {"with", "than", "to", "from", "like", "unlike"}}
    return next((kind for kind in ("group", "place", "person") if kind in kinds), "")


def _alike(mention: Mention, kind: str) -> bool:
    """Could it be compared with something of that kind? A name in capitals ("the CCP") is likely a body."""
    if mention.kind in _ACTORS:
        return kind == "person" or mention.kind != "person"
    return kind != "person" and mention.kind == "thing" and mention.head.isalpha() and _in_capitals(mention)


def _in_capitals(mention: Mention) -> bool:
    return any(w.isupper() and len(w) > 2 for w in mention.text.split()[-1:])


def _standing(mention: Mention) -> float:
    if mention.origin == "span":
        introduces = mention.text.lower().startswith(("a ", "an "))
        return 0.6 + (0.5 if introduces else 0.0)
    if mention.role == "title":
        return -0.2
    if mention.role == "introduced":
        return 0.75
    if mention.origin == "quote":
        return -0.6
    if mention.role == "wh":
        return 0.5
    standing = {
        "about": 0.7,
        "regarding": 0.7,
        "on": 0.4,
        "of": 0.3,
        "subject": 0.3,
        "object": 0.45,
        "fragment": 0.5,
        "topic": 0.75,
    }
    return standing.get(mention.role, -0.1)


def _agreement(pointer: Pointer, mention: Mention) -> float | None:
    """How well number and kind agree; None: not at all."""
    person = mention.kind == "person"
    if person and mention.role == "quote" and pointer.wants == "group":
        return None  # somebody in an answer is hardly "they"
    plural = mention.plural
    if pointer.wants == "person":
        return 1.0 if person else (0.6 if mention.kind == "name" else None)
    if pointer.wants == "place":
        return 1.0 if mention.kind == "place" or mention.head in _VENUES else None
    if pointer.wants == "thing":
        if person:
            return None
        return -1.2 if plural else (0.1 if mention.kind == "name" else 0.5)
    if pointer.wants in {"group", "many"}:
        if plural or mention.kind == "group":
            return None if person and pointer.wants == "many" else 1.0
        if pointer.wants == "many":
            return None
        if _INDEFINITE.match(mention.text) and mention.origin == "question":
            return 0.3  # "What is an AI factory?" — "Where are they built?"
        if mention.kind == "place" or mention.head in ORGANISATION_WORDS - _ADJECTIVAL or _in_capitals(mention):
            return 0.3
        return 0.1 if person or mention.kind == "name" else None
    if mention.role == "title" or plural:
        return None  # "that" is one thing, or all that was said
    return None if person else -0.2


def substitute(shape: Shape, chosen: Sequence[tuple[Pointer, Mention]]) -> str:
    """The question with each pointer replaced by its phrase.

    >>> from govqa.conversation.grammar import parse
    >>> shape = parse("What is its purpose?")
    >>> substitute(shape, [(pointers(shape)[0], Mention("the plan", "text", "subject", "question", 0))])
    "What is the plan's purpose?"
    """
    text = shape.text
    for pointer, mention in sorted(chosen, key=lambda pair: -pair[0].token.start):
        phrase = mention.definite
        if pointer.wants == "group" and not pointer.possessive and _INDEFINITE.match(mention.text):
            phrase = _plural(_INDEFINITE.sub("", mention.text))
        if pointer.possessive:
            phrase += "’" if phrase.endswith("s") and mention.plural else "'s"
            phrase = phrase.replace("s’", "s'")
        elif pointer.wants == "place":
            phrase = f"{'in' if mention.kind == 'place' else 'at'} {phrase}"
        if pointer.token.start == 0:
            phrase = phrase[:1].upper() + phrase[1:]
        text = text[: pointer.token.start] + phrase + text[pointer.token.end :]
    return _agreed(text, shape, chosen)


def _agreed(text: str, shape: Shape, chosen: Sequence[tuple[Pointer, Mention]]) -> str:
    """ "How does that differ" with "AI chips": "How do AI chips differ"."""
    for pointer, mention in chosen:
        before = shape.tokens[pointer.index - 1] if pointer.index else None
        plural = mention.plural or mention.head in {"they", "these"}
        if before is None or pointer.possessive or before.lower not in _SINGULAR or not plural:
            continue
        if pointer.wants in {"thing", "event"}:
            new = _SINGULAR[before.lower]
            new = new.capitalize() if before.text[0].isupper() else new
            text = text[: before.start] + new + text[before.end :]
    return text


_SINGULAR = {"is": "are", "was": "were", "does": "do", "has": "have"}


_INDEFINITE = re.compile(r"an?\s+(?=\w)", re.I)


def _plural(noun: str) -> str:
    """ "AI factory" → "AI factories"."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun if noun.endswith("s") else noun + "s"
