"""The command: ``govqa eval`` and ``python -m eval``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from govqa.errors import GovqaError
from govqa.evaluation.cases import SPLITS, Case, CasesError

if TYPE_CHECKING:
    from rich.console import Console

    from govqa.evaluation.comparing import Change
    from govqa.evaluation.runner import Dataset, Progress, Run
    from govqa.evaluation.thresholds import Thresholds

_FIXED = Path("the fixed set")
"""What ``--conversations`` without a file means."""

EPILOG = """\
examples:
  govqa eval                                        the fixed set
  govqa eval --system full --system dense-only      side by side
  govqa eval --compare out/eval/old.json            against an earlier run
  govqa eval --questions mine.jsonl --docs papers/  your own documents and questions
  govqa eval --squad dev-v2.0.json --open --limit 500
  govqa eval --conversations                        follow-ups: is their evidence found?
"""


def fixed_set() -> tuple[Path, Path]:
    """The fixed set's questions and the documents they are on.

    Raises:
        CasesError: this installation does not carry them.
    """
    from govqa.indexing import corpus_dir

    here = Path(__file__).resolve()
    for place in (here.parents[1] / "_eval" / "questions.jsonl", here.parents[3] / "eval" / "questions.jsonl"):
        if place.is_file():
            return place, corpus_dir()
    raise CasesError("The fixed set is not installed: run this in a checkout, or name --questions and --docs.")


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    from govqa.evaluation.systems import KINDS

    systems = "; ".join(f"{name}: {meaning}" for name, meaning in KINDS.items())
    made = argparse.ArgumentParser(
        prog="govqa eval",
        description="Measure answers on the fixed evaluation set, on a public benchmark, or on your own questions.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = made.add_mutually_exclusive_group()
    source.add_argument(
        "--questions", type=Path, metavar="FILE", help="your questions (JSON Lines; see eval/README.md)"
    )
    source.add_argument("--squad", type=Path, metavar="FILE", help="SQuAD 1.1 or 2.0, or JSON Lines of contexts")
    source.add_argument("--passages", type=Path, metavar="FILE", help="CLAPNQ or MTRAG JSON Lines")
    source.add_argument(
        "--conversations",
        type=Path,
        nargs="?",
        const=_FIXED,
        metavar="FILE",
        help="the fixed set's follow-ups, by retrieval; of FILE, by the words that a human added (CANARD, CAsT, MTRAG)",
    )
    made.add_argument(
        "--docs",
        type=Path,
        action="append",
        metavar="PATH",
        help="documents for --questions; for the fixed conversations, more to search among",
    )
    made.add_argument("--library", type=Path, metavar="FOLDER", help="an existing library instead of --docs")
    made.add_argument("--open", action="store_true", help="SQuAD: retrieve over all paragraphs, then read")
    made.add_argument("--system", action="append", metavar="NAME", help=f"what is asked, repeatable. {systems}")
    made.add_argument("--compare", type=Path, metavar="OLD.json", help="an earlier report.json, with a paired test")
    made.add_argument("--type", action="append", metavar="TYPE", help="only questions of this type, repeatable")
    made.add_argument("--split", choices=[s for s in SPLITS if s], help="only this half of the fixed set")
    made.add_argument("--limit", type=int, metavar="N", help="only N questions, spread evenly")
    made.add_argument("--thresholds", type=Path, metavar="FILE", help="exit with 1 if a metric misses its threshold")
    made.add_argument("--out", type=Path, default=Path("out/eval"), metavar="FOLDER", help="where the reports go")
    made.add_argument("--quiet", action="store_true", help="no progress, no tables")
    made.add_argument(
        "--resolve", action="store_true", help="find the gold's quotes again after documents changed, and rewrite FILE"
    )
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0: done, 1: a threshold is missed, 2: something cannot be used, said in one line.

    >>> main(["--questions", "nowhere.jsonl", "--docs", "."])
    2
    """
    options = parser().parse_args(argv)
    try:
        return _run(options)
    except GovqaError as error:
        print(f"govqa eval: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        print("govqa eval: stopped.", file=sys.stderr)  # noqa: T201
        return 130


def _run(options: argparse.Namespace) -> int:
    from rich.console import Console

    from govqa.evaluation.report import stored
    from govqa.evaluation.runner import run
    from govqa.evaluation.systems import System
    from govqa.evaluation.thresholds import read_thresholds

    if options.limit is not None and options.limit < 1:
        raise CasesError(f"--limit {options.limit}: a number from 1 on.")
    demanded = read_thresholds(options.thresholds) if options.thresholds else None
    systems = [System.parse(name) for name in dict.fromkeys(options.system or ["full"])]
    if options.conversations == _FIXED:
        return _fixed_conversations(options, demanded)
    if options.conversations:
        return _conversations(options, Console(quiet=options.quiet))
    old = stored.read(options.compare) if options.compare else None
    if options.resolve:
        return _resolve(options)
    dataset = _dataset(options)
    quiet = Console(stderr=True, quiet=options.quiet)
    with _progress(quiet) as progress:
        made = run(dataset, systems, progress=progress)
    _report(options, made, old, Console(quiet=options.quiet))
    missed = demanded.failures(next(iter(made.summaries.values()))) if demanded else []
    for line in missed:
        quiet.print(line, style="red", highlight=False)
    return 1 if missed else 0


def _report(options: argparse.Namespace, made: Run, old: Run | None, out: Console) -> None:
    from govqa.evaluation.comparing import changes
    from govqa.evaluation.report import html, markdown, stored, terminal

    found: list[Change] = []
    name = ""
    if old is not None:
        name = f"{options.compare.name} ({str(old.about.get('date', ''))[:10]})"
        found = changes(next(iter(old.systems.values())), next(iter(made.systems.values())))
    try:
        stored.write(made, options.out / "report.json")
        html.write(made, options.out / "report.html", found, name)
        markdown.write(made, options.out / "report.md")
    except OSError as error:
        raise CasesError(f"{options.out}: {error.strerror or error}: name another folder with --out.") from None
    terminal.show(made, out)
    if found:
        terminal.show_changes(found, name, out)
    out.print(f"\nreport: {options.out / 'report.html'}", soft_wrap=True, highlight=False)


def _dataset(options: argparse.Namespace) -> Dataset:
    from dataclasses import replace

    from govqa.evaluation.cases import read_cases
    from govqa.evaluation.importers.passages import read_passages
    from govqa.evaluation.importers.squad import read_squad
    from govqa.evaluation.runner import Dataset

    if options.squad:
        dataset = read_squad(options.squad, open_domain=options.open, limit=options.limit)
    elif options.passages:
        dataset = read_passages(options.passages, limit=options.limit)
    elif options.questions:
        if not (options.docs or options.library):
            raise CasesError("--questions needs the documents: name them with --docs or --library.")
        dataset = Dataset(options.questions.name, tuple(read_cases(options.questions)))
    else:
        path, corpus = fixed_set()
        dataset = Dataset("fixed set", tuple(read_cases(path)), paths=(corpus,))
    if options.docs or options.library:
        dataset = replace(dataset, paths=tuple(_existing(options.docs or ())), library=options.library)
    return replace(dataset, cases=tuple(_chosen(dataset.cases, options)))


def _chosen(cases: Sequence[Case], options: argparse.Namespace) -> list[Case]:
    from govqa.evaluation.importers.squad import spread

    types = dict.fromkeys(case.type for case in cases)
    for wanted in options.type or ():
        if wanted not in types:
            raise CasesError(f"No question is of type {wanted!r}: use one of {', '.join(types)}.")
    chosen = [
        case
        for case in cases
        if (not options.type or case.type in options.type) and (not options.split or case.split == options.split)
    ]
    if not chosen:
        raise CasesError("No question is left: ask for another type or split.")
    return spread(chosen, options.limit)


def _conversations(options: argparse.Namespace, out: Console) -> int:
    """How well follow-ups are completed, word by word; no library is asked."""
    import json
    from dataclasses import asdict

    from govqa.evaluation.conversation import measure, read_follow_ups
    from govqa.evaluation.importers.squad import spread
    from govqa.evaluation.report import terminal

    scores = measure(spread(read_follow_ups(options.conversations), options.limit))
    terminal.show_conversations(scores, out)
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "conversations.json"
    path.write_text(json.dumps(asdict(scores), indent=1) + "\n", "utf-8")
    out.print(f"\nreport: {path}", soft_wrap=True, highlight=False)
    return 0


def _fixed_conversations(options: argparse.Namespace, demanded: Thresholds | None) -> int:
    """Is the evidence of follow-ups found as typed, as govqa completes them, as a human does?"""
    from rich.console import Console

    from govqa.evaluation import multiturn
    from govqa.evaluation.cases import read_cases
    from govqa.evaluation.report import terminal

    questions, corpus = fixed_set()
    files = (questions, questions.with_name("conversations.jsonl"))
    cases = [case for path in files for case in read_cases(path) if case.history]
    console = Console(stderr=True, quiet=options.quiet)
    paths = _existing((corpus, *(options.docs or ())))
    with _progress(console) as progress:
        observed = multiturn.follow(_chosen(cases, options), paths, progress=progress)
    halves = {name: [seen for seen in observed if seen.case.split == name] for name in ("dev", "test")}
    summaries = {name: multiturn.summarise(group) for name, group in {"all": observed, **halves}.items() if group}
    out = Console(quiet=options.quiet)
    terminal.show_multiturn(summaries, observed, out)
    path = options.out / "conversations.json"
    try:
        multiturn.write(path, summaries, observed)
    except OSError as error:
        raise CasesError(f"{options.out}: {error.strerror or error}: name another folder with --out.") from None
    out.print(f"\nreport: {path}", soft_wrap=True, highlight=False)
    missed = demanded.failures(next(iter(summaries.values()))) if demanded else []
    for line in missed:
        console.print(line, style="red", highlight=False)
    return 1 if missed else 0


def _existing(paths: Sequence[Path]) -> list[Path]:
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise CasesError(f"{missing[0]}: no such file or folder.")
    return list(paths)


def _resolve(options: argparse.Namespace) -> int:
    """Rewrite a file of questions with offsets found anew."""
    from govqa.evaluation.rewriting import resolve_file

    path = options.questions or fixed_set()[0]
    changed = resolve_file(path, options.docs or [fixed_set()[1]])
    print(f"{path}: {changed} of its questions changed.")  # noqa: T201
    return 0


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("preparing", total=None)

        def tell(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what[:40])

        yield tell
