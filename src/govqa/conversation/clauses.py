"""A question as a clause within another: "what China will share", "whether the offer is genuine"."""

from __future__ import annotations

import re

from govqa.conversation.grammar import Shape, tokenise
from govqa.conversation.words import BE, PREPOSITIONS


def embedded_clause(shape: Shape) -> str:
    """A question as a clause that can follow a preposition.

    >>> from govqa.conversation.grammar import parse
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
