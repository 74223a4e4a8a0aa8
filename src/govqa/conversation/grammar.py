"""A question's shape: words with offsets, noun phrases with their role, auxiliary and main verb.

>>> shape = parse("What does the plan say about AI safety?")
>>> [(phrase.text, phrase.role) for phrase in shape.phrases]
[('the plan', 'subject'), ('AI safety', 'about')]

A chunker of closed classes, not a parser: it needs no model, takes microseconds, and is wrong only on shapes that
people seldom type. What it cannot tell it calls a noun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from govqa.conversation.words import (
    ADVERBS,
    AUX,
    BE,
    CONJUNCTIONS,
    DEMONSTRATIVES,
    DETERMINERS,
    NUMBERS,
    ORGANISATION_WORDS,
    PLACES,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    TEXTS,
    TITLES,
    WH,
    is_plural,
    verb_base,
)

_TOKEN = re.compile(
    r"['’]s\b|(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-–&/_.][^\W_]+|['’](?!s\b)[^\W_]+)*", re.UNICODE
)  # fmt: skip
_NOUNS = {"noun", "num", "poss"}
_BREAKS = re.compile(r"[,;:()?!“”\"—]")
_PEOPLE = re.compile(r"[A-Z][a-z]+(?:ese|ish|nch|iss|tch|ans)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word ``text[start:end]``; ``tag`` is wh, aux, pron, dem, det, prep, conj, adv, verb, poss or noun."""

    text: str
    lower: str
    start: int
    end: int
    tag: str = "noun"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase; ``role`` is subject, object, fragment, or the preposition before it."""

    text: str
    start: int
    end: int
    role: str = "object"
    kind: str = "thing"

    @property
    def words(self) -> list[str]:
        return [t.lower for t in tokenise(self.text) if t.lower not in DETERMINERS and t.lower != "'s"]

    @property
    def head(self) -> str:
        """The word that the phrase is about: the last before "of", "for" …

        >>> Phrase("the risks of AI chips", 0, 0).head
        'risks'
        """
        last = ""
        for token in tokenise(self.text):
            if token.lower in PREPOSITIONS and last:
                break
            if token.lower not in DETERMINERS:
                last = token.lower
        return last

    @property
    def plural(self) -> bool:
        return is_plural(self.head) or " and " in self.text

    @property
    def proper(self) -> bool:
        return any(c.isupper() for t in tokenise(self.text) if t.lower not in DETERMINERS for c in t.text)


@dataclass(frozen=True, slots=True)
class Shape:
    """A parsed question. ``wh`` are the words of its wh-phrase ("how many countries"), ``aux`` the auxiliary that
    follows, ``verb`` the main verb; indices into ``tokens``, -1 where there is none."""

    text: str
    tokens: tuple[Token, ...]
    phrases: tuple[Phrase, ...]
    wh: tuple[int, int] = (0, 0)
    aux: int = -1
    verb: int = -1

    @property
    def wh_word(self) -> str:
        return next((t.lower for t in self.tokens[self.wh[0] : self.wh[1]] if t.tag == "wh"), "")

    @property
    def has_clause(self) -> bool:
        """Is there a verb at all? Without one it is a fragment."""
        return self.aux >= 0 or self.verb >= 0


def tokenise(text: str) -> list[Token]:
    """Words with their offsets, each with the tag of its closed class.

    >>> [t.text for t in tokenise("China's U.S. policy?")]
    ['China', "'s", 'U.S.', 'policy']
    """
    tokens = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        lower = word.lower().replace("’", "'")
        tokens.append(Token(word, lower, match.start(), match.end(), _closed(word, lower)))
    return tokens


def _closed(word: str, lower: str) -> str:
    if lower == "'s":
        return "poss"
    if word in {"US", "WHO", "IT", "AM", "May", "Will", "Might"} and word != lower:
        return "noun"  # the country, the organisation, information technology, the month
    for tag, words in (("wh", WH), ("aux", AUX), ("pron", PRONOUNS), ("dem", DEMONSTRATIVES), ("det", DETERMINERS),
                       ("prep", PREPOSITIONS), ("conj", CONJUNCTIONS), ("adv", ADVERBS)):  # fmt: skip
        if lower in words:
            return tag
    return "noun"


def parse(text: str) -> Shape:
    """The shape of one question."""
    tokens = tokenise(text)
    if tokens and tokens[0].text.lower() in {"will", "might", "may", "who", "it"} and not tokens[0].text.isupper():
        tokens[0] = _tag(tokens[0], _closed(tokens[0].lower, tokens[0].lower))
    for i, token in enumerate(tokens[1:-1], 1):
        if token.tag == "dem" and token.text[0].isupper() and tokens[i + 1].text[0].isupper():
            tokens[i] = _tag(token, "noun")  # a title: "This Is Music"
    for i, token in enumerate(tokens[1:], 1):
        before = tokens[i - 1]
        if token.lower == "first" and before.tag == "det":
            tokens[i] = _tag(token, "noun")  # "the first function"
        elif token.tag == "poss" and before.tag in {"wh", "pron"} and before.lower not in {"whose", "her"}:
            tokens[i] = _tag(token, "aux")  # "What's the fine?"
    _mark_verbs(tokens, text)
    wh, aux = _front(tokens)
    verb = next((i for i, t in enumerate(tokens) if t.tag == "verb"), -1)
    phrases = _phrases(tokens, text, aux, verb)
    if aux == 0 and verb < 0 and tokens[0].lower in BE and phrases:
        phrases[0] = _without_predicate(phrases[0], tokens)
    return Shape(text, tuple(tokens), tuple(phrases), wh, aux, verb)


def _without_predicate(phrase: Phrase, tokens: list[Token]) -> Phrase:
    """ "Is the plan binding?": what the subject is asked to be comes last, and is no part of its name."""
    inside = [t for t in tokens if phrase.start <= t.start < phrase.end]
    named = [t for t in inside if t.tag not in {"det", "poss"}]
    last = inside[-1]
    if (
        len(named) < 2
        or last.text != last.lower
        or inside[-2].tag not in {"noun", "num"}
        or phrase.end < tokens[-1].end
    ):
        return phrase
    end = inside[-2].end
    text = phrase.text[: end - phrase.start]
    return Phrase(text, phrase.start, end, phrase.role, kind_of(text))


def _tag(token: Token, tag: str) -> Token:
    return Token(token.text, token.lower, token.start, token.end, tag)


def _mark_verbs(tokens: list[Token], text: str) -> None:
    aux = next((i for i, t in enumerate(tokens) if t.tag == "aux"), -1)
    nouns_before = 0
    main_found = False
    for i, token in enumerate(tokens):
        previous = tokens[i - 1] if i else None
        typed_lower = token.lower == token.text or i == 0
        base = verb_base(token.lower) if token.tag == "noun" and typed_lower else ""
        if not base and i and aux < 0 and not main_found and token.tag == "noun" and token.text == token.lower:
            base = _unknown_verb(tokens, i)
        is_verb = not base and not main_found and nouns_before > 0 and _is_participle(tokens, i, aux)
        if (
            i == 0
            and base
            and token.lower == base
            and len(tokens) > 1
            and tokens[1].tag in {"pron", "det", "prep", "wh"}
        ):
            is_verb = True  # an imperative: "Tell me", "Describe the plan"
        elif base and previous is not None:
            if previous.lower == "to" or previous.tag == "pron":
                is_verb = True
            elif previous.tag == "aux" and previous.lower not in BE and token.lower == base:
                is_verb = True  # "say that it would share": of a later clause, too
            elif i == 1 and (
                previous.lower == "who" or (previous.lower == "what" and (len(tokens) < 3 or tokens[2].tag != "aux"))
            ):
                is_verb = True  # "Who says that China is …": the auxiliary is a later clause's
            elif aux >= 0 and i > aux and not main_found and previous.tag != "det":
                auxiliary = tokens[aux].lower
                is_inflected = token.lower != base
                if auxiliary in BE:
                    participle = is_inflected and token.lower.endswith(("ed", "ing", "n", "t", "d"))
                    is_verb = participle and previous.lower not in NUMBERS
                    is_verb = is_verb and (nouns_before > 0 or previous.tag in {"aux", "adv"})
                elif previous.lower in {"be", "been"}:
                    is_verb = is_inflected
                elif is_inflected and auxiliary not in {"have", "has", "had", "hasn't", "haven't", "hadn't"}:
                    is_verb = False  # "should AI risks be": a base form follows do and modals
                else:
                    is_verb = nouns_before > 0 or previous.tag in {"adv", "aux"}
                    following = tokens[i + 1] if i + 1 < len(tokens) else None
                    later = any(
                        verb_base(t.lower) and t.tag == "noun" and t.lower == t.text for t in tokens[i + 1 : i + 3]
                    )
                    if (
                        is_verb
                        and following is not None
                        and following.tag == "noun"
                        and later
                        and previous.tag != "noun"
                    ):
                        is_verb = False  # "does a plan say": a noun that could be a verb before the verb
            elif aux < 0 and not main_found and previous.lower in {"many", "few"} and i == 2:
                is_verb = i + 1 < len(tokens) and tokens[i + 1].tag in {"dem", "det", "pron", "prep"}
            elif aux < 0 and not main_found and (previous.tag in {"wh", "noun", "adv", "dem"}):
                starts_wh = tokens[0].tag in {"wh", "prep"}
                participle = tokens[0].tag == "det" and token.lower.endswith(("ing", "ed"))
                is_verb = not participle and (starts_wh or token.lower != base)
        if is_verb:
            tokens[i] = _tag(token, "verb")
            main_found = main_found or previous is None or previous.lower != "to"
        elif token.tag in {"noun", "pron", "dem"} and (aux < 0 or i > aux):
            nouns_before += 1
    lowers = {t.lower for t in tokens}
    if aux >= 0 and not main_found and tokens[aux].lower not in BE and not lowers & {"be", "been"}:
        # do or a modal needs a verb: the last word of the first run of nouns after it ("Did Li retaliate")
        run: list[int] = []
        for i in range(aux + 1, len(tokens)):
            if tokens[i].tag in {"noun", "poss"} or (tokens[i].tag in {"pron", "dem"} and not run):
                run.append(i)
            elif run and tokens[i].lower not in {"of", "and", "the"}:
                break
        after = tokens[run[-1] + 1] if run and run[-1] + 1 < len(tokens) else None
        if after is not None and after.lower in {"have", "do"}:
            tokens[run[-1] + 1] = _tag(after, "verb")  # "Which duties do providers have?"
            return
        small = [i for i in run[1:] if tokens[i].text == tokens[i].lower and tokens[i].tag == "noun"]
        if small and (small[-1] == run[-1] or tokens[run[-1]].text[0].isupper()):
            tokens[small[-1]] = _tag(tokens[small[-1]], "verb")


def _is_participle(tokens: list[Token], i: int, aux: int) -> bool:
    """Is this the verb of "Is that point addressed to …", though no list has it?"""
    token = tokens[i]
    if aux < 0 or i < aux + 2 or tokens[aux].lower not in BE or token.tag != "noun" or token.text != token.lower:
        return False
    ends = i + 1 == len(tokens) or tokens[i + 1].tag in {"prep", "adv"}
    return ends and tokens[i - 1].tag == "noun" and token.lower.endswith("ed") and len(token.lower) > 4


def _unknown_verb(tokens: list[Token], i: int) -> str:
    """Is this the verb of "Who invented …", "What resulted from …", though no list has it?"""
    word, previous = tokens[i].lower, tokens[i - 1]
    after = tokens[i + 1].tag if i + 1 < len(tokens) else ""
    goes_on = after in {"det", "prep", "noun", "pron", "dem", "adv"}
    if previous.lower == "who" and goes_on:
        return word.removesuffix("s")
    last = i + 1 == len(tokens) and i > 2 and previous.tag == "noun"
    if tokens[0].tag == "wh" and word.endswith("ed") and len(word) > 4 and (goes_on or last):
        return word.removesuffix("ed")
    return ""


def _front(tokens: list[Token]) -> tuple[tuple[int, int], int]:
    start = next((i for i, t in enumerate(tokens[:3]) if t.tag == "wh"), -1)
    if start > 0 and any(t.tag not in {"prep", "conj", "adv"} for t in tokens[:start]):
        start = -1
    aux = next((i for i, t in enumerate(tokens) if t.tag == "aux"), -1)
    verb = next((i for i, t in enumerate(tokens) if t.tag == "verb"), -1)
    if start < 0:
        return (0, 0), aux
    end = start + 1
    while end < len(tokens) and tokens[end].tag in {"noun", "det", "poss", "adv"} and end != aux and end != verb:
        end += 1
    if end < len(tokens) and tokens[end].lower == "of":  # "which of the countries"
        while end < len(tokens) and tokens[end].tag in {"noun", "det", "prep", "poss"} and end not in (aux, verb):
            end += 1
    if aux > verb >= 0 and end == verb:
        aux = -1  # the auxiliary belongs to a later clause: "Who says that China is …"
    first = start
    if start and tokens[0].tag == "prep":
        first = 0
    return (first, end), aux


def _phrases(tokens: list[Token], text: str, aux: int, verb: int) -> list[Phrase]:
    phrases: list[Phrase] = []
    i = 0
    has_clause = aux >= 0 or verb >= 0
    while i < len(tokens):
        if tokens[i].tag not in _NOUNS and not (
            tokens[i].tag == "det" and i + 1 < len(tokens) and tokens[i + 1].tag in {"noun", "det", "adv"}
        ):
            i += 1
            continue
        start = i
        nouns = False
        while i < len(tokens):
            if i > start and _BREAKS.search(text[tokens[i - 1].end : tokens[i].start]):
                break
            tag = tokens[i].tag
            if tag in _NOUNS:
                nouns = True
            elif tag == "det" and not nouns:
                pass
            elif (
                tokens[i].lower in {"of", "and"}
                and nouns
                and i + 1 < len(tokens)
                and (
                    tokens[i + 1].tag == "noun"
                    or (tokens[i].lower == "of" and tokens[i + 1].tag == "det" and i + 2 < len(tokens))
                    or (tokens[i].lower == "and" and tokens[i + 1].lower == "the" == tokens[start].lower)
                )
                and not _BREAKS.search(text[tokens[i].end : tokens[i + 1].start])
            ):
                nouns = False
            else:
                break
            i += 1
        end = i
        while end > start and tokens[end - 1].tag in {"conj", "prep", "det", "poss"}:
            end -= 1
        if end <= start or not any(t.tag == "noun" for t in tokens[start:end]):
            i = max(i, start + 1)
            continue
        before = tokens[start - 1] if start else None
        if before is not None and before.tag == "prep":
            role = before.lower
        elif before is not None and before.tag == "wh" and before.lower in {"which", "what", "whose", "how"}:
            role = "wh"
        elif not has_clause:
            role = "fragment"
        elif (aux >= 0 and start > aux and (verb < 0 or start < verb)) and (verb < 0 or aux < verb):
            role = "subject" if not any(p.role == "subject" for p in phrases) else "object"
        elif (aux >= 0 and end <= aux) or (verb >= 0 and end <= verb):
            role = "subject"
        else:
            role = "object"
        span = text[tokens[start].start : tokens[end - 1].end]
        phrases.append(Phrase(span, tokens[start].start, tokens[end - 1].end, role, kind_of(span)))
    return phrases


def kind_of(phrase: str) -> str:
    """``person``, ``place``, ``text``, ``group`` (a body of people) or ``thing``.

    >>> [kind_of(p) for p in ("Premier Li Qiang", "the plan", "China", "Trump's administration", "safety")]
    ['person', 'text', 'place', 'group', 'thing']
    """
    from govqa.conversation.words import GROUPS

    tokens = [t for t in tokenise(phrase) if t.lower not in DETERMINERS]
    core: list[Token] = []
    for token in tokens:
        if token.tag == "prep" and core:
            break
        core.append(token)
    words = [t for t in core if t.tag != "poss"]
    while len(words) > 1 and words[-1].text.isdigit():  # "comment 4", "Article 26"
        words.pop()
    if not words:
        return "thing"
    head = words[-1].lower
    if head == "states" and words[0].lower == "united":
        return "place"
    if head in GROUPS:
        return "group" if head not in PLACES or len(words) > 1 else "place"
    if head in TEXTS:
        return "text"
    if words[0].lower in TITLES and len(words) > 1 and words[-1].text[0].isupper():
        return "person"
    if head in ROLES:
        return "person"
    if head in PLACES:
        return "place"
    if len(words) == 1 and _PEOPLE.fullmatch(words[0].text) and phrase.lower().startswith("the "):
        return "group"  # "the Chinese", "the French"
    names = [w for w in words if w.text[0].isupper() and not w.text.isupper()]
    if (
        1 < len(names) == len(words) <= 4
        and not phrase.lower().startswith("the ")
        and all(w.lower not in ORGANISATION_WORDS and w.lower not in PLACES for w in words)
        and words[0].text[1:].islower()
    ):
        return "person"
    return "thing"
