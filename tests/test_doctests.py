"""The examples in docstrings run and say the truth."""

import doctest
import importlib
import pkgutil

import pytest

import govqa

MODULES = [
    module.name
    for module in pkgutil.walk_packages(govqa.__path__, "govqa.")
    if not module.name.startswith(("govqa.page", "govqa.cli", "govqa.terminal"))
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A library of its own: examples neither need nor touch the user's."""
    return tmp_path_factory.mktemp("examples") / "library"


@pytest.mark.parametrize("name", MODULES)
def test_examples_of(name, library, monkeypatch):
    monkeypatch.setenv("GOVQA_LIBRARY", str(library))
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert failed == 0
