"""The way of a question, from the words typed to the :class:`~govqa.types.Answer`: models and library kept open.

with Assistant() as assistant:
    print(assistant.ask("What does the plan say about traceability?").text)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from govqa.errors import QuestionError, SettingsError
from govqa.settings import Settings, default_settings
from govqa.types import Answer, Citation, Embedder, Excerpt, Filters, Hit, Passage, Reader, Turn

if TYPE_CHECKING:
    from govqa.indexing import Outcome
    from govqa.library import Index, Library
    from govqa.understanding import Understood

LONGEST_QUESTION = 2000
"""Code points. A longer text is a document: add it to the library instead."""

NEAREST, MORE = 3, 5
"""How many passages are shown beside the answer: when nothing was found, and when something was."""

PHASES = ("searching", "reading", "checking quotes")

TIMED = ("resolve", "search", "read", "check")

Past: TypeAlias = "Turn | Answer | str | Mapping[str, Any] | Sequence[str]"
"""One earlier exchange: a turn, an answer, a bare question, a chat message, or a (question, answer) pair."""


class Assistant:
    """Answers questions about one library; safe to use from many threads.

    >>> with Assistant() as assistant:
    ...     assistant.ask("Who told the conference that China wants to share its advances?").status
    'answered'

    Args:
        library: an open library, or its folder; None: the default one, made and filled with the shipped corpus on
            first use.
        settings: None: from the environment.
        index: how vectors are searched in a library that is opened here; see :meth:`govqa.library.Library.open`.
        progress: called as ``progress(done, total, what)`` while a default library is filled.

    Raises:
        LibraryError: the library cannot be opened.
        ModelError: a model is missing, not the trusted one, or not the one the library was made with.
    """

    def __init__(
        self,
        library: Library | Path | str | None = None,
        *,
        settings: Settings | None = None,
        index: Index = "auto",
        progress: Callable[[int, int, str], None] | None = None,
    ) -> None:
        from govqa.embedding import open_embedder
        from govqa.expectations import ExpectingReader
        from govqa.indexing import open_default
        from govqa.library import Library as LibraryClass
        from govqa.readers import open_reader
        from govqa.retrieval import Retriever

        self.settings = settings or default_settings()
        self._lock = RLock()
        self._owns_library = not isinstance(library, LibraryClass)
        self.embedder: Embedder = open_embedder(self.settings)
        if isinstance(library, LibraryClass):
            self.library = library
        elif library is None:
            self.library = open_default(self.settings, self.embedder, index=index, progress=progress)
        else:
            self.library = LibraryClass.open(
                library, fingerprint=self.embedder.fingerprint, index=index, chroma_url=self.settings.chroma_url
            )
        reader = open_reader(self.settings, self.library, self.embedder)
        self.reader: Reader = ExpectingReader(reader, self.library)
        self.retriever = Retriever(self.library, self.embedder)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Past] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
        on_phase: Callable[[str], None] | None = None,
    ) -> Answer:
        """The documents' own words for ``question``, or ``not_found``.

        Args:
            question: at most :data:`LONGEST_QUESTION` code points.
            history: the conversation so far, oldest first; a follow-up is completed from it.
            filters: which sources are asked; None: all.
            as_typed: take the question literally: no completion, no spelling correction, no scope words.
            on_phase: called with each of :data:`PHASES` as it begins.

        Raises:
            QuestionError: the question is empty, too long, or has no word in it.
            CitationError: a quote is not what stands in its source (a fault in govqa or in the library).
        """
        from govqa.understanding import understand

        started = time.perf_counter()
        asked = check_question(question)
        phase = on_phase or (lambda name: None)
        with self._lock:
            turns = self._with_last_answer(as_turns(history))
            readings = understand(asked, turns, self.library, filters or Filters(), as_typed=as_typed)
            resolved = time.perf_counter()
            best: Answer | None = None
            timings = {**dict.fromkeys(TIMED, 0.0), "resolve": resolved - started}
            for understood in readings:
                answer = self._answer(asked, understood, phase, timings)
                if best is None or _clearly_better(answer, best):
                    best = answer
            assert best is not None
            timings["total"] = time.perf_counter() - started
            return _with_timings(best, timings)

    def suggest(
        self, answer: Answer, *, history: Sequence[Past] = (), filters: Filters | None = None, limit: int = 3
    ) -> list[str]:
        """Questions to go on with after ``answer``, each really asked first and answered with confidence.

        >>> with Assistant() as assistant:
        ...     questions = assistant.suggest(assistant.ask("What are the three talking points of the proposal?"))
        ...     all(assistant.ask(question).status == "answered" for question in questions)
        True

        Args:
            answer: the one just given; one without citations suggests nothing.
            history: the conversation before it, so that nothing is suggested twice.
            filters: which sources may answer; None: all.
            limit: how many at most; none is better than a bad one.
        """
        from govqa.conversation.suggestions import suggest

        cited = sorted({citation.source.id for citation in answer.citations})
        return suggest(
            answer,
            ask=lambda question: self.ask(question, filters=filters),
            history=as_turns(history),
            headings={key: [heading.text for heading in self.library.headings(key)] for key in cited},
            limit=limit,
        )

    def _with_last_answer(self, turns: list[Turn]) -> list[Turn]:
        """When the conversation holds questions only: the last one is asked again, for what "he" or "it" then was."""
        from govqa.understanding import understand

        if not turns or turns[-1].status or turns[-1].quotes or len(turns[-1].question) > LONGEST_QUESTION:
            return turns
        *before, last = turns
        understood = understand(last.question, before, self.library, last.filters)[0]
        answer = self._answer(last.question, understood, lambda name: None, dict.fromkeys(TIMED, 0.0))
        return [*before, answer.to_turn()]

    def _answer(
        self,
        asked: str,
        understood: Understood,
        phase: Callable[[str], None],
        timings: dict[str, float],
    ) -> Answer:
        from govqa.answering import asks_for_link, body, calibration, choose, is_bare_link, read_until_settled
        from govqa.naming import asks_for_text, inside, text_of
        from govqa.revisiting import remarks, revisit

        question, filters = understood.question, understood.filters
        start = time.perf_counter()
        phase("searching")
        revision = self.library.revision
        hits = self.retriever.search(question, self.settings.passages_read + MORE, filters)
        searched = time.perf_counter()
        phase("reading")
        fitted = calibration(self.reader.name)
        named = inside(question, hits)
        to_read = (named or hits)[: self.settings.passages_read]
        readings = read_until_settled(question, to_read, self.reader.read, fitted)
        limit = self.settings.max_citations
        ranked, confidence = choose(
            readings,
            fitted,
            2 * limit if understood.action == "more" else limit,
            self.settings.threshold,
            links=asks_for_link(question),
            passages=self.library.passage_count,
        )
        chosen = revisit(understood.action, ranked, limit)
        whole = text_of(question, named, self._place) if named and asks_for_text(question) else None
        if whole is not None and understood.action is None:
            chosen, confidence = [whole], whole.score
        read = time.perf_counter()
        phase("checking quotes")
        citations = tuple(self._cite(number, candidate) for number, candidate in enumerate(chosen, 1))
        cited = {c.passage.id for c in chosen}
        links = asks_for_link(question)
        rest = [hit for hit in hits if hit.passage.id not in cited and (links or not is_bare_link(body(hit.passage)))]
        nearest = [] if citations else rest[:NEAREST]
        more = rest[:MORE] if citations else []
        checked = time.perf_counter()
        timings["search"] += searched - start
        timings["read"] += read - searched
        timings["check"] += checked - read
        return Answer(
            question=asked,
            interpreted_as=question,
            status="answered" if citations else "not_found",
            citations=citations,
            confidence=confidence,
            nearest=tuple(self._excerpt(hit) for hit in nearest),
            more=tuple(self._excerpt(hit) for hit in more),
            filters=filters,
            notes=(*understood.notes, *remarks(understood.action, citations)),
            revision=revision,
        )

    def _place(self, passage: Passage, offset: int) -> str:
        from govqa.answering import provision_at

        source_id = passage.source_id
        return provision_at(
            passage.heading_path, self.library.headings(source_id), self.library.text(source_id), offset
        )

    def _cite(self, number: int, candidate: Any) -> Citation:
        from govqa.answering import cite

        source_id = candidate.passage.source_id
        library = self.library
        return cite(
            number,
            candidate,
            library.get(source_id),
            library.text(source_id),
            library.pages(source_id),
            library.headings(source_id),
        )

    def _excerpt(self, hit: Hit) -> Excerpt:
        from govqa.answering import excerpt

        source_id = hit.passage.source_id
        library = self.library
        return excerpt(
            hit,
            library.get(source_id),
            library.pages(source_id),
            library.text(source_id),
            library.headings(source_id),
        )

    def add(self, paths: Iterable[Path | str], **options: Any) -> list[Outcome]:
        """Add files, folders or URLs; see :func:`govqa.indexing.add`."""
        from govqa.indexing import add

        # Not under the lock: questions are answered while a long document is read and embedded. The library has its
        # own lock for the moment in which it changes.
        return add(self.library, self.embedder, list(paths), settings=self.settings, **options)

    def remove(self, source_ids: Sequence[str]) -> int:
        """Remove sources from the library; how many there were."""
        with self._lock:
            return self.library.remove(source_ids)

    def close(self) -> None:
        """Let go of the library, if the assistant opened it."""
        if self._owns_library:
            self.library.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def check_question(question: str) -> str:
    """The question without white space around it.

    Raises:
        QuestionError: it is no text, empty, too long, or has no letter or digit.
    """
    if not isinstance(question, str):
        raise QuestionError(f"A question is a text, not {type(question).__name__}: pass a string.")
    # Half a surrogate pair, as a shell passes on bytes that are no UTF-8, is a character to no model and no database.
    asked = question.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if not asked:
        raise QuestionError("The question is empty: type one.")
    if len(asked) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(asked):,} characters, {LONGEST_QUESTION:,} are the limit: "
            "shorten it, or add the text to the library as a document."
        )
    if not any(char.isalnum() for char in asked):
        raise QuestionError("The question has no word in it: type one in letters or digits.")
    return asked


def as_turns(history: Sequence[Past]) -> list[Turn]:
    """The conversation in the form that follow-up resolution takes; a chat's replies join their questions.

    >>> as_turns(["What is the Global South?"])[0].question
    'What is the Global South?'

    Raises:
        SettingsError: an exchange is of none of the accepted forms.
    """
    turns: list[Turn] = []
    for past in history:
        turn = _as_turn(past)
        if turn.question:
            turns.append(turn)
        elif turns:
            turns[-1] = replace(turns[-1], quotes=(*turns[-1].quotes, *turn.quotes))
    return turns


def _as_turn(past: Past) -> Turn:
    """One earlier exchange; a chat's reply has an empty question.

    Raises:
        SettingsError: it is of none of the accepted forms.
    """
    if isinstance(past, Turn):
        return past
    if isinstance(past, Answer):
        return past.to_turn()
    if isinstance(past, str):
        return Turn(question=past)
    if isinstance(past, Mapping):
        if "schema_version" in past:
            return Answer.from_dict(past).to_turn()
        if past.get("role") == "assistant":
            return Turn(question="", quotes=(str(past.get("content", "")),))
        for key in ("question", "content"):
            if key in past:
                quote = str(past.get("answer", "") or "")
                return Turn(question=str(past[key]), quotes=(quote,) if quote else ())
    elif isinstance(past, Sequence) and len(past) == 2 and all(isinstance(part, str) for part in past):
        return Turn(question=past[0], quotes=(past[1],))
    raise SettingsError(
        "history takes turns, answers, questions as strings, (question, answer) pairs or chat messages, "
        f"not {type(past).__name__}."
    )


def _clearly_better(other: Answer, best: Answer) -> bool:
    """Does another reading of the question beat the best guess? Only if that found nothing, or clearly less."""
    if other.status != best.status:
        return other.status == "answered"
    return other.confidence > best.confidence + 0.15


def _with_timings(answer: Answer, timings: Mapping[str, float]) -> Answer:
    return replace(answer, timings={name: round(seconds, 6) for name, seconds in timings.items()})
