"""Train the term classifier on CANARD.

    python -m training.conversation.train --data ../shared/data/qa --minutes 22

Resumable: state is kept in ``training/runs/conversation`` after every few hundred steps. bfloat16 matrix products over
float32 weights, batches of like length. The rate falls to nothing by the last step or minute.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from govqa.conversation.terms import Layout, layout
from govqa.evaluation.conversation import normal
from training.conversation.data import Example, dev_examples, rows, train_examples, with_changes
from training.conversation.model import fresh

logger = logging.getLogger(__name__)
RUN = Path("training/runs/conversation")


def tokenizer():
    from tokenizers import Tokenizer

    from govqa.weights import built_in_folder

    made = Tokenizer.from_file(str(built_in_folder() / "tokenizer.json"))
    made.no_padding()
    made.no_truncation()
    return made


def encode(made, example: Example) -> tuple[Layout, list[float], float]:
    """Input, label of each piece (-1: not in the history, or a stop word's), and whether context is needed."""
    laid = layout(made, example.question, example.segments)
    known = [normal(text) for text in laid.texts]
    labels = [
        -1.0 if number < 0 or not known[number] else float(known[number] in example.gold) for number in laid.words
    ]
    return laid, labels, float(example.needs_context)


def collate(batch: list[tuple[Layout, list[float], float]]) -> dict[str, Tensor]:
    width = max(len(laid.ids) for laid, _, _ in batch)
    width = (width + 15) // 16 * 16

    def pad(values, fill, dtype):
        return torch.tensor([list(v) + [fill] * (width - len(v)) for v in values], dtype=dtype)

    return {
        "ids": pad([b[0].ids for b in batch], 0, torch.long),
        "types": pad([b[0].types for b in batch], 0, torch.long),
        "mask": pad([[1] * len(b[0].ids) for b in batch], 0, torch.long),
        "labels": pad([b[1] for b in batch], -1.0, torch.float32),
        "needs": torch.tensor([b[2] for b in batch]),
    }


def batches(encoded: list, size: int, rng: random.Random) -> list[list]:
    order = list(range(len(encoded)))
    rng.shuffle(order)
    made = []
    for first in range(0, len(order), size * 50):
        chunk = sorted(order[first : first + size * 50], key=lambda i: len(encoded[i][0].ids))
        made.extend([encoded[i] for i in chunk[at : at + size]] for at in range(0, len(chunk), size))
    rng.shuffle(made)
    return made


def loss_of(network, batch: dict[str, Tensor]) -> Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        terms, needs = network(batch["ids"], batch["types"], batch["mask"])
    terms, needs = terms.float(), needs.float()
    real = batch["labels"] >= 0
    each = F.binary_cross_entropy_with_logits(terms, batch["labels"].clamp(min=0), reduction="none")
    weight = real.float() * torch.where(batch["labels"] > 0.5, 1.5, 1.0)
    term_loss = (each * weight).sum() / weight.sum().clamp(min=1.0)
    return term_loss + 0.15 * F.binary_cross_entropy_with_logits(needs, batch["needs"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=22.0)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--threads", type=int, default=1, help="more than are free is far slower than one")
    parser.add_argument("--steps", type=int, default=0, help="planned steps; 0: epochs' worth")
    parser.add_argument(
        "--changes", type=float, default=0.0, help="share of examples shown again with a change of topic"
    )
    parser.add_argument("--start", type=Path, help="an earlier state whose weights to begin with")
    parser.add_argument("--run", type=Path, default=RUN, help="where the state is kept")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    options.run.mkdir(parents=True, exist_ok=True)
    made = tokenizer()
    train, dev = rows(options.data / "rewrite_train.jsonl.gz"), rows(options.data / "rewrite_dev.jsonl.gz")
    network = fresh()
    decay = [p for p in network.parameters() if p.requires_grad and p.ndim > 1]
    plain = [p for p in network.parameters() if p.requires_grad and p.ndim == 1]
    optimiser = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=options.rate, fused=True
    )
    done, spent = 0, 0.0
    state = options.run / "state.pt"
    if options.start and not state.exists():
        network.load_state_dict(torch.load(options.start, weights_only=True)["network"])
    if state.exists():
        kept = torch.load(state, weights_only=True)
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        done, spent = kept["step"], kept["seconds"]
        logger.info(f"resumed at step {done}, {spent:.0f} s")
    step, started = 0, time.time()
    network.train()
    running = 0.0
    planned = options.steps
    for epoch in range(options.epochs):
        rng = random.Random(epoch)
        examples = list(train_examples(train, rng)) + [e for _ in range(2) for e in dev_examples(dev, rng)]
        examples = with_changes(examples, rng, options.changes)
        if options.steps:  # no more than is used
            examples = rng.sample(examples, min(len(examples), options.steps * options.batch))
        encoded = [encode(made, e) for e in examples]
        made_batches = batches(encoded, options.batch, rng)
        if not planned:
            planned = len(made_batches) * options.epochs
        logger.info(f"epoch {epoch}: {len(examples)} examples, {len(made_batches)} batches, {planned} steps planned")
        for batch in made_batches:
            if step < done or step >= planned:
                step += 1
                continue
            warm = min(1.0, (step + 1) / 100)
            elapsed = (spent + time.time() - started) / 60 / options.minutes
            for group in optimiser.param_groups:  # whichever ends first, the steps or the time
                group["lr"] = options.rate * warm * max(0.02, 1 - max(step / planned, elapsed))
            loss = loss_of(network, collate(batch))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            running += loss.item()
            step += 1
            if step % 100 == 0:
                seconds = spent + time.time() - started
                logger.info(f"{step} loss {running / 100:.4f} {seconds:.0f} s")
                running = 0.0
            if step % 100 == 0 or (spent + time.time() - started) / 60 > options.minutes:
                seconds = spent + time.time() - started
                save(state, network, optimiser, step, seconds)
                if seconds / 60 > options.minutes:
                    logger.info("out of time")
                    return
    save(state, network, optimiser, step, spent + time.time() - started)
    (options.run / "done.json").write_text(json.dumps({"steps": step, "seconds": spent + time.time() - started}))


def save(path: Path, network, optimiser, step: int, seconds: float) -> None:
    part = path.with_suffix(".part")
    torch.save(
        {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "seconds": seconds}, part
    )
    part.replace(path)


if __name__ == "__main__":
    main()
