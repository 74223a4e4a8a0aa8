"""The page put together: Gradio components, and which of the page's functions each event calls.

Everything but ``/ask`` and ``/sources`` is private. The conversation lives in the reader's browser
(:mod:`govqa.page.conversation`); the server keeps nothing of it between two requests.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import gradio as gr

from govqa.page import events
from govqa.page.api import endpoints
from govqa.page.desk import Desk
from govqa.page.library_panel import MOST_FILES
from govqa.page.viewer import EMPTY
from govqa.settings import Settings

ASKING_AT_ONCE = 8
"""Questions worked on at the same time; further ones wait their turn in a queue without a limit."""

STORAGE_KEY = "govqa-conversation"

_MASTHEAD = """
<header class="masthead"><p class="wordmark">govqa</p>
<p class="motto">The documents’ own words, cited to the character</p>
<nav aria-label="Conversation"><button type="button" class="quiet" data-do="new">New conversation</button>
<details class="menu"><summary class="quiet">Export</summary><div class="menu-items">
<button type="button" data-do="export" data-form="markdown">Conversation as Markdown</button>
<button type="button" data-do="export" data-form="json">Conversation as JSON</button>
<button type="button" data-do="export" data-form="bibtex">Citations as BibTeX</button>
<button type="button" data-do="export" data-form="csl-json">Citations as CSL-JSON</button></div></details>
<button type="button" class="quiet theme" data-do="theme" aria-pressed="false" aria-label="Dark page"
title="Light or dark"><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="6.5"/>
<path class="half" d="M10 3.5a6.5 6.5 0 0 1 0 13z"/></svg></button></nav></header>
"""
_TURNS = '<div class="turns" role="log" aria-label="Conversation" aria-live="polite"></div>'
_SUGGESTED = '<section class="suggested" aria-label="Questions to go on with" aria-live="polite" hidden></section>'
_VIEWER = '<section class="viewer" aria-label="Source"></section>'
_LIBRARY = '<div class="library"></div>'


@cache
def static_text(name: str) -> str:
    """A file of the folder ``static``."""
    return files("govqa.page").joinpath("static", name).read_text("utf-8")


def _drawn(template: str, script: str, value: Any = None, **options: Any) -> gr.HTML:
    """A panel whose own script draws its value. The template is fixed: Gradio's would run what it finds in data."""
    return gr.HTML(value, html_template=template, js_on_load=static_text(script), apply_default_css=False, **options)


