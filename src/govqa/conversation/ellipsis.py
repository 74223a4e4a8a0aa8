"""Fragments completed from the question before: "And about traceability?", "When?", "the US?", "Which countries?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from govqa.conversation.grammar import Phrase, Shape, kind_of, parse, tokenise
from govqa.conversation.mentions import Mention, embedded_clause
from govqa.conversation.words import (
    BE,
    DO,
    FUNCTION_WORDS,
    MODAL,
    ORGANISATION_WORDS,
    PLACES,
    SAYING,
    is_plural,
    verb_base,
)

_LEAD = re.compile(r"^\s*(?:(?:ok(?:ay)?|so|well|and|but|or|then|also|now|yes|no|even)\b[\s,.]*)+", re.I)
_WHAT_ABOUT = re.compile(
    r"^\s*(?:(?:and|but|so|ok(?:ay)?|then|or)\b[\s,]*)*(?:(?:what|how)\s+(?:about|of|regarding|with)|"
    r"(?:the )?same (?:question |thing )?(?:for|about|with|but for))\s+(.+?)[\s?!.]*$",
    re.I | re.S,
)
_ABOUT = ("about", "on", "regarding", "concerning", "of")
_ANY = re.compile(
    r"^(?:any(?:thing)?|something|some|more|details?|info(?:rmation)?)(?: (?:said|more|else))? "
    r"(about|on|regarding|concerning|for|in)\s+(.+)$",
    re.I | re.S,
)
_ANY_OF_IT = re.compile(r"^(?:any|some|what|which)\s+[\w-]+(?:\s+[\w-]+)?$", re.I)
_TOO = re.compile(r"^(.+?),?\s+(?:too|as well|also)$", re.I | re.S)
_COMPARED = re.compile(
    r"^(?:(?:as |when )?compared (?:with|to)|in (?:comparison|contrast) (?:with|to)|relative to|versus|vs\.?|unlike|"
    r"as opposed to|rather than|instead of|(?:more|less|fewer|\w{3,}er) than)\s+.+$",
    re.I | re.S,
)
_ECHO = re.compile(
    r"^(?:to|by|from|for|with|of|in|on|at|about|against|over|into|through)\b.*\b(?:what|whom|which|where|when)$",
    re.I | re.S,
)
_ADDED = re.compile(r", (?:\w+ ){1,8}(?:what|whom|which|where|when|too|as well)\?$|, compared (?:with|to) [^,]+\?$")
"""What a completion added that a later fragment does not go on from."""
_BARE_WH = re.compile(
    r"^(when|where|who|whom|how|why|how many|how much|how long|how often|since when|until when|by whom|to whom|with "
    r"whom|"
    r"for whom|from whom|from where|to where|in what way|in which way|by when|how exactly|where exactly|when exactly|"
    r"who else|"
    r"where else|why not)$"
)
_ACTORS = frozenset({"person", "place", "group", "thing-name"})
_SMALL_TALK = re.compile(
    r"(?:thanks?(?: you)?(?: very much| a lot)?|hello|hi|hey|great|good|nice|cool|bye|sure|"
    r"right|fine)"
)
_EXAMPLES = re.compile(
    r"^(?:such as(?: what)?|like what|for example|for instance|e\.g\.?|examples?|which ones?|which|what kinds?|namely)$"
)


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed question, how sure the rule is, and other readings."""

    text: str
    certain: bool = True
    others: tuple[str, ...] = ()


def without_lead(question: str) -> tuple[str, bool]:
    """The question without "And", "But", "OK, so", and whether there was one.

    >>> without_lead("And about traceability?")
    ('about traceability?', True)
    """
    match = _LEAD.match(question)
    rest = question[match.end() :] if match else question
    return (rest, True) if match and rest.strip(" ?!.") else (question, False)


def is_fragment(question: str) -> bool:
    """No question of its own: "what about …", a bare wh-word, a noun phrase, a prepositional phrase.

    >>> [is_fragment(q) for q in ("What about chips?", "When?", "In Shanghai?", "What is traceability?")]
    [True, True, True, False]
    """
    if _WHAT_ABOUT.match(question):
        return True
    typed = without_lead(question)[0].strip(" ?!.,")
    body = typed.lower()
    if _BARE_WH.match(body) or _EXAMPLES.match(body):
        return True
    if _SMALL_TALK.fullmatch(body):
        return False
    shape = parse(typed or question)
    return bool(shape.tokens) and not shape.has_clause and not _too_long(shape)


