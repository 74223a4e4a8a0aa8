"""A follow-up made whole: fragments by rule, pronouns by rule and classifier, what is implied by the classifier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from govqa.conversation.clauses import embedded_clause
from govqa.conversation.ellipsis import complete_fragment, without_lead
from govqa.conversation.grammar import Shape, Token, kind_of, parse, tokenise
from govqa.conversation.mentions import Mention, mentions
from govqa.conversation.ones import replace_ones
from govqa.conversation.pronouns import Pointer, pointers, rank, substitute
from govqa.conversation.scope import match_sources
from govqa.conversation.topics import Completed, put
from govqa.conversation.words import NUMBERS, ROLES, SAYING, TEXTS, is_plural, verb_base
from govqa.types import Filters, Source, Turn

if TYPE_CHECKING:
    from govqa.conversation.terms import TermClassifier

LIKELY, SURE = 0.6, 0.93
"""Probability from which a word of the history is added where it is implied, and beside a pronoun's phrase."""
NEEDED, SURELY_NEEDED = 0.6, 0.9
"""Probability of needing the context from which that is another reading, and from which ("what else …") the first."""

_MARGIN = 0.5
_HAPPENING = frozenset("happen occur mean matter come take".split())
_SAID = frozenset("say state think believe claim argue tell".split())
_DEICTIC = frozenset(
    "day days week month year time morning century decade moment conversation chat app tool library answer documents "
    "articles papers reports".split()
)
"""What "this" may point to outside of the conversation; a text is likely the document at hand."""
_RELATIONAL = frozenset("situation alternative possibility consequence reason solution".split())
"""What is always something else's: "the alternative" is the alternative to what was spoken of."""
_ANY_KIND_OF = frozenset("current present other main whole same latest original actual".split())


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the classifier thinks of the history's words."""

    words: dict[str, float]
    needs_context: float
    mentions: tuple[Mention, ...] = ()

    @classmethod
    def of(cls, model: TermClassifier, question: str, turns: Sequence[Turn], known: Sequence[Mention]) -> Evidence:
        """Ask the classifier, and gather its words to phrases: those that the questions have, else runs of words."""
        from govqa.conversation.terms import phrases

        terms = model.classify(question, turns)
        found: list[Mention] = []
        for text, distance, is_answer in phrases(turns, terms.words, LIKELY):
            words = {t.lower for t in tokenise(text) if t.tag == "noun"}
            if words <= NUMBERS:
                continue
            covering = [m for m in known if words <= {t.lower for t in tokenise(m.text)} and m.role != "wh"]
            whole = min(covering, key=lambda m: (len(m.text), m.distance), default=None)
            if whole is None:
                whole = Mention(text, kind_of(text), "run", "quote" if is_answer else "question", distance)
            if whole not in found:
                found.append(whole)
        return cls(terms.words, terms.needs_context, tuple(found))

    def weigh(self, mention: Mention) -> float:
        """Mean probability of a mention's words."""
        words = [t.lower for t in tokenise(mention.text) if t.tag == "noun"]
        return sum(self.words.get(w, 0.0) for w in words) / len(words) if words else 0.0

    def append_to(self, question: str, least: float, most: int = 2) -> str:
        """The question with the likely phrases that it does not hold yet: "…, regarding the plan?"."""
        held = {t.lower for t in tokenise(question)}
        added: list[str] = []
        for mention in sorted(self.mentions, key=lambda m: -self.weigh(m)):
            words = {t.lower for t in tokenise(mention.text) if t.tag == "noun"}
            if not words - held or self.weigh(mention) < least or len(words & held) * 2 > len(words):
                continue
            added.append(mention.definite)
            held |= words
        if not added:
            return question
        named = [m for n, m in enumerate(added) if not any(m in other for other in added[:n])]
        return f"{question.rstrip(' ?!.')}, regarding {' and '.join(named[:most])}?"


def names_source(question: str, sources: Sequence[Source]) -> Filters:
    """The sources that a fragment like "And Reuters?" names."""
    body = re.sub(r"^(?:what|how) (?:about|of)\s+", "", without_lead(question)[0].strip(" ?!."), flags=re.I)
    return match_sources(body, sources) if sources else Filters()


def complete(
    body: str, turns: Sequence[Turn], last: str, lasting: bool, sources: Sequence[Source], model: TermClassifier | None
) -> Completed | None:
    """The completed question, or None when it stands alone.

    Args:
        body: the question without its scope clause.
        turns: the last turns, each with its question completed.
        last: the last question, completed.
        lasting: that question had a scope clause, which is not in its text.
        sources: the library's.
        model: the term classifier; None: rules alone.
    """
    known = mentions(turns)
    if names_source(body, sources):
        if lasting and not parse(body).has_clause:
            return Completed(last)
        if (replaced := _other_source(body, last, sources)) is not None:
            return Completed(replaced)
    typed, body = body, replace_ones(body, known)
    fragment = complete_fragment(body, last, known, [turn.interpreted_as for turn in reversed(turns[:-1])])
    if fragment is not None:
        return _resolve_rest(fragment, known)
    rest, led = without_lead(body)
    lead_free = rest[:1].upper() + rest[1:] if led else body
    shape = parse(lead_free)
    found = pointers(shape)
    evidence = Evidence.of(model, lead_free, turns, known) if model is not None else None
    if found:
        return _with_pointers(shape, found, known, last, evidence)
    if (same := _same_topic(shape, last)) is not None:
        return same
    if (expanded := _expand(shape, known, last)) is not None:
        return expanded
    if body != typed:
        return Completed(lead_free)
    return _implied(shape, evidence) if evidence is not None and len(shape.tokens) > 2 else None


