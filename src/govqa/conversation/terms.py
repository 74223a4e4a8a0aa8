"""The term classifier: which words of the conversation belong to this question?

>>> phrases([Turn("Who is Li Qiang?")], {"who": 0.0, "li": 0.9, "qiang": 0.9}, 0.5)
[('Li Qiang', 0, False)]

A sequence tagger over the question and the last turns, in the manner of QuReTeC (Voskarides et al., 2020, *Query
Resolution for Conversational Search with Limited Supervision*, arXiv:2005.11723), on the encoder of all-MiniLM-L6-v2,
trained on CANARD (Elgohary et al., 2019). A second head says whether the question needs the conversation at all. The
weights are int8 ONNX; only onnxruntime, tokenizers and numpy are needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from govqa.conversation.grammar import tokenise
from govqa.runtime import open_session
from govqa.types import Turn

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_PIECES = 160
QUESTION_PIECES = 48
TURN_PIECES = 40
ANSWER_PIECES = (40, 20, 12)
"""Word pieces of the last answer, the one before, and older ones."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Probability by lower-case word of the history, in the order of the history, and that of needing it at all."""

    words: dict[str, float] = field(default_factory=dict)
    needs_context: float = 0.0


class TermClassifier(Protocol):
    """Says of each word of the history how likely it belongs to the question."""

    def classify(self, question: str, turns: Sequence[Turn]) -> Terms:
        """The highest probability where a word occurs more than once."""
        ...


@dataclass(frozen=True, slots=True)
class Layout:
    """The network's input: ``[CLS] question [SEP] last question [SEP] last answer [SEP] question before [SEP] …``.

    ``words[i]`` is the history word that piece ``i`` begins or goes on with, -1 outside the history; ``texts`` are
    these words in lower case.
    """

    ids: list[int]
    types: list[int]
    words: list[int]
    texts: list[str]


def layout(tokenizer: Tokenizer, question: str, segments: Sequence[tuple[str, bool]]) -> Layout:
    """Lay out a question and the segments of its history, the most recent first.

    Args:
        tokenizer: all-MiniLM-L6-v2's, without truncation.
        question: as typed.
        segments: text, and whether it is an answer.
    """
    start, stop = int(tokenizer.token_to_id("[CLS]") or 0), int(tokenizer.token_to_id("[SEP]") or 0)
    pieces = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_PIECES]
    ids = [start, *pieces, stop]
    out = Layout(ids, [0] * len(ids), [-1] * len(ids), [])
    answers = 0
    for text, is_answer in segments:
        limit = TURN_PIECES
        if is_answer:
            limit = ANSWER_PIECES[min(answers, len(ANSWER_PIECES) - 1)]
            answers += 1
        limit = min(limit, MAX_PIECES - len(out.ids) - 1)
        if limit < 4:
            break
        encoded = tokenizer.encode(text, add_special_tokens=False)
        words = tokenise(text)
        numbers: dict[int, int] = {}
        at = 0
        for piece, (begin, _) in list(zip(encoded.ids, encoded.offsets, strict=True))[:limit]:
            while at < len(words) and words[at].end <= begin:
                at += 1
            number = -1
            if at < len(words) and words[at].start <= begin:
                if at not in numbers:
                    numbers[at] = len(out.texts)
                    out.texts.append(words[at].lower)
                number = numbers[at]
            out.ids.append(piece)
            out.words.append(number)
        out.ids.append(stop)
        out.words.append(-1)
    out.types.extend([1] * (len(out.ids) - len(out.types)))
    return out


def segments(turns: Sequence[Turn]) -> list[tuple[str, bool]]:
    """A conversation's questions (as they were understood) and answers, the last turn first."""
    found: list[tuple[str, bool]] = []
    for turn in reversed(turns):
        found.append((turn.interpreted_as or turn.question, False))
        if turn.quotes and turn.status != "not_found":
            found.append((turn.quotes[0][:600], True))
    return found


def phrases(turns: Sequence[Turn], words: dict[str, float], least: float) -> list[tuple[str, int, bool]]:
    """Runs of likely words as they stand in the history: phrase, turns back, whether it stands in an answer.

    The most recent first; "of", "the" and "and" between two likely words belong to the run.

    >>> phrases([Turn("Who proposed the plan of action?")], {"plan": 0.9, "action": 0.8}, 0.5)
    [('plan of action', 0, False)]
    """
    found: dict[str, tuple[str, int, bool]] = {}
    distance = -1
    for text, is_answer in segments(turns):
        distance += not is_answer
        run: list[int] = []
        tokens = tokenise(text)
        for at, token in enumerate([*tokens, None]):
            likely = token is not None and token.tag in {"noun", "verb"} and words.get(token.lower, 0.0) > least
            if likely:
                gap = range(run[-1] + 1, at) if run else range(0)
                joined = all(tokens[i].lower in {"of", "the", "and", "'s", "for"} for i in gap) and len(gap) < 3
                if run and (not joined or _BREAK.search(text[tokens[run[-1]].end : tokens[at].start])):
                    _keep(found, text[tokens[run[0]].start : tokens[run[-1]].end], distance, is_answer)
                    run = []
                run.append(at)
        if run:
            _keep(found, text[tokens[run[0]].start : tokens[run[-1]].end], distance, is_answer)
    return list(found.values())


_BREAK = re.compile(r"[,;:.()?!“”\"—]")


def _keep(found: dict[str, tuple[str, int, bool]], text: str, distance: int, is_answer: bool) -> None:
    key = text.lower()
    if not any(key in held for held in found):
        found[key] = (text, distance, is_answer)


class OnnxTerms:
    """The shipped classifier. Thread-safe and deterministic."""

    def __init__(self, model: bytes, tokenizer: Tokenizer) -> None:
        self._session = open_session(model)
        self._tokenizer = tokenizer
        self._lock = Lock()

    def classify(self, question: str, turns: Sequence[Turn]) -> Terms:
        """Probabilities of the words of ``turns``."""
        return self.classify_segments(question, segments(turns))

    def classify_segments(self, question: str, history: Sequence[tuple[str, bool]]) -> Terms:
        """The same for a history in segments, see :func:`layout`."""
        import numpy as np

        with self._lock:
            laid = layout(self._tokenizer, question, history)
        feeds = {
            "ids": np.array([laid.ids], np.int64),
            "types": np.array([laid.types], np.int64),
            "mask": np.ones((1, len(laid.ids)), np.int64),
        }
        logits, needs = self._session.run(["terms", "needs_context"], feeds)
        probabilities = 1.0 / (1.0 + np.exp(-logits[0]))
        words: dict[str, float] = {}
        for piece, number in enumerate(laid.words):
            if number >= 0:
                word = laid.texts[number]
                words[word] = max(words.get(word, 0.0), float(probabilities[piece]))
        return Terms(words, float(1.0 / (1.0 + np.exp(-needs[0]))))


@lru_cache(maxsize=1)
def shipped_classifier() -> TermClassifier | None:
    """The classifier that govqa ships, loaded once; None if this build carries none.

    Raises:
        ModelError: its weights are missing or not the ones that belong to this build.
    """
    card = Path(__file__).parents[1] / "data" / "terms.json"
    if not card.is_file():
        return None
    from tokenizers import Tokenizer

    from govqa.weights import built_in_folder, check_sha256

    weights = card.with_suffix(".onnx")
    check_sha256(weights, json.loads(card.read_text("utf-8"))["sha256"])
    tokenizer = Tokenizer.from_file(str(built_in_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return OnnxTerms(weights.read_bytes(), tokenizer)
