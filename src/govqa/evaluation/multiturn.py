"""Follow-ups in their conversation: is their evidence found as typed, as govqa completes them, as a human does?

Every earlier question is really asked, so the history holds what govqa understood and cited, its mistakes included.
Only retrieval is measured, over *follow-ups*: questions that a human's completion changes. Questions that stand alone
count for another figure: how many are left exactly as they are.

A library of three short documents has few passages, and five of twelve are easily the right ones: so retrieval is
measured a second time among passages of :data:`FINE` tokens (a sentence or two), and ``paths`` may add other documents
that hold nothing of the answers.

Questions of one conversation are not independent: intervals are bootstrapped over conversations (Field & Welsh,
*Bootstrapping clustered data*, JRSS B 2007).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from govqa.conversation import resolve
from govqa.evaluation.binding import bind, source_texts
from govqa.evaluation.cases import Case
from govqa.evaluation.conversation import added_terms, term_scores, terms
from govqa.evaluation.metrics.intervals import RESAMPLES, interval
from govqa.evaluation.metrics.latency import percentile
from govqa.evaluation.metrics.retrieval import first_ranks
from govqa.evaluation.runner import Dataset, Progress, evidence_units, open_dataset
from govqa.evaluation.scoring import Metric, Row
from govqa.settings import Settings
from govqa.types import Filters, Turn

if TYPE_CHECKING:
    from govqa.assistant import Assistant
    from govqa.library import Library
    from govqa.types import Embedder

FINE = 40
"""Tokens of a passage where the library is cut finer than usual."""

DEPTH = 5
"""The k of recall@k."""

READINGS = ("typed", "completed", "human")
GRAINS = ("passages", "sentences")

Ranks: TypeAlias = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Followed:
    """One question at the end of its conversation.

    Attributes:
        case: the question, its history and its human completion.
        completed: what govqa searched for.
        first: what govqa would have searched for without looking at the answers; differs where it was unsure.
        turns: the conversation as govqa had it.
        ranks: by grain and reading the rank of each unit of evidence (0: not among the first).
        rewrite_left: is the human's completion, asked in the same conversation, left exactly as it is?
        milliseconds: what understanding the question took.
    """

    case: Case
    completed: str
    first: str
    turns: tuple[Turn, ...]
    ranks: dict[str, Ranks]
    rewrite_left: bool
    milliseconds: float

    @property
    def is_follow_up(self) -> bool:
        return self.case.rewrite.strip() != self.case.question.strip()

    @property
    def conversation(self) -> str:
        return self.case.history[0][0]


def follow(
    cases: Sequence[Case],
    paths: Sequence[Path],
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> list[Followed]:
    """Ask every conversation, and see what retrieval finds for each way to read its questions.

    Args:
        cases: questions with their history and rewrite; others are passed over.
        paths: the documents, and as many others as are to be searched among.
        settings: None: from the environment.
        progress: called as ``progress(done, total, what)``.

    Raises:
        CasesError: gold does not fit the documents.
    """
    from govqa.assistant import Assistant
    from govqa.settings import default_settings

    settings = settings or default_settings()
    tell = progress or (lambda done, total, what: None)
    wanted = tuple(case for case in cases if case.history and case.rewrite)
    data = Dataset("conversations", wanted, paths=tuple(paths))
    with ExitStack() as stack:
        usual = stack.enter_context(open_dataset(data, settings, tell))
        fine = stack.enter_context(open_dataset(data, settings.model_copy(update={"passage_tokens": FINE}), tell))
        assistant = stack.enter_context(Assistant(usual, settings=settings))
        seen = _Conversations(assistant)
        searches = {"passages": usual, "sentences": fine}
        found = []
        for number, case in enumerate(bind(wanted, source_texts(usual), name=data.name)):
            tell(number, len(wanted), case.id)
            found.append(_follow(case, seen, searches))
        tell(len(wanted), len(wanted), "done")
    return found


class _Conversations:
    """Conversations as they were really had; what several questions have in common is asked once."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self._turns: dict[tuple[tuple[str, str], ...], tuple[Turn, ...]] = {(): ()}
        assistant.ask("warm up", as_typed=True)

    def turns(self, history: tuple[tuple[str, str], ...]) -> tuple[Turn, ...]:
        if history not in self._turns:
            before = self.turns(history[:-1])
            question, answer = history[-1]
            if answer:
                turn = Turn(question, status="answered", quotes=(answer,))
            else:
                turn = self.assistant.ask(question, history=before).to_turn()
            self._turns[history] = (*before, turn)
        return self._turns[history]