def _resolve_rest(fragment: Completed, known: Sequence[Mention]) -> Completed:
    """ "What about its risks?" — the completed question may still hold a pronoun."""
    shape = parse(fragment.text)
    found = [p for p in pointers(shape) if p.wants not in {"event", "many"}]
    if not found:
        return fragment
    chosen = _choose(shape, found, known, None)[0]
    return replace(fragment, text=substitute(shape, chosen)) if chosen else fragment


def _other_source(body: str, previous: str, sources: Sequence[Source]) -> str | None:
    """ "What does the plan say …?" — "And Reuters?": the source named is replaced by the other one."""
    named = re.sub(r"^(?:what|how) (?:about|of)\s+", "", without_lead(body)[0].strip(" ?!."), flags=re.I)
    shape = parse(previous)
    for phrase in shape.phrases:
        if phrase.kind == "text" or match_sources(phrase.text, sources):
            return put(shape, phrase, named)
    return None


def _choose(
    shape: Shape, found: Sequence[Pointer], known: Sequence[Mention], evidence: Evidence | None
) -> tuple[list[tuple[Pointer, Mention]], list[tuple[Pointer, Mention]], bool]:
    """A phrase for each pointer; the second best choice; whether the first is beyond doubt."""
    chosen: list[tuple[Pointer, Mention]] = []
    second: list[tuple[Pointer, Mention]] = []
    certain = True
    weigh = evidence.weigh if evidence is not None else None
    runs = [m for m in evidence.mentions if m.role == "run"] if evidence is not None else []
    best = {p: rank(p, shape, known, weigh) or rank(p, shape, runs, weigh) for p in found}
    for pointer in sorted(found, key=lambda p: -(best[p][0][1] if best[p] else -9.0)):
        ranked = [pair for pair in best[pointer] if all(pair[0].text != m.text for _, m in chosen)]
        if pointer.wants == "event":
            ranked = [p for p in ranked if p[0].kind not in {"place", "group", "person"} and p[0].role != "subject"]
            # What was answered is what happened only if it was new: "an organisation", not "algorithms".
            ranked = [p for p in ranked if p[0].origin != "span" or p[0].text.lower().startswith(("a ", "an "))]
        if not ranked:
            continue
        chosen.append((pointer, ranked[0][0]))
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _MARGIN:
            certain = False
            second.append((pointer, ranked[1][0]))
        else:
            second.append((pointer, ranked[0][0]))
        if ranked[0][1] < 0.0:
            certain = False
    return chosen, ([] if second == chosen else second), certain


def _with_pointers(
    shape: Shape,
    found: Sequence[Pointer],
    known: Sequence[Mention],
    last: str,
    evidence: Evidence | None,
) -> Completed | None:
    verb = verb_base(shape.tokens[shape.verb].lower) if shape.verb >= 0 else ""
    events = [p for p in found if p.wants in {"event", "many"}]
    said = verb in _SAID | _HAPPENING  # "Where did he say this?", "When did that happen?": not one thing but all of it
    happening = [p for p in events if p.token.lower == "so" or said]
    named = [p for p in found if p not in happening]
    chosen, second, certain = _choose(shape, named, known, evidence)
    text = substitute(shape, chosen)
    if not happening and chosen:
        others = (substitute(shape, second),) if second else ()
        every = len(chosen) == len(found)
        if evidence is not None:
            text = evidence.append_to(text, SURE, 1)
        return Completed(text, certain and every, others)
    if (clause := _all_of_it(last, known)) is None:
        return Completed(text, False) if chosen else None
    return Completed(f"{text.rstrip(' ?!.')}, regarding {clause}?", certain=False)


def _all_of_it(last: str, known: Sequence[Mention]) -> str | None:
    """What the last question was about as a whole, with the answer where that was a thing: "what happened (a riot)"."""
    base = parse(last)
    clause = embedded_clause(base)
    if not clause or not base.has_clause:
        return None
    said = clause.rpartition(", regarding ")[2]  # what it was about itself is enough
    if base.wh_word not in {"what", "which"}:
        return said
    held = {t.lower for t in tokenise(said)}
    for mention in known:
        if mention.distance == 0 and mention.role in {"answer", "introduced"} and not mention.vague:
            new = [t for t in tokenise(mention.text) if t.tag == "noun" and t.lower not in held]
            return f"{said} ({mention.text})" if new and len(mention.text.split()) <= 8 else said
    return said


