"""Questions to go on with, in a real browser: offered when they are answered, asked with one click, never stale."""

import pytest

pytestmark = pytest.mark.browser

SOUTH = "What is the Global South?"
NONSENSE = "What is the boiling point of tungsten?"


def test_suggestions_follow_an_answer_and_are_really_answered(visit, served):
    here = visit().open()
    here.ask(SOUTH)
    chips = here.page.locator("button.suggestion")
    chips.first.wait_for()
    expected = served.assistant.suggest(served.assistant.ask(SOUTH))
    assert chips.all_inner_texts() == expected
    assert 1 <= len(expected) <= 3
    assert all(served.assistant.ask(question).status == "answered" for question in expected)
    here.shot("suggestions")


def test_one_click_asks_a_suggestion_and_it_is_not_offered_again(visit):
    here = visit().open()
    here.ask(SOUTH)
    chip = here.page.locator("button.suggestion").first
    chip.wait_for()
    question = chip.inner_text()
    chip.click()
    turn = here.page.locator(".slot").nth(1)
    turn.locator("blockquote").first.wait_for()
    assert turn.locator("h2").first.inner_text() == question
    here.page.wait_for_function(
        "q => ![...document.querySelectorAll('button.suggestion')].some(b => b.textContent === q)", arg=question
    )


def test_nothing_is_suggested_under_an_abstention_or_an_empty_page(visit):
    here = visit().open()
    here.ask(SOUTH)
    here.page.locator("button.suggestion").first.wait_for()
    here.ask(NONSENSE)
    here.page.wait_for_function("document.querySelector('.suggested').hidden")
    here.page.wait_for_timeout(1500)
    assert here.page.locator("button.suggestion:visible").count() == 0