def _follow(case: Case, seen: _Conversations, searches: dict[str, Library]) -> Followed:
    from govqa.understanding import understand

    assistant = seen.assistant
    turns = seen.turns(case.history)
    answer = assistant.ask(case.question, history=turns)
    first = understand(case.question, turns, assistant.library, Filters())[0]
    # The human's words are asked as a question of their own, scope words included, with no conversation before them.
    human = understand(case.rewrite, (), assistant.library, Filters())[0]
    readings = {
        "typed": (case.question, Filters()),
        "completed": (answer.interpreted_as, answer.filters),
        "human": (human.question, human.filters),
    }
    ranks: dict[str, Ranks] = {}
    if case.answerable:
        for grain, library in searches.items():
            units = evidence_units(case, library)
            ranks[grain] = {
                name: first_ranks(units, _search(library, assistant.embedder, *reading))
                for name, reading in readings.items()
            }
    return Followed(
        case=case,
        completed=answer.interpreted_as,
        first=first.question,
        turns=turns,
        ranks=ranks,
        rewrite_left=resolve(case.rewrite, turns).interpreted_as == case.rewrite.strip(),
        milliseconds=1000 * answer.timings["resolve"],
    )


def _search(library: Library, embedder: Embedder, question: str, filters: Filters) -> list[str]:
    from govqa.retrieval import Retriever

    return [hit.passage.id for hit in Retriever(library, embedder).search(question, DEPTH, filters)]


def recall(seen: Followed, grain: str, reading: str) -> float:
    """The share of what is wanted that is among the first :data:`DEPTH`."""
    ranks = seen.ranks[grain][reading]
    return sum(rank > 0 for rank in ranks) / len(ranks)


def summarise(observed: Sequence[Followed]) -> list[Row]:
    """Every figure with its interval; those that nothing was observed for are left out."""
    follow_ups = [seen for seen in observed if seen.is_follow_up]
    searched = [seen for seen in follow_ups if seen.ranks]
    alone = [seen for seen in observed if not seen.is_follow_up]
    rows: list[Row | None] = []
    for grain in GRAINS:
        for key, label, meaning, better, value in _recalls(grain):
            metric = Metric(f"{grain}.{key}", label, f"recall@{DEPTH} among {grain}", meaning, better)
            rows.append(_row(metric, searched, value, left_out=len(follow_ups) - len(searched)))
    group = "Questions that stand alone"
    rows += [
        _row(
            Metric("stand_alone.untouched", "typed so, left as typed", group, "Exactly, spelling included."),
            alone,
            lambda seen: float(seen.completed == seen.case.question.strip()),
        ),
        _row(
            Metric("rewrites.untouched", "human completions left as they are", group, "In the same conversation."),
            follow_ups,
            lambda seen: float(seen.rewrite_left),
        ),
    ]
    if follow_ups:
        triples = {id(seen): _added(seen) for seen in follow_ups}
        for key in ("precision", "recall", "f1"):
            metric = Metric(f"terms.{key}", key, "Words added to follow-ups", "Against the human's, as QuReTeC does.")
            of = partial(_of_terms, key, triples)
            rows.append(Row(metric, of(follow_ups), *_spread(follow_ups, of), len(follow_ups), 0))
    if observed:
        times = [seen.milliseconds for seen in observed]
        metric = Metric("latency.resolve", "understanding, median", "Latency", "Milliseconds.", "lower", "ms")
        rows.append(
            Row(
                metric,
                percentile(times, 0.5),
                *_spread(observed, lambda chosen: percentile([seen.milliseconds for seen in chosen], 0.5)),
                len(times),
                0,
            )
        )
    return [row for row in rows if row is not None]