def _implied(shape: Shape, evidence: Evidence) -> Completed | None:
    """No word points back, and yet the question needs what went before: "What are the penalties?"

    Only where the form says so too: a definite thing that nothing in the question defines, or "other", "else". CANARD
    never changes the topic, so the classifier alone would drag it along.
    """
    if any(p.proper for p in shape.phrases):
        return None
    others = {"other", "others", "else", "another", "instead"} & {t.lower for t in shape.tokens}
    definite = len(shape.phrases) == 1 and shape.phrases[0].text.lower().startswith("the ")
    if not (others or definite) or evidence.needs_context < NEEDED:
        return None
    completed = evidence.append_to(shape.text, LIKELY)
    if completed == shape.text:
        return None
    if others and evidence.needs_context > SURELY_NEEDED:
        return Completed(completed, certain=False)
    return Completed(shape.text, certain=False, others=(completed,))


def _stem(word: str) -> str:
    return word[:-1] if is_plural(word) and word.endswith("s") else word


def _is_determiner(shape: Shape, token: Token) -> bool:
    """ "about that plan", not "says that China …" nor "a country that …"."""
    if token.lower != "that":
        return True
    at = shape.tokens.index(token)
    if at == 0 or shape.tokens[at - 1].tag in {"prep", "aux", "conj"}:
        return True
    # "How many share that view?": nothing comes after it that "that" could open a clause for
    phrase = next((p for p in shape.phrases if p.start > token.start), None)
    return phrase is not None and all(t.tag in {"adv", "prep"} for t in shape.tokens if t.start >= phrase.end)


def _same_topic(shape: Shape, last: str) -> Completed | None:
    """ "What does the plan say about safety?" — "What does Reuters say?": about safety, too."""
    if shape.verb < 0 or verb_base(shape.tokens[shape.verb].lower) not in SAYING or shape.wh_word != "what":
        return None
    if any(t.start > shape.tokens[shape.verb].end for t in shape.tokens):
        return None
    topics = [p for p in parse(last).phrases if p.role in {"about", "on", "regarding"}]
    subjects = {w for p in shape.phrases for w in p.words}
    if not topics or subjects & set(topics[-1].words):
        return None
    return Completed(f"{shape.text.rstrip(' ?!.')} about {topics[-1].text}?", certain=False)


def _expand(shape: Shape, known: Sequence[Mention], last: str) -> Completed | None:
    """ "the organisation", "this plan": the fuller name that the last questions gave it."""
    named = any(p.proper for p in shape.phrases)
    for phrase in shape.phrases:
        before = next((t for t in reversed(shape.tokens) if t.end <= phrase.start), None)
        such = phrase.text.lower().startswith("such ") and not shape.text[phrase.end :].lstrip().startswith("as ")
        pointing = such or (before is not None and before.tag == "dem" and _is_determiner(shape, before))
        definite = phrase.text.lower().startswith("the ")
        modified = next((t.tag == "prep" for t in shape.tokens if t.start >= phrase.end), False)
        if definite and (named or modified):
            continue  # the question itself says which
        if not (pointing or definite) or len([w for w in phrase.words if w not in _ANY_KIND_OF]) != 1:
            continue
        start = before.start if pointing and not such and before is not None else phrase.start
        if pointing and phrase.head in ROLES | {"country", "city", "place"}:
            kinds = {"person", "name"} if phrase.head in ROLES else {"place"}
            if (spoken_of := next((m for m in known if m.kind in kinds and m.distance <= 1), None)) is not None:
                text = shape.text[:start] + spoken_of.definite + shape.text[phrase.end :]
                return Completed(text[:1].upper() + text[1:] if start == 0 else text)
        for mention in known:
            if mention.distance > 1 or mention.origin == "quote" or _stem(mention.head) != _stem(phrase.head):
                continue
            fuller = mention.definite
            if phrase.plural and not mention.plural:
                bare = re.sub(r"^(?:the|an?)\s+", "", fuller, flags=re.I)
                fuller = bare.replace(mention.head, phrase.head, 1)
            if len(tokenise(fuller)) > len(tokenise(phrase.text)) + (0 if definite else 1) or pointing:
                if not such and not fuller.lower().startswith("the ") and fuller[0].islower():
                    fuller = f"the {fuller}"
                text = shape.text[:start] + fuller + shape.text[phrase.end :]
                if text.lower() != shape.text.lower():
                    return Completed(text[:1].upper() + text[1:] if start == 0 else text)
        points = (pointing and phrase.head not in _DEICTIC | TEXTS) or phrase.head in _RELATIONAL
        if points and (clause := _all_of_it(last, known)) is not None:
            return Completed(f"{shape.text.rstrip(' ?!.')}, regarding {clause}?", certain=False)
    return None
