"""The chat in the terminal: questions, follow-ups, and commands that begin with ``/``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from govqa import render, terminal, terminal_library
from govqa.errors import GovqaError, SettingsError
from govqa.types import Answer, Citation, Filters

if TYPE_CHECKING:
    from govqa.assistant import Assistant

PROMPT = "? "


class Chat:
    """A conversation over standard input and output.

    On a screen there is a prompt with line editing; Ctrl-C stops what is going on, twice or Ctrl-D leaves. Fed from a
    pipe, each line is a question or a command.

    Args:
        assistant: who answers; stays open.
        out: where answers go.
        err: where hints, progress and errors go.
        filters: which sources are asked; ``/scope`` changes it.
    """

    def __init__(self, assistant: Assistant, out: Console, err: Console, filters: Filters | None = None) -> None:
        self.assistant = assistant
        self.out = out
        self.err = err
        self.filters = filters or Filters()
        self.answers: list[Answer] = []
        self.suggested: list[str] = []
        self.interactive = sys.stdin.isatty() and out.is_terminal

    def run(self) -> None:
        """Read and answer until ``/quit``, Ctrl-D or the end of the input."""
        if self.interactive:
            import readline  # noqa: F401  # line editing and history for input()

            self._greet()
        interrupted = False
        while True:
            try:
                line = input(PROMPT if self.interactive else "").strip()
            except EOFError:
                if self.interactive:
                    self.out.print()
                return
            except KeyboardInterrupt:
                if interrupted or not self.interactive:
                    self.out.print()
                    return
                interrupted = True
                self._hint("\nCtrl-C again, Ctrl-D or /quit leaves.")
                continue
            interrupted = False
            if not line:
                continue
            try:
                if not self.handle(line):
                    return
            except GovqaError as error:
                self.err.print(Text(render.one_line(str(error)), style="red"), soft_wrap=True)
            except KeyboardInterrupt:
                self._hint("Stopped.")

    def handle(self, line: str) -> bool:
        """Do what one line asks for; False: leave.

        Raises:
            GovqaError: it cannot be done; the conversation goes on.
        """
        if line[0] not in "/:":
            chosen = int(line) - 1 if line.isdecimal() and len(line) < 3 else -1
            self.ask(self.suggested[chosen] if 0 <= chosen < len(self.suggested) else line)
            return True
        name, _, rest = line[1:].partition(" ")
        if name in ("quit", "exit", "q"):
            return False
        command = _COMMANDS.get(name)
        if command is None:
            raise SettingsError(f"/{name} is no command: /help lists them.")
        command[0](self, rest.strip())
        return True

    def ask(self, question: str, *, as_typed: bool = False, instead: bool = False) -> None:
        """Ask and show the answer; ``instead``: it takes the last one's place in the conversation."""
        history = self.answers[:-1] if instead else self.answers
        with terminal.phases(self.err) as on_phase:
            answer = self.assistant.ask(
                question, history=history, filters=self.filters, as_typed=as_typed, on_phase=on_phase
            )
        self.answers = [*history, answer]
        self.suggested = []
        if self.interactive:
            self.out.print()
        terminal.show_answer(self.out, answer, typed="/as-typed asks it as typed")
        self.out.print()

    # ------------------------------------------------------------ commands

    def help(self, _: str) -> None:
        for name, (_command, arguments, what) in _COMMANDS.items():
            self.out.print(Text.assemble((f"  /{name} {arguments}".ljust(24), "cyan"), what))
        self.out.print(Text.assemble(("  /quit".ljust(24), "cyan"), "leave (or Ctrl-D)"))

    def show(self, number: str) -> None:
        citation = self._citation(number)
        self.out.print()
        terminal.show_context(self.out, citation)
        self.out.print()

    def more(self, _: str) -> None:
        answer = self._last()
        found = answer.more if answer.status == "answered" else answer.nearest
        if not found:
            raise SettingsError("No further passages were found.")
        self.out.print(Text("Passages that were found but not cited:", style="dim"))
        terminal.show_excerpts(self.out, found)
        self.out.print()

    def suggest(self, _: str) -> None:
        with terminal.phases(self.err) as on_phase:
            on_phase("trying questions")
            self.suggested = self.assistant.suggest(self._last(), history=self.answers, filters=self.filters)
        for number, question in enumerate(self.suggested, 1):
            self.out.print(Text.assemble((f"  {number} ", "cyan"), render.one_line(question)), soft_wrap=True)
        if self.suggested:
            self._hint("Type a number to ask it.")
        else:
            self._hint("No follow-up question that these documents surely answer.")

    def as_typed(self, _: str) -> None:
        self.ask(self._last().question, as_typed=True, instead=True)

    def sources(self, _: str) -> None:
        terminal_library.show_sources(self.out, self.assistant.library.sources())

    def scope(self, words: str) -> None:
        from govqa.selecting import make_filters

        sources = self.assistant.library.sources()
        if words == "all":
            self.filters = Filters()
        elif words:
            chosen = _scope_options(words)
            self.filters = make_filters(
                sources,
                only=chosen.get("source", ()),
                kinds=chosen.get("kind", ()),
                publishers=chosen.get("publisher", ()),
                since=chosen.get("since", [""])[-1],
                until=chosen.get("until", [""])[-1],
            )
        titles = {source.id: source.title for source in sources}
        self._hint(f"Asked: {render.scope_words(self.filters, titles) or 'all sources'}.")

    def new(self, _: str) -> None:
        self.answers = []
        self._hint("A new conversation: nothing is taken from earlier questions.")

    def save(self, name: str) -> None:
        from govqa.export import to_bibtex, to_json, to_markdown

        writers = {".md": to_markdown, ".json": to_json, ".bib": to_bibtex}
        path = Path(name).expanduser()
        if path.suffix.lower() not in writers:
            raise SettingsError("Name a file that ends in .md (to read), .json (all data) or .bib (citations).")
        self._last()
        try:
            with path.open("x", encoding="utf-8", errors="replace") as file:
                file.write(writers[path.suffix.lower()](self.answers))
        except FileExistsError:
            raise SettingsError(f"{path} exists already: name another file.") from None
        except OSError as error:
            raise SettingsError(f"{path} cannot be written ({error.strerror}): name another file.") from None
        self._hint(f"Saved {len(self.answers)} answers to {path}.")

    # ------------------------------------------------------------ pieces

    def _greet(self) -> None:
        sources = self.assistant.library.sources()
        self.out.print(Text.assemble(("govqa", "bold"), f" — {len(sources)} sources. Ask, or /help. Ctrl-D leaves."))
        if self.filters:
            self.scope("")
        self.out.print()

    def _last(self) -> Answer:
        if not self.answers:
            raise SettingsError("Nothing has been asked yet.")
        return self.answers[-1]

    def _citation(self, number: str) -> Citation:
        citations = self._last().citations
        wanted = number.strip("[] ") or "1"
        for citation in citations:
            if wanted == str(citation.number):
                return citation
        numbers = ", ".join(str(c.number) for c in citations) or "none"
        raise SettingsError(f"The last answer has no citation “{render.one_line(wanted, 20)}”; it has: {numbers}.")

    def _hint(self, text: str) -> None:
        self.err.print(Text(render.plain_text(text), style="dim"), soft_wrap=True)


