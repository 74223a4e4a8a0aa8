"""The commands that answer: ``ask``, ``chat``, ``serve``, ``eval``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from govqa.cli.options import (
    DONE,
    NOT_FOUND,
    JsonOption,
    KindOption,
    LibraryOption,
    PublisherOption,
    SinceOption,
    SourceOption,
    UntilOption,
    put,
)
from govqa.errors import QuestionError
from govqa.safe_text import safe_json

app = typer.Typer()


@app.command()
def ask(
    question: Annotated[list[str], typer.Argument(help="The question; “-” reads it from standard input.")],
    as_typed: Annotated[bool, typer.Option("--as-typed", help="Correct and complete nothing.")] = False,
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    kind: KindOption = None,
    source: SourceOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    library: LibraryOption = None,
) -> None:
    """Ask one question."""
    from govqa import terminal
    from govqa.cli import session

    words = sys.stdin.read() if question == ["-"] else " ".join(question)
    if not words.strip():
        raise QuestionError("The question is empty: type one.")
    out, err = terminal.console(), terminal.console(stderr=True)
    # For a single question exact search is quicker than opening Chroma, and finds the same.
    with session.assistant(library, err, index="auto" if session.chroma_server() else "exact") as assistant:
        filters = session.filters(assistant.library, kind, source, publisher, since, until)
        with terminal.phases(err) as on_phase:
            answer = assistant.ask(words, filters=filters, as_typed=as_typed, on_phase=on_phase)
    if as_json:
        put(safe_json(answer.to_dict()))
    elif markdown:
        put(answer.text)
    else:
        terminal.show_answer(out, answer, typed="--as-typed asks it as typed")
    raise typer.Exit(DONE if answer.status == "answered" else NOT_FOUND)


@app.command()
def chat(
    kind: KindOption = None,
    source: SourceOption = None,
    publisher: PublisherOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    library: LibraryOption = None,
) -> None:
    """Talk with the documents: follow-up questions are understood."""
    from govqa import terminal
    from govqa.cli import session
    from govqa.terminal_chat import Chat

    err = terminal.console(stderr=True)
    with session.assistant(library, err) as assistant:
        filters = session.filters(assistant.library, kind, source, publisher, since, until)
        Chat(assistant, terminal.console(), err, filters).run()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: this machine only.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0: any free one.", min=0, max=65535)] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    read_only: Annotated[
        bool | None, typer.Option("--read-only/--editable", help="Whether the page may add and remove sources.")
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Start the chat page."""
    from govqa.page import serve as start
    from govqa.settings import load_settings

    start(load_settings(host=host, port=port, page_read_only=read_only), library=library, open_browser=browser)


@app.command("eval", add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def evaluate(context: typer.Context) -> None:
    """Measure answers on the fixed evaluation set (`govqa eval --help`)."""
    from govqa.evaluation.command import main as run

    raise typer.Exit(run(context.args) or DONE)
