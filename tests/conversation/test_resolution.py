"""Follow-ups are completed, stand-alone questions are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govqa.conversation import Conversation, Resolution, resolve
from govqa.types import Answer, Source, Turn

SAFETY = Turn("What does the plan say about safety?")
PROPOSED = Turn(
    "What did China propose?",
    status="answered",
    quotes=(
        "China said on Saturday it wanted to create an organisation to foster global cooperation on artificial "
        "intelligence, positioning itself as an alternative to the U.S. as the two vie for influence.",
    ),
    spans=("an organisation to foster global cooperation on artificial intelligence",),
)
PREMIER = Turn(
    "Who told the World Artificial Intelligence Conference about China's plans?",
    status="answered",
    quotes=(
        "China wants to help coordinate global efforts to regulate fast-evolving AI technology, Premier Li Qiang told "
        "the annual World Artificial Intelligence Conference in Shanghai.",
    ),
    spans=("Premier Li Qiang",),
)
BLUEPRINT = Turn(
    "What did President Donald Trump's administration release?",
    status="answered",
    quotes=(
        "President Donald Trump’s administration on Wednesday released an AI blueprint aiming to vastly expand U.S. AI "
        "exports to allies.",
    ),
    spans=("an AI blueprint aiming to vastly expand U.S. AI exports to allies",),
)


def rules(question: str, *history: Turn, sources: tuple[Source, ...] = ()) -> Resolution:
    return resolve(question, history, sources=sources, use_classifier=False)


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (SAFETY, "And about traceability?", "What does the plan say about traceability?"),
        (SAFETY, "What about data security?", "What does the plan say about data security?"),
        (SAFETY, "traceability?", "What does the plan say about traceability?"),
        (SAFETY, "In Shanghai?", "What does the plan say about safety in Shanghai?"),
        (Turn("What did Li say about chips?"), "And Trump?", "What did Trump say about chips?"),
        (Turn("What did Li say about chips?"), "And about talent?", "What did Li say about talent?"),
        (Turn("What does China want?"), "What about the US?", "What does the US want?"),
        (Turn("How does China want to regulate AI?"), "And Europe?", "How does Europe want to regulate AI?"),
        (Turn("Who is Li Qiang?"), "And Xi Jinping?", "Who is Xi Jinping?"),
        (Turn("Who is Li Qiang?"), "What about the EU AI Act?", "What is the EU AI Act?"),
        (Turn("What does comment 2 say about takeover?"), "And comment 4?", "What does comment 4 say about takeover?"),
        (Turn("What is the risk?"), "And the benefits?", "What are the benefits?"),
        (Turn("Does the plan mention takeover?"), "What about the comments?", "Do the comments mention takeover?"),
        (SAFETY, "Same question for data security", "What does the plan say about data security?"),
        (
            Turn("What does Article 26 require of deployers?"),
            "And of providers?",
            "What does Article 26 require of providers?",
        ),
    ],
)
def test_a_fragment_takes_the_question_before_with_its_topic_replaced(
    previous: Turn, question: str, completed: str
) -> None:
    assert rules(question, previous).interpreted_as == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (PROPOSED, "When?", "When did China propose the organisation?"),
        (PROPOSED, "Why?", "Why did China propose the organisation?"),
        (SAFETY, "Why?", "Why does the plan say this about safety?"),
        (Turn("Who proposed the organisation?"), "When?", "When was the organisation proposed?"),
        (Turn("Did Li name the United States?"), "Why not?", "Why did Li not name the United States?"),
        (Turn("Is the offer genuine?"), "Why?", "Why is the offer genuine?"),
        (Turn("What does China want to share?"), "With whom?", "With whom does China want to share this?"),
        (Turn("Who is in the organisation?"), "Who else?", "Who else is in the organisation?"),
    ],
)
def test_a_bare_question_word_asks_the_question_before_anew(previous: Turn, question: str, completed: str) -> None:
    assert rules(question, previous).interpreted_as == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (Turn("Who is Li Qiang?"), "What did he say about chips?", "What did Li Qiang say about chips?"),
        (PREMIER, "Where did he speak?", "Where did Li Qiang speak?"),
        (PROPOSED, "Where would it be based?", "Where would the organisation be based?"),
        (PROPOSED, "When was it announced?", "When was the organisation announced?"),
        (BLUEPRINT, "What is its aim?", "What is the AI blueprint's aim?"),
        (SAFETY, "Does it mention existential risk?", "Does the plan mention existential risk?"),
        (SAFETY, "Who proposed it?", "Who proposed the plan?"),
        (Turn("What bottlenecks did Li name?"), "Why are they a problem?",
         "Why are the bottlenecks that Li named a problem?"),
        (Turn("What is the goal of the organisation?"), "Where are its headquarters?",
         "Where are the organisation's headquarters?"),
        (Turn("What is the goal of the global AI cooperation organisation?"), "Who leads the organisation?",
         "Who leads the global AI cooperation organisation?"),
        (Turn("What are the talking points?"), "What is the second one?", "What is the second talking point?"),
        (Turn("What is the Global South?"), "Which countries are in it?", "Which countries are in the Global South?"),
        (Turn("What is the Artificial Intelligence Conference?"), "Who spoke there?",
         "Who spoke at the Artificial Intelligence Conference?"),
        (Turn("What is China's position on AI chips?"), "How does that differ from the US?",
         "How does China's position on AI chips differ from the US?"),
        (Turn("What does China's plan say about personal information?"), "How will it be protected?",
         "How will personal information be protected?"),
        (Turn("Which agency oversees AI?"), "When was it founded?", "When was the agency that oversees AI founded?"),
    ],
)  # fmt: skip
def test_a_pronoun_or_a_short_name_becomes_what_it_stands_for(previous: Turn, question: str, completed: str) -> None:
    assert rules(question, previous).interpreted_as == completed


REQUIRED = Turn("What does the EU AI Act require of providers?")
CHAIR = Turn(
    "Who chairs the committee on AI safety?",
    status="answered",
    quotes=("Ms Anna Keller chairs the committee since 2021.",),
    spans=("Anna Keller",),
)
SIGNED = Turn(
    "Which companies signed the voluntary commitments?",
    status="answered",
    quotes=("Seven companies signed: Amazon, Anthropic, Google, Inflection, Meta, Microsoft and OpenAI.",),
    spans=("Amazon, Anthropic, Google, Inflection, Meta, Microsoft and OpenAI",),
)
ORDER = Turn("Why did Biden issue the executive order on AI infrastructure?")
TREATY = Turn(
    "What did the minister announce in Geneva?",
    status="answered",
    quotes=("Minister Jean Dupont announced a treaty on autonomous weapons in Geneva.",),
    spans=("a treaty on autonomous weapons",),
)


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (REQUIRED, "When does that start?",
         "When does that start, regarding what the EU AI Act requires of providers?"),
        (ORDER, "When did that happen?",
         "When did that happen, regarding why Biden issued the executive order on AI infrastructure?"),
        (Turn("Did Washington slow China down?"), "Who hinted at this?",
         "Who hinted at this, regarding whether Washington slowed China down?"),
        (Turn("What happened on Monday?", status="answered", quotes=("A riot broke out.",), spans=("a riot",)),
         "Why did that happen?", "Why did that happen, regarding what happened on Monday (a riot)?"),
        (Turn("Is the plan a treaty?"), "How many share that view?",
         "How many share that view, regarding whether the plan is a treaty?"),
        (Turn("Why does the Global South matter?"), "What would those countries get?",
         "What would those countries get, regarding why the Global South matters?"),
    ],
)  # fmt: skip
def test_what_points_to_all_that_was_said_takes_the_question_before(
    previous: Turn, question: str, completed: str
) -> None:
    resolution = rules(question, previous)
    assert resolution.interpreted_as == completed
    assert not resolution.certain


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (Turn("What is America's position on AI?"), "Where was this position presented?",
         "Where was America's position on AI presented?"),
        (ORDER, "What replaced it?", "What replaced the executive order on AI infrastructure?"),
        (CHAIR, "Where does it meet?", "Where does the committee on AI safety meet?"),
        (CHAIR, "What did she do before?", "What did Anna Keller do before?"),
        (SIGNED, "What did they promise?", "What did the companies that signed the voluntary commitments promise?"),
        (TREATY, "When will it enter into force?", "When will the treaty on autonomous weapons enter into force?"),
        (Turn("What has the CCP had to align?", status="answered", quotes=("The CCP aligns social media algorithms.",),
              spans=("social media algorithms",)),
         "How do they compare with other governments?", "How do the CCP compare with other governments?"),
        (Turn("What do the comments say about the CCP and social media?"), "Are its members experts?",
         "Are the CCP's members experts?"),
        (Turn("How do the U.S. and China compete in AI?"), "Which of them has the edge?",
         "Which of the U.S. and China has the edge?"),
        (Turn("Is the action plan binding?"), "What does it say about safety?",
         "What does the action plan say about safety?"),
        (Turn("Who spoke in Shanghai?"), "How many people live there?", "How many people live in Shanghai?"),
        (PREMIER, "Did that person name the US?", "Did Li Qiang name the US?"),
        (Turn("What is a safety framework?"), "Does Li want one too?", "Does Li want a safety framework too?"),
        (Turn("What is a risk?", status="answered", quotes=("Li did not name the United States.",)),
         "Whose efforts did he mean?", "Whose efforts did Li mean?"),
    ],
)  # fmt: skip
def test_a_pronoun_stands_for_what_can_do_or_be_that(previous: Turn, question: str, completed: str) -> None:
    assert rules(question, previous).interpreted_as == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (SIGNED, "Did Apple?", "Did Apple sign the voluntary commitments?"),
        (Turn("Does the plan mention takeover?"), "Do the comments?", "Do the comments mention takeover?"),
        (CHAIR, "Since when?", "Since when did Anna Keller chair the committee on AI safety?"),
        (TREATY, "And the Americans?", "What did the Americans announce in Geneva?"),
        (TREATY, "The treaty's aim?", "What is the treaty's aim?"),
        (Turn("What is China's position on AI?"), "And America's?", "What is America's position on AI?"),
        (Turn("Is there a ban on social scoring?"), "in schools too?", "Is there a ban on social scoring in schools?"),
        (Turn("Does the guidance apply to banks?"), "Even small ones?", "Does the guidance apply to small banks?"),
        (Turn("How much does the UK spend on compute?"), "More than France?",
         "How much does the UK spend on compute, more than France?"),
        (Turn("Do members know about computers?"), "Compared with other governments?",
         "Do members know about computers, compared with other governments?"),
        (Turn("Which measures does the plan call for on risks?"), "Any on sharing information?",
         "Which measures does the plan call for on sharing information?"),
        (Turn("Does China take safety seriously?"), "Any evidence?",
         "Any evidence, regarding whether China takes safety seriously?"),
        (Turn("What does the plan propose for AI services?"), "To prevent what?",
         "What does the plan propose for AI services, to prevent what?"),
        (Turn("What did Beijing say it would share?"), "Its products too?",
         "What did Beijing say it would share, its products too?"),
        (Turn("What is the purpose of the framework?"), "What about Japan?",
         "What is the purpose of the framework, regarding Japan?"),
        (Turn("What system does the plan want to build?"), "What about threats?",
         "What does the plan say about threats?"),
    ],
)  # fmt: skip
def test_a_fragment_of_any_shape_goes_on_from_the_question_before(
    previous: Turn, question: str, completed: str
) -> None:
    assert rules(question, previous).interpreted_as == completed


def test_words_that_say_nothing_are_no_reading_of_their_own() -> None:
    assert rules("Why did that happen?", SAFETY).alternatives == ()
    assert rules("When does that start?", REQUIRED).alternatives == ()
    assert "Why is that a problem?" in rules("Why is that a problem?", SAFETY).alternatives


def test_what_points_out_of_the_conversation_is_left() -> None:
    for question in ("Which plans were published this year?", "Does This Is Music have an author?"):
        assert rules(question, SAFETY).interpreted_as == question


def test_a_conversation_is_followed_over_turns_that_nobody_resolved() -> None:
    history = (SAFETY, Turn("And about traceability?"), Turn("Who proposed it?"))
    assert rules("When?", *history).interpreted_as == "When was the plan proposed?"


def test_a_fragment_goes_on_from_the_question_that_it_fits() -> None:
    history = (PROPOSED, Turn("Who announced it?", "Who announced the organisation?", "answered"))
    resolution = rules("And the United States?", *history)
    assert resolution.interpreted_as == "What did the United States propose?"
    assert "And the United States?" not in resolution.alternatives


def test_small_talk_is_no_follow_up() -> None:
    assert rules("ok thanks", SAFETY).interpreted_as == "ok thanks"


@pytest.mark.parametrize(
    ("span", "quote", "question", "completed"),
    [
        ("blueprint", BLUEPRINT.quotes[0], "What is its aim?", "What is the AI blueprint's aim?"),
        ("Premier", PREMIER.quotes[0], "What did he want?", "What did Li Qiang want?"),
        (
            "vastly expand U.S. AI exports",
            BLUEPRINT.quotes[0],
            "When?",
            "When did Trump's administration release this?",
        ),
        ("Comment 4", "Comment 4", "When?", "When did Trump's administration release this?"),
    ],
)
def test_a_tight_or_a_poor_answer_span_does_no_harm(span: str, quote: str, question: str, completed: str) -> None:
    answer = Turn("What did Trump's administration release?", status="answered", quotes=(quote,), spans=(span,))
    assert rules(question, answer).interpreted_as == completed


def test_a_definition_is_not_what_a_pronoun_stands_for() -> None:
    answer = Turn(
        "What is the Global South?",
        status="answered",
        quotes=("The Global South refers to developing, emerging or lower-income countries.",),
        spans=("lower-income countries",),
    )
    asked = rules("What will China share with it?", answer)
    assert asked.interpreted_as == "What will China share with the Global South?"


def test_a_kept_interpretation_is_taken_as_it_is() -> None:
    history = Turn("And about it?", "What does the plan say about chips?", "answered")
    assert rules("And talent?", history).interpreted_as == "What does the plan say about talent?"


@pytest.mark.parametrize(
    "question",
    [
        "What is the EU AI Act?",
        "Is it possible to misuse AI?",
        "Why does China want to share its technology?",
        "What does the plan say about chips?",
        "Does the plan say that it is an excerpt?",
        "How should AI's growing risks be regulated?",
        "What did Trump's administration say about those who export chips?",
        "is there anything about talent exchange",
        "Traceability of training data in the plan",
        "Other than the plan, what do officials recommend?",
        "Which bodies besides such agencies as the FTC act?",
        "More about the General-Purpose AI Code of Practice",
        "Any rules on biometric identification in schools?",
        "What is the solution to AI misuse according to UNESCO?",
        "What do both the EU and China say about safety?",
        "Where did Li Qiang say that the plan was made?",
        "  Which countries signed the plan?  ",
    ],
)
def test_a_question_that_stands_alone_is_left_exactly_as_it_is(question: str) -> None:
    resolution = rules(question, Turn("Who is Li Qiang?"))
    assert resolution.interpreted_as == question.strip()
    assert resolution.certain
    assert resolution.alternatives == ()


def test_without_a_person_in_the_conversation_he_is_not_guessed() -> None:
    resolution = rules("What did he say?", Turn("What is traceability?"))
    assert not resolution.certain
    assert "What did he say?" in resolution.alternatives


def test_in_doubt_the_other_reading_and_the_words_as_typed_are_offered() -> None:
    resolution = rules("Why is it important?", SAFETY)
    assert not resolution.certain
    assert resolution.interpreted_as == "Why is safety important?"
    assert resolution.alternatives == ("Why is the plan important?", "Why is it important?")


@pytest.mark.parametrize(
    ("question", "action"),
    [
        ("Why?", "why"),
        ("More", "more"),
        ("tell me more, please", "more"),
        ("What else does it say?", "more"),
        ("Who says so?", "who"),
        ("According to whom?", "who"),
        ("Where does it say that?", "where"),
        ("Are you sure?", "where"),
        ("Quote the whole paragraph.", "quote_paragraph"),
        ("Could you show me the full passage?", "quote_paragraph"),
        ("Who says that China leads?", None),
        ("Why is safety important?", None),
        ("What does the plan say in more detail about safety?", None),
    ],
)
def test_what_speaks_of_the_last_answer_is_an_action(question: str, action: str | None) -> None:
    assert rules(question, SAFETY).action == action


def test_an_action_asks_the_question_before_again() -> None:
    assert (
        rules("Who says so?", SAFETY, Turn("And about chips?")).interpreted_as == "What does the plan say about chips?"
    )


def test_an_action_without_a_conversation_is_a_question_as_typed() -> None:
    resolution = rules("More")
    assert resolution.action is None
    assert resolution.interpreted_as == "More"


def test_scope_lasts_through_follow_ups_and_not_beyond(sources: tuple[Source, ...]) -> None:
    first = Turn("According to Reuters, what did Li say about chips?")
    follow_up = rules("And about talent?", first, sources=sources)
    assert follow_up.interpreted_as == "What did Li say about talent?"
    assert follow_up.filters.publishers == ("Reuters",)
    assert follow_up.notes == ("Searched only in what Reuters published.",)
    assert not rules("What is the Global South?", first, sources=sources).filters


def test_another_source_is_asked_the_same_question(sources: tuple[Source, ...]) -> None:
    first = Turn("According to Reuters, what did Li say about chips?")
    for question in ("And according to LessWrong?", "What about LessWrong?"):
        resolution = rules(question, first, sources=sources)
        assert resolution.interpreted_as == "What did Li say about chips?"
        assert resolution.filters.publishers == ("LessWrong",)


def test_many_turns_are_no_different_from_the_last_few() -> None:
    early = tuple(Turn(f"What is topic {n}?") for n in range(40))
    assert rules("And about chips?", *early, SAFETY) == rules("And about chips?", *early[-5:], SAFETY)


texts = st.text(min_size=1, max_size=200)


@settings(max_examples=150, deadline=None)
@given(
    question=texts,
    history=st.lists(st.builds(Turn, question=texts, quotes=st.tuples(texts), spans=st.tuples(texts)), max_size=4),
)
def test_any_text_is_resolved_to_some_text_and_always_the_same(question: str, history: list[Turn]) -> None:
    first = resolve(question, history, use_classifier=False)
    assert first == resolve(question, history, use_classifier=False)
    assert first.question == question.strip()
    assert first.interpreted_as.strip() or not question.strip()
    assert first.certain or first.interpreted_as not in first.alternatives
    if not history:
        assert first.interpreted_as == question.strip()


def test_a_conversation_hands_on_its_turns_and_keeps_none_after_an_error() -> None:
    seen: list[int] = []

    def ask(question: str, *, history: list[Turn], as_typed: bool = False) -> Answer:
        seen.append(len(history))
        if question == "bad":
            raise ValueError
        return Answer(question, question, "not_found")

    conversation = Conversation(ask)
    conversation.ask("one")
    with pytest.raises(ValueError):  # noqa: PT011
        conversation.ask("bad")
    conversation.ask("two")
    conversation.ask("three", as_typed=True)
    assert seen == [0, 1, 1, 0]
    assert [turn.question for turn in conversation.turns] == ["one", "two", "three"]
