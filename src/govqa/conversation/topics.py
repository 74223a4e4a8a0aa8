"""The question before with one of its phrases replaced: "And traceability?", "What about the US?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from govqa.conversation.grammar import Phrase, Shape, kind_of, parse, tokenise
from govqa.conversation.mentions import Mention
from govqa.conversation.words import BE, ORGANISATION_WORDS, PLACES, is_plural

ABOUT = ("about", "on", "regarding", "concerning", "of")
ACTORS = frozenset({"person", "place", "group", "thing-name"})


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed question, how sure the rule is, and other readings."""

    text: str
    certain: bool = True
    others: tuple[str, ...] = ()


def replace_topic(
    fragment: str, preposition: str, base: Shape, known: Sequence[Mention], *, explicit: bool
) -> Completed | None:
    clause = parse(fragment)
    if clause.has_clause and any(t.tag == "wh" for t in clause.tokens):
        return None
    kind = kind_among(fragment, known)
    if not base.has_clause:  # the conversation began with keywords
        return Completed(f"{fragment[:1].upper() + fragment[1:]}?", certain=False)
    if base.wh_word in {"who", "whom"} and is_definition(base) and kind not in {"person", "thing-name"}:
        verb = "are" if is_plural(Phrase(fragment, 0, 0).head) else "is"
        return Completed(f"What {verb} {fragment}?")
    slots = list(base.phrases)
    if re.search(r"(?:['’]s|s['’])$", fragment) and not preposition:
        owner = next((p for p in slots if "'s " in p.text.replace("’", "'")), None)
        if owner is not None:  # "China's position …" — "And America's?"
            rest = owner.text.replace("’", "'").partition("'s ")[2]
            return Completed(put(base, owner, f"{fragment} {rest}"))
    if preposition:
        about = preposition in ABOUT and [p for p in slots if p.role in ABOUT[:4]]
        same = [p for p in slots if p.role == preposition] or about
        if same:
            return Completed(put(base, same[-1], fragment), True)
        if preposition in {"about", "on", "regarding"} and is_definition(base) and slots:
            return Completed(put(base, slots[-1], fragment), True)
        return Completed(_append(base, f"{preposition} {fragment}"), True)
    usable = [p for p in slots if p.role != "wh"]
    if len(usable) == 1 and usable[0].kind == "text" and kind == "thing" and base.verb >= 0 and base.wh_word == "what":
        return Completed(f"What {_does(usable[0])} {usable[0].text} say about {fragment}?", explicit)
    if kind == "place" and usable and not any(kind_among(p.text, known) in {*ACTORS, "name"} for p in usable):
        # "What is the framework for?" — "What about Japan?"
        return Completed(
            f"{base.text.rstrip(' ?!.')}, regarding {fragment}?", False, (put(base, usable[-1], fragment),)
        )
    slot, sure = _slot(slots, base, kind, fragment, known)
    if slot is None:
        return Completed(_append(base, f"about {fragment}"), False)
    others = tuple(
        put(base, p, fragment) for p in slots if p is not slot and p.role in {"subject", "object", "about", "of"}
    )[:1]
    text = put(base, slot, fragment)
    return Completed(text, sure and explicit, () if sure else others)


def _slot(
    slots: Sequence[Phrase], base: Shape, kind: str, fragment: str, known: Sequence[Mention]
) -> tuple[Phrase | None, bool]:
    usable = [p for p in slots if p.role != "wh"]
    if not usable:
        return (slots[-1], False) if slots else (None, False)
    nouns = {_stem(t.lower) for t in tokenise(fragment) if t.tag == "noun"}
    sharing = [p for p in usable if nouns & {_stem(t.lower) for t in tokenise(p.text) if t.tag == "noun"}]
    if len(sharing) == 1 and len(nouns) > 1:
        return sharing[0], True  # "comment 2" — "And comment 4?"
    if len(usable) == 1:
        return usable[0], True
    actors = ACTORS
    same_kind = [p for p in usable if kind_among(p.text, known) == kind]
    if kind in actors:
        alike = same_kind or [p for p in usable if kind_among(p.text, known) in actors]
        if alike:
            doer = [p for p in alike if p.role == "subject" and kind in {"person", "group", "thing-name"}]
            chosen = alike[0] if len(alike) == 1 else (doer or alike)[-1]
            return chosen, len(alike) == 1 or bool(same_kind and len(same_kind) == 1)
    if kind == "text":
        alike = [p for p in usable if p.kind == "text"]
        if alike:
            return alike[0], True
    about = [p for p in usable if p.role in ABOUT]
    if about:
        return about[-1], True
    things = [p for p in usable if kind_among(p.text, known) not in actors]
    if things:
        return things[-1], len(things) == 1
    return usable[-1], False


def kind_among(phrase: str, known: Sequence[Mention]) -> str:
    kind = kind_of(phrase)
    if kind != "thing":
        return kind
    bare = phrase.lower()
    for mention in known:
        if mention.kind == "person" and (bare == mention.text.lower() or bare in mention.text.lower().split()):
            return "person"
    words = [t for t in tokenise(phrase) if t.tag == "noun"]
    has_determiner = phrase.lower().startswith(("the ", "a ", "an "))
    if (
        words
        and not has_determiner
        and all(w.text[0].isupper() for w in words)
        and not any(w.lower in ORGANISATION_WORDS or (w.text.isupper() and w.lower not in PLACES) for w in words)
    ):
        return "thing-name"  # "Trump", "Reuters": somebody or something with a name of its own
    return kind


def _stem(word: str) -> str:
    return word[:-1] if is_plural(word) and word.endswith("s") else word


def is_definition(base: Shape) -> bool:
    return base.aux >= 0 and base.tokens[base.aux].lower in BE and base.verb < 0


def put(base: Shape, slot: Phrase, fragment: str) -> str:
    """A question with one of its phrases replaced, its auxiliary in the number of the new one."""
    text = base.text
    new = fragment
    words = tokenise(new)
    if slot.start == 0:
        new = new[:1].upper() + new[1:]
    elif words and words[0].tag == "det" and new[0].isupper():
        new = new[0].lower() + new[1:]
    if slot.text.lower().startswith("the ") and words and words[0].tag == "noun" and words[0].text.islower():
        replaced = text[slot.start : slot.end]
        if len(tokenise(replaced)) > 1 and not replaced.isupper() and is_plural(words[-1].lower):
            new = f"the {new}"  # "What are the risks?" — "And benefits?"
    out = text[: slot.start] + new + text[slot.end :]
    if base.aux >= 0 and slot.role == "subject" and slot.start >= base.tokens[base.aux].end:
        aux = base.tokens[base.aux]
        agreed = _agree(aux.text, slot, new)
        if agreed != aux.text:
            agreed = agreed.capitalize() if aux.text[0].isupper() else agreed
            out = out[: aux.start] + agreed + out[aux.end :]
    return out


def _does(phrase: Phrase) -> str:
    return "do" if phrase.plural else "does"


_PLURAL_AUX = {"is": "are", "was": "were", "does": "do", "has": "have"}


def _agree(aux: str, slot: Phrase, new: str) -> str:
    was, now = slot.plural, Phrase(new, 0, 0).plural
    if was == now:
        return aux
    if now:
        return _PLURAL_AUX.get(aux.lower(), aux)
    return {v: k for k, v in _PLURAL_AUX.items()}.get(aux.lower(), aux)


def _append(base: Shape, addition: str) -> str:
    return f"{base.text.rstrip(' ?!.')} {addition}?"
