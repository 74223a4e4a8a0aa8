"""The systems that are compared: govqa as it is, and govqa with a part taken away or exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from govqa.errors import SettingsError
from govqa.evaluation.cases import Case
from govqa.settings import Settings
from govqa.types import Answer, Filters, Hit, Reading, ScoredSpan, Turn

if TYPE_CHECKING:
    from govqa.assistant import Assistant
    from govqa.library import Library
    from govqa.retrieval import Retriever, Stage

KINDS = {
    "full": "govqa as it is set up",
    "dense-only": "retrieval by embeddings alone",
    "lexical-only": "retrieval by BM25 alone",
    "no-reader": "the best passage as a whole, by cosine; nothing reads it",
    "as-typed": "no follow-up completion, no spelling correction, no scope words",
    "completed": "follow-ups as a human completed them",
    "reader=NAME": "another reader (trained, lexical, or a Hugging Face model)",
    "passages=N": "the reader reads N passages",
    "threshold=P": "answers from confidence P on",
}
"""What can be asked for; joined with ``+`` they combine: ``dense-only+reader=lexical``."""


@dataclass(frozen=True, slots=True)
class System:
    """What a system's name means.

    >>> System.parse("dense-only+reader=lexical")
    System(name='dense-only+reader=lexical', stage='dense', reader='lexical', as_typed=False, completed=False, \
passages=None, threshold=None)
    """

    name: str
    stage: Stage = "fused"
    reader: str = ""
    as_typed: bool = False
    completed: bool = False
    passages: int | None = None
    threshold: float | None = None

    @classmethod
    def parse(cls, name: str) -> System:
        """The system that ``name`` describes.

        Raises:
            SettingsError: a part of the name is not known, or its value makes no sense.
        """
        system = cls(name)
        for part in name.split("+"):
            key, _, value = part.strip().partition("=")
            try:
                match key:
                    case "full" if not value:
                        pass
                    case "dense-only" if not value:
                        system = replace(system, stage="dense")
                    case "lexical-only" if not value:
                        system = replace(system, stage="lexical")
                    case "no-reader" if not value:
                        system = replace(system, reader="none")
                    case "as-typed" if not value:
                        system = replace(system, as_typed=True)
                    case "completed" if not value:
                        system = replace(system, completed=True, as_typed=True)
                    case "reader" if value:
                        system = replace(system, reader=value)
                    case "passages" if value:
                        system = replace(system, passages=int(value))
                    case "threshold" if value:
                        system = replace(system, threshold=float(value))
                    case _:
                        raise SettingsError(f"No system is called {part!r}: use {', '.join(KINDS)}.")
            except ValueError:
                raise SettingsError(f"{part!r}: {value!r} is not a number.") from None
        return system

    def settings(self, base: Settings) -> Settings:
        """``base`` with what this system changes.

        Raises:
            SettingsError: a value is out of range.
        """
        from govqa.settings import load_settings

        changes: dict[str, object] = {"passages_read": self.passages, "threshold": self.threshold}
        if self.reader not in ("", "none"):
            changes["reader"] = self.reader
        return load_settings(**(base.model_dump() | {k: v for k, v in changes.items() if v is not None}))


class Asked:
    """A system at work on one library.

    >>> system = Asked(System.parse("full"), library, settings)                  # doctest: +SKIP
    >>> system.ask(case).status                                                  # doctest: +SKIP

    Args:
        system: what is asked.
        library: stays open; it belongs to the caller.
        settings: the base that the system changes.
    """

    def __init__(self, system: System, library: Library, settings: Settings) -> None:
        from govqa.assistant import Assistant

        self.system = system
        settings = system.settings(settings)
        self.assistant: Assistant = Assistant(library, settings=settings)
        self.retriever: Retriever = self.assistant.retriever
        if system.stage != "fused":
            self.assistant.retriever = _one_stage(self.retriever, system.stage)
        if system.reader == "none":
            self.assistant.reader = WholePassageReader()
        # The models' first question is slower than all others: it is not a case.
        self.assistant.ask("warm up", as_typed=True)

    def ask(self, case: Case) -> Answer:
        """The system's answer to the case, at the end of its conversation."""
        if self.system.completed and case.rewrite:
            return self._ask(case.rewrite, [], case.scope)
        return self._ask(case.question, self._past(case), case.scope)

    def forced(self, interpreted_as: str, filters: Filters) -> Answer:
        """The answer to a question as it was understood, had there been no threshold."""
        with self._threshold(0.0):
            return self.assistant.ask(interpreted_as, filters=filters, as_typed=True)

    def _past(self, case: Case) -> list[Turn]:
        """The conversation so far: answers that the case gives, or else what the system really answered."""
        past: list[Turn] = []
        for question, answer in case.history:
            if answer:
                past.append(Turn(question=question, status="answered", quotes=(answer,)))
            else:
                past.append(self._ask(question, past, case.scope).to_turn())
        return past

    def _ask(self, question: str, history: Sequence[Turn], scope: str) -> Answer:
        filters = Filters(sources=(scope,)) if scope else Filters()
        return self.assistant.ask(question, history=history, filters=filters, as_typed=self.system.as_typed)

    @contextmanager
    def _threshold(self, value: float) -> Iterator[None]:
        before = self.assistant.settings
        self.assistant.settings = before.model_copy(update={"threshold": value})
        try:
            yield
        finally:
            self.assistant.settings = before


class WholePassageReader:
    """No reader: a passage is as good as its cosine, and all of it is the answer: what search alone shows."""

    name = "none"

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """One reading a hit, in the order of the hits."""
        readings = []
        for hit in hits:
            text, start = hit.passage.text, hit.passage.start
            left = start + len(text) - len(text.lstrip())
            right = start + len(text.rstrip())
            score = min(1.0, max(0.0, hit.dense or 0.0))
            whole = (ScoredSpan(left, right, score),) if left < right else ()
            readings.append(Reading(hit.passage, score, whole, whole))
        return readings


def _one_stage(retriever: Retriever, stage: Stage) -> Retriever:
    """The retriever with only one of its stages."""
    from govqa.retrieval import Retriever as RetrieverClass

    class OneStage(RetrieverClass):
        def search(self, question: str, k: int = 8, filters: Filters = Filters(), stage: Stage = stage) -> list[Hit]:
            return super().search(question, k, filters, stage)

    return OneStage(retriever.library, retriever.embedder)
