"""What the conversation has spoken of: the phrases that a pronoun or a short follow-up may stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from govqa.conversation.clauses import embedded_clause
from govqa.conversation.grammar import Phrase, Shape, kind_of, parse, tokenise
from govqa.conversation.people import OF_NEWSPAPERS, people_in, with_case, without_title
from govqa.conversation.words import (
    BE,
    DETERMINERS,
    GROUPS,
    ORGANISATION_WORDS,
    PLACES,
    SAYING,
    TEXTS,
    is_plural,
    verb_base,
)
from govqa.types import Turn

TURNS_REMEMBERED = 6
_VAGUE = frozenset(
    "thing things way ways kind sort type types reason reasons part example examples lot idea details detail answer "
    "question questions information point view views time day year something role purpose goal aim meaning word words "
    "issue article aspect aspects sentence paragraph".split()
)
_SPAN_END = re.compile(
    r"[,;:(“”\"]|\.(?=\s|$)(?<![A-Z]\.)|\s(?:that|which|who|whose|where|when|because|while|aiming|positioning|to|as)\s"
)
_FIRST_PART = re.compile(r"\s(?:of|for|in|on|to|that|with)\s")
_QUOTE_CHARACTERS = 1200  # of the first quotes: a whole-page citation must not cost time


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase of the history. ``distance`` counts turns back (0: the last); ``origin`` is question, span or quote;
    ``core`` is the noun phrase proper where ``text`` says more ("the bottlenecks that Li named")."""

    text: str
    kind: str
    role: str
    origin: str
    distance: int
    core: str = ""

    @property
    def head(self) -> str:
        return Phrase(self.core or self.text, 0, 0).head

    @property
    def plural(self) -> bool:
        return Phrase(self.core or self.text, 0, 0).plural

    @property
    def vague(self) -> bool:
        if not self.head or self.head in DETERMINERS:
            return True
        before = _FIRST_PART.split(self.core or self.text, maxsplit=1)[0]
        return self.head in _VAGUE and len([t for t in tokenise(before) if t.lower not in DETERMINERS]) < 2

    @property
    def definite(self) -> str:
        """As it is spoken of the second time: "an organisation" → "the organisation".

        >>> Mention("a few countries", "group", "object", "question", 0).definite
        'the few countries'
        """
        return re.sub(r"^(?:an?|some|any)\s+", "the ", self.text, flags=re.I)


def mentions(history: Sequence[Turn]) -> list[Mention]:
    """Phrases of the last turns, the last turn first; within a turn the question's, then the answer's."""
    found: list[Mention] = []
    for distance, turn in enumerate(reversed(history[-TURNS_REMEMBERED:])):
        shape = parse(turn.interpreted_as or turn.question)
        quotes = " ".join(turn.quotes)[:_QUOTE_CHARACTERS]
        people = people_in(quotes)
        belongs = _belonging(shape)
        for number, phrase in enumerate(shape.phrases):
            kind = _kind_in_question(phrase, shape, people)
            text = with_case(phrase.text, quotes, people if kind == "person" else ())
            if kind == "person":
                text = without_title(text)
            if phrase.role == "wh":
                if described := _described(phrase, shape):
                    found.append(Mention(described, kind, "wh", "question", distance, text))
                continue
            if number + 1 in belongs:  # "the order on AI": as a whole first, for it is what has the name
                whole = shape.text[phrase.start : shape.phrases[number + 1].end]
                found.append(Mention(whole, kind, phrase.role, "question", distance, text))
            role = "of" if number in belongs else phrase.role
            found.append(Mention(text, kind, role, "question", distance))
            found.extend(
                Mention(part, kind_of(part), role, "question", distance) for part, role in _parts(text, phrase.role)
            )
        if topic := _topic(shape):
            found.append(Mention(topic, kind_of(topic), "topic", "question", distance))
        if turn.status == "not_found":
            continue
        noun_phrase = ""
        for span in turn.spans[:1] if _has_referent(shape) else ():
            if phrase_text := span_phrase(span, turn.quotes[0] if turn.quotes else ""):
                noun_phrase = phrase_text
                kind = "person" if any(phrase_text.endswith(p) for p in people) else kind_of(phrase_text)
                text = without_title(phrase_text) if kind == "person" else phrase_text
                found.append(Mention(text, kind, "answer", "span", distance))
        if not noun_phrase and quotes and _asks_for_a_thing(shape) and (new := _introduced(quotes)):
            found.append(Mention(new, kind_of(new), "introduced", "quote", distance))
        found.extend(Mention(person, "person", "quote", "quote", distance) for person in people)
        for title in turn.titles[:1]:
            if named := _titled(title):
                found.append(Mention(named, kind_of(named), "title", "quote", distance))
    return found


_JOINING = frozenset({"on", "about", "for", "against", "between", "regarding"})


