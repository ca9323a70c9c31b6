"""What a comment speaks of, by where it stands: a line, what begins on it, the resource or statement around it."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.location import Source
from kmslint.suppression.in_file import InFile, read_suppressions
from kmslint.suppression.marker import KnownRules
from kmslint.suppression.sources import parse

KNOWN = KnownRules(frozenset({"KMS501"}), ())
HERE = "kmslint: ignore[KMS501] known"
FILE = "kmslint: ignore-file[KMS501] known"
TOP = "ignore-file stands at the top of the file, above everything else"


def read(path: str, text: str) -> InFile:
    file = parse(Source(path, text))
    assert file is not None
    return read_suppressions(file, KNOWN)


def said(path: str, text: str) -> list[str]:
    """Of each suppression the line and the unit: `5: a`; `5: {...}` for a statement that begins so."""
    file = read(path, text)
    lines = []
    for one in file.suppressions:
        reach, unit = one.reach, one.unit_in(file.units)
        assert one.rules == one.words.rules
        assert one.at == one.words.at
        assert reach.begins in (0, reach.line)
        name = "nothing"
        if reach.whole_file:
            name = "all"
        elif unit >= 0:
            of = file.units.all[unit]
            name = text[of.start : of.end].split(maxsplit=1)[0] if of.is_statement else of.name
        lines.append(f"{reach.line}: {name}{' begins' if reach.begins else ''}")
    return [*lines, *(fault.reason for fault in file.faults)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# M\nResources:\n  A: {}\n", ["2: nothing"]),
        ("Resources:\n  # M\n  A: {}\n", ["3: A begins"]),
        ("Resources:\n  # M\n  # more\n\n  A: {}\n", ["5: A begins"]),
        ("Resources:\n  A: {} # M\n", ["2: A begins"]),
        ("Resources:\n  A:\n    B: 1 # M\n", ["3: A"]),
        ("Resources:\n  A:\n    # M\n    B: 1\n", ["4: A"]),
        ("Resources:\n  A:\n    B: 1\n    # M\n", ["0: A"]),
        ("Resources:\n  A:\n    B: 1\n   # M\n", ["0: A"]),
        ("Resources:\n  A:\n    B: 1\n    # x\n    # M\n", ["0: A"]),
        ("Resources:\n  A: {B: {Effect:\n x}} # M\n", ["3: A"]),
        ("Resources:\n  A:\n    B: 1\n  # M\n", ["0: nothing"]),
        ("Resources:\n  A:\n    B: 1\n  # M\n  C: {}\n", ["5: C begins"]),
        ("Resources:\n  A:\n    B: 1\n   # M\n  C: {}\n", ["0: A"]),
        ("Resources:\n  A:\n    B: 1\n    # M\n  C: {}\n", ["0: A"]),
        ("Resources:\n  A:\n    B: 1\n     # M\n  C: {}\n", ["5: C begins"]),
        ("Resources:\n  A:\n    B: 1\n# M\nOutputs: {O: {}}\n", ["5: O begins"]),
        ("Resources:\n  A:\n    B: 1\n# M\nOutputs: x\n", ["5: nothing"]),
        ("Resources:\n  A:\n    - Effect: x\n      B: 1\n    # M\n    - Effect: y\n", ["6: Effect: begins"]),
        ("Resources:\n  A:\n    - Effect: x\n      B: 1\n      # M\n  C: {}\n", ["0: Effect:"]),
        ("Resources:\n  A:\n    - Effect: x\n      B: 1\n     # M\n  C: {}\n", ["0: A"]),
        ("Resources:\n  A:\n    - Effect: x\n      B: 1 # M\n", ["4: Effect:"]),
        ("Resources:\n  A:\n    - Effect: x # M\n", ["3: Effect: begins"]),
        ("Resources:\n  A: {B: {Effect:\n# M\n x}}\n", ["4: {Effect:"]),
        ("Resources:\n  A: {B: {Effect:\n x} # M\n}\n", ["3: {Effect:"]),
        ("Resources:\n  A: {B: {Effect:\n x}\t, # M\n C: 1}\n", ["3: {Effect:"]),
        ("Resources:\n  A: {B: {Effect:\n x}, C: 1 # M\n}\n", ["3: A"]),
        ("Resources:\n  A: {B: {Effect: x\n# M\n}}\n", ["4: {Effect:"]),
        ("Resources:\n  A: {B: 1\n# M\n}\n  # M\n", ["4: A", "6: nothing"]),
        ("Resources:\n  A: {B: 1} # M # M\n", ["2: A begins", "2: A begins"]),
        ("A: 1 # M\n", ["1: nothing"]),
        ("# M\n", ["2: nothing"]),
        ("# F\nA: 1\n", ["0: all"]),
        ("# x\n\n# F\n---\nA: 1\n", ["0: all"]),
        ("# F\nA: 1\n# F\n---\n# F\nB: 1\n", ["0: all", TOP, TOP]),
        ("# F\n", ["0: all"]),
        ("A: 1 # F\n", [TOP]),
        ("Metadata: {kmslint: {ignore: [{id: KMS501, reason: x}]}}\n", ["0: all"]),
        ("Resources:\n  A: {}\n  B: {Metadata: {kmslint: {ignore: [{id: KMS501, reason: x}]}}}\n", ["0: B"]),
        ("Metadata: {kmslint: {ignore: [{id: KMS5, reason: x}]}}\n", ['there is no rule "KMS5"']),
    ],
)
def test_in_yaml(text: str, expected: list[str]) -> None:
    assert said("a.yaml", text.replace("# M", f"# {HERE}").replace("# F", f"# {FILE}")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# M\nmodule a {}\n", ["2: module.a begins"]),
        ("module a {} # M\n", ["1: module.a begins"]),
        ("/* M */ module a {}\n", ["1: module.a begins"]),
        ("/*\n * M\n */\nmodule a {}\n", ["4: module.a begins"]),
        ("module a {\n  # M\n}\n", ["3: module.a"]),
        ("module a {\n  # M\n  b = 1\n}\n", ["3: module.a"]),
        ("module a {\n  b = 1 # M\n}\n", ["2: module.a"]),
        ("module a {\n  b = 1\n  # M\n}\n", ["4: module.a"]),
        ("module a {\n  b = [\n{ Effect = 1 },\n    # M\n  ]\n}\n", ["5: module.a"]),
        ("module a {\n  b = 1\n} # M\n", ["3: module.a"]),
        ("module a {}\n# M\n", ["3: nothing"]),
        ("module a {\n  b = [{ Effect = 1\n  # M\n  }]\n}\n", ["4: {"]),
        ("module a {\n  b = [\n    # M\n    { Effect = 1 },\n  ]\n}\n", ["4: { begins"]),
        ("module a {\n  b = [{\n    Effect = 1\n  }, # M\n  ]\n}\n", ["4: {"]),
        ("module a {}\n  # M\nmodule b {}\n", ["3: module.b begins"]),
        ("# M\n\n# M\nmodule a {}\n/* M */\n", ["4: module.a begins", "4: module.a begins", "6: nothing"]),
        ("# F\nmodule a {}\n", ["0: all"]),
        ("module a {}\n# F\nmodule b {}\n", [TOP]),
        ("# F\nmodule a {}\nmodule b {}\n", ["0: all"]),
    ],
)
def test_in_hcl(text: str, expected: list[str]) -> None:
    assert said("main.tf", text.replace("M", HERE).replace("F\n", f"{FILE}\n")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# F\na = 1\n", ["0: all"]),
        ("a = 1\n# F\nb = 1\n", [TOP]),
        ("# F\n", ["0: all"]),
        ("a = 1 # M\n", ["1: nothing"]),
    ],
)
def test_in_values_of_variables(text: str, expected: list[str]) -> None:
    assert said("x.tfvars", text.replace("# M", f"# {HERE}").replace("# F", f"# {FILE}")) == expected


def test_only_so_many_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IGNORES", 2)
    text = f"# {HERE}\n# kmslint: ?\n# {HERE}\n# {HERE}\n"
    file = read("a.yaml", text)
    assert [one.at.line for one in file.suppressions] == [1]
    first, second = file.faults
    assert (first.at.line, second.at.line) == (2, 3)
    assert "more than 2 suppressions in one file: the others count for nothing" in second.reason
    assert "ignores" in second.reason
    assert len(read("a.yaml", f"# {HERE}\n# {HERE}\n").faults) == 0
