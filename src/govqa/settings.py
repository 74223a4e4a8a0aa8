"""Settings, from ``GOVQA_…`` environment variables or a program's own arguments: one place, all documented."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from govqa.errors import SettingsError


def _data_dir() -> Path:
    from platformdirs import user_data_path

    return user_data_path("govqa", appauthor=False)


def _cache_dir() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("govqa", appauthor=False)


class Settings(BaseSettings):
    """Every setting of govqa with its default.

    >>> Settings(max_citations=5).max_citations
    5
    """

    model_config = SettingsConfigDict(env_prefix="GOVQA_", env_ignore_empty=True, frozen=True, extra="ignore")

    library: Path = Field(default_factory=lambda: _data_dir() / "library")
    """Folder of the library that is used when none is named."""
    cache_dir: Path = Field(default_factory=_cache_dir)
    """Folder for what can be made again: the embedder's ONNX export."""
    chroma_url: str = ""
    """URL of a Chroma server; empty: Chroma embedded in the library's folder."""
    model: str = "all-MiniLM-L6-v2"
    """Embedder: the built-in one, or any sentence-transformers model by name or folder."""
    reader: str = "trained"
    """``trained`` (govqa's own), ``lexical`` (no model of its own), or a Hugging Face extractive-QA model by
    name or folder."""
    threads: int = Field(default=2, ge=1, le=256)
    """CPU threads of the models."""
    passage_tokens: int = Field(default=180, ge=16, le=2000)
    """Budget of a passage in tokens (tiktoken's cl100k_base)."""
    passages_read: int = Field(default=16, ge=1, le=100)
    """How many of the passages found the reader reads at most; it stops when it has an answer."""
    max_citations: int = Field(default=3, ge=1, le=20)
    """How many citations an answer may have."""
    threshold: float | None = Field(default=None, ge=0.0, le=1.0)
    """Confidence under which the answer is ``not_found``; unset: how probable an answer is at all decides."""
    max_file_mb: int = Field(default=100, ge=1)
    """Largest file that is read."""
    private_hosts: str = ""
    """Hosts in private networks that documents may be fetched from, separated by commas."""
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    root_path: str = ""
    page_read_only: bool = False
    """Who opens the page may ask and read, but neither add nor remove sources."""
    auth: str = ""
    """Login of the page, ``user:password`` pairs separated by commas; empty: none."""


def load_settings(**changes: object) -> Settings:
    """Settings from the environment with ``changes`` over them.

    Raises:
        SettingsError: a value makes no sense; the message names the variable.
    """
    try:
        return Settings(**{k: v for k, v in changes.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"GOVQA_{name}: {first['msg']} (got {first['input']!r}).") from None


@lru_cache(maxsize=1)
def default_settings() -> Settings:
    """The environment's settings, read once."""
    return load_settings()