def _belonging(shape: Shape) -> set[int]:
    """The numbers of phrases that belong to the one before: "the executive order" + "on AI infrastructure"."""
    return {
        number
        for number, (before, phrase) in enumerate(pairwise(shape.phrases), 1)
        if shape.text[before.end : phrase.start].strip().lower() == phrase.role in _JOINING
        and before.role in {"subject", "object", "fragment", "about"}
        and before.kind != "person"
        and (not before.proper or "'s " in before.text.replace("’", "'"))
    }


def span_phrase(span: str, quote: str = "") -> str:
    """The noun phrase that a short answer is, grown to its whole in the quote, or the empty string.

    >>> span_phrase("an organisation to foster global cooperation on artificial intelligence")
    'an organisation'
    >>> span_phrase("blueprint", "It released an AI blueprint on Wednesday.")
    'an AI blueprint'
    >>> span_phrase("We need to conduct timely risk assessment")
    ''
    """
    text = span.strip().strip("“”\"'‘’.,;: ")
    text = _SPAN_END.split(_grown(text, quote) if quote else text, maxsplit=1)[0].strip()
    words = tokenise(text)
    if not words or len(words) > 9 or words[0].tag not in {"noun", "det"} or "\n" in text:
        return ""
    if any(t.tag in {"pron", "aux", "wh", "verb"} or t.text[0].isdigit() or t.lower in _MONTHS for t in words):
        return ""
    if words[0].text == words[0].lower and (verb_base(words[0].lower) or words[0].lower.endswith("ly")):
        return ""  # "create an organisation", "developing", "vastly expand"
    for number, word in enumerate(words):
        base = verb_base(word.lower)
        if (
            number
            and base in SAYING
            and word.lower != base
            and not word.lower.endswith("ing")
            and not is_plural(word.lower)
        ):
            return ""  # "Li said": a clause
        if number and words[number - 1].lower == "and" and base == word.lower and number + 1 < len(words):
            text = text[: words[number - 1].start].rstrip()  # "AI technology and share …": another clause
            words = tokenise(text)
            break
    for before, word in pairwise(words):
        if before.tag == "noun" and word.tag == "noun" and word.lower.endswith("ed") and verb_base(word.lower):
            return ""  # "the technology risked becoming …": a clause
    while words and words[-1].tag in {"prep", "conj", "det"}:
        words.pop()
    return text[: words[-1].end] if words and words[-1].tag == "noun" else ""


_MONTHS = frozenset(
    "january february march april june july august september october november december monday tuesday wednesday "
    "thursday "
    "friday saturday sunday today yesterday".split()
)


def _grown(span: str, quote: str) -> str:
    """ "blueprint" → "an AI blueprint": readers like their answers tight."""
    at = quote.find(span)
    if at < 0 or not span:
        return span
    tokens = tokenise(quote)
    inside = [n for n, t in enumerate(tokens) if t.start < at + len(span) and t.end > at]
    if not inside:
        return span
    first, last = inside[0], inside[-1]

    def joined(a: int, b: int) -> bool:
        return quote[tokens[a].end : tokens[b].start] == " "

    def nominal(n: int) -> bool:
        return tokens[n].tag == "noun" and not (tokens[n].text.islower() and verb_base(tokens[n].lower))

    while first > 0 and tokens[first].tag == "noun" and joined(first - 1, first):
        if not (nominal(first - 1) or tokens[first - 1].tag == "det"):
            break
        first -= 1
    while last + 1 < len(tokens) and joined(last, last + 1) and tokens[last + 1].tag == "noun":
        if not (tokens[last].text[0].isupper() and tokens[last + 1].text[0].isupper()):
            break  # a name goes on; what follows a common noun may be anything
        last += 1
    return quote[tokens[first].start : max(tokens[last].end, at + len(span))]


def _topic(shape: Shape) -> str:
    """All that a question of definition is about: "What is China's position on AI chips?" """
    if shape.verb >= 0 or shape.aux < 0 or shape.wh[1] != shape.aux or shape.wh_word not in {"what", "who"}:
        return ""
    text = shape.text[shape.tokens[shape.aux].end :].strip(" ?!.")
    phrases = [p for p in shape.phrases if p.start >= shape.tokens[shape.aux].end]
    return text if len(phrases) > 1 and phrases[0].text != text and len(text.split()) <= 9 else ""


def _titled(title: str) -> str:
    """What a cited source is about, or is, by its title.

    >>> _titled("China proposes new global AI cooperation organisation")
    'the new global AI cooperation organisation'
    >>> _titled("Global AI Governance Action Plan (excerpt)")
    'the Global AI Governance Action Plan'
    """
    phrases = parse(title.split("(")[0].split(":")[0].strip()).phrases
    longest = max(phrases, key=lambda p: len(p.words), default=None)
    if longest is None or not 2 <= len(longest.words) <= 8 or kind_of(longest.text) == "person":
        return ""
    return longest.text if longest.text.lower().startswith("the ") else f"the {longest.text}"


