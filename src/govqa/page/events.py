"""What the page does when something is clicked, typed or uploaded: functions from the reader's state to what is shown.

Each takes the conversation as the reader's browser holds it, verifies it against the library, and gives back the
parts of the page that change. What a client sends is of any shape until it has been looked at.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as StillOpening
from dataclasses import replace
from typing import Any

import gradio as gr

from govqa import export as exports
from govqa import feedback as feedback_file
from govqa.errors import GovqaError, SettingsError
from govqa.page import answer as answers
from govqa.page import library_panel as panel
from govqa.page import viewer as viewers
from govqa.page.conversation import Exchange, Verifier, excerpt_of, find, from_browser, to_browser
from govqa.page.desk import Desk, plain_error
from govqa.page.examples import examples
from govqa.page.markup import KIND_LABELS, notice
from govqa.page.scope import filters_of
from govqa.settings import Settings
from govqa.types import Citation, Filters

UPLOAD_KINDS = [("As the file says", ""), *((label, kind) for kind, label in KIND_LABELS.items())]

_LOCKED = "This page is for asking only: sources are added and removed by who runs it."

Update = Any
"""What Gradio takes for one component: a value, an update, or ``gr.skip()``."""


class Page:
    """The page's event functions over one :class:`~govqa.page.desk.Desk`."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk = desk
        self.settings = settings

    # ------------------------------------------------------------ coming and going

    def opening(self) -> dict[str, Any]:
        """What the transcript shows before the browser's conversation has come in."""
        return {"turns": [{"id": "welcome", "html": answers.opening_html(self.desk.progress)}]}

    def restore(self, kept: Any, request: gr.Request) -> Iterator[tuple[Update, ...]]:
        """When the page opens: wait for the library, then show the reader's conversation and the shelf."""
        nothing = [gr.skip()] * 5
        shown = ""
        while not self.desk.ready:
            if shown != self.desk.progress:
                yield (self.opening(), gr.skip(), gr.skip(), gr.skip(), *nothing)
                shown = self.desk.progress
            time.sleep(0.1)
        try:
            exchanges = self._exchanges(kept, request)
            scroll = exchanges[-1].id if exchanges else ""
            shelf = self._shelf(Filters())
        except (GovqaError, StillOpening) as error:
            yield ({"turns": []}, gr.skip(), gr.skip(), notice(plain_error(error), alert=True), *nothing)
            return
        yield (
            {**self._transcript(exchanges, scroll), "restored": True},
            to_browser(exchanges, _user(request)),
            gr.skip(),
            "",
            *shelf,
        )

    def begin(self, request: gr.Request) -> tuple[Update, ...]:
        """A new conversation: transcript, browser's state, question, alert, viewer."""
        return self._transcript([]), to_browser([], _user(request)), "", "", {"html": viewers.EMPTY, "token": ""}

    # ------------------------------------------------------------ asking

    def ask(
        self, question: str, kept: Any, sources: Any, kinds: Any, since: Any, until: Any, request: gr.Request
    ) -> Iterator[tuple[Update, ...]]:
        """The question in the box."""
        exchanges = self._exchanges(kept, request)
        yield from self._ask(question, exchanges, (sources, kinds, since, until), request)

    def ask_example(
        self, kept: Any, sources: Any, kinds: Any, since: Any, until: Any, request: gr.Request, event: gr.EventData
    ) -> Iterator[tuple[Update, ...]]:
        """One of the questions to begin with."""
        exchanges = self._exchanges(kept, request)
        yield from self._ask(_string(event, "question"), exchanges, (sources, kinds, since, until), request)

    def suggest(self, kept: Any, sources: Any, kinds: Any, since: Any, until: Any, request: gr.Request) -> Update:
        """Questions to go on with after the last answer; the panel shows them only while that answer is the last."""
        exchanges = self._exchanges(kept, request)
        if not exchanges:
            return None
        *before, last = exchanges
        try:
            filters = filters_of(sources, kinds, since, until)
            questions = self.desk.assistant().suggest(last.answer, history=[e.answer for e in before], filters=filters)
        except Exception as error:  # the answer stands; that nothing is suggested is a matter for the log
            plain_error(error)
            return None
        return {"turn": last.id, "questions": questions}

    def retry(
        self, kept: Any, sources: Any, kinds: Any, since: Any, until: Any, request: gr.Request, event: gr.EventData
    ) -> Iterator[tuple[Update, ...]]:
        """The same question again, with the scope that is chosen now."""
        yield from self._again(kept, (sources, kinds, since, until), request, event)

    def ask_as_typed(
        self, kept: Any, sources: Any, kinds: Any, since: Any, until: Any, request: gr.Request, event: gr.EventData
    ) -> Iterator[tuple[Update, ...]]:
        """The same question again, taken literally."""
        yield from self._again(kept, (sources, kinds, since, until), request, event, as_typed=True)

    def edit(
        self, kept: Any, sources: Any, kinds: Any, since: Any, until: Any, request: gr.Request, event: gr.EventData
    ) -> Iterator[tuple[Update, ...]]:
        """An earlier question in other words; what came after it is dropped."""
        question = _string(event, "question")
        yield from self._again(kept, (sources, kinds, since, until), request, event, question=question)

    def undo(self, kept: Any, request: gr.Request, event: gr.EventData) -> tuple[Update, ...]:
        """Take the last question back into the box."""
        exchanges = self._exchanges(kept, request)
        at = find(exchanges, _string(event, "turn"))
        if at < 0:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        question = exchanges[at].answer.question
        rest = exchanges[:at]
        return self._transcript(rest), to_browser(rest, _user(request)), question, ""

    def _again(
        self,
        kept: Any,
        scope: tuple[Any, Any, Any, Any],
        request: gr.Request,
        event: gr.EventData,
        question: str = "",
        as_typed: bool = False,
    ) -> Iterator[tuple[Update, ...]]:
        exchanges = self._exchanges(kept, request)
        at = find(exchanges, _string(event, "turn"))
        if at < 0:
            yield (gr.skip(), gr.skip(), gr.skip(), notice("That question is gone: reload the page.", alert=True))
            return
        before = exchanges[at]
        literally = as_typed or (before.as_typed and not question)
        yield from self._ask(question or before.answer.question, exchanges, scope, request, at, literally)

    def _ask(
        self,
        question: str,
        exchanges: list[Exchange],
        scope: tuple[Any, Any, Any, Any],
        request: gr.Request,
        at: int | None = None,
        as_typed: bool = False,
    ) -> Iterator[tuple[Update, ...]]:
        """Ask, in phases; the exchange takes place ``at`` (default: at the end). An error leaves all as it was."""
        before = exchanges if at is None else exchanges[:at]
        name = secrets.token_hex(4)
        typed = gr.skip() if at is not None else ""
        shown = [_slot(e) for e in before]
        try:
            filters = filters_of(*scope)
            for item in self.desk.ask(question, [e.answer for e in before], filters, as_typed):
                if isinstance(item, str):
                    pending = {"id": name, "html": answers.pending_html(question.strip(), name, item)}
                    yield {"turns": [*shown, pending], "scroll": name}, gr.skip(), typed, ""
                    continue
                verified, withheld = Verifier(self._library).answer(item)
                after = [*before, Exchange(verified, id=name, as_typed=as_typed, withheld=withheld)]
                yield self._transcript(after, name), to_browser(after, _user(request)), gr.skip(), ""
        except Exception as error:
            again = question if at is None else gr.skip()
            yield self._transcript(exchanges), gr.skip(), again, notice(plain_error(error), alert=True)

    # ------------------------------------------------------------ reading

    def open_citation(self, kept: Any, request: gr.Request, event: gr.EventData) -> tuple[Update, ...]:
        """A citation, or a passage that was found, in its source."""
        exchanges = self._exchanges(kept, request)
        at = find(exchanges, _string(event, "turn"))
        excerpt = excerpt_of(exchanges[at].answer, _string(event, "ref")) if at >= 0 else None
        if excerpt is None:
            gone = notice("That passage is not in the library any more: ask again.", alert=True)
            return gr.skip(), gr.skip(), gone
        answer, ref, source = exchanges[at].answer, _string(event, "ref"), excerpt.source
        marks = [viewers.Mark(c.start, c.end, f"c{c.number}") for c in answer.citations if c.source.id == source.id]
        if not isinstance(excerpt, Citation):
            marks.append(viewers.Mark(excerpt.start, excerpt.end, ref, strong=False))
        stops = [
            {"ref": f"c{c.number}", "label": f"Citation {c.number}", "source": c.source.id} for c in answer.citations
        ]
        library = self._library
        html = viewers.viewer_html(
            source,
            library.text(source.id),
            library.headings(source.id),
            library.pages(source.id),
            marks,
            excerpt,
            touring=bool(stops),
        )
        place = {"turn": exchanges[at].id, "ref": ref, "source": source.id, "stops": stops}
        return {"html": html, "token": secrets.token_hex(4), **place}, gr.Tabs(selected="source"), ""

    def open_source(self, event: gr.EventData) -> tuple[Update, ...]:
        """A source from its beginning."""
        try:
            library = self._library
            source = library.get(_string(event, "source"))
            html = viewers.viewer_html(
                source, library.text(source.id), library.headings(source.id), library.pages(source.id)
            )
        except GovqaError as error:
            return gr.skip(), gr.skip(), notice(plain_error(error), alert=True)
        return {"html": html, "token": secrets.token_hex(4), "source": source.id}, gr.Tabs(selected="source"), ""

    # ------------------------------------------------------------ saying and taking

    def feedback(self, kept: Any, request: gr.Request, event: gr.EventData) -> tuple[Update, ...]:
        """Keep what a reader said of an answer."""
        exchanges = self._exchanges(kept, request)
        at = find(exchanges, _string(event, "turn"))
        if at < 0:
            return gr.skip(), gr.skip(), notice("That answer is gone: reload the page.", alert=True)
        verdict = _string(event, "verdict")
        try:
            feedback_file.record(
                self._library.path,
                exchanges[at].answer,
                verdict,
                reason=_string(event, "reason"),
                comment=_string(event, "comment"),
            )
        except GovqaError as error:
            return gr.skip(), gr.skip(), notice(plain_error(error), alert=True)
        exchanges[at] = replace(exchanges[at], feedback=verdict)
        return self._transcript(exchanges), to_browser(exchanges, _user(request)), ""

    def export(self, kept: Any, request: gr.Request, event: gr.EventData) -> tuple[Update, Update]:
        """The conversation as a file for the browser to save."""
        said = [e.answer for e in self._exchanges(kept, request)]
        if not said:
            return gr.skip(), notice("There is nothing to export yet: ask a question first.")
        try:
            text, name, media_type = exports.export(said, _string(event, "form"))
        except SettingsError as error:
            return gr.skip(), notice(plain_error(error), alert=True)
        return {"text": text, "name": f"govqa-{name}", "type": media_type, "token": secrets.token_hex(4)}, ""

    # ------------------------------------------------------------ the library

    def take_in(
        self, uploads: list[str] | None, kind: Any, sources: Any, kinds: Any, since: Any, until: Any
    ) -> Iterator[tuple[Update, ...]]:
        """Add uploaded files, one after the other, with a word for each."""
        nothing = [gr.skip()] * 5
        files = uploads or []
        if self._read_only:
            yield (None, notice(_LOCKED, alert=True), *nothing)
            return
        chosen = kind if isinstance(kind, str) else ""
        lines: Sequence[str] = []
        try:
            for done, lines in panel.take_in(self.desk.assistant(), files, chosen):
                yield (gr.skip(), panel.outcomes_html(lines, done, len(files)), *nothing)
            shelf = self._shelf(_filters(sources, kinds, since, until))
        except Exception as error:
            so_far = panel.outcomes_html(lines, len(files), len(files))
            yield (None, so_far + notice(plain_error(error), alert=True), *nothing)
            return
        yield (None, panel.outcomes_html(lines, len(files), len(files)), *shelf)

    def remove(
        self,
        kept: Any,
        sources: Any,
        kinds: Any,
        since: Any,
        until: Any,
        request: gr.Request,
        event: gr.EventData,
    ) -> tuple[Update, ...]:
        """Take a source out of the library; its quotes go from the conversation with it."""
        if self._read_only:
            return (*[gr.skip()] * 3, notice(_LOCKED, alert=True), *[gr.skip()] * 6)
        try:
            assistant = self.desk.assistant()
            source = assistant.library.get(_string(event, "source"))
            assistant.remove([source.id])
            exchanges = self._exchanges(kept, request)
            shelf = self._shelf(_filters(sources, kinds, since, until))
        except Exception as error:
            return (*[gr.skip()] * 3, notice(plain_error(error), alert=True), *[gr.skip()] * 6)
        done = panel.outcomes_html([panel.outcome_html(source.title or source.id, "removed")], 1, 1)
        empty = {"html": viewers.EMPTY, "token": ""}
        kept_now = to_browser(exchanges, _user(request))
        return (self._transcript(exchanges), kept_now, empty, "", done, *shelf)

    def refresh(self, sources: Any, kinds: Any, since: Any, until: Any) -> tuple[Update, ...]:
        """The shelf as it is now: someone else may have changed it."""
        if not self.desk.ready:
            return (*[gr.skip()] * 5,)
        return self._shelf(_filters(sources, kinds, since, until))

    def rename_scope(self, sources: Any, kinds: Any, since: Any, until: Any) -> Update:
        """The line over the scope controls, in the words of what is chosen."""
        try:
            filters = filters_of(sources, kinds, since, until)
        except SettingsError as error:
            return gr.update(label=str(error))
        return gr.update(label=self._scope_label(filters))

    def clear_scope(self) -> tuple[Update, ...]:
        """All sources again."""
        return [], [], "", "", gr.update(label=self._scope_label(Filters()))

    # ------------------------------------------------------------ shared

    @property
    def _library(self) -> Any:
        return self.desk.assistant().library

    @property
    def _read_only(self) -> bool:
        return self.settings.page_read_only or bool(self._library.read_only)

    def _exchanges(self, kept: Any, request: gr.Request) -> list[Exchange]:
        return from_browser(kept, self._library, _user(request))

    def _transcript(self, exchanges: Sequence[Exchange], scroll: str = "") -> dict[str, Any]:
        if not exchanges:
            library = self._library
            html = answers.welcome_html(examples(library), len(library.sources()))
            return {"turns": [{"id": "welcome", "html": html}], "scroll": ""}
        return {"turns": [_slot(e) for e in exchanges], "scroll": scroll}

    def _scope_label(self, filters: Filters) -> str:
        sources = self._library.sources()
        return answers.scope_label(filters, {s.id: s.title for s in sources}, len(sources))

    def _shelf(self, filters: Filters) -> tuple[Update, ...]:
        """Table, scope's sources and kinds, scope's line, and whether files can be added."""
        library = self._library
        sources = library.sources()
        kept_ids = [i for i in filters.sources if any(s.id == i for s in sources)]
        kinds = panel.kind_choices(sources)
        kept_kinds = [k for k in filters.kinds if k in kinds]
        filters = replace(filters, sources=tuple(kept_ids), kinds=tuple(kept_kinds))
        return (
            panel.table_html(sources, read_only=self._read_only),
            gr.update(choices=panel.source_choices(sources), value=kept_ids),
            gr.update(choices=[(KIND_LABELS.get(k, k), k) for k in kinds], value=kept_kinds),
            gr.update(label=self._scope_label(filters)),
            gr.update(visible=not self._read_only),
        )


def _slot(exchange: Exchange) -> dict[str, str]:
    return {"id": exchange.id, "html": answers.exchange_html(exchange)}


def _filters(sources: Any, kinds: Any, since: Any, until: Any) -> Filters:
    """The chosen scope; none if a date in it makes no sense, which the scope's own line says."""
    try:
        return filters_of(sources, kinds, since, until)
    except SettingsError:
        return Filters()


def _user(request: gr.Request | None) -> str:
    """Who is logged in; empty without a login."""
    return getattr(request, "username", None) or ""


def _string(event: gr.EventData, name: str) -> str:
    """A field of what a panel's script sent; empty if it is no string."""
    data = event._data if isinstance(event._data, dict) else {}
    value = data.get(name)
    return value if isinstance(value, str) else ""
