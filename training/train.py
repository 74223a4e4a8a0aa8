"""Train the reader and export it: ``python -m training.train --data ../shared/data --out training/runs/main``.

Stops and resumes at any time: the same command goes on from the last checkpoint (weights, optimiser, step and the
place in the data; all safetensors and JSON). With ``--export`` the weights are written as the package's ONNX file.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import torch

from training import governance, negatives, texts, written
from training.batches import batches, collate
from training.examples import Sampler
from training.model import Network, embed, from_minilm, losses, minilm_weights
from training.synonyms import synonyms

SHARES = {
    "squadshifts-new_wiki": 1.0,
    "squadshifts-reddit": 0.5,
    "squadshifts-amazon": 0.5,
    "policyqa": 1.5,
    "qamr": 0.1,
    "selqa": 2.0,
    "obliqa": 0.8,
    "gov": 1.0,
}
"""Examples an epoch of the first stage, as a share of each set's questions: nearest to governance counts most."""

LATER = {
    "squadshifts-new_wiki": 1.0,
    "squadshifts-reddit": 0.6,
    "squadshifts-amazon": 0.4,
    "policyqa": 0.5,
    "qamr": 0.05,
    "selqa": 1.0,
    "obliqa": 0.2,
    "gov": 0.3,
    "written": 2.0,
}
"""The same for the second stage, which joins the questions written for this job."""

MEANT = {
    "squadshifts-new_wiki": 0.5,
    "squadshifts-reddit": 0.4,
    "squadshifts-amazon": 0.2,
    "policyqa": 0.3,
    "qamr": 0.02,
    "selqa": 1.0,
    "obliqa": 0.1,
    "gov": 0.1,
    "written": 2.0,
}
"""The third stage, with the second round of written questions: most of what is read."""

SOURCES = (
    "squadshifts-new_wiki",
    "squadshifts-reddit",
    "squadshifts-amazon",
    "policyqa",
    "qamr",
    "selqa",
    "obliqa",
    "gov",
)
WEIGHTS = {"answerable": 1.0, "span": 1.0, "evidence": 1.5, "ranking": 0.4, "passages": 0.5}


