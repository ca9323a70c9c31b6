"""Expressions, types of variables and functions, held against what Terraform makes of them.

Terraform's answers on some expressions are recorded, and compared in every run; where `terraform` is on the PATH,
new random expressions are put to both. `KMSLINT_EXPRESSIONS=20000` takes that many.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

import terraform_types
from cases import FIXTURES, ROOT
from kmslint.terraform.functions import FUNCTIONS, LEFT_OPEN, OF_FILES
from kmslint.terraform.types import type_of
from kmslint.values import Value
from terraform_comparison import Outcome, declared, evaluated, outcome, outcome_of_variable
from terraform_generator import AROUND
from terraform_modules import spelt, spelt_type
from terraform_oracle import TERRAFORM, Answer

RECORDED = FIXTURES / "terraform" / "recorded_expressions.json"
"""Written by `tools/terraform_expressions.py --record`."""
VALUES = FIXTURES / "terraform" / "recorded_values.json"
"""Written by `tools/terraform_expressions.py --values`, which puts every expression to Terraform."""
FEW = 30
"""So many of the listed expressions are one test, that a test may be short."""
EXPRESSIONS = os.environ.get("KMSLINT_EXPRESSIONS", "300")

EVALUATED_ELSEWHERE = {"can", "try"}
"""These decide what is done about what others refuse, so they are no functions like the others."""


@cache
def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def listed() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The expressions whose values are listed, by what is known in them and the function that they call first."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    written = json.loads(VALUES.read_text(encoding="utf-8"))
    for sort in ("known", "unset"):
        for entry in written[sort]:
            called = re.match(r"(?:core::)?([a-z]\w+(?:::\w+)*)\(", entry["expression"])
            found.setdefault((sort, called[1] if called else "operators"), []).append(entry)
    return {
        (sort, f"{name} {start}" if start else name): entries[start : start + FEW]
        for (sort, name), entries in found.items()
        for start in range(0, len(entries), FEW)
    }


def answer(written: str) -> Answer:
    return Answer(None, written == "unknown") if written in ("refused", "unknown") else Answer(written)


def as_recorded(value: Value) -> tuple[str, str]:
    """A value and what is known of its type: two that are spelt alike may be of two types."""
    return spelt(value), spelt_type(type_of(value))


@pytest.mark.parametrize("sort", ["known", "unset"])
def test_the_recorded_values_are_kmslints(sort: str) -> None:
    entries = recorded()[sort]
    around = declared() if sort == "unset" else AROUND
    wrong = []
    for entry, ours in zip(entries, evaluated([entry["expression"] for entry in entries], around), strict=True):
        if outcome(ours, [answer(one) for one in entry["answers"]]) is Outcome.WRONG:
            wrong.append(f"{entry['expression']}\nkmslint   {spelt(ours.value)}\nterraform {entry['answers']}")
    assert not wrong, f"{len(wrong)} of {len(entries)}\n" + "\n\n".join(wrong[:5])


LISTED = listed()


@pytest.mark.parametrize(("sort", "name"), LISTED)
def test_the_listed_values_are_as_known_as_they_were(sort: str, name: str) -> None:
    entries = LISTED[sort, name]
    ours = evaluated([entry["expression"] for entry in entries], declared() if sort == "unset" else AROUND)
    found = {entry["expression"]: as_recorded(one.value) for entry, one in zip(entries, ours, strict=True)}
    assert found == {entry["expression"]: (entry["value"], entry["kind"]) for entry in entries}


def test_the_listed_variables_are_as_known_as_they_were() -> None:
    entries = json.loads(VALUES.read_text(encoding="utf-8"))["variables"]
    for entry in entries:
        (value,) = evaluated(["var.v0"], terraform_types.declared([(entry["type"], entry["default"])]))
        assert as_recorded(value.value) == (entry["value"], entry["kind"]), entry


def test_most_of_what_is_recorded_is_known() -> None:
    expressions = [entry["expression"] for entry in recorded()["known"]]
    outcomes = [
        outcome(ours, [answer(entry["answers"][0])])
        for entry, ours in zip(recorded()["known"], evaluated(expressions, AROUND), strict=True)
    ]
    assert outcomes.count(Outcome.EQUAL) > 0.75 * len(outcomes)


def test_the_recorded_variables_are_kmslints() -> None:
    wrong = [
        entry
        for entry in recorded()["variables"]
        if outcome_of_variable((entry["type"], entry["default"]), answer(entry["answer"])) is Outcome.WRONG
    ]
    assert len(recorded()["variables"]) >= 150
    assert not wrong


def test_every_function_is_evaluated_or_left_open_for_a_reason() -> None:
    terraforms = set(recorded()["functions"])
    evaluated_somehow = FUNCTIONS.keys() | OF_FILES
    assert not evaluated_somehow & LEFT_OPEN.keys()
    assert terraforms - evaluated_somehow - LEFT_OPEN.keys() == EVALUATED_ELSEWHERE
    assert {name for name in FUNCTIONS.keys() - terraforms if not name.startswith("provider::")} == set()
    assert LEFT_OPEN.keys() - terraforms == {"list", "map"}


def test_new_values_are_terraforms() -> None:
    if TERRAFORM is None:
        pytest.skip("TERRAFORM IS NOT INSTALLED: no random expression was compared with it")
    command = [sys.executable, "tools/terraform_expressions.py", "--expressions", EXPRESSIONS, "--seed", "7"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
