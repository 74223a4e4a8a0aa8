"""Draw a run's learning curves: ``python -m training.curve --run training/runs/main``.

Left the training losses; right what ``training.evaluate`` gave on development data, if ``dev.jsonl`` is in the run
(one object a line: ``{"examples": 13000, "PolicyQA F1": 0.5, …}``).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def draw(run: Path, out: Path) -> None:
    """Write the picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    for name in ("answerable", "span", "evidence", "ranking", "passages"):
        rows = [row for row in log if name in row]  # "passages" begins with the third stage
        values = [row[name] for row in rows]
        smooth = [sum(values[max(0, i - 4) : i + 1]) / len(values[max(0, i - 4) : i + 1]) for i in range(len(values))]
        left.plot([row["examples"] for row in rows], smooth, label=name)
    left.set(xlabel="examples seen", ylabel="training loss (mean of 100 steps)", yscale="log")
    left.legend()
    dev = run / "dev.jsonl"
    if dev.exists():
        rows = [json.loads(line) for line in dev.read_text().splitlines()]
        for name in [k for k in rows[0] if k != "examples"]:
            right.plot([r["examples"] for r in rows], [r.get(name) for r in rows], marker="o", label=name)
        right.set(xlabel="examples seen", ylabel="development score")
        right.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(out, dpi=90)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.curve", description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "learning-curve.png")
    args = parser.parse_args()
    draw(args.run, args.out)


if __name__ == "__main__":
    main()