def say(line: str) -> None:
    """One line of progress."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


DENSE = ("squadshifts-new_wiki", "squadshifts-reddit", "squadshifts-amazon", "selqa", "written")
"""Where the later stages look for negatives with vectors too: sets with few questions that fit several passages."""


def prepare(data: Path, tok: Any, stage: int = 0) -> tuple[list[texts.Text], list[texts.Question]]:
    """Every training text and question of a stage (0 to 2), with retrieved negatives."""
    all_texts: list[texts.Text] = []
    asked: list[texts.Question] = []
    sets = [
        texts.load(data / "qa" / "span_train.jsonl.gz", tok),
        texts.load(data / "qa" / "evidence_train.jsonl.gz", tok),
        governance.load_governance(data / "gov", tok),
    ]
    if stage:
        files = (written.FIRST, written.SECOND)[:stage]
        sets.append(written.load_written(tok, data, files))
    for loaded in sets:
        offset = len(all_texts)
        for text in loaded[0]:
            text.neighbours = tuple(n + offset for n in text.neighbours)
        for question in loaded[1]:
            question.text += offset
        all_texts += loaded[0]
        asked += loaded[1]
    asked += governance.regulatory(all_texts, seed=2)
    negatives.mine(all_texts, asked, (*SOURCES, "written"))
    if stage:
        negatives.mine_dense(all_texts, asked, DENSE, partial(embed, minilm_weights(), tok))
    return all_texts, asked


class Optimiser:
    """AdamW on float32 masters of bfloat16 weights, and their running mean, which is what is shipped.

    The word embeddings stay frozen: it saves a third of a step, and rare words keep what they learnt from far more
    text than there is here.
    """

    def __init__(self, network: Network, rate: float, decay: float = 0.01, mean: float = 0.998) -> None:
        network.words.weight.requires_grad_(False)
        self.work = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
        self.master = [p.detach().float().clone() for _, p in self.work]
        self.mean = [p.clone() for p in self.master]
        self.first = [torch.zeros_like(p) for p in self.master]
        self.second = [torch.zeros_like(p) for p in self.master]
        self.rate, self.decay, self.factor, self.step_number = rate, decay, mean, 0

    @torch.no_grad()
    def step(self, scale: float) -> float:
        """One update at ``scale`` times the rate; the gradient's norm is clipped to 1 and returned."""
        self.step_number += 1
        grads = [
            p.grad.float() if p.grad is not None else torch.zeros_like(m)
            for (_, p), m in zip(self.work, self.master, strict=True)
        ]
        norm = math.sqrt(sum(float(n) ** 2 for n in torch._foreach_norm(grads)))
        torch._foreach_mul_(grads, 1.0 / max(1.0, norm))
        b1, b2, n = 0.9, 0.98, self.step_number
        torch._foreach_lerp_(self.first, grads, 1 - b1)
        torch._foreach_mul_(self.second, b2)
        torch._foreach_addcmul_(self.second, grads, grads, 1 - b2)
        bottom = torch._foreach_sqrt(self.second)
        torch._foreach_div_(bottom, math.sqrt(1 - b2**n))
        torch._foreach_add_(bottom, 1e-6)
        rate = self.rate * scale
        torch._foreach_mul_(self.master, 1 - rate * self.decay)
        torch._foreach_addcdiv_(self.master, self.first, bottom, -rate / (1 - b1**n))
        torch._foreach_lerp_(self.mean, self.master, 1 - min(self.factor, (1 + n) / (10 + n)))
        for (_, p), m in zip(self.work, self.master, strict=True):
            p.copy_(m)
            p.grad = None
        return norm

    def tensors(self) -> dict[str, torch.Tensor]:
        """Everything a resume needs, by name."""
        kinds = (("master", self.master), ("mean", self.mean), ("first", self.first), ("second", self.second))
        return {f"{kind}/{name}": t for kind, ts in kinds for (name, _), t in zip(self.work, ts, strict=True)}

    def load(self, tensors: dict[str, torch.Tensor], step: int) -> None:
        """The inverse of :meth:`tensors`."""
        for name, tensor in self.tensors().items():
            tensor.copy_(tensors[name])
        with torch.no_grad():
            for (_, p), m in zip(self.work, self.master, strict=True):
                p.copy_(m)
        self.step_number = step


def save(out: Path, optimiser: Optimiser, state: dict[str, Any]) -> None:
    """Write the checkpoint beside the old one, then swap, so that a kill leaves one of them whole."""
    from safetensors.torch import save_file

    save_file(optimiser.tensors(), out / "checkpoint.new", {"state": json.dumps(state)})
    (out / "checkpoint.new").replace(out / "checkpoint.safetensors")


def resume(out: Path, optimiser: Optimiser) -> dict[str, Any] | None:
    """Load the checkpoint if there is one; its state."""
    from safetensors import safe_open

    path = out / "checkpoint.safetensors"
    if not path.exists():
        return None
    with safe_open(path, framework="pt") as file:
        state: dict[str, Any] = json.loads(file.metadata()["state"])
        optimiser.load({name: file.get_tensor(name) for name in file.keys()}, state["step"])  # noqa: SIM118
    return state


def averaged(out: Path) -> Network:
    """The network with the running mean of the weights from ``out``'s checkpoint (float32)."""
    network = from_minilm(minilm_weights())
    optimiser = Optimiser(network, 0.0)
    if resume(out, optimiser) is None:
        raise SystemExit(f"{out}: no checkpoint here; train first.")
    with torch.no_grad():
        for (_, p), m in zip(optimiser.work, optimiser.mean, strict=True):
            p.copy_(m)
    return network.eval()


def rate_at(step: int, total: int, warm: int = 150, cool: float = 0.3) -> float:
    """Warm up, hold, and go down to nothing over the last ``cool`` of the run."""
    return min(1.0, step / warm, max(0.0, (total - step) / (total * cool)))


