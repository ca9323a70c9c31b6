"""Both readers of HCL on real modules: `KMSLINT_CORPUS=DIR`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from hcl_readers import first, second
from kmslint.errors import InputError
from kmslint.location import Source
from kmslint.syntax.bytes import decode
from kmslint.syntax.hcl import read_hcl
from located import comparable, excerpts, misplaced

CORPUS = os.environ.get("KMSLINT_CORPUS", "")

pytestmark = pytest.mark.skipif(not CORPUS, reason="set KMSLINT_CORPUS to a directory of real templates and modules")


def real_files() -> list[Source]:
    return [decode(str(path.relative_to(CORPUS)), path.read_bytes()) for path in sorted(Path(CORPUS).rglob("*.tf"))]


def test_both_readers_agree_on_real_modules() -> None:
    """Files that only one of them takes are no disagreement: read_hcl asks the other, or reports."""
    different = []
    for source in real_files():
        try:
            one, other = first(source.text), second(source.text)
        except InputError:
            continue
        if comparable(one.blocks) != comparable(other.blocks) or comparable(one.arguments) != comparable(
            other.arguments
        ):
            different.append(source.path)
    assert different == []


def test_no_resource_of_a_real_module_disappears() -> None:
    header = re.compile(r'^(?:resource|data)\s+"', re.MULTILINE)
    missing = []
    for source in real_files():
        file = read_hcl(source)
        texts = [
            *(excerpt.offsets for excerpt in excerpts(file.body)),
            *((c.at.start, c.at.end) for c in file.comments),
        ]
        starts = {block.at.start for block in file.body.blocks} | {p.at.start for p in file.problems if p.at}
        for match in header.finditer(source.text):
            inside = any(len(text) > 1 and text[0] <= match.start() < text[-1] for text in texts)
            if match.start() not in starts and not inside:
                missing.append(f"{source.path}:{source.position(match.start())[0]}")
    assert missing == []


def test_everything_in_real_modules_is_tied_to_its_place() -> None:
    assert [words for source in real_files() for words in misplaced(read_hcl(source).body)] == []