_EMPTY = frozenset("happen occur mean matter come go do one ones thing things kind sort".split())


def says_nothing_alone(question: str) -> bool:
    """Is there no word in it that one could search for: "Why did that happen?", "On what?".

    >>> says_nothing_alone("Why did that happen?"), says_nothing_alone("What did he say?")
    (True, False)
    """
    words = [t.lower for t in tokenise(question) if t.lower not in FUNCTION_WORDS]
    return all(word in _EMPTY or verb_base(word) in _EMPTY for word in words)


def is_explicit(question: str) -> bool:
    """A fragment that says that it goes on: "And chips?", "What about chips?".

    >>> is_explicit("And chips?"), is_explicit("chips?")
    (True, False)
    """
    return is_fragment(question) and (bool(_WHAT_ABOUT.match(question)) or without_lead(question)[1])


def complete_fragment(
    question: str, previous: str, known: Sequence[Mention], earlier: Sequence[str] = ()
) -> Completed | None:
    """The fragment completed from the ``previous`` question; None when it is no fragment, or there is no way.

    >>> complete_fragment("And Trump?", "What did Li say about chips?", []).text
    'What did Trump say about chips?'
    >>> complete_fragment("When?", "Who proposed the organisation?", []).text
    'When was the organisation proposed?'

    Args:
        question: the fragment.
        previous: the last question, complete.
        known: what the conversation has spoken of.
        earlier: the questions before the last, the most recent first: for a fragment that does not fit the last one.
    """
    previous = _ADDED.sub("?", previous)
    base = parse(previous)
    if not base.has_clause:  # "misuse?": what it was said of stands further back
        base = next((shape for shape in map(parse, earlier[:3]) if shape.has_clause), base)
        previous = base.text
    if not base.tokens:
        return None
    better = _better_base(question, base, earlier, known)
    if better is not None:
        completed = complete_fragment(question, better, known)
        direct = complete_fragment(question, previous, known)
        if completed is not None and direct is not None and completed.text != direct.text:
            return Completed(completed.text, False, (direct.text,))
    about = _WHAT_ABOUT.match(question)
    if about:
        return _replace_topic(about[1].strip(), "", base, known, explicit=True)
    rest, led = without_lead(question)
    body = rest.strip(" ?!.,")
    lowered = body.lower()
    if _EXAMPLES.match(lowered):
        return _examples(base)
    if _BARE_WH.match(lowered):
        return _other_wh(body, base, known)
    if (added := _added(body, base, known)) is not None:
        return added
    shape = parse(body)
    if (same := _same_done(shape, base)) is not None:
        return same
    if shape.has_clause or not shape.tokens or _too_long(shape):
        return None
    if not led and _is_search(body, shape):
        return None
    if shape.wh[1]:
        return _other_wh(body, base, known)
    if _SMALL_TALK.fullmatch(lowered):
        return None
    first = shape.tokens[0]
    if first.tag == "prep" and len(shape.tokens) > 1:
        return _replace_topic(body[first.end :].strip(), first.lower, base, known, explicit=True)
    if first.tag in {"adv"} and not shape.phrases:
        return None
    explicit = led or first.tag in {"det", "poss"}
    return _replace_topic(body, "", base, known, explicit=explicit)


