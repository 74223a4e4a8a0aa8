"""Grounding tests: every quote is its source's own words, answers repeat, metrics hold their thresholds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from govqa.assistant import Assistant
from govqa.evaluation import Case, Run, summarise
from govqa.evaluation.thresholds import parse_thresholds, read_thresholds
from govqa.loaders import load

HERE = Path(__file__).resolve().parent
THRESHOLDS = HERE / "thresholds.toml"


def test_every_question_was_asked_without_an_error(fixed_run: Run, cases: list[Case]) -> None:
    observations = fixed_run.systems["full"]
    assert [seen.case.id for seen in observations] == [case.id for case in cases]
    assert [f"{seen.case.id}: {seen.error}" for seen in observations if seen.error] == []


def test_every_quote_stands_in_its_file_character_by_character(fixed_run: Run) -> None:
    texts = [load(path).text for path in sorted((HERE.parent / "corpus").glob("*.md"))]
    quotes = [cited for seen in fixed_run.systems["full"] for cited in (*seen.citations, *seen.forced)]
    assert len(quotes) > 200
    for cited in quotes:
        assert cited.identical
        # Independent of the library: the same characters at the same offsets of a freshly loaded file.
        assert any(text[cited.start : cited.end] == cited.quote for text in texts)
        assert cited.start <= cited.span[0] < cited.span[1] <= cited.end


def test_what_is_not_answered_has_no_citation(fixed_run: Run) -> None:
    for seen in fixed_run.systems["full"]:
        assert seen.answered == bool(seen.citations)
        assert 0.0 <= seen.confidence <= 1.0


def test_the_same_question_gets_the_same_answer_byte_for_byte(fresh_assistant: Assistant, cases: list[Case]) -> None:
    asked = [case.question for case in cases[::9]]
    first = [_bytes(fresh_assistant, question) for question in asked]
    # In another order, so that nothing that is kept between questions can help.
    again = [_bytes(fresh_assistant, question) for question in reversed(asked)]
    assert first == again[::-1]


def test_two_libraries_of_the_same_documents_give_the_same_answers(fixed_run: Run, fresh_assistant: Assistant) -> None:
    for seen in fixed_run.systems["full"][::9]:
        if seen.case.history:
            continue
        answer = fresh_assistant.ask(seen.case.question)
        assert (answer.status, answer.confidence) == (seen.status, seen.confidence)
        assert [(c.source.id, c.start, c.end) for c in answer.citations] == [
            (c.source, c.start, c.end) for c in seen.citations
        ]


def test_the_dev_half_holds_its_thresholds(fixed_run: Run) -> None:
    dev = [seen for seen in fixed_run.systems["full"] if seen.case.split == "dev"]
    assert read_thresholds(THRESHOLDS).failures(summarise(dev)) == []


def test_identity_of_quotes_is_demanded_in_full() -> None:
    assert read_thresholds(THRESHOLDS).at_least["quote_identity"] == 1.0


@pytest.mark.parametrize("file", ["thresholds.toml", "conversations.toml"])
def test_thresholds_were_only_ever_tightened(file: str) -> None:
    now = read_thresholds(HERE / file)
    for version in _committed_versions(file):
        assert now.loosened_since(parse_thresholds(version)) == []


def _bytes(assistant: Assistant, question: str) -> bytes:
    answer = assistant.ask(question).without_timings()
    return json.dumps(answer.to_dict(), ensure_ascii=False).encode()


def _committed_versions(file: str) -> list[str]:
    """Every version of the thresholds that was ever committed; skips where there is no history to look at."""
    name = f"{HERE.name}/{file}"

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=HERE.parent, capture_output=True, text=True, check=True)
        return done.stdout

    try:
        commits = git("log", "--format=%H", "--", name).split()
        present = [c for c in commits if git("ls-tree", c, name)]
        return [git("show", f"{commit}:{name}") for commit in present]
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git history here: thresholds cannot be compared with earlier ones")