def _stage(
    args: argparse.Namespace,
    out: Path,
    network: Network,
    optimiser: Optimiser,
    state: dict[str, Any],
    stage: int,
    until: int,
) -> None:
    """One stage's steps, from wherever ``state`` stands to ``until``.

    The first two stages share one rise and fall of the rate, the third has its own (a warm restart).
    """
    cycle = (args.written, args.steps) if stage == 2 else (0, min(args.written, args.steps))
    tok = texts.tokenizer()
    began = time.time()
    all_texts, asked = prepare(args.data, tok, stage)
    say(f"{len(all_texts)} texts, {len(asked)} questions in {time.time() - began:.0f} s")
    near = synonyms(minilm_weights(), tok)
    shares = (SHARES, LATER, MEANT)[stage]
    sampler = Sampler(all_texts, asked, tok, shares, args.positives, near, contrast=stage == 2)
    if state.get("stage", 0) != stage:
        state.update(stage=stage, epoch=state["epoch"] + 1, batch=0)
    spent, began, sums, seen = state["seconds"], time.time(), dict.fromkeys(WEIGHTS, 0.0), 0
    network.train()
    while state["step"] < until:
        drawn = sampler.epoch(args.seed * 1000 + state["epoch"])
        for number, batch in enumerate(batches(drawn, args.batch_tokens, args.seed + state["epoch"])):
            if number < state["batch"]:
                continue
            torch.manual_seed(args.seed * 1_000_000 + state["step"])  # dropout's bits, the same after a resume
            data = collate(batch)
            tokens, answerable = network(data["ids"], data["types"], data["mask"])
            parts = losses(tokens, answerable, data)
            loss = sum(WEIGHTS[k] * v for k, v in parts.items())
            loss.backward()  # type: ignore[union-attr]
            state["step"] += 1
            optimiser.step(rate_at(state["step"] - cycle[0], cycle[1] - cycle[0]))
            state["batch"] = number + 1
            state["examples"] += len(batch)
            state["tokens"] += sum(len(e.ids) for e in batch)
            state["seconds"] = spent + time.time() - began
            for k, v in parts.items():
                sums[k] += float(v.detach())
            seen += 1
            if state["step"] % 20 == 0:
                line = {k: round(v / seen, 4) for k, v in sums.items()} | {k: round(v) for k, v in state.items()}
                with (out / "log.jsonl").open("a") as log:
                    log.write(json.dumps(line) + "\n")
                say(json.dumps(line))
                sums, seen = dict.fromkeys(WEIGHTS, 0.0), 0
            if state["step"] % args.save_every == 0 or state["step"] >= until:
                save(out, optimiser, state)
            if state["step"] >= until:
                break
        else:
            state["epoch"] += 1
            state["batch"] = 0


def train(args: argparse.Namespace) -> None:
    """Run (or go on with) the training."""
    torch.set_num_threads(args.threads)
    out: Path = args.out
    out.mkdir(parents=True, exist_ok=True)
    network = from_minilm(minilm_weights()).to(torch.bfloat16)
    optimiser = Optimiser(network, args.rate)
    state = resume(out, optimiser) or {"step": 0, "epoch": 0, "batch": 0, "seconds": 0.0, "examples": 0, "tokens": 0}
    say(f"from step {state['step']}")
    for stage, until in enumerate((args.general, args.written, args.steps)):
        if state["step"] < min(until, args.steps):
            _stage(args, out, network, optimiser, state, stage, min(until, args.steps))
    say(f"done: {state}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and gov/")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run: checkpoint and log")
    parser.add_argument("--steps", type=int, default=19000)
    parser.add_argument("--general", type=int, default=2100, help="the first stage's last step")
    parser.add_argument("--written", type=int, default=9000, help="the second stage's last step")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--positives", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=int, default=100)
    parser.add_argument("--export", action="store_true", help="write the package's ONNX file at the end")
    args = parser.parse_args()
    train(args)
    if args.export:
        from training.export import export

        export(averaged(args.out))


if __name__ == "__main__":
    main()
