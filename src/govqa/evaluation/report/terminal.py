"""The report as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from govqa.evaluation.comparing import Change
from govqa.evaluation.observations import Observation
from govqa.evaluation.outcomes import OUTCOMES, outcome_of
from govqa.evaluation.runner import Run
from govqa.evaluation.scoring import Row, by_type, values

if TYPE_CHECKING:
    from govqa.evaluation.conversation import ConversationScores
    from govqa.evaluation.multiturn import Followed


def show(run: Run, out: Console, *, failures: int = 10) -> None:
    """Metrics with intervals for every system, results by type of question, and the first failures."""
    summaries = run.summaries
    # Intervals where there is room for them; report.html has them all.
    out.print(_metrics(summaries, intervals=out.width >= 50 + 19 * len(summaries)))
    first = next(iter(run.systems.values()))
    out.print(_types(first))
    failed = [seen for seen in first if not outcome_of(seen).good]
    order = {outcome.key: n for n, outcome in enumerate(OUTCOMES)}
    failed.sort(key=lambda seen: order[outcome_of(seen).key])
    if failed and failures:
        table = Table(title=f"Failures ({len(failed)} of {len(first)})", title_justify="left", box=None, pad_edge=False)
        for column in ("question", "id", "outcome", "conf."):
            table.add_column(column, justify="right" if column == "conf." else "left", overflow="fold")
        for seen in failed[:failures]:
            table.add_row(
                Text(plain(seen.case.question)),
                Text(plain(seen.case.id), style="dim"),
                Text(outcome_of(seen).label),
                f"{seen.confidence:.2f}",
            )
        out.print(table)


def _metrics(summaries: dict[str, list[Row]], *, intervals: bool) -> Table:
    title = "Results, with 95 % bootstrap intervals" if intervals else "Results"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("metric", no_wrap=True)
    for name in summaries:
        table.add_column(Text(name), justify="right")
    table.add_column("questions", justify="right")
    table.add_column("left out", justify="right", style="dim")
    by_key = {name: {row.metric.key: row for row in rows} for name, rows in summaries.items()}
    metrics = {row.metric.key: row.metric for rows in summaries.values() for row in rows}
    group = ""
    for key, metric in metrics.items():
        if metric.group != group:
            group = metric.group
            table.add_row()
            table.add_row(Text(group, style="bold"))
        cells = [shown(by_key[name].get(key), intervals=intervals) for name in summaries]
        row = next(by_key[name][key] for name in summaries if key in by_key[name])
        arrow = "↓" if metric.better == "lower" else "↑"
        table.add_row(Text(f"{metric.label} {arrow}"), *cells, str(row.cases), str(row.left_out or ""))
    return table


def shown(row: Row | None, *, intervals: bool = True) -> str:
    """A value with its interval: ``.84 (.78–.90)``, or in milliseconds."""
    if row is None:
        return "–"
    if not intervals:
        return f"{row.value:.0f} ms" if row.metric.unit == "ms" else number(row.value)
    if row.metric.unit == "ms":
        return f"{row.value:.0f} ms ({row.low:.0f}–{row.high:.0f})"
    return f"{number(row.value)} ({number(row.low)}–{number(row.high)})"


def number(value: float) -> str:
    """Two decimals without the leading zero.

    >>> number(0.845), number(1.0), number(-0.5)
    ('.84', '1.00', '-.50')
    """
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _types(observations: Sequence[Observation]) -> Table:
    table = Table(title="By type of question", title_justify="left", box=None, pad_edge=False)
    table.add_column("type")
    for column in ("questions", "right", "in first", "in any", "false abst.", "false answ."):
        table.add_column(column, justify="right")
    for kind, group in by_type(observations).items():
        per_case = [values(seen) for seen in group]
        cells = []
        for key in ("right", "hit@1", "hit@any", "false_abstention", "false_answer"):
            known = [v[key] for v in per_case if v[key] is not None]
            cells.append(number(sum(x for x in known if x is not None) / len(known)) if known else "")
        table.add_row(Text(plain(kind)), str(len(group)), *cells)
    return table


def show_changes(changes: Sequence[Change], old: str, out: Console) -> None:
    """A comparison with an earlier run."""
    table = Table(title=f"Compared with {old}", title_justify="left", box=None, pad_edge=False)
    for column in ("metric", "old", "new", "difference", "p", "better", "worse"):
        table.add_column(column, justify="left" if column == "metric" else "right")
    for change in changes:
        if change.test.difference == 0:
            continue
        good = (change.test.difference > 0) == (change.metric.better == "higher")
        style = ("green" if good else "red") if change.test.p < 0.05 else ""
        up, down = change.test.better, change.test.worse
        if change.metric.better == "lower":
            up, down = down, up
        table.add_row(
            change.metric.label,
            number(change.old),
            number(change.new),
            Text(f"{change.test.difference:+.3f}", style=style),
            f"{change.test.p:.3f}",
            str(up),
            str(down),
        )
    out.print(table if table.row_count else f"Compared with {old}: no metric differs.")


def show_conversations(scores: ConversationScores, out: Console) -> None:
    """How well follow-ups are completed, next to what is published."""
    from govqa.evaluation.conversation import PUBLISHED

    table = Table(title="Words added to follow-ups", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for column in ("precision", "recall", "F1", "recall of all"):
        table.add_column(column, justify="right")
    ours = scores.terms
    table.add_row(
        f"govqa, {ours.count} questions", *(number(x) for x in (ours.precision, ours.recall, ours.f1, ours.recall_all))
    )
    for name, row in PUBLISHED.items():
        table.add_row(Text(name, style="dim"), *(number(row[k]) for k in ("precision", "recall", "f1")), "")
    out.print(table)
    out.print(
        f"Questions that stand alone left as they are: {number(scores.untouched)}; completed without a second reading: "
        f"{number(scores.certain)}; median {scores.milliseconds:.1f} ms.",
        highlight=False,
    )


def show_multiturn(summaries: dict[str, list[Row]], observed: Sequence[Followed], out: Console) -> None:
    """What retrieval finds for follow-ups, as typed, as govqa and as a human completes them; then type by type."""
    from govqa.evaluation.multiturn import GRAINS, READINGS, by_type, recall

    out.print(_metrics(summaries, intervals=out.width >= 50 + 19 * len(summaries)))
    table = Table(title="recall@5 by type of follow-up", title_justify="left", box=None, pad_edge=False)
    table.add_column("type")
    for column in ("questions", *(f"{grain}: {name}" for grain in GRAINS for name in READINGS)):
        table.add_column(column, justify="right")
    for kind, group in by_type(observed).items():
        cells = [
            number(sum(recall(seen, grain, name) for seen in group) / len(group))
            for grain in GRAINS
            for name in READINGS
        ]
        table.add_row(Text(plain(kind)), str(len(group)), *cells)
    out.print()
    out.print(table)


def plain(text: str) -> str:
    """Text with its control characters made visible, so that a question cannot steer the terminal."""
    return "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))