def _added(body: str, base: Shape, known: Sequence[Mention]) -> Completed | None:
    """Fragments that ask for more of the same question: "Anything on cooperation?", "Its products too?", "To do what?",
    "Compared with the US?", "Any evidence?"."""
    if not base.has_clause:
        return None
    lowered = body[:1].lower() + body[1:]
    if _COMPARED.match(body):
        return Completed(f"{base.text.rstrip(' ?!.')}, {lowered}?")
    asked = _ANY.match(body)
    if asked and not parse(asked[2]).has_clause and not _names_its_own_topic(asked[2]):
        verb = verb_base(base.tokens[base.verb].lower) if base.verb >= 0 else ""
        if verb in SAYING or any(p.role in {asked[1].lower(), *_ABOUT[:4]} for p in base.phrases):
            return _replace_topic(asked[2].strip(), asked[1].lower(), base, known, explicit=True)
        return Completed(f"{body}, regarding {embedded_clause(base)}?", certain=False)
    if (shape := parse(body)).aux >= 0:
        return None
    clause = embedded_clause(base)
    if _ECHO.match(body):
        return Completed(f"{base.text.rstrip(' ?!.')}, {lowered}?", certain=False)
    if shape.has_clause:
        return None
    if (too := _TOO.match(body)) and shape.phrases:
        if shape.tokens[0].tag == "prep":
            return _replace_topic(
                too[1][shape.tokens[0].end :].strip(), shape.tokens[0].lower, base, known, explicit=True
            )
        if base.wh_word in {"", "who", "whom"} and not shape.phrases[0].text.lower().startswith("its "):
            return _replace_topic(too[1].strip(), "", base, known, explicit=True)
        return Completed(f"{base.text.rstrip(' ?!.')}, {lowered}?", certain=False)
    if re.match(r"the \S+(?: \S+)?['’]s? \S+(?: \S+)?$", lowered) and not any("'s " in p.text for p in base.phrases):
        return Completed(f"What {'are' if is_plural(shape.tokens[-1].lower) else 'is'} {lowered}?", certain=False)
    if re.match(r"why (?:not )?(?!so\b|exactly\b|not\b|then\b)\S", lowered) and shape.phrases and clause:
        return Completed(f"{body}, regarding {clause}?", certain=False)
    if lowered.startswith("any ") and _ANY_OF_IT.match(body) and clause:
        return Completed(f"{body}, regarding {clause}?", certain=False)
    return None


def _same_done(shape: Shape, base: Shape) -> Completed | None:
    """ "Does the plan mention takeover?" — "Do the comments?": an auxiliary and somebody else."""
    if shape.aux != 0 or shape.verb >= 0 or len(shape.phrases) != 1 or len(shape.tokens) > 6 or base.verb < 0:
        return None
    named = shape.phrases[0]
    if shape.tokens[-1].end > named.end or shape.tokens[1].start != named.start:
        return None
    subject = next((p for p in base.phrases if p.role == "subject"), None)
    if subject is not None and base.aux >= 0:
        return Completed(put(base, subject, named.text))
    verb = base.tokens[base.verb]
    if base.aux < 0 and base.wh[1] == base.verb and shape.tokens[0].lower in DO | MODAL:
        done = verb_base(verb.lower) or verb.lower
        return Completed(f"{shape.text.rstrip(' ?!.')} {done}{base.text.rstrip(' ?!.')[verb.end :]}?")
    return None


def _names_its_own_topic(fragment: str) -> bool:
    """ "Anything on the EU AI Act?" needs no other question."""
    return any(phrase.proper and len(phrase.words) > 1 for phrase in parse(fragment).phrases)


def _better_base(question: str, base: Shape, earlier: Sequence[str], known: Sequence[Mention]) -> str | None:
    """An earlier question that the fragment fits where it does not fit the last one, by what kinds of thing they name.

    "What did China propose?" — "Who announced it?" — "And the US?" goes on from the first.
    """
    about = _WHAT_ABOUT.match(question)
    body = (about[1] if about else without_lead(question)[0]).strip(" ?!.,")
    actors = _ACTORS
    shapes = [parse(text) for text in earlier[:3]]
    if body.lower() in {"when", "why", "how", "by whom"}:
        if not (_is_definition(base) and base.wh_word in {"what", "who"}):
            return None
        return next((s.text for s in shapes if s.verb >= 0 and s.has_clause), None)
    fragment = parse(body)
    if fragment.has_clause or not fragment.phrases or fragment.tokens[0].tag == "prep":
        return None
    kind = _kind(body, known)
    kinds = {_kind(p.text, known) for p in base.phrases if p.role != "wh"}
    if kind in actors and not kinds & actors and base.wh_word in {"who", "whom", "when", "where"}:
        return next((s.text for s in shapes if {_kind(p.text, known) for p in s.phrases} & actors), None)
    if kind == "thing" and kinds and kinds <= actors | {"text"}:
        return next((s.text for s in shapes if any(p.role in _ABOUT[:4] for p in s.phrases)), None)
    return None


def _is_search(body: str, shape: Shape) -> bool:
    """Keywords that say all there is to say: "traceability of training data in the plan", "more about the AI Act"."""
    if (about := _ANY.match(body)) and _names_its_own_topic(about[2]):
        return True
    content = [t for t in shape.tokens if t.tag == "noun"]
    return len(content) > 3 and shape.tokens[0].tag == "noun" and any(t.tag == "prep" for t in shape.tokens)


def _too_long(shape: Shape) -> bool:
    """More than a fragment, though no verb was recognised: "Any information about …?", "When Li and Xi met?"."""
    limit = 5 if shape.wh[1] else 10
    return len(shape.tokens) > limit or shape.tokens[0].lower in {"any", "anything", "something", "anyone"}


