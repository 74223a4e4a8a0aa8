"""What is really asked: a follow-up completed from the conversation, a stand-alone question left exactly as it is.

>>> from govqa.types import Turn
>>> resolution = resolve("What did he say about chips?", [Turn("Who is Li Qiang?")])
>>> resolution.interpreted_as, resolution.certain
('What did Li Qiang say about chips?', True)

Deterministic, and no state is kept: everything comes from the ``history`` that is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from govqa.conversation.actions import Action, find_action
from govqa.conversation.completion import complete, names_source
from govqa.conversation.ellipsis import is_explicit, is_fragment, says_nothing_alone
from govqa.conversation.mentions import TURNS_REMEMBERED
from govqa.conversation.scope import Scope, describe, find_scope, match_sources
from govqa.types import Filters, Source, Turn

if TYPE_CHECKING:
    from govqa.conversation.terms import TermClassifier

__all__ = ["Action", "Resolution", "resolve"]

LONGEST_FOLLOW_UP = 60
"""Words. A longer text explains itself."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a question was understood.

    Attributes:
        question: as it was typed, without white space around it.
        interpreted_as: the question to search and read with; equal to ``question`` when it stands alone.
        alternatives: other readings, better guesses first; empty when there is nothing to doubt.
        filters: which sources the scope words allow.
        notes: plain sentences for the user on scope words.
        action: what to do with the last answer, when the question is about that; else None.
        certain: False: also search ``alternatives``, and let the better answered reading win.
    """

    question: str
    interpreted_as: str
    alternatives: tuple[str, ...] = ()
    filters: Filters = Filters()
    notes: tuple[str, ...] = ()
    action: Action | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _Understood:
    """A past question as it was understood, and the scope that its own words set."""

    text: str
    filters: Filters
    lasting: bool


def resolve(
    question: str,
    history: Sequence[Turn] = (),
    *,
    sources: Sequence[Source] = (),
    classifier: TermClassifier | None = None,
    use_classifier: bool = True,
) -> Resolution:
    """Understand one question in its conversation.

    >>> resolve("What is the EU AI Act?", [Turn("Who is Li Qiang?")]).interpreted_as
    'What is the EU AI Act?'

    Args:
        question: as typed.
        history: earlier turns, oldest first; only the last few count, so ten turns cost no more than one.
        sources: the library's, for scope words; none: scope words mean nothing.
        classifier: the term classifier to ask; None: the shipped one.
        use_classifier: False: rules only.
    """
    asked = question.strip()
    past = _completed_history(history, sources)
    if not past:
        scope = find_scope(asked, sources)
        return _with_scope(Resolution(asked, scope.question), scope.filters, sources)
    turns = [
        replace(turn, interpreted_as=understood.text)
        for turn, understood in zip(history[-TURNS_REMEMBERED:], past, strict=True)
    ]
    model = classifier
    if model is None and use_classifier:
        from govqa.conversation.terms import shipped_classifier

        model = shipped_classifier()
    resolution, scope = _resolve(asked, turns, past[-1], sources, model)
    return _with_scope(resolution, scope.filters, sources)


def _completed_history(history: Sequence[Turn], sources: Sequence[Source]) -> list[_Understood]:
    """The last turns, each with its question completed (by rules alone, where the caller did not keep it)."""
    understood: list[_Understood] = []
    turns: list[Turn] = []
    for turn in history[-TURNS_REMEMBERED:]:
        own = find_scope(turn.question.strip(), sources)
        if turn.interpreted_as and turn.interpreted_as != turn.question:
            text, filters = turn.interpreted_as, own.filters
            lasting = bool(own.filters) and own.question != turn.question.strip()
            if not own.filters and understood and understood[-1].lasting:
                filters, lasting = understood[-1].filters, True
        elif not understood:
            text, filters = own.question, own.filters
            lasting = own.question != turn.question.strip()
        elif turn.interpreted_as and turn.status and not is_fragment(own.question):  # answered as it was typed
            text, filters, lasting = own.question, own.filters, own.question != turn.question.strip()
        else:
            resolution, scope = _resolve(turn.question.strip(), turns, understood[-1], sources, None)
            text, filters = resolution.interpreted_as, scope.filters
            lasting = bool(filters) and scope.question != turn.question.strip()
        understood.append(_Understood(text, filters, lasting))
        turns.append(replace(turn, interpreted_as=text))
    return understood


def _resolve(
    asked: str, turns: Sequence[Turn], last: _Understood, sources: Sequence[Source], model: TermClassifier | None
) -> tuple[Resolution, Scope]:
    """The resolution (without its filters), and the scope with the question that its words left."""
    action = find_action(asked)
    if action is not None and action != "why":
        return Resolution(asked, last.text, action=action), Scope(last.text, last.filters)
    if only := _only_scope(asked, sources):
        return Resolution(asked, last.text), Scope(last.text, only)
    scope = find_scope(asked, sources)
    body = scope.question
    completed = (
        complete(body, turns, last.text, last.lasting, sources, model)
        if len(body.split()) <= LONGEST_FOLLOW_UP
        else None
    )
    if completed is None or completed.text == body:
        others = completed.others if completed else ()
        certain = completed.certain if completed else True
        return Resolution(asked, body, tuple(o for o in others if o != body), certain=certain), scope
    text = completed.text
    alone = not (is_explicit(body) or says_nothing_alone(body) or _points_to_all(body, text))
    as_typed = (body,) if alone else ()  # "And chips?" alone is no reading
    others = tuple(dict.fromkeys(o for o in (*completed.others, *as_typed) if o != text))
    resolution = Resolution(asked, text, others, action=action, certain=completed.certain)
    if not scope.filters:
        again = find_scope(text, sources)
        named = names_source(asked, sources) if text == last.text else Filters()
        if named:
            scope = Scope(text, named)
        elif again.filters:
            scope = Scope(again.question, again.filters)
        elif last.lasting and not names_source(asked, sources):
            scope = Scope(text, last.filters)
    return resolution, scope


def _with_scope(resolution: Resolution, filters: Filters, sources: Sequence[Source]) -> Resolution:
    if not filters:
        return resolution
    return replace(resolution, filters=filters, notes=(*resolution.notes, describe(filters, sources)))


def _points_to_all(body: str, completed: str) -> bool:
    """ "Who hinted at this?", completed with what "this" is: without it, it asks of anything at all."""
    return completed.startswith(f"{body.rstrip(' ?!.')}, regarding ") and bool(_POINTING.search(body))


_POINTING = re.compile(r"\b(?:this|that|these|those|such)\b", re.I)
_SCOPE_ONLY = re.compile(
    r"^\s*(?:(?:and|but|so|ok|okay|now)\b[\s,]*)*(?:what (?:about|of) )?(?:only )?"
    r"(?:(?:according to|per|as per|only in|only|in|from|within|and in)\s+)(?:the )?(.{2,60}?)(?: only)?[\s?!.]*$",
    re.I,
)


def _only_scope(question: str, sources: Sequence[Source]) -> Filters:
    """ "And according to Reuters?": the same question, asked of other sources."""
    match = _SCOPE_ONLY.match(question)
    return match_sources(match[1], sources) if match and sources else Filters()
