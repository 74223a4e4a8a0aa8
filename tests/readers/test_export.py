"""The exported graph computes what the PyTorch network computes."""

from __future__ import annotations

import json
import random
import sys
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

pytest.importorskip("training.model", reason="training/ is only in a checkout")

INPUTS = 200


def inputs() -> list[tuple[list[int], int]]:
    """Random questions and passages: word pieces, and where the passage begins."""
    rng = random.Random(4)
    found = []
    for _ in range(INPUTS):
        asked = [rng.randrange(1000, 30000) for _ in range(rng.randint(1, 20))]
        text = [rng.randrange(1000, 30000) for _ in range(rng.randint(1, 60))]
        found.append(([101, *asked, 102, *text, 102], len(asked) + 2))
    return found


@lru_cache(maxsize=2)
def session_of(path: Path) -> Any:
    import onnxruntime

    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def worst_difference(path: Path, network: Any, rows: list[tuple[list[int], int]]) -> tuple[float, float]:
    """Largest differences between ONNX Runtime and PyTorch: a token's logits, a passage's."""
    import torch

    session = session_of(path)
    token, answerable = 0.0, 0.0
    for low in range(0, len(rows), 20):
        block = rows[low : low + 20]
        length = max(len(ids) for ids, _ in block)
        ids, types, mask = (np.zeros((len(block), length), np.int64) for _ in range(3))
        for row, (pieces, first) in enumerate(block):
            ids[row, : len(pieces)] = pieces
            types[row, first : len(pieces)] = 1
            mask[row, : len(pieces)] = 1
        got = session.run(["tokens", "answerable"], {"ids": ids, "types": types, "mask": mask})
        with torch.inference_mode():
            want = network(*(torch.from_numpy(x) for x in (ids, types, mask)))
        token = max(token, float(np.abs((got[0] - want[0].numpy()) * mask[..., None]).max()))
        answerable = max(answerable, float(np.abs(got[1] - want[1].numpy()).max()))
    return token, answerable


def test_an_exported_network_is_the_network(tmp_path: Path) -> None:
    from training.export import to_onnx
    from training.model import from_minilm, minilm_weights

    network = from_minilm(minilm_weights()).eval()
    to_onnx(network, tmp_path / "float.onnx")
    assert max(worst_difference(tmp_path / "float.onnx", network, inputs())) < 1e-3


def test_the_shipped_file_is_its_network() -> None:
    """The weights stand in the file under the network's own names, so that it can be rebuilt in PyTorch.

    An int8 file rounds what flows through it as well: its logits come out near, not equal, and are compared one input
    at a time, as the reader runs them.
    """
    from training.export import weights_of
    from training.model import Network

    data = Path(str(files("govqa") / "data"))
    card = json.loads((data / "reader.json").read_text("utf-8"))
    network = Network().eval()
    network.load_state_dict(weights_of(data / "reader.onnx"))
    differences = [worst_difference(data / "reader.onnx", network, [row]) for row in inputs()]
    mean = float(np.mean([passage for _, passage in differences]))
    assert mean < (0.4 if card["precision"] == "int8" else 1e-3)
