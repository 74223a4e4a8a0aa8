"""Follow-ups measured by what retrieval finds: real documents, real conversations, a small set."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from govqa.evaluation.cases import Case, case_from
from govqa.evaluation.multiturn import GRAINS, READINGS, Followed, by_type, follow, recall, summarise, write
from govqa.evaluation.scoring import Row

TEA = """\
The Tea Act was passed by Parliament in 1773. It led to protests in Boston harbour.

Coffee houses opened in London in 1652. Merchants met there to trade shares.

Green tea is brewed at 80 degrees. Black tea takes boiling water.

Cocoa was brought to Spain by sailors. The court drank it with sugar.

Sugar was taxed in 1764. The tax was hated by traders in New York.

Paper was taxed in 1765 by the Stamp Act. Printers closed their shops for a day.
"""
CASES = [
    {
        "id": "a-2",
        "type": "pronoun",
        "split": "dev",
        "history": ["What is the Tea Act?"],
        "question": "Who passed it?",
        "rewrite": "Who passed the Tea Act?",
        "gold": [{"source": "tea", "quote": "Parliament"}],
    },
    {
        "id": "a-3",
        "type": "topic_change",
        "split": "dev",
        "history": ["What is the Tea Act?", "Who passed it?"],
        "question": "When did coffee houses open in London?",
        "rewrite": "When did coffee houses open in London?",
        "gold": [{"source": "tea", "quote": "1652"}],
    },
    {
        "id": "b-2",
        "type": "ellipsis",
        "split": "test",
        "history": [{"question": "At what temperature is green tea brewed?", "answer": "80 degrees."}],
        "question": "And how is it served in Peru?",
        "rewrite": "How is green tea served in Peru?",
        "answerable": False,
    },
    {"id": "alone", "question": "Who drank cocoa?", "gold": [{"source": "tea", "quote": "The court"}]},
]


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> list[Followed]:
    folder = tmp_path_factory.mktemp("tea")
    (folder / "tea.md").write_text(TEA, "utf-8")
    return follow([case_from(row) for row in CASES], [folder])


def row(rows: list[Row], key: str) -> Row:
    return next(row for row in rows if row.metric.key == key)


def test_only_questions_in_a_conversation_are_followed(observed: list[Followed]) -> None:
    assert [seen.case.id for seen in observed] == ["a-2", "a-3", "b-2"]


def test_a_follow_up_is_searched_for_as_typed_completed_and_as_a_human_has_it(observed: list[Followed]) -> None:
    pronoun, change, unanswerable = observed
    assert pronoun.completed == "Who passed the Tea Act?"
    assert set(pronoun.ranks) == set(GRAINS)
    assert all(set(ranks) == set(READINGS) for ranks in pronoun.ranks.values())
    assert pronoun.ranks["sentences"]["completed"] == pronoun.ranks["sentences"]["human"] == (1,)
    assert pronoun.is_follow_up
    assert pronoun.rewrite_left
    assert not change.is_follow_up
    assert change.completed == change.case.question
    assert unanswerable.ranks == {}


def test_the_conversation_holds_what_was_really_answered_or_what_the_case_says(observed: list[Followed]) -> None:
    assert [turn.question for turn in observed[1].turns] == ["What is the Tea Act?", "Who passed it?"]
    assert observed[1].turns[1].interpreted_as == "Who passed the Tea Act?"
    assert observed[2].turns[0].quotes == ("80 degrees.",)


def test_figures_are_over_what_they_apply_to(observed: list[Followed]) -> None:
    rows = summarise(observed)
    found = row(rows, "sentences.completed")
    assert (found.value, found.cases, found.left_out) == (1.0, 1, 1)  # "b-2" has nothing to find
    assert row(rows, "stand_alone.untouched").cases == 1
    assert row(rows, "rewrites.untouched").cases == 2
    assert row(rows, "terms.recall").cases == 2
    assert list(by_type(observed)) == ["pronoun"]


def _seen(number: int, talk: str, typed: int, completed: int, human: int) -> Followed:
    ranks = {"typed": (typed,), "completed": (completed,), "human": (human,)}
    case = Case(f"{number}", "And?", history=((talk, ""),), rewrite="And what?")
    return Followed(case, "And what?", "And what?", (), dict.fromkeys(GRAINS, ranks), True, 1.0)


def test_gain_and_gap_are_differences_of_the_same_questions() -> None:
    observed = [_seen(1, "a", 0, 2, 1), _seen(2, "b", 1, 0, 1), _seen(3, "c", 0, 5, 3), _seen(4, "d", 0, 1, 4)]
    assert [recall(seen, "passages", "completed") for seen in observed] == [1.0, 0.0, 1.0, 1.0]
    rows = summarise(observed)
    assert [row(rows, f"passages.{key}").value for key in ("typed", "completed", "human")] == [0.25, 0.75, 1.0]
    assert row(rows, "passages.gain").value == 0.5
    assert row(rows, "passages.gap").value == 0.25


def test_questions_of_one_conversation_are_drawn_together() -> None:
    apart = [_seen(n, f"talk {n}", 0, n % 2, 1) for n in range(40)]
    together = [
        replace(seen, case=replace(seen.case, history=((f"talk {n % 4}", ""),))) for n, seen in enumerate(apart)
    ]
    narrow, wide = (row(summarise(group), "passages.completed") for group in (apart, together))
    assert narrow.value == wide.value == 0.5
    assert wide.high - wide.low > narrow.high - narrow.low


def test_the_report_names_every_question_with_what_was_understood(observed: list[Followed], tmp_path: Path) -> None:
    path = tmp_path / "out" / "conversations.json"
    write(path, {"all": summarise(observed)}, observed)
    report = json.loads(path.read_text("utf-8"))
    assert [question["id"] for question in report["questions"]] == ["a-2", "a-3", "b-2"]
    assert report["questions"][0]["completed"] == "Who passed the Tea Act?"
    assert report["questions"][0]["recall"]["sentences"]["human"] == 1.0
    assert report["questions"][2]["recall"] == {}
    assert {row["key"] for row in report["summaries"]["all"]} >= {"passages.gain", "stand_alone.untouched"}
