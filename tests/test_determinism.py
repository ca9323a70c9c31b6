"""The same input gives the same bytes: whatever the hash seed, the working directory, the locale and the order."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cases import ROOT
from fault_tree import make_tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="NO RUNS WERE COMPARED: each is a forked process")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """`tools/determinism.py`, which compares all ways there are."""
    spec = importlib.util.spec_from_file_location("determinism", ROOT / "tools" / "determinism.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_one_output_for_all_ways(tool: ModuleType, tmp_path: Path) -> None:
    make_tree(tmp_path / "tree")
    ways = [
        tool.Way(sys.executable, seed, directory, locale, seed)
        for seed, directory, locale in zip((0, 1, 2), tool.DIRECTORIES, tool.LOCALES, strict=True)
    ]
    found = tool.distinct((way, tool.run(way, tmp_path / "tree", only="lint")) for way in ways)
    assert {"lint.sarif", "lint.text", "standard error"} <= set(found)
    assert {name for name, digests in found.items() if len(digests) > 1} == set()


def test_what_differs_is_seen(tool: ModuleType) -> None:
    way = tool.Way(sys.executable, 0, "/", tool.LOCALES[0], 0)
    found = tool.distinct([(way, {"a": b"1", "b": b"1"}), (way._replace(hash_seed=1), {"a": b"2", "b": b"1"})])
    assert [name for name, digests in found.items() if len(digests) > 1] == ["a"]
