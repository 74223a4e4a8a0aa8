"""The fixed set's conversations: what the file promises, and what govqa must hold on its dev half."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from govqa.evaluation import Case, read_cases
from govqa.evaluation.binding import bind
from govqa.evaluation.multiturn import follow, summarise
from govqa.evaluation.rewriting import load_texts
from govqa.evaluation.thresholds import read_thresholds

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"
ALONE = {"topic_change", "stand_alone"}


@pytest.fixture(scope="module")
def talks() -> list[Case]:
    return read_cases(HERE / "conversations.jsonl")


def test_there_are_enough_conversations_and_follow_ups_of_every_kind(talks: list[Case]) -> None:
    kinds = Counter(case.type for case in talks)
    assert len({case.history[0] for case in talks}) >= 40
    assert sum(count for kind, count in kinds.items() if kind not in ALONE) >= 120
    assert set(kinds) - ALONE == {
        "pronoun", "description", "ellipsis", "what_about", "comparative", "noun_phrase", "event", "implied",
        "misspelt", "action",
    }  # fmt: skip
    assert sum(kinds[kind] for kind in ALONE) >= 25


def test_every_gold_span_stands_in_the_corpus(talks: list[Case]) -> None:
    assert len(bind(talks, load_texts([CORPUS]))) == len(talks)
    assert all(gold.hash and gold.quote for case in talks for gold in case.gold)


def test_a_question_that_stands_alone_is_its_own_completion_and_no_other_is(talks: list[Case]) -> None:
    for case in talks:
        assert (case.rewrite == case.question) == (case.type in ALONE), case.id


def test_each_turn_goes_on_from_the_turns_before_it(talks: list[Case]) -> None:
    turns = {case.id: case for case in talks}
    for case in talks:
        name, number = case.id.split("-")
        assert len(case.history) == int(number) - 1, case.id
        before = turns.get(f"{name}-{int(number) - 1}")
        if before is not None:
            assert case.history == (*before.history, (before.question, "")), case.id


def test_whole_conversations_are_in_one_half_by_a_hash_of_their_number(talks: list[Case]) -> None:
    numbers = sorted({int(case.id[1:].split("-")[0]) for case in talks})
    order = sorted(numbers, key=lambda n: hashlib.sha256(f"conversation:{n}".encode()).digest())
    expected = {n: "dev" if place < (len(order) + 1) // 2 else "test" for place, n in enumerate(order)}
    assert all(case.split == expected[int(case.id[1:].split("-")[0])] for case in talks)


def test_the_dev_half_holds_its_thresholds(talks: list[Case]) -> None:
    observed = follow([case for case in talks if case.split == "dev"], [CORPUS])
    assert read_thresholds(HERE / "conversations.toml").failures(summarise(observed)) == []
