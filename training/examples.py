"""From questions and texts to training examples: windows, positives, and the near misses that teach honesty."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from govqa.affinity import called
from training.questions import ENTITY, STOP, WORD, spoil, vary
from training.texts import Question, Text

CLS, SEP = 101, 102
TITLE_PIECES = 24
QUESTION_PIECES = 64
NAME_PIECES = 8
WRITTEN_POSITIVES = 0.65
"""Share of answerable examples of the written questions that have an answer: the others come on top."""
CONTRASTED = 0.6
"""Share of the written positives that come together with passages found for the same question that do not answer it,
of which they have to be told (the listwise loss; Gao et al., *Rethink Training of BERT Rerankers*, 2021)."""
BUDGETS, BUDGET_WEIGHTS = (60, 100, 150, 210, 280), (0.15, 0.3, 0.3, 0.17, 0.08)


@dataclass(slots=True)
class Example:
    """One input with its labels. ``kind`` says how it was made ("positive", "removed", "retrieved", …)."""

    ids: list[int]
    types: list[int]
    sentence: list[int]
    evidence: list[float]
    label: float
    start: int
    end: int
    scale: float
    evidence_scale: float
    kind: str
    question: int
    group: int = -1


@dataclass(slots=True)
class Draft:
    """An example before it is tokenised. ``passage`` are (text, sentence) pairs, so that sentences can be left out or
    come from elsewhere; ``of`` is the text whose document's name counts; drafts of a ``group`` share their question.
    """

    number: int
    kind: str
    question: str
    title: str
    passage: list[tuple[int, int]]
    scale: float
    of: int
    group: int = -1


def title_of(text: Text, rng: random.Random) -> str:
    """A heading for a text: its own, or, where it has none, mostly none, else its most named thing."""
    if text.title:
        roll = rng.random()
        return "" if roll < 0.15 else text.title.split(" › ")[-1] if roll < 0.4 else text.title
    if rng.random() < 0.6:
        return ""
    names = Counter(
        m.group() for m in ENTITY.finditer(text.text) if len(m.group()) > 3 and m.group().lower() not in STOP
    )
    return names.most_common(1)[0][0] if names else ""


class Sampler:
    """Draws one epoch of examples after another, each different, all from the seed.

    Args:
        texts, questions: what to draw from.
        tok: the tokenizer.
        shares: how many examples an epoch has from each source (prefix), as a share of its questions.
        positives: the share of answerable examples.
        near: words that can stand for each other, for paraphrases.
        contrast: whether positives come with contrasting passages, and documents with what a question calls them.
    """

    def __init__(
        self,
        texts: Sequence[Text],
        questions: Sequence[Question],
        tok: Any,
        shares: dict[str, float],
        positives: float = 0.5,
        near: Mapping[str, Sequence[str]] | None = None,
        contrast: bool = False,
    ) -> None:
        self.texts, self.questions, self.tok = texts, questions, tok
        self.shares, self.positives, self.near, self.contrast = shares, positives, near, contrast
        self.pools: dict[str, list[str]] = {}
        for text in texts:
            pool = self.pools.setdefault(text.source.split(":")[0], [])
            pool += [w for w in WORD.findall(text.text) if len(w) > 3 and w.lower() not in STOP][:40]
        self.by_source: dict[str, list[int]] = {}
        for i, q in enumerate(questions):
            self.by_source.setdefault(texts[q.text].source.split(":")[0], []).append(i)

    def epoch(self, seed: int) -> list[Example]:
        """The examples of an epoch, shuffled."""
        rng = random.Random(seed)
        drafts: list[Draft] = []
        order: list[int] = []
        for source, places in self.by_source.items():
            share = next((s for k, s in self.shares.items() if source.startswith(k)), 1.0)
            whole = int(share)
            order += places * whole + rng.sample(places, int(len(places) * (share - whole)))
        rng.shuffle(order)
        for number in order:
            draft = self._draw(number, rng)
            drafts.append(draft)
            if self.contrast and draft.kind == "positive" and rng.random() < CONTRASTED:
                drafts += self._contrasts(draft, len(drafts), rng)
        return self.encode(drafts, rng)

    def encode(self, drafts: Sequence[Draft], rng: random.Random) -> list[Example]:
        """The drafts as the reader gets them; ``rng`` chooses among several gold spans."""
        questions = self.tok.encode_batch([d.question for d in drafts], add_special_tokens=False)
        titles = self.tok.encode_batch([d.title for d in drafts], add_special_tokens=False)
        names = self.tok.encode_batch([self._name(d) for d in drafts], add_special_tokens=False)
        return [
            self._build(draft, asked.ids, [*name.ids[:NAME_PIECES], *title.ids[-TITLE_PIECES:]], rng)
            for draft, asked, name, title in zip(drafts, questions, names, titles, strict=True)
        ]

    def _name(self, draft: Draft) -> str:
        """What the question calls the document, as the runtime puts it before the title."""
        document = self.texts[draft.of].of
        name = called(draft.question, document) if self.contrast and document else ""
        return f"{name} ›" if name else ""

    def _fits_any(self, text: Text) -> bool:
        """PolicyQA's questions fit every policy: another one's passage does answer them."""
        return text.source.endswith("policyqa")

    def _contrasts(self, draft: Draft, group: int, rng: random.Random) -> list[Draft]:
        """One or two passages that were found for a positive's question and do not answer it."""
        q = self.questions[draft.number]
        gold = self.texts[q.text]
        if not gold.source.startswith("written") or not q.negatives or self._fits_any(gold):
            return []
        others = rng.sample(q.negatives, min(len(q.negatives), rng.choice((1, 2))))
        budget = sum(len(self.texts[t].ids[s]) for t, s in draft.passage)
        made = []
        for other in others:
            passage = self._window(other, [self._likely(other, draft.question)], rng, budget=budget)
            title = title_of(self.texts[other], rng)
            made.append(Draft(draft.number, "contrast", draft.question, title, passage, q.scale, other, group))
        draft.group = group
        return made

    def _draw(self, number: int, rng: random.Random) -> Draft:
        q = self.questions[number]
        gold = self.texts[q.text]
        title = title_of(gold, rng)
        plain = self.contrast and gold.source.startswith("written") and rng.random() < 0.5
        question = q.question if plain else vary(q.question, rng, self.near)
        if not q.evidence:
            # Written to have no answer here; now and then the same with a passage that was found for it.
            at = q.text
            if q.negatives and rng.random() < 0.2 and not self._fits_any(gold):
                at = rng.choice(q.negatives)
                title = title_of(self.texts[at], rng)
            passage = self._window(at, [self._likely(at, question)], rng)
            return Draft(number, "written", question, title, passage, q.scale, at)
        if rng.random() < (WRITTEN_POSITIVES if gold.source.startswith("written") else self.positives):
            passage = self._window(q.text, q.evidence, rng)
            passage = self._mix(q, passage, rng)
            if gold.title and rng.random() < 0.06:
                question = self._scoped(question, gold.title)
                title = gold.title
            return Draft(number, "positive", question, title, passage, q.scale, q.text)
        ways = ["removed"] * 30 + ["spoilt"] * 30 + ["retrieved"] * 28 + ["neighbour"] * 12
        rng.shuffle(ways)
        for way in ways:
            if way == "removed":
                left = [s for s in range(len(gold.ids)) if s not in q.evidence]
                rest = " ".join(gold.text[slice(*gold.spans[s])] for s in left).lower()
                tight = [gold.text[a:b].lower() for a, b in q.spans] if q.exact else []
                if len(left) < 1 or any(len(t) > 1 and re.search(rf"\b{re.escape(t)}\b", rest) for t in tight):
                    continue
                near = min(left, key=lambda s: min(abs(s - e) for e in q.evidence))
                passage = self._window(q.text, [near], rng, skip=set(q.evidence))
                return Draft(number, "removed", question, title, passage, q.scale * 0.8, q.text)
            if way == "spoilt":
                passage = self._window(q.text, q.evidence, rng)
                shown = " ".join(gold.text[slice(*gold.spans[s])] for _, s in passage)
                evidence = " ".join(gold.text[slice(*gold.spans[s])] for s in q.evidence)
                pool = self.pools[gold.source.split(":")[0]]
                changed = spoil(q.question, evidence, shown, pool, rng)
                if changed is None:
                    continue
                if rng.random() < 0.5:
                    changed = vary(changed, rng, self.near)
                return Draft(number, "spoilt", changed, title, passage, q.scale * 0.8, q.text)
            if self._fits_any(gold) and way in ("retrieved", "neighbour"):
                continue
            if way == "retrieved" and q.negatives:
                other = rng.choice(q.negatives)
                passage = self._window(other, [self._likely(other, question)], rng)
                title = title_of(self.texts[other], rng)
                return Draft(number, "retrieved", question, title, passage, q.scale, other)
            if way == "neighbour" and gold.neighbours:
                other = rng.choice(gold.neighbours)
                low = self.texts[other].text.lower()
                if q.exact and any(gold.text[a:b].lower() in low for a, b in q.spans):
                    continue
                passage = self._window(other, [self._likely(other, question)], rng)
                return Draft(number, "neighbour", question, title, passage, q.scale * 0.9, other)
        other = rng.randrange(len(self.texts))
        while other == q.text:
            other = rng.randrange(len(self.texts))
        title = title_of(self.texts[other], rng)
        return Draft(number, "random", question, title, self._window(other, [0], rng), q.scale, other)

    def _scoped(self, question: str, title: str) -> str:
        head = title.split(" › ")
        return f"{question.rstrip('?. ')} in {head[0]}?"

    def _likely(self, number: int, question: str) -> int:
        """The sentence that shares most words with the question: where a near miss would be."""
        words = {w.lower() for w in WORD.findall(question)} - STOP
        text = self.texts[number]
        shared = [len(words & {w.lower() for w in WORD.findall(text.text[slice(*span)])}) for span in text.spans]
        return int(np.argmax(shared)) if shared else 0

    def _window(
        self,
        number: int,
        around: Sequence[int],
        rng: random.Random,
        skip: set[int] | None = None,
        budget: int | None = None,
    ) -> list[tuple[int, int]]:
        """Whole sentences around the given ones, up to a length that is drawn."""
        text = self.texts[number]
        if not text.ids:
            return []
        budget = budget or rng.choices(BUDGETS, BUDGET_WEIGHTS)[0]
        chosen = [s for s in around if s < len(text.ids)] or [0]
        low, high = min(chosen), max(chosen)
        size = sum(len(text.ids[s]) for s in range(low, high + 1))
        while size < budget and (low > 0 or high + 1 < len(text.ids)):
            left = low > 0 and (high + 1 >= len(text.ids) or rng.random() < 0.5)
            at = low - 1 if left else high + 1
            if size + len(text.ids[at]) > budget + 40:
                break
            low, high = (at, high) if left else (low, at)
            size += len(text.ids[at])
        return [(number, s) for s in range(low, high + 1) if not skip or s not in skip]

    def _mix(self, q: Question, passage: list[tuple[int, int]], rng: random.Random) -> list[tuple[int, int]]:
        """Now and then put sentences of another text before or after: passages do change their subject."""
        if rng.random() > (0.6 if len(self.texts[q.text].ids) < 3 else 0.12):
            return passage
        size = sum(len(self.texts[t].ids[s]) for t, s in passage)
        other = rng.choice(q.negatives) if q.negatives else rng.randrange(len(self.texts))
        extra, room = [], 190 - size
        for pair in self._window(other, [0], rng):
            room -= len(self.texts[other].ids[pair[1]])
            if room < 0:
                break
            extra.append(pair)
        return extra + passage if rng.random() < 0.5 else passage + extra

    def _build(self, draft: Draft, asked: list[int], title: list[int], rng: random.Random) -> Example:
        number, kind, passage, scale = draft.number, draft.kind, draft.passage, draft.scale
        q = self.questions[number]
        ids = [CLS, *asked[:QUESTION_PIECES], SEP]
        types = [0] * len(ids)
        if title:
            ids += [*title, SEP]
        first = len(ids)
        sentence = [-1] * first
        evidence: list[float] = []
        offsets: list[tuple[int, int]] = []
        positive = kind == "positive"
        for place, (t, s) in enumerate(passage):
            pieces = self.texts[t].ids[s][: max(0, 380 - len(ids))]
            if not pieces:
                break
            ids += pieces
            sentence += [place] * len(pieces)
            own = t == q.text
            offsets += self.texts[t].offsets[s][: len(pieces)] if own else [(-1, -1)] * len(pieces)
            evidence.append(float(positive and own and s in q.evidence))
        start = end = -1
        if positive and q.exact:
            spans = list(q.spans)
            rng.shuffle(spans)
            for a, b in spans:
                inside = [i for i, (x, y) in enumerate(offsets) if x < b and y > a and x >= 0]
                if inside:
                    start, end = first + inside[0], first + inside[-1]
                    break
        ids.append(SEP)
        sentence.append(-1)
        types += [1] * (len(ids) - len(types))
        label = float(positive and any(evidence))
        return Example(
            ids, types, sentence, evidence or [0.0], label, start, end, scale, q.evidence_scale if positive else 1.0,
            kind, number, draft.group,
        )  # fmt: skip