def build(desk: Desk, settings: Settings) -> gr.Blocks:
    """The page over ``desk``; :func:`govqa.page.serve` launches it."""
    page = events.Page(desk, settings)
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    with gr.Blocks(
        title="govqa: ask the documents",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),
    ) as demo:
        # No secret: the browser holds it. It is fixed so that a restart of the server does not lose conversations.
        kept = gr.BrowserState(None, storage_key=STORAGE_KEY, secret="govqa")
        masthead = _drawn(_MASTHEAD, "masthead.js", elem_id="masthead")
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(elem_id="chat", min_width=300):
                transcript = _drawn(_TURNS, "transcript.js", page.opening(), elem_id="transcript")
                with gr.Column(elem_id="composer", min_width=300):
                    suggested = _drawn(_SUGGESTED, "suggested.js", elem_id="suggested")
                    alert = gr.HTML("", elem_id="alert", apply_default_css=False)
                    with gr.Row(elem_id="ask-row"):
                        question = gr.Textbox(
                            label="Your question",
                            show_label=False,
                            placeholder="Ask what the documents say…",
                            lines=1,
                            max_lines=8,
                            autofocus=True,
                            container=False,
                            elem_id="question",
                            html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=True),
                        )
                        ask = gr.Button("Ask", variant="primary", elem_id="ask", min_width=80, scale=0)
                    with gr.Accordion("Asking all sources", open=False, elem_id="scope") as scope:
                        sources = gr.Dropdown(
                            [], multiselect=True, label="Sources", info="None chosen: all", elem_id="scope-sources"
                        )
                        kinds = gr.CheckboxGroup([], label="Kinds", elem_id="scope-kinds")
                        with gr.Row():
                            since = gr.Textbox(label="From", placeholder="2025-07", max_lines=1, elem_id="scope-since")
                            until = gr.Textbox(label="To", placeholder="2025-12", max_lines=1, elem_id="scope-until")
                            clear = gr.Button("Ask all again", size="sm", elem_id="scope-clear")
            with gr.Column(elem_id="reading", min_width=300), gr.Tabs(elem_id="tabs", selected="library") as tabs:
                with gr.Tab("Source", id="source", elem_id="tab-source"):
                    viewer = _drawn(_VIEWER, "viewer.js", {"html": EMPTY}, elem_id="source")
                with gr.Tab("Library", id="library", elem_id="tab-library") as library_tab:
                    shelf = _drawn(_LIBRARY, "library.js", "", elem_id="library")
                    with gr.Group(elem_id="add", visible=False) as adding:
                        kind = gr.Dropdown(
                            events.UPLOAD_KINDS, value="", label="Kind of the files to add", elem_id="upload-kind"
                        )
                        upload = gr.File(
                            file_count="multiple",
                            label=f"Add documents (up to {MOST_FILES} files of {settings.max_file_mb} MB)",
                            elem_id="upload",
                            height=140,
                        )
                        outcomes = gr.HTML("", elem_id="outcomes", apply_default_css=False)

        filters = [sources, kinds, since, until]
        talk = [transcript, kept, question, alert]
        shelf_parts = [shelf, sources, kinds, scope, adding]
        asking: dict[str, Any] = {**private, "concurrency_limit": ASKING_AT_ONCE, "concurrency_id": "ask"}
        at_once: dict[str, Any] = {**private, "queue": False}

        # First, so that no private event takes their names.
        ask_endpoint, sources_endpoint = endpoints(desk)
        gr.api(ask_endpoint, api_name="ask", concurrency_limit=ASKING_AT_ONCE, concurrency_id="ask")
        gr.api(sources_endpoint, api_name="sources")

        demo.load(page.restore, [kept], [*talk, *shelf_parts], **private)
        asked = [
            gr.on([question.submit, ask.click], page.ask, [question, kept, *filters], talk, **asking),
            transcript.example(page.ask_example, [kept, *filters], talk, **asking),
            suggested.example(page.ask_example, [kept, *filters], talk, **asking),
            transcript.retry(page.retry, [kept, *filters], talk, **asking),
            transcript.typed(page.ask_as_typed, [kept, *filters], talk, **asking),
            transcript.edit(page.edit, [kept, *filters], talk, **asking),
        ]
        for event in asked:
            # One at a time, so that nobody's next question waits for more than one that is only being tried.
            event.success(page.suggest, [kept, *filters], [suggested], concurrency_limit=1, **private)
        transcript.undo(page.undo, [kept], talk, **at_once)
        transcript.feedback(page.feedback, [kept], [transcript, kept, alert], **at_once)
        transcript.open(page.open_citation, [kept], [viewer, tabs, alert], **at_once)
        viewer.open(page.open_citation, [kept], [viewer, tabs, alert], **at_once)
        masthead.begin(page.begin, None, [*talk, viewer], **at_once)
        masthead.export(page.export, [kept], [masthead, alert], **at_once)
        shelf.read(page.open_source, None, [viewer, tabs, alert], **at_once)
        shelf.remove(
            page.remove, [kept, *filters], [transcript, kept, viewer, alert, outcomes, *shelf_parts], **private
        )
        upload.upload(page.take_in, [upload, kind, *filters], [upload, outcomes, *shelf_parts], **private)
        library_tab.select(page.refresh, filters, shelf_parts, **at_once)
        changes = [sources.change, kinds.change, since.change, until.change]
        gr.on(changes, page.rename_scope, filters, [scope], **at_once)
        clear.click(page.clear_scope, None, [*filters, scope], **at_once)
    return demo
