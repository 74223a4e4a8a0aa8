"""govqa's own reader: a small cross-encoder, trained for finding evidence, run by ONNX Runtime.

One forward pass reads question, heading and passage together and says where the answer starts and ends, whether the
passage answers at all, and for each token how much it is evidence (``training/README.md`` is the model card). After
BERT's question answering (Devlin et al. 2019) with an answerability head (Rajpurkar et al. 2018, SQuAD 2.0).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govqa.affinity import called
from govqa.errors import ModelError
from govqa.runtime import Workers, open_session
from govqa.sentences import sentence_spans
from govqa.types import Hit, Passage, Reading, ScoredSpan
from govqa.weights import built_in_folder, check_sha256

CLS, SEP = 101, 102
SPANS = 8
"""How many spans a reading keeps."""


@dataclass(frozen=True, slots=True)
class Window:
    """One input: the pieces, where the passage's pieces begin in it, and which of them it holds."""

    ids: list[int]
    first: int
    start: int
    end: int


class TrainedReader:
    """The reader that govqa ships.

    >>> from govqa.types import Hit, Passage
    >>> text = "Fines reach two million crowns. The register is kept by the inspectorate."
    >>> hit = Hit(Passage("a", 0, len(text), text), 1.0)
    >>> span = TrainedReader().read("Who keeps the register?", [hit])[0].spans[0]
    >>> text[span.start : span.end]
    'the inspectorate'

    Args:
        threads: CPU threads.
        folder: where ``reader.onnx`` and ``reader.json`` are; the package's own by default.

    Raises:
        ModelError: a file is missing or not the one that ``reader.json`` names (SHA-256).
    """

    name = "trained"

    def __init__(self, *, threads: int = 2, folder: Path | None = None) -> None:
        from tokenizers import Tokenizer

        folder = folder or Path(str(files("govqa") / "data"))
        try:
            card = json.loads((folder / "reader.json").read_text("utf-8"))
        except FileNotFoundError:
            raise ModelError(f"The reader's file {folder / 'reader.json'} is missing: install govqa again.") from None
        check_sha256(folder / "reader.onnx", card["sha256"])
        vocabulary = built_in_folder() / "tokenizer.json"
        check_sha256(vocabulary, card["tokenizer_sha256"])
        self.card: dict[str, Any] = card
        self.max_pieces: int = card["max_pieces"]
        self._temperature: dict[str, tuple[float, float]] = {k: (v[0], v[1]) for k, v in card["calibration"].items()}
        self._tokenizer = Tokenizer.from_file(str(vocabulary))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        try:
            self._session = open_session(folder / "reader.onnx")
        except Exception as error:
            reason = str(error).splitlines()[0]
            raise ModelError(f"The reader cannot be started by ONNX Runtime ({reason}): install govqa again.") from None
        self._workers = Workers(threads)
        self._pieces = lru_cache(maxsize=2048)(self._encode)
        self._sentences = lru_cache(maxsize=2048)(lambda text: tuple(sentence_spans(text)))

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """One reading a hit, in the order of the hits. Passages are read side by side, each on one thread."""
        asked = list(self._pieces(question)[0][: self.card["question_pieces"]])
        prepared = [self._windows(asked, called(question, hit.source) if hit.source else "", hit) for hit in hits]
        flat = [(number, window) for number, windows in enumerate(prepared) for window in windows]
        outputs: list[list[tuple[Window, NDArray[np.float32], float]]] = [[] for _ in hits]
        flat.sort(key=lambda item: -len(item[1].ids))  # the longest first: nobody waits for one that began last
        for (number, window), (tokens, answerable) in zip(
            flat, self._workers.map(lambda item: self._run(item[1]), flat), strict=True
        ):
            outputs[number].append((window, tokens, answerable))
        return [
            self._reading(hit.passage, sorted(o, key=lambda w: w[0].start))
            for hit, o in zip(hits, outputs, strict=True)
        ]

    # ------------------------------------------------------------ in

    def _encode(self, text: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return tuple(encoding.ids), tuple(encoding.offsets)

    def _windows(self, asked: list[int], name: str, hit: Hit) -> list[Window]:
        ids = self._pieces(hit.passage.text)[0]
        heading = " › ".join(
            ([hit.source.title] if hit.source and hit.source.title else []) + list(hit.passage.heading_path)
        )
        above = self._pieces(heading)[0][-self.card["title_pieces"] :]
        if name:
            above = (*self._pieces(f"{name} ›")[0][: self.card["name_pieces"]], *above)
        head = [CLS, *asked, SEP, *above, *([SEP] if above else [])]
        room = self.max_pieces - len(head) - 1
        if len(ids) <= room:
            return [Window([*head, *ids, SEP], len(head), 0, len(ids))] if ids else []
        windows, start = [], 0
        step = room - min(room // 2, self.card["overlap_pieces"])
        while True:
            end = min(start + room, len(ids))
            windows.append(Window([*head, *ids[start:end], SEP], len(head), start, end))
            if end == len(ids):
                return windows
            start += step

    def _run(self, window: Window) -> tuple[NDArray[np.float32], float]:
        ids = np.array([window.ids], np.int64)
        types = np.zeros_like(ids)
        types[0, window.ids.index(SEP) + 1 :] = 1
        tokens, answerable = self._session.run(
            ["tokens", "answerable"], {"ids": ids, "types": types, "mask": np.ones_like(ids)}
        )
        return np.asarray(tokens[0], np.float32), float(answerable[0])

    # ------------------------------------------------------------ out

    def _probability(self, kind: str, logit: NDArray[np.float32] | float) -> NDArray[np.float64]:
        factor, shift = self._temperature[kind]
        return 1.0 / (1.0 + np.exp(-np.clip(factor * np.asarray(logit, np.float64) + shift, -30, 30)))

    def _reading(self, passage: Passage, windows: Sequence[tuple[Window, NDArray[np.float32], float]]) -> Reading:
        sentences = self._sentences(passage.text)
        if not windows:
            blank = tuple(ScoredSpan(passage.start + a, passage.start + b, 0.0) for a, b in sentences)
            return Reading(passage, 0.0, (), blank)
        offsets = self._pieces(passage.text)[1]
        places = np.array([b - 1 for _, b in offsets])
        starts = np.array([a for a, _ in sentences])
        owner = np.clip(np.searchsorted(starts, places, side="right") - 1, 0, None)
        count = len(offsets)
        evidence = np.full(count, -np.inf)
        spans: list[tuple[float, int, int]] = []
        answerable = max(logit for _, _, logit in windows)
        p_passage = float(self._probability("answerable", answerable))
        for window, logits, logit in windows:
            inside = logits[window.first : window.first + window.end - window.start]
            evidence[window.start : window.end] = np.maximum(evidence[window.start : window.end], inside[:, 2])
            share = float(self._probability("answerable", logit))
            for score, a, b in best_spans(inside[:, 0], inside[:, 1], self.card["longest_span"]):
                spans.append((score * share, window.start + a, window.start + b))
        total = np.bincount(owner, evidence, minlength=len(sentences))
        size = np.bincount(owner, minlength=len(sentences))
        mean = np.where(size > 0, total / np.maximum(size, 1), -30.0)
        scores = self._probability("evidence", mean)
        found: dict[tuple[int, int], float] = {}
        for score, a, b in spans:
            place = (passage.start + offsets[a][0], passage.start + offsets[b][1])
            found[place] = max(found.get(place, 0.0), score)
        best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:SPANS]
        return Reading(
            passage,
            round(p_passage, 6),
            tuple(ScoredSpan(a, b, round(score, 6)) for (a, b), score in best),
            tuple(
                ScoredSpan(passage.start + a, passage.start + b, round(float(s), 6))
                for (a, b), s in zip(sentences, scores, strict=True)
            ),
        )


def best_spans(
    start: NDArray[np.floating[Any]], end: NDArray[np.floating[Any]], longest: int, keep: int = SPANS
) -> list[tuple[float, int, int]]:
    """The likeliest spans that do not overlap, as ``(probability, first piece, last piece)``.

    The probability is P(start) · P(end), each a softmax over the pieces.
    """
    p = np.exp(start - start.max(), dtype=np.float64)
    q = np.exp(end - end.max(), dtype=np.float64)
    p, q = p / p.sum(), q / q.sum()
    tops = np.argsort(-p, kind="stable")[:20]
    tails = np.argsort(-q, kind="stable")[:20]
    pairs = [(float(p[a] * q[b]), int(a), int(b)) for a in tops for b in tails if a <= b < a + longest]
    chosen: list[tuple[float, int, int]] = []
    for pair in sorted(pairs, key=lambda x: (-x[0], x[1], x[2])):
        if all(pair[2] < a or pair[1] > b for _, a, b in chosen):
            chosen.append(pair)
            if len(chosen) == keep:
                break
    return chosen
