"""From a trained network to the shipped file: ``python -m training.export --run training/runs/main``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from govqa.weights import built_in_folder, sha256_file
from training.examples import NAME_PIECES, QUESTION_PIECES, TITLE_PIECES
from training.model import Network

PACKAGE_DATA = Path(__file__).parent.parent / "src" / "govqa" / "data"
HALF = "_half"
CARD: dict[str, Any] = {
    "max_pieces": 320,
    "question_pieces": QUESTION_PIECES,
    "title_pieces": TITLE_PIECES,
    "name_pieces": NAME_PIECES,
    "overlap_pieces": 96,
    "longest_span": 120,
    "calibration": {"answerable": [1.0, 0.0], "evidence": [1.0, 0.0]},
}


def to_onnx(network: Network, path: Path) -> None:
    """The float32 graph, with batch and length free."""
    ids = torch.randint(1000, 2000, (2, 24))
    axes = {name: {0: "batch", 1: "length"} for name in ("ids", "types", "mask", "tokens")}
    torch.onnx.export(
        network.float().eval(),
        (ids, torch.ones_like(ids), torch.ones_like(ids)),
        str(path),
        input_names=["ids", "types", "mask"],
        output_names=["tokens", "answerable"],
        dynamic_axes={**axes, "answerable": {0: "batch"}},
        opset_version=17,
        do_constant_folding=False,  # keeps the weights' names; ONNX Runtime folds when it loads
        dynamo=False,
    )


def half_precision(source: Path, path: Path) -> None:
    """Weights stored as float16 and cast back to float32 when loaded: half the file, the speed of float32."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(source)
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < 1024:
            continue
        array = numpy_helper.to_array(tensor).astype(np.float16)
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(array, f"{name}{HALF}"))
        casts.append(helper.make_node("Cast", [f"{name}{HALF}"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, path)


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    """The weights in a file that :func:`export` wrote, by the network's own names; int8 ones multiplied out."""
    import numpy as np
    import onnx
    from onnx import numpy_helper

    raw = {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
    found = {}
    for name, value in raw.items():
        if name.endswith("_quantized"):
            name = name.removesuffix("_quantized")
            scale, zero = raw[f"{name}_scale"], raw[f"{name}_zero_point"]
            value = (value.astype(np.float32) - zero.astype(np.float32)) * scale
        elif name.endswith(("_scale", "_zero_point")):
            continue
        name = name.removesuffix(HALF)
        if name.startswith("/") and name.endswith("/Transpose_output_0"):
            name, value = name[1:].replace("/Transpose_output_0", ".weight").replace("/", "."), value.T
        if name.endswith("_Transposed"):
            name, value = name.removesuffix("_Transposed"), value.T
        if "." in name and not name.startswith(("/", "onnx::")):
            found[name] = torch.tensor(np.ascontiguousarray(value)).float()
    return found


def int8(source: Path, path: Path) -> None:
    """Dynamic int8, weights per output channel; the heads stay in float32 (they are tiny and decide everything)."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = source.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    graph = onnx.load(prepared).graph
    heads = [n.name for n in graph.node if n.name.startswith(("/tokens/", "/answerable/"))]
    heads += [f"{name}_MatMul" for name in heads]
    quantize_dynamic(
        str(prepared),
        str(path),
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=heads,
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
    )
    prepared.unlink()


def export(network: Network, folder: Path = PACKAGE_DATA, kind: str = "int8", **card: Any) -> Path:
    """Write ``reader.onnx`` and ``reader.json`` (SHA-256, limits, calibration) into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    full = folder / "reader.float.onnx"
    to_onnx(network, full)
    path = folder / "reader.new.onnx"
    {"half": half_precision, "int8": int8}[kind](full, path) if kind != "float" else full.replace(path)
    full.unlink(missing_ok=True)
    final = path.replace(folder / "reader.onnx")
    details = {
        "sha256": sha256_file(final),
        "tokenizer_sha256": sha256_file(built_in_folder() / "tokenizer.json"),
        "precision": kind,
        **CARD,
        **card,
    }
    (folder / "reader.json").write_text(json.dumps(details, indent=2) + "\n", "utf-8")
    return final


def main() -> None:
    """The command line."""
    from training.train import averaged

    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="the run's folder, with its checkpoint")
    parser.add_argument("--out", type=Path, default=PACKAGE_DATA)
    parser.add_argument("--kind", choices=("half", "int8", "float"), default="int8")
    args = parser.parse_args()
    network = averaged(args.run)
    export(network, args.out, args.kind)


if __name__ == "__main__":
    main()
