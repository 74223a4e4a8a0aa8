"""The embedder: any sentence-transformers model, run by ONNX Runtime.

sentence-transformers loads a model once and its export is cached by the hash of its weights; after that neither torch
nor sentence-transformers is imported, so that a question is answered in milliseconds from a cold start.
Mean pooling and normalisation are part of the exported graph (Reimers & Gurevych 2019, Sentence-BERT).
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govqa.errors import ModelError
from govqa.runtime import Workers, open_session
from govqa.settings import Settings
from govqa.types import Fingerprint
from govqa.weights import BUILT_IN, BUILT_IN_SHA256, check_sha256, model_folder, sha256_file, weights_hash

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

_EXPORT_VERSION = 1


class OnnxEmbedder:
    """An exported sentence-transformers model.

    >>> embedder = open_embedder(Settings())
    >>> embedder.embed(["artificial intelligence"]).shape
    (1, 384)
    """

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        from tokenizers import Tokenizer

        card = json.loads((folder / "model.json").read_text("utf-8"))
        check_sha256(folder / "model.onnx", card["onnx_sha256"])
        self._session = open_session(folder / "model.onnx")
        self._workers = Workers(threads)
        self._inputs = {i.name for i in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._query_prompt: str = card["query_prompt"]
        self._document_prompt: str = card["document_prompt"]
        self.max_tokens: int = card["max_tokens"]
        self.fingerprint = Fingerprint(card["name"], card["dimension"], card["weights_hash"])

    def count(self, text: str) -> int:
        """Word pieces of ``text`` with the special ones and the model's own prompt, not truncated."""
        return len(self._tokenizer.encode(self._document_prompt + text).ids)

    def embed(self, texts: Sequence[str], *, as_query: bool = False) -> NDArray[np.float32]:
        """Unit vectors, shape ``(len(texts), dimension)``. Text past ``max_tokens`` is not seen: split before.

        Args:
            texts: any strings.
            as_query: use the model's prompt for questions, for models that have one.
        """
        import numpy as np

        prompt = self._query_prompt if as_query else self._document_prompt
        if not texts:
            return np.zeros((0, self.fingerprint.dimension), np.float32)
        return np.stack(self._workers.map(self._vector, [prompt + text for text in texts]))

    def _vector(self, text: str) -> NDArray[np.float32]:
        import numpy as np

        tokens = np.array([self._ids(text)], np.int64)
        feeds = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        feeds = {name: value for name, value in feeds.items() if name in self._inputs}
        vector: NDArray[np.float32] = self._session.run(["sentence_embedding"], feeds)[0][0]
        return vector

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text).ids
        if len(ids) <= self.max_tokens:
            return ids
        return [*ids[: self.max_tokens - 1], ids[-1]]


def open_embedder(settings: Settings) -> OnnxEmbedder:
    """The embedder that the settings name, exported on first use (some 15 s), from the cache after that (0.5 s).

    Raises:
        ModelError: no such model, its weights are not the pinned ones, or it cannot be exported.
    """
    folder = _cached_folder(settings)
    if not _complete(folder):
        _export_once(settings, folder)
    try:
        return OnnxEmbedder(folder, threads=settings.threads)
    except ModelError:
        # A cache is only a cache: what is damaged in it is made again from the checked weights.
        logger.warning("The cached export in %s is damaged and is made again.", folder)
        (folder / "model.json").unlink(missing_ok=True)
        _export_once(settings, folder)
        return OnnxEmbedder(folder, threads=settings.threads)


def is_exported(settings: Settings) -> bool:
    """Is the embedder ready at once, or will its first use take a while?"""
    return _complete(_cached_folder(settings))


def _cached_folder(settings: Settings) -> Path:
    key = BUILT_IN_SHA256 if settings.model == BUILT_IN else weights_hash(model_folder(settings.model))
    return settings.cache_dir / "onnx" / f"{key[:32]}-v{_EXPORT_VERSION}"


def _complete(folder: Path) -> bool:
    return (folder / "model.json").is_file() and (folder / "model.onnx").is_file()


def _export_once(settings: Settings, folder: Path) -> None:
    from filelock import FileLock

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not _complete(folder):
                export(settings.model, folder)
    except OSError as error:
        raise ModelError(
            f"The embedder's export cannot be kept in {folder.parent} ({error.strerror or error}): "
            "free some space or set GOVQA_CACHE_DIR to a folder that can be written."
        ) from None


def export(name: str, folder: Path) -> None:
    """Load a model with sentence-transformers, check it, and write ``model.onnx``, its tokenizer and ``model.json``.

    Raises:
        ModelError: the weights are not the pinned ones, or the model is of a shape that cannot be exported.
    """
    source = model_folder(name)
    if name == BUILT_IN:
        check_sha256(source / "model.safetensors", BUILT_IN_SHA256)
    digest = weights_hash(source)

    import warnings

    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    try:
        model = SentenceTransformer(
            str(source), device="cpu", trust_remote_code=False, model_kwargs={"use_safetensors": True}
        )
        tokenizer = model.tokenizer.backend_tokenizer
    except Exception as error:
        raise ModelError(f"{name!r} is no sentence-transformers model that can be loaded: {error}") from None
    model.eval()

    class Normalised(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            if token_type_ids is not None:
                features["token_type_ids"] = token_type_ids
            vector = self.model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vector, dim=-1)

    names = ["input_ids", "attention_mask"]
    if "token_type_ids" in model.tokenizer.model_input_names:
        names.append("token_type_ids")
    example = torch.tensor([[1, 2, 3, 4], [1, 2, 3, 4]])
    inputs = (example, torch.ones_like(example), torch.zeros_like(example))[: len(names)]
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "model.onnx.part"
    axes = {n: {0: "batch", 1: "tokens"} for n in names} | {"sentence_embedding": {0: "batch"}}
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tracer's notes on constant shapes; a test compares the results
            torch.onnx.export(
                Normalised(),
                inputs,
                str(part),
                input_names=names,
                output_names=["sentence_embedding"],
                dynamic_axes=axes,
                opset_version=17,
                dynamo=False,
            )
    except OSError:
        raise
    except Exception as error:
        raise ModelError(f"{name!r} cannot be exported to ONNX: {error}") from None
    prompts = model.prompts or {}
    card = {
        "name": name if name == BUILT_IN else Path(name).name,
        "weights_hash": digest,
        "onnx_sha256": sha256_file(part),
        "dimension": int(model.get_embedding_dimension() or 0),
        "max_tokens": int(model.max_seq_length or 512),
        "query_prompt": prompts.get("query") or "",
        "document_prompt": prompts.get("document") or prompts.get("passage") or "",
    }
    tokenizer.save(str(folder / "tokenizer.json"))
    os.replace(part, folder / "model.onnx")
    card_part = folder / "model.json.part"
    card_part.write_text(json.dumps(card, indent=1), "utf-8")
    os.replace(card_part, folder / "model.json")