def _replace_topic(
    fragment: str, preposition: str, base: Shape, known: Sequence[Mention], *, explicit: bool
) -> Completed | None:
    clause = parse(fragment)
    if clause.has_clause and any(t.tag == "wh" for t in clause.tokens):
        return None
    kind = _kind(fragment, known)
    if not base.has_clause:  # the conversation began with keywords
        return Completed(f"{fragment[:1].upper() + fragment[1:]}?", certain=False)
    if base.wh_word in {"who", "whom"} and _is_definition(base) and kind not in {"person", "thing-name"}:
        verb = "are" if is_plural(Phrase(fragment, 0, 0).head) else "is"
        return Completed(f"What {verb} {fragment}?")
    slots = list(base.phrases)
    if re.search(r"(?:['’]s|s['’])$", fragment) and not preposition:
        owner = next((p for p in slots if "'s " in p.text.replace("’", "'")), None)
        if owner is not None:  # "China's position …" — "And America's?"
            rest = owner.text.replace("’", "'").partition("'s ")[2]
            return Completed(put(base, owner, f"{fragment} {rest}"))
    if preposition:
        about = preposition in _ABOUT and [p for p in slots if p.role in _ABOUT[:4]]
        same = [p for p in slots if p.role == preposition] or about
        if same:
            return Completed(put(base, same[-1], fragment), True)
        if preposition in {"about", "on", "regarding"} and _is_definition(base) and slots:
            return Completed(put(base, slots[-1], fragment), True)
        return Completed(_append(base, f"{preposition} {fragment}"), True)
    usable = [p for p in slots if p.role != "wh"]
    if len(usable) == 1 and usable[0].kind == "text" and kind == "thing" and base.verb >= 0 and base.wh_word == "what":
        return Completed(f"What {_does(usable[0])} {usable[0].text} say about {fragment}?", explicit)
    if kind == "place" and usable and not any(_kind(p.text, known) in {*_ACTORS, "name"} for p in usable):
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
    actors = _ACTORS
    same_kind = [p for p in usable if _kind(p.text, known) == kind]
    if kind in actors:
        alike = same_kind or [p for p in usable if _kind(p.text, known) in actors]
        if alike:
            doer = [p for p in alike if p.role == "subject" and kind in {"person", "group", "thing-name"}]
            chosen = alike[0] if len(alike) == 1 else (doer or alike)[-1]
            return chosen, len(alike) == 1 or bool(same_kind and len(same_kind) == 1)
    if kind == "text":
        alike = [p for p in usable if p.kind == "text"]
        if alike:
            return alike[0], True
    about = [p for p in usable if p.role in _ABOUT]
    if about:
        return about[-1], True
    things = [p for p in usable if _kind(p.text, known) not in actors]
    if things:
        return things[-1], len(things) == 1
    return usable[-1], False


def _kind(phrase: str, known: Sequence[Mention]) -> str:
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


def _is_definition(base: Shape) -> bool:
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


def _examples(base: Shape) -> Completed | None:
    """ "Such as?", "Which ones?": the question before, asked for its kinds."""
    things = [p for p in base.phrases if p.plural and p.role != "wh"]
    if things and base.wh[1] == 0:
        head = things[-1]
        return Completed(f"Which {_bare(head.text)}, given {embedded_clause(base) or 'that'}?", certain=False)
    return Completed(base.text, certain=False)


def _bare(phrase: str) -> str:
    return re.sub(r"^(?:the|an?|some|any)\s+", "", phrase, flags=re.I)


