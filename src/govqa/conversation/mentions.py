"""What the conversation has spoken of: the phrases that a pronoun or a short follow-up may stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from govqa.conversation.grammar import Phrase, Shape, Token, kind_of, parse, tokenise
from govqa.conversation.words import (
    BE,
    DETERMINERS,
    GROUPS,
    ORGANISATION_WORDS,
    PLACES,
    PREPOSITIONS,
    SAYING,
    TEXTS,
    TITLES,
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
        people = _people(quotes)
        belongs = _belonging(shape)
        for number, phrase in enumerate(shape.phrases):
            kind = _kind_in_question(phrase, shape, people)
            text = _with_case(phrase.text, quotes, people if kind == "person" else ())
            if kind == "person":
                text = _without_title(text)
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
                text = _without_title(phrase_text) if kind == "person" else phrase_text
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
        and not before.proper
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
    if verb in _OF_NEWSPAPERS and not _speaks_for_itself(people, bare):
        return phrase.kind  # a newspaper, an agency
    speaks = phrase.role == "subject" and ((verb in SAYING and len(words) <= 3) or acts)
    if is_who and not is_plural(phrase.head):
        return "person"
    if phrase.head in TEXTS | GROUPS | PLACES or is_plural(phrase.head):
        return phrase.kind
    named = all(w.text[0].isupper() for w in words)
    return "name" if named or speaks else phrase.kind  # "Li", "Reuters": somebody, or a body


_OF_NEWSPAPERS = frozenset({"report", "publish"})


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


def _people(text: str) -> tuple[str, ...]:
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
        speaks = after in SAYING - _OF_NEWSPAPERS and tokens[i].lower != after
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
    if base not in SAYING - _OF_NEWSPAPERS:
        return False
    return did or (tokens[at].lower != base and not tokens[at].lower.endswith(("s", "ing")))


def _with_case(text: str, quotes: str, people: Sequence[str]) -> str:
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


def _without_title(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0].lower().rstrip(".") in TITLES:
        words.pop(0)
    if words and words[0].lower() == "the":
        return name
    return " ".join(words)


def embedded_clause(shape: Shape) -> str:
    """A question as a clause that can follow a preposition.

    >>> embedded_clause(parse("What will China share with other countries?"))
    'what China will share with other countries'
    """
    text = shape.text.rstrip(" ?!.")
    tokens = shape.tokens
    if not tokens:
        return ""
    lowered = text if tokens[0].text.isupper() and len(tokens[0].text) > 1 else text[:1].lower() + text[1:]
    if shape.wh[1] == 0 and shape.aux != 0:  # "Tell me about the plan": what it is about
        return shape.phrases[-1].text if shape.phrases else ""
    if shape.aux < 0 or (shape.verb >= 0 and shape.aux > shape.verb):
        return lowered
    if shape.wh[1] == 0:
        if shape.aux != 0:
            return ""
        rest = text[tokens[0].end :].strip()
        return f"whether {_inverted(shape, rest, tokens[0].text.lower())}"
    if shape.wh[1] != shape.aux:
        return lowered
    front = text[: tokens[shape.aux].start].rstrip()
    rest = text[tokens[shape.aux].end :].strip()
    if not rest or tokens[min(shape.aux + 1, len(tokens) - 1)].tag in {"verb", "prep", "adv"}:
        return lowered  # "Who is speaking": the wh-word is the subject
    return f"{front[:1].lower() + front[1:]} {_inverted(shape, rest, tokens[shape.aux].text)}"


def _inverted(shape: Shape, rest: str, aux: str) -> str:
    """Subject before auxiliary again: "China share with" + will → "China will share with"."""
    if shape.wh[1] == 0 and shape.verb < 0 and len(rest.split()) > 1 and aux.lower() in BE:
        at = len(shape.text.rstrip(" ?!.")) - len(rest)
        named = next((p for p in shape.phrases if p.start == at and p.end - at < len(rest)), None)
        if named is not None:  # "Is the plan a treaty"
            return f"{rest[: named.end - at]} {aux} {rest[named.end - at :].strip()}"
        words = rest.split()
        names = next((n for n, word in enumerate(words) if not word[0].isupper()), 0)
        end = names or len(words) - 1  # "Is China aligned", "Is the offer genuine": what it is said to be comes last
        return f"{' '.join(words[:end])} {aux} {' '.join(words[end:])}"
    offset = len(shape.text.rstrip(" ?!.")) - len(rest)
    subject = next((p for p in shape.phrases if p.start >= offset), None)
    end = 0
    if subject is not None and subject.start == offset:
        end = subject.end - offset
        for phrase in shape.phrases:  # "the risks" + "to society" stays with its noun before be
            if phrase.start > subject.end and shape.verb < 0 and phrase.role in PREPOSITIONS:
                end = phrase.end - offset
    else:
        first = tokenise(rest)[:1]
        end = first[0].end if first and first[0].tag in {"pron", "dem"} else 0
        if end and first[0].tag == "dem" and subject is not None and subject.start == offset + end + 1:
            end = subject.end - offset  # "would those countries get"
    if not end:
        return f"{aux} {rest}"
    verb = shape.tokens[shape.verb] if shape.verb >= 0 else None
    tail = rest[end:]
    if (
        aux.lower() in {"do", "does", "did"}
        and verb is not None
        and shape.text[subject.end if subject else 0 : verb.start].strip() == ""
    ):
        return f"{rest[:end]} {_inflected(verb.text, aux.lower())}{tail.lstrip()[len(verb.text) :]}"
    return f"{rest[:end]} {aux}{tail}"


def _inflected(verb: str, aux: str) -> str:
    if aux == "do":
        return verb
    if aux == "does":
        if re.search(r"(?:s|x|z|ch|sh|o)$", verb):
            return verb + "es"
        return re.sub(r"([^aeiou])y$", r"\1ie", verb) + "s"
    return past(verb)


_PAST = {
    "say": "said", "tell": "told", "write": "wrote", "make": "made", "mean": "meant", "give": "gave", "take": "took",
    "go": "went", "come": "came", "become": "became", "see": "saw",
    "know": "knew", "think": "thought", "bring": "brought",
    "build": "built", "hold": "held", "keep": "kept", "lead": "led", "leave": "left", "lose": "lost", "meet": "met",
    "pay": "paid", "run": "ran", "speak": "spoke", "seek": "sought", "sell": "sold", "spend": "spent", "win": "won",
    "choose": "chose", "begin": "began", "find": "found", "get": "got", "feel": "felt", "fall": "fell", "rise": "rose",
    "do": "did", "have": "had", "set": "set", "put": "put", "cost": "cost", "read": "read", "refer": "referred",
    "ban": "banned", "plan": "planned", "stop": "stopped", "show": "showed", "draw": "drew",
}  # fmt: skip


def past(verb: str) -> str:
    """The past tense of a known verb.

    >>> past("propose"), past("say"), past("vary")
    ('proposed', 'said', 'varied')
    """
    verb = verb.lower()
    if verb in _PAST:
        return _PAST[verb]
    if verb.endswith("e"):
        return verb + "d"
    return re.sub(r"([^aeiou])y$", r"\1i", verb) + "ed"