Value: TypeAlias = Callable[[Followed], float]


def _recalls(grain: str) -> list[tuple[str, str, str, str, Value]]:
    def of(reading: str) -> Value:
        return lambda seen: recall(seen, grain, reading)

    typed, completed, human = (of(reading) for reading in READINGS)
    return [
        ("typed", "as typed", "Nothing completed, corrected or restricted.", "higher", typed),
        ("completed", "as govqa completes them", "What was searched for in the end.", "higher", completed),
        ("human", "as a human completes them", "Asked without a conversation.", "higher", human),
        ("gain", "govqa over as typed", "Difference.", "higher", lambda seen: completed(seen) - typed(seen)),
        ("gap", "human over govqa", "Difference.", "lower", lambda seen: human(seen) - completed(seen)),
    ]


Triple: TypeAlias = tuple[frozenset[str], frozenset[str], frozenset[str]]


def _added(seen: Followed) -> Triple:
    """The words that govqa added, those that the human added, those of the conversation."""
    said = " ".join(part for turn in seen.turns for part in (turn.question, turn.interpreted_as, *turn.quotes))
    question = seen.case.question
    return added_terms(question, seen.completed), added_terms(question, seen.case.rewrite), terms(said)


def _of_terms(key: str, triples: dict[int, Triple], chosen: Sequence[Followed]) -> float:
    return float(getattr(term_scores([triples[id(seen)] for seen in chosen]), key))


def _row(metric: Metric, observed: Sequence[Followed], value: Value, *, left_out: int = 0) -> Row | None:
    if not observed:
        return None
    known = {id(seen): value(seen) for seen in observed}

    def mean(chosen: Sequence[Followed]) -> float:
        return sum(known[id(seen)] for seen in chosen) / len(chosen)

    return Row(metric, mean(observed), *_spread(observed, mean), len(observed), left_out)


def _spread(observed: Sequence[Followed], statistic: Callable[[Sequence[Followed]], float]) -> tuple[float, float]:
    """The 95 % interval when whole conversations are drawn again."""
    talks: dict[str, list[Followed]] = {}
    for seen in observed:
        talks.setdefault(seen.conversation, []).append(seen)
    groups = list(talks.values())
    drawn = interval(lambda numbers: statistic([seen for n in numbers for seen in groups[n]]), len(groups), RESAMPLES)
    assert drawn is not None
    return drawn


def by_type(observed: Sequence[Followed]) -> dict[str, list[Followed]]:
    """The follow-ups that have something to find, by their type, in the order of first appearance."""
    groups: dict[str, list[Followed]] = {}
    for seen in observed:
        if seen.is_follow_up and seen.ranks:
            groups.setdefault(seen.case.type, []).append(seen)
    return groups


def write(path: Path, summaries: Mapping[str, Sequence[Row]], observed: Sequence[Followed]) -> None:
    """Every figure, and every question with what was understood, as JSON."""
    report = {
        "summaries": {name: [row.to_dict() for row in rows] for name, rows in summaries.items()},
        "questions": [
            {
                "id": seen.case.id,
                "split": seen.case.split,
                "type": seen.case.type,
                "history": [question for question, _ in seen.case.history],
                "question": seen.case.question,
                "completed": seen.completed,
                "rewrite": seen.case.rewrite,
                "recall": {grain: {name: recall(seen, grain, name) for name in READINGS} for grain in seen.ranks},
                "rewrite_left": seen.rewrite_left,
            }
            for seen in observed
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
