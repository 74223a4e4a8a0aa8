"""Examples as batches of tensors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from training.examples import Example


def batches(examples: Sequence[Example], tokens: int, seed: int, pool: int = 1500) -> Iterator[list[Example]]:
    """Batches of about ``tokens`` pieces each, of like lengths, in random order; a group's examples stay together."""
    rng = random.Random(seed)
    units: list[list[Example]] = []
    for example in examples:
        if units and example.group >= 0 and units[-1][0].group == example.group:
            units[-1].append(example)
        else:
            units.append([example])

    def longest(unit: list[Example]) -> int:
        return max(len(e.ids) for e in unit)

    groups: list[list[Example]] = []
    for low in range(0, len(units), pool):
        group: list[Example] = []
        for unit in sorted(units[low : low + pool], key=longest):
            if group and (len(group) + len(unit)) * longest(unit) > tokens:
                groups.append(group)
                group = []
            group += unit
        groups.append(group)
    for at in range(0, len(groups), 64):
        block = groups[at : at + 64]
        rng.shuffle(block)
        yield from block


def collate(batch: Sequence[Example]) -> dict[str, Any]:
    """Padded tensors of a batch."""
    import torch

    length = -(-max(len(e.ids) for e in batch) // 8) * 8
    count = max(len(e.evidence) for e in batch)

    def pad(rows: list[list[Any]], fill: float, size: int, dtype: Any) -> Any:
        return torch.tensor([row + [fill] * (size - len(row)) for row in rows], dtype=dtype)

    return {
        "ids": pad([e.ids for e in batch], 0, length, torch.long),
        "types": pad([e.types for e in batch], 0, length, torch.long),
        "mask": pad([[1] * len(e.ids) for e in batch], 0, length, torch.long),
        "sentence": pad([e.sentence for e in batch], -1, length, torch.long),
        "evidence": pad([e.evidence for e in batch], 0.0, count, torch.float32),
        "label": torch.tensor([e.label for e in batch]),
        "start": torch.tensor([e.start for e in batch]),
        "end": torch.tensor([e.end for e in batch]),
        "scale": torch.tensor([e.scale for e in batch]),
        "evidence_scale": torch.tensor([e.evidence_scale for e in batch]),
        "group": torch.tensor([e.group for e in batch]),
    }
