"""Templates as cfn-lint decodes them: the fixtures, and with `KMSLINT_CORPUS=DIR` every template below it."""

from __future__ import annotations

import os
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest

from cases import FIXTURES
from cfnlint_trees import Difference, Reason, differences, refusal
from kmslint.byte_search import is_plan
from kmslint.discovery import discover
from kmslint.errors import InputError
from kmslint.raw import RawFile
from kmslint.syntax.bytes import decode
from kmslint.syntax.data import read_data
from kmslint.syntax.tree import Node

CORPUS = os.environ.get("KMSLINT_CORPUS", "")
READS_ALL_ALIASES = tuple(map(int, version("cfn-lint").split(".")[:2])) < (1, 57)
"""Whether this cfn-lint has no bound on aliases yet: it reads what kmslint refuses."""


def ours(file: RawFile) -> Node | None:
    """The document of a file; None if it cannot be read, or is not the only one."""
    try:
        documents = read_data(decode(file.path, file.data)).documents
    except InputError:
        return None
    return documents[0] if len(documents) == 1 else None


def compared(root: Path, file: RawFile) -> list[Difference]:
    from cfnlint.decode import decode as decoded  # a second: where something is compared

    tree = ours(file)
    theirs, matches = decoded(str(root / file.path))
    if matches or theirs is None:
        return [] if tree is None else [refusal(tree, [match.message for match in matches], file.path)]
    if tree is None:
        if READS_ALL_ALIASES and file.path.endswith("alias_bomb.yaml"):
            return []
        return [Difference(Reason.NONE, file.path, "not read", "a tree")]
    return list(differences(tree, theirs, file.path))


def templates(root: Path) -> list[RawFile]:
    return [file for file in discover([str(root)], str(root)).templates if not is_plan(file.data)]


def hold_against_each_other(root: Path) -> Counter[str]:
    """How many templates are the same, and how many differ for which reason."""
    told: Counter[str] = Counter()
    unexplained = []
    for file in templates(root):
        found = compared(root, file)
        unexplained += [difference for difference in found if difference.reason is Reason.NONE]
        told.update({difference.reason.value for difference in found} or {"the same"})
    assert unexplained == []
    return told


def test_fixtures() -> None:
    told = hold_against_each_other(FIXTURES)
    assert told["the same"] > 150
    assert {Reason.NAME_TWICE.value, Reason.KEY_NO_TEXT.value} < set(told)


@pytest.mark.skipif(not CORPUS, reason="NO TEMPLATE OF OTHERS WAS COMPARED: set KMSLINT_CORPUS to a directory of them")
def test_corpus() -> None:
    told = hold_against_each_other(Path(CORPUS).resolve())
    assert told["the same"] > 0.9 * told.total(), told
