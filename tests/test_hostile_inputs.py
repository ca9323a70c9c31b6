"""Inputs made to break kmslint, each in a process of its own: what it says, what it costs, and what it touches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from forked import Result, Task, run_all
from hostile_companions import COMPANIONS
from hostile_inputs import BEHAVED, TEMPLATE, Hostile, Want
from hostile_templates import TEMPLATES
from hostile_terraform import TERRAFORM

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="NO HOSTILE INPUT WAS TRIED: processes are forked within bounds"
)

INPUTS = (*TEMPLATES, *TERRAFORM, *COMPANIONS)
CPU = 5
"""Seconds that one input may take."""
MEMORY = 300_000_000
"""In bytes."""
NAMES = [hostile.name for hostile in INPUTS]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Result]:
    """What became of every input, by name."""
    root = tmp_path_factory.mktemp("hostile")
    places = [hostile.write(root / str(number)) for number, hostile in enumerate(INPUTS)]
    tasks = [Task(str(place), hostile.arguments) for place, hostile in zip(places, INPUTS, strict=True)]
    return dict(zip(NAMES, run_all(tasks), strict=True))


def test_every_input_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("hostile", INPUTS, ids=NAMES)
def test_it_is_not_deceived(hostile: Hostile, results: Mapping[str, Result]) -> None:
    result = results[hostile.name]
    assert "Traceback" not in result.said
    assert result.code in (1, 2, 3), result.said[-2000:]
    found, told = hostile.rule in result.out, result.code in (2, 3)
    wanted = {Want.FIND: found, Want.ERROR: told, Want.EITHER: found or told}
    assert wanted[hostile.want], result.said[-2000:]
    assert not [text for text in hostile.forbidden if text in result.said]


def test_nothing_costs_more_than_is_allowed(results: Mapping[str, Result]) -> None:
    assert {name: result.cpu for name, result in results.items() if result.cpu > CPU} == {}
    assert {name: result.memory for name, result in results.items() if result.memory > MEMORY} == {}


def test_nothing_but_the_tree_is_touched(results: Mapping[str, Result]) -> None:
    """Nothing outside is opened or listed, nothing is written, imported from the tree, started or connected to."""
    assert {name: result.touched for name, result in results.items() if result.touched} == {}


OTHERS = INPUTS[:: 1 if "KMSLINT_TOUCHES" in os.environ else 24]
"""Those that the other commands are tried on; KMSLINT_TOUCHES=1 tries all."""
QUESTIONS = (("access", "-f", "json"), ("can", "root", "kms:Decrypt", "open"))


@pytest.mark.parametrize("question", QUESTIONS, ids=["access", "can"])
def test_the_other_commands_touch_nothing_either(question: tuple[str, ...], tmp_path: Path) -> None:
    wrong = {}
    places = [hostile.write(tmp_path / str(number)) for number, hostile in enumerate(OTHERS)]
    found = run_all([Task(str(place), (*question, ".")) for place in places])
    for hostile, result in zip(OTHERS, found, strict=True):
        leaks = [text for text in hostile.forbidden if text in result.said]
        if result.touched or result.code not in (0, 2, 3) or "Traceback" in result.said or leaks:
            wrong[hostile.name] = (result.code, result.touched, leaks, result.said[-500:])
    assert wrong == {}


def test_a_touch_is_seen(tmp_path: Path) -> None:
    """A watch that sees nothing would prove nothing."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    (result,) = run_all([Task(str(tmp_path / "tree"), ("-f", "json:r.json", ".."))])
    assert result.code == 1, result.said
    events = [touched.partition(" ")[0] for touched in result.touched]
    assert {"os.scandir", "open", "os.rename"} <= set(events)
    assert any(f"{tmp_path}/a.yaml" in touched for touched in result.touched)


HOSTILE = os.environ.get("KMSLINT_HOSTILE", "")
"""Another program that writes such inputs, with a `manifest.json` of what each must give."""
OTHERWISE = {"t24-wildcard-redos": "KMS101"}
"""Its pattern of an action matches none of KMS's actions: nobody gains by it, and nobody manages the key."""


@pytest.mark.skipif(
    not HOSTILE, reason="NO INPUT OF OTHERS WAS TRIED: set KMSLINT_HOSTILE to a program that makes some"
)
def test_inputs_that_others_have_made(tmp_path: Path) -> None:
    places = tmp_path / "cases"
    subprocess.run([sys.executable, HOSTILE, str(places)], check=True, capture_output=True)
    cases = json.loads((places / "manifest.json").read_text(encoding="utf-8"))
    found = run_all([Task(str(places / case["id"]), ("--", case["target"])) for case in cases])
    wrong = {}
    for case, result in zip(cases, found, strict=True):
        told = result.code in (2, 3)
        canary = OTHERWISE.get(case["id"], BEHAVED) in result.out
        wanted = {"FIND": canary, "ERROR": told, "EITHER": canary or told}[case["want"]]
        leaks = case.get("marker") and case["marker"] in result.said
        ran = "must_not_exist" in case and (places / case["id"] / case["must_not_exist"]).exists()
        dear = result.cpu > CPU or result.memory > MEMORY
        if not wanted or leaks or ran or dear or "Traceback" in result.said or result.touched or result.code < 0:
            wrong[case["id"]] = (result.code, result.cpu, result.memory, result.touched, result.said[-500:])
    assert len(cases) >= 88
    assert wrong == {}
