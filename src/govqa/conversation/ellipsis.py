"""Fragments completed from the question before: "And about traceability?", "When?", "the US?", "Which countries?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from govqa.conversation.clauses import embedded_clause
from govqa.conversation.grammar import Shape, parse, tokenise
from govqa.conversation.mentions import Mention
from govqa.conversation.question_words import other_question_word
from govqa.conversation.topics import ABOUT, ACTORS, Completed, is_definition, kind_among, put, replace_topic
from govqa.conversation.words import (
    DO,
    FUNCTION_WORDS,
    MODAL,
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
_ANY = re.compile(
    r"^(?:any(?:thing)?|something|some|more|details?|info(?:rmation)?)(?: (?:said|more|else))? "
    r"(about|on|regarding|concerning|for|in)\s+(.+)$",
    re.I | re.S,
)
_ANY_OF_IT = re.compile(r"^(?:any|some|what|which)\s+[\w-]+(?:\s+[\w-]+)?$", re.I)
_TOO = re.compile(r"^(.+?),?\s+(?:too|as well|also)$", re.I | re.S)
_COMPARED = re.compile(
    r"^(?:(?:as |when )?compared (?:with|to)|in (?:comparison|contrast) (?:with|to)|relative to|versus|vs\.?|unlike|"
    r"as opposed to|rather than|instead of|(?:more|less|fewer|(?!other|rather)\w{3,}er) than)\s+[^,]+$",
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
_SMALL_TALK = re.compile(
    r"(?:thanks?(?: you)?(?: very much| a lot)?|hello|hi|hey|great|good|nice|cool|bye|sure|"
    r"right|fine)"
)
_EXAMPLES = re.compile(
    r"^(?:such as(?: what)?|like what|for example|for instance|e\.g\.?|examples?|which ones?|which|what kinds?|namely)$"
)


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
        return replace_topic(about[1].strip(), "", base, known, explicit=True)
    rest, led = without_lead(question)
    body = rest.strip(" ?!.,")
    lowered = body.lower()
    if _EXAMPLES.match(lowered):
        return _examples(base)
    if _BARE_WH.match(lowered):
        return other_question_word(body, base, known)
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
        return other_question_word(body, base, known)
    if _SMALL_TALK.fullmatch(lowered):
        return None
    first = shape.tokens[0]
    if first.tag == "prep" and len(shape.tokens) > 1:
        return replace_topic(body[first.end :].strip(), first.lower, base, known, explicit=True)
    if first.tag in {"adv"} and not shape.phrases:
        return None
    explicit = led or first.tag in {"det", "poss"}
    return replace_topic(body, "", base, known, explicit=explicit)


def _added(body: str, base: Shape, known: Sequence[Mention]) -> Completed | None:
    """Fragments that ask for more of the same question: "Anything on cooperation?", "Its products too?", "To do what?",
    "Compared with the US?", "Any evidence?"."""
    if not base.has_clause:
        return None
    lowered = body[:1].lower() + body[1:]
    if _COMPARED.match(body) and parse(body).aux < 0:
        return Completed(f"{base.text.rstrip(' ?!.')}, {lowered}?")
    asked = _ANY.match(body)
    if asked and not parse(asked[2]).has_clause and not _names_its_own_topic(asked[2]):
        verb = verb_base(base.tokens[base.verb].lower) if base.verb >= 0 else ""
        if verb in SAYING or any(p.role in {asked[1].lower(), *ABOUT[:4]} for p in base.phrases):
            return replace_topic(asked[2].strip(), asked[1].lower(), base, known, explicit=True)
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
            return replace_topic(
                too[1][shape.tokens[0].end :].strip(), shape.tokens[0].lower, base, known, explicit=True
            )
        if base.wh_word in {"", "who", "whom"} and not shape.phrases[0].text.lower().startswith("its "):
            return replace_topic(too[1].strip(), "", base, known, explicit=True)
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
    actors = ACTORS
    shapes = [parse(text) for text in earlier[:3]]
    if body.lower() in {"when", "why", "how", "by whom"}:
        if not (is_definition(base) and base.wh_word in {"what", "who"}):
            return None
        return next((s.text for s in shapes if s.verb >= 0 and s.has_clause), None)
    fragment = parse(body)
    if fragment.has_clause or not fragment.phrases or fragment.tokens[0].tag == "prep":
        return None
    kind = kind_among(body, known)
    kinds = {kind_among(p.text, known) for p in base.phrases if p.role != "wh"}
    if kind in actors and not kinds & actors and base.wh_word in {"who", "whom", "when", "where"}:
        return next((s.text for s in shapes if {kind_among(p.text, known) for p in s.phrases} & actors), None)
    if kind == "thing" and kinds and kinds <= actors | {"text"}:
        return next((s.text for s in shapes if any(p.role in ABOUT[:4] for p in s.phrases)), None)
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


def _examples(base: Shape) -> Completed | None:
    """ "Such as?", "Which ones?": the question before, asked for its kinds."""
    things = [p for p in base.phrases if p.plural and p.role != "wh"]
    if things and base.wh[1] == 0:
        head = things[-1]
        return Completed(f"Which {_bare(head.text)}, given {embedded_clause(base) or 'that'}?", certain=False)
    return Completed(base.text, certain=False)


def _bare(phrase: str) -> str:
    return re.sub(r"^(?:the|an?|some|any)\s+", "", phrase, flags=re.I)