def _has_referent(shape: Shape) -> bool:
    """Does the answer name something new? "What is the Global South?" only describes what the question names."""
    definition = shape.aux >= 0 and shape.verb < 0 and shape.tokens[shape.aux].lower in BE
    if not definition or shape.wh_word not in {"what", "who"}:
        return True
    named = [p for p in shape.phrases if p.role == "subject"]
    return shape.wh_word == "who" and bool(named) and not named[0].text[0].isupper()


def _asks_for_a_thing(shape: Shape) -> bool:
    """ "What did China propose?": the answer's first new thing is likely what was asked for."""
    return shape.wh_word == "what" and shape.verb >= 0 and all(p.role in {"subject", "wh"} for p in shape.phrases)


_INDEFINITE = re.compile(
    r"\b[Aa]n? ((?:[^\W\d_][\w-]*,? ){0,4}?)(?=(?:to|that|which|aiming|for|of|in|as|by|with)\b|[^\w ,-])"
)


def _introduced(quotes: str) -> str:
    """The first thing that an answer speaks of with "a" or "an".

    >>> _introduced("China said it wanted to create an organisation to foster cooperation.")
    'an organisation'
    """
    for match in _INDEFINITE.finditer(quotes):
        text = match.group().strip(" ,")
        if len(tokenise(text)) > 1 and Phrase(text, 0, 0).head not in _VAGUE:
            return text
    return ""


def _kind_in_question(phrase: Phrase, shape: Shape, people: Sequence[str]) -> str:
    if phrase.kind != "thing" or phrase.text.lower().startswith(("the ", "a ", "an ")):
        return phrase.kind
    bare = phrase.text.lower()
    if any(bare in p.lower().split() or bare == p.lower() for p in people):
        return "person"
    words = tokenise(phrase.text)
    if any(w.lower in ORGANISATION_WORDS or w.text.isupper() or w.tag == "prep" for w in words):
        return phrase.kind
    verb = verb_base(shape.tokens[shape.verb].lower) if shape.verb >= 0 else ""
    is_who = shape.wh_word in {"who", "whom"} and phrase.role == "subject" and not verb
    passive = shape.aux >= 0 and shape.tokens[shape.aux].lower in BE
    acts = bool(verb) and not passive and len(words) == 1 and words[0].text != words[0].lower
    if verb in OF_NEWSPAPERS and not _speaks_for_itself(people, bare):
        return phrase.kind  # a newspaper, an agency
    speaks = phrase.role == "subject" and ((verb in SAYING and len(words) <= 3) or acts)
    if is_who and not is_plural(phrase.head):
        return "person"
    if phrase.head in TEXTS | GROUPS | PLACES or is_plural(phrase.head):
        return phrase.kind
    named = all(w.text[0].isupper() for w in words)
    return "name" if named or speaks else phrase.kind  # "Li", "Reuters": somebody, or a body


def _speaks_for_itself(people: Sequence[str], name: str) -> bool:
    return any(name in person.lower() for person in people)


def _parts(text: str, role: str = "") -> list[tuple[str, str]]:
    """Phrases within a phrase: "the goal of the organisation" speaks of the organisation, "China's plan" of China.

    ``role`` is the whole phrase's: both halves of "the party and its members" have it, too.
    """
    parts = []
    owner, apostrophe, _ = text.replace("’", "'").partition("'s ")
    if apostrophe:
        parts.append((owner, "owner"))
    both = text.split(" and ")
    if len(both) == 2 and all(len(part.split()) <= 4 for part in both):
        parts += [(part, role) for part in both]
    _, of, rest = text.partition(" of ")
    if of and Phrase(text, 0, 0).head in _VAGUE:
        parts.append((rest, "about"))
    elif of:
        parts.append((rest, "of"))
    return parts


def _described(phrase: Phrase, shape: Shape) -> str:
    """What a wh-phrase asked for: "What bottlenecks did Li name?" → "the bottlenecks that Li named"."""
    if 0 <= shape.aux != shape.wh[1] and shape.aux < (shape.verb if shape.verb >= 0 else len(shape.tokens)):
        return ""  # "With which countries in particular did …"
    clause = embedded_clause(shape).partition(", ")[0]
    noun = " ".join(t.text for t in tokenise(phrase.text) if t.lower not in DETERMINERS)
    position = clause.lower().find(noun.lower())
    if position < 0 or not noun:
        return ""
    rest = clause[position + len(noun) :].strip()
    return f"the {noun} that {rest}" if 0 < len(rest.split()) <= 12 else f"the {noun}"
