"""Training shows the reader what the runtime shows it."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from govqa.affinity import called
from govqa.readers.trained import TrainedReader
from govqa.types import Hit, Passage, Source

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

pytest.importorskip("training.examples", reason="training/ is only in a checkout")

TEXT = "Makers of lanterns keep a register. It is open to everyone.\nImporters check the label before sale."
TITLE, HEADINGS = "Lantern Act", ("Chapter II Duties of makers and importers", "Article 7 Registers, labels and checks")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who may look into the register of the Lantern Act?", "Lantern Act"),
        ("who checks labels", ""),
        ("What does GAZETTE-77 oblige importers to do?", "GAZETTE 77"),
    ],
)
def test_training_and_runtime_give_the_network_the_same_pieces(question, name):
    from training.examples import Draft, Sampler
    from training.texts import Question, make_texts, tokenizer

    source = Source("s", TITLE, origin="laws/GAZETTE-77.pdf")
    assert called(question, source) == name
    tok = tokenizer()
    (text,) = make_texts(tok, [("written:test", " › ".join((TITLE, *HEADINGS)), TEXT)])
    text.of = source
    sampler = Sampler([text], [Question(0, question, [], [0])], tok, {}, contrast=True)
    whole = [(0, sentence) for sentence in range(len(text.ids))]
    (example,) = sampler.encode([Draft(0, "positive", question, text.title, whole, 1.0, 0)], random.Random(0))

    reader = TrainedReader()
    hit = Hit(Passage("s", 0, len(TEXT), TEXT, HEADINGS), 1.0, source=source)
    (window,) = reader._windows(list(reader._pieces(question)[0]), called(question, source), hit)
    assert window.ids == example.ids
    assert window.first == example.sentence.index(0)
    assert example.evidence == [1.0, 0.0, 0.0]