def _scope_options(words: str) -> dict[str, list[str]]:
    """The values of each key.

    >>> _scope_options('kind=news kind=law source="AI plan"')
    {'kind': ['news', 'law'], 'source': ['AI plan']}

    Raises:
        SettingsError: not of this form.
    """
    keys = ("kind", "source", "publisher", "since", "until")
    options: dict[str, list[str]] = {}
    try:
        pairs = [part.partition("=") for part in shlex.split(words)]
    except ValueError:
        raise SettingsError('A quotation mark is not closed: write /scope source="AI plan".') from None
    for key, _, value in pairs:
        if key not in keys or not value:
            raise SettingsError(
                'Write /scope all, or any of kind=news, source="AI plan", publisher=Reuters, since=2025, until=2025-07.'
            )
        options.setdefault(key, []).append(value)
    return options


_COMMANDS: dict[str, tuple[Callable[[Chat, str], None], str, str]] = {
    "help": (Chat.help, "", "this list"),
    "show": (Chat.show, "N", "quote N of the last answer with the text around it"),
    "more": (Chat.more, "", "passages that were found but not cited"),
    "as-typed": (Chat.as_typed, "", "ask the last question again exactly as typed"),
    "suggest": (Chat.suggest, "", "questions to go on with, which the documents answer"),
    "sources": (Chat.sources, "", "what the library holds"),
    "scope": (Chat.scope, "[all|kind=… …]", "which sources are asked"),
    "new": (Chat.new, "", "begin a new conversation"),
    "save": (Chat.save, "FILE", "write the conversation to a .md, .json or .bib file"),
}