def _other_wh(body: str, base: Shape, known: Sequence[Mention]) -> Completed | None:
    """The same question with another question word."""
    wh = body[:1].upper() + body[1:]
    low = body.lower()
    tokens, text = base.tokens, base.text.rstrip(" ?!.")
    negative = low == "why not"
    if negative:
        wh = "Why"
    if low in {"who else", "where else"} and base.wh_word == low.split()[0]:
        end = tokens[base.wh[1] - 1].end
        return Completed(f"{text[:end]} else{text[end:]}?")
    if base.aux >= 0 and base.wh[1] == 0 and base.aux == 0:  # yes or no: "Did Li name the US?"
        rest = text[:1].lower() + text[1:]
        subject = next((p for p in base.phrases if p.role == "subject"), None)
        if negative and subject is not None:
            return Completed(f"Why {rest[: subject.end]} not{rest[subject.end :]}?")
        return Completed(f"{wh} {rest}?")
    if _is_definition(base) and base.wh_word == "what" and low in {"why", "when", "how", "by whom", "since when"}:
        return Completed(f"{wh}, regarding {embedded_clause(base)}?", certain=False)
    if base.aux >= 0 and base.wh[1] == base.aux and base.wh[1] > 0:
        after = tokens[base.aux + 1] if base.aux + 1 < len(tokens) else None
        if after is None:
            return None
        if after.lower in {"be", "have", "been"} and low not in {"who", "whom", "what"}:
            return Completed(f"{wh} {tokens[base.aux].text} this {text[after.start :]}?")  # "What should be done …?"
        if after.tag == "verb" and base.wh[1] - base.wh[0] > 1 and low not in {"who", "whom"}:
            noun = text[tokens[base.wh[0] + 1].start : tokens[base.wh[1] - 1].end]
            return Completed(f"{wh} {tokens[base.aux].text} these {noun} {text[after.start :]}?", certain=False)
        if after.tag not in {"verb", "prep", "adv"}:
            start = tokens[base.aux].start
            place, asked_for = _object(base, known, low)
            rest = f"{text[start:place]} {asked_for}{text[place:]}" if asked_for else text[start:]
            return Completed(f"{wh} {rest}?")
        answer = _answer_text(known)
        if answer and low not in {"who", "whom"}:  # "Who is speaking?" — "Where?"
            return Completed(f"{wh} {tokens[base.aux].text} {answer} {text[after.start :]}?", certain=False)
    if base.verb >= 0 and base.aux < 0 and base.wh[1] == base.verb:  # "Who proposed the organisation?"
        verb = tokens[base.verb]
        objects = [p for p in base.phrases if p.start > verb.end]
        answer = _answer_text(known)
        if low not in {"who", "whom"} and objects and objects[0].role == "object":
            thing = objects[0]
            tail = text[thing.end :]
            participle = verb.text if verb.lower != verb_base(verb.lower) and verb.lower.endswith("ed") else ""
            if participle:
                return Completed(f"{wh} {'were' if thing.plural else 'was'} {thing.text} {participle}{tail}?")
        if answer and low not in {"who", "whom"}:
            done = verb_base(verb.lower) or verb.lower.removesuffix("s")
            return Completed(f"{wh} did {answer} {done} {text[verb.end :].strip()}".rstrip() + "?", certain=False)
    clause = embedded_clause(base)
    return Completed(f"{wh}, regarding {clause}?", certain=False) if clause else None


_CIRCUMSTANCES = frozenset(
    ("why", "when", "where", "how", "why not", "how exactly", "when exactly", "where exactly", "since when", "how long",
     "how often")
)  # fmt: skip


def _object(base: Shape, known: Sequence[Mention], wh: str) -> tuple[int, str]:
    """Where, and with which words, the new question names what "what" asked for.

    "What did China propose?" — "When?" needs "the organisation" if the answer was a noun phrase, "this" else.
    """
    text = base.text.rstrip(" ?!.")
    if base.wh_word not in {"what", "which", "who", "whom"} or base.verb < 0 or wh.startswith("how m"):
        return 0, ""
    if not wh.startswith(("in ", "by ", "to ", "with ", "over ", "for ", "from ", "on ")) and wh not in _CIRCUMSTANCES:
        return 0, ""
    verb = base.tokens[base.verb]
    after = [t for t in base.tokens if t.start >= verb.end and t.start < len(text)]
    stranded = bool(after) and after[-1].tag == "prep"
    if after and not stranded and after[0].tag not in {"prep", "adv", "conj"}:
        return 0, ""
    if after and after[0].lower == "to" and len(after) > 1 and not stranded:
        verbs = [t for t in after if t.tag == "verb"]
        if verbs and verbs[-1] is not after[-1]:
            return 0, ""
        stranded = True  # "What does China want to create?"
    return (len(text) if stranded else verb.end), _answer_text(known, things=True) or "this"


def _answer_text(known: Sequence[Mention], *, things: bool = False) -> str:
    """The last answer as a noun phrase, if it was one."""
    for mention in known:
        if mention.distance == 0 and mention.origin == "span" and not mention.vague:
            if things and mention.kind == "person":
                return ""
            return mention.definite
    return ""


__all__ = ["Completed", "complete_fragment", "is_explicit", "is_fragment", "put", "says_nothing_alone", "without_lead"]
