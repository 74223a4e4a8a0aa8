"""The question before, asked with another question word: "When?", "Which countries?", "With whom?"."""

from __future__ import annotations

from collections.abc import Sequence

from govqa.conversation.clauses import embedded_clause
from govqa.conversation.grammar import Shape
from govqa.conversation.mentions import Mention
from govqa.conversation.topics import Completed, is_definition
from govqa.conversation.words import verb_base


def other_question_word(body: str, base: Shape, known: Sequence[Mention]) -> Completed | None:
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
    if is_definition(base) and base.wh_word == "what" and low in {"why", "when", "how", "by whom", "since when"}:
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
