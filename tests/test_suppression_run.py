"""From what the rules found to what is reported: what is taken out, what is known, and what is said of suppressions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from kmslint.engine.baseline import Baseline, Entry, Known
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Counts, KeyVerdict, Outcome, SwitchedOff
from kmslint.engine.precedence import Heard
from kmslint.engine.registry import all_rules
from kmslint.location import Location, Source
from kmslint.suppression.run import suppress
from kmslint.suppression.scene import Scene
from scenes import scene_of

MODULES = {module.RULE.id: module for module in all_rules()}
OF_SUPPRESSIONS = ("KMS002", "KMS003", "KMS004")
TEXT = "Resources:\n  A:\n    # M\n    Type: AWS::KMS::Key\n  B: {Type: AWS::KMS::Key}\n"
HERE = TEXT.replace("# M", "# kmslint: ignore[KMS501] known")
DECIDED = KeyVerdict("A", "a.yaml", 2, "default", "yes", "yes", "none", ())


class Case(NamedTuple):
    """What a run came to before suppressions were looked for."""

    text: str = HERE
    found: Sequence[str] = ()
    """What was found of `A` and of `B`: `KMS501 A`."""
    rules: Sequence[str] = ("KMS501", *OF_SUPPRESSIONS)
    usual: Sequence[str] = ()
    finds_usually: Sequence[str] = ()
    """What the usual rules would find besides."""
    unheard: str = ""
    """A rule that is not wanted."""
    errors: tuple[str, ...] = ()
    keys: tuple[KeyVerdict, ...] = ()
    switched_off: tuple[SwitchedOff, ...] = ()
    known: tuple[Known, ...] = ()
    in_part: bool = False
    today: str = ""


class Result(NamedTuple):
    found: list[str]
    suppressed: list[str]
    usual_runs: int
    outcome: Outcome


def findings(scene: Scene, told: Sequence[str]) -> tuple[Heard, ...]:
    (estate,) = scene.estates
    places = {key.address: key.at for key in estate.keys}
    pairs = [each.split() for each in told]
    return (Heard(estate, tuple(Finding(rule, places[at], rule, at, declared=places[at]) for rule, at in pairs)),)


def run(root: Path, case: Case) -> Result:
    scene = scene_of(root, {"a.yaml": case.text})._replace(in_part=case.in_part, today=case.today)
    rules = tuple(MODULES[rule].RULE for rule in case.rules)
    outcome = Outcome(rules, (), (), case.keys, Counts(), case.errors, switched_off=case.switched_off)
    runs = []

    def run_usual() -> tuple[Heard, ...]:
        runs.append(1)
        return findings(scene, case.finds_usually)

    def hears(finding: Finding) -> bool:
        return finding.rule_id != case.unheard

    at = Location(Source("b.json", ""), 0, 0)
    baseline = Baseline("b.json", tuple(Entry(known, "accepted", at=at) for known in case.known))
    usual = [MODULES[rule] for rule in case.usual]
    found = findings(scene, case.found)
    after = suppress(outcome, found, scene, hears, usual, run_usual, baseline if case.known else None)
    return Result(
        [f"{one.rule_id} {one.resource}" for one in after.findings],
        [f"{one.finding.rule_id} {one.finding.resource} {one.reason}" for one in after.suppressed],
        len(runs),
        after,
    )


UNTIL = TEXT.replace("# M", "# kmslint: ignore[KMS501] until=2100-01-01 known")
KNOWN = Known("a.yaml", "B", "KMS501", "")
OFF = SwitchedOff(("KMS501",), "--ignore")


@pytest.mark.parametrize(
    ("case", "found", "suppressed"),
    [
        (Case(found=["KMS501 A"]), [], ["KMS501 A known"]),
        (Case(found=["KMS501 A", "KMS501 B"]), ["KMS501 B"], ["KMS501 A known"]),
        (Case(), ["KMS002 A"], []),
        (Case(rules=("KMS501",)), [], []),
        (Case(unheard="KMS002"), [], []),
        (Case(in_part=True), [], []),
        (Case(errors=("a rule failed",)), [], []),
        (Case(keys=(DECIDED,)), ["KMS002 A"], []),
        (Case(keys=(DECIDED._replace(undecided=True),)), [], []),
        (Case(keys=(DECIDED._replace(undecided=True, address="B"),)), ["KMS002 A"], []),
        (Case(UNTIL, ["KMS501 A"]), [], ["KMS501 A known"]),
        (Case(UNTIL, ["KMS501 A"], today="2100-01-01"), [], ["KMS501 A known"]),
        (Case(UNTIL, ["KMS501 A"], today="2100-01-02"), ["KMS501 A", "KMS003 A"], []),
        (Case(UNTIL.replace("2100", "2001"), ["KMS501 A"]), ["KMS501 A", "KMS003 A"], []),
        (Case(TEXT.replace("# M", "# kmslint: ignore[rotation-disabled] x")), ["KMS004 A"], []),
        (Case(found=["KMS501 A", "KMS501 B"], known=(KNOWN,)), [], ["KMS501 A known", "KMS501 B accepted"]),
        (Case(found=["KMS501 B"], known=(KNOWN._replace(resource="A"),)), ["KMS002 A", "KMS501 B"], []),
    ],
)
def test_what_is_reported(tmp_path: Path, case: Case, found: list[str], suppressed: list[str]) -> None:
    result = run(tmp_path, case)
    assert (result.found, result.suppressed, result.usual_runs) == (found, suppressed, 0)


def test_a_rule_is_named_by_its_id(tmp_path: Path) -> None:
    text = TEXT.replace("# M", f"# kmslint: ignore[{MODULES['KMS501'].RULE.name}] x")
    (finding,) = run(tmp_path, Case(text)).outcome.findings
    assert finding.message.endswith("; KMS501 is meant")


@pytest.mark.parametrize(
    ("case", "found", "runs"),
    [
        (Case(rules=("KMS002",)), [], 0),
        (Case(rules=("KMS002",), usual=("KMS201",)), [], 0),
        (Case(rules=("KMS002",), usual=("KMS501",)), ["KMS002 A"], 1),
        (Case(rules=("KMS002",), usual=("KMS501",), finds_usually=["KMS501 A"]), [], 1),
        (Case(rules=("KMS003",), usual=("KMS501",)), [], 0),
        (Case(rules=("KMS002", "KMS501"), usual=("KMS501",)), ["KMS002 A"], 0),
    ],
)
def test_whoever_asks_for_unused_ones_has_the_rules_run_that_they_name(
    tmp_path: Path, case: Case, found: list[str], runs: int
) -> None:
    result = run(tmp_path, case)
    assert (result.found, result.usual_runs) == (found, runs)


@pytest.mark.parametrize(
    ("case", "outdated"),
    [
        (Case(), 1),
        (Case(rules=("KMS201",)), 0),
        (Case(errors=("a rule failed",)), 0),
        (Case(in_part=True), 0),
        (Case(switched_off=(OFF,)), 1),
        (Case(switched_off=(OFF._replace(paths=("x/",)),)), 0),
        (Case(switched_off=(OFF._replace(paths=("x/",), rules=("KMS201",)),)), 1),
        (Case(keys=(DECIDED._replace(address="B", line=5, undecided=True),)), 0),
        (Case(keys=(DECIDED._replace(address="B", line=5),)), 1),
        (Case(found=["KMS501 B"]), 0),
    ],
)
def test_what_is_gone_of_a_baseline(tmp_path: Path, case: Case, outdated: int) -> None:
    comparison = run(tmp_path, case._replace(known=(KNOWN,))).outcome.baseline
    assert comparison is not None
    assert (comparison.path, comparison.outdated, len(comparison.entries)) == ("b.json", outdated, 1 - outdated)
    assert run(tmp_path, case).outcome.baseline is None
