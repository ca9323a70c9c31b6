"""Every rule against its fixtures and its own examples. Nobody edits this file to add a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cases import FIXTURES, ROOT, cases_in, files_of, lint_alone
from expectations import differences, read_expectations
from kmslint.engine.outcome import Outcome
from kmslint.engine.registry import all_rules
from kmslint.engine.rule import Rule, RuleModule
from kmslint.lint import lint
from kmslint.settings import Settings

RULES = [module.RULE for module in all_rules()]


class Example(NamedTuple):
    """A file that a rule shows to people."""

    rule: Rule
    name: str
    text: str
    bad: bool

    def __str__(self) -> str:
        return f"{self.rule.id}-{self.name}-{'bad' if self.bad else 'good'}"


class Fixture(NamedTuple):
    """A case below fixtures/ and the rules that are run on it."""

    path: Path
    options: Settings

    def __str__(self) -> str:
        return self.path.relative_to(FIXTURES).as_posix()


def examples() -> Iterator[Example]:
    for rule in RULES:
        for name, pair in (("template.yaml", rule.cloudformation), ("main.tf", rule.terraform)):
            if pair is not None:
                yield Example(rule, name, pair.bad, bad=True)
                yield Example(rule, name, pair.good, bad=False)


def fixtures() -> Iterator[Fixture]:
    for directory in sorted(FIXTURES.glob("KMS[0-9][0-9][0-9]")):
        for case in cases_in(directory):
            yield Fixture(case, Settings(select=(directory.name,)))
    for name in ("articles", "complaints", "damaged", "templates"):
        for case in cases_in(FIXTURES / name):
            yield Fixture(case, Settings())


def faults(outcome: Outcome) -> list[str]:
    """What makes a run worthless as a test: a rule that failed, or nothing that was looked at."""
    unread = [] if outcome.counts.candidates else ["no candidate for analysis: nothing of KMS or IAM in it"]
    return [*outcome.internal_errors, *unread]


@pytest.mark.parametrize("fixture", list(fixtures()), ids=str)
def test_fixture(fixture: Fixture, tmp_path: Path) -> None:
    expected = read_expectations(ROOT, files_of(fixture.path))
    outcome = lint_alone(fixture.path, tmp_path, fixture.options)
    found = differences(expected, outcome.findings) + faults(outcome)
    if "KMS000" not in {each.rule_id for each in expected}:
        found += [f"{problem.path}:{problem.line}: not analysed: {problem.reason}" for problem in outcome.problems]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize("example", list(examples()), ids=str)
def test_example(example: Example, tmp_path: Path) -> None:
    """Bad gives the finding, good does not, and both are whole files that can be read."""
    (tmp_path / example.name).write_text(example.text, encoding="utf-8")
    outcome = lint([str(tmp_path / example.name)], Settings(select=(example.rule.id,), root=str(tmp_path)))
    assert not faults(outcome)
    assert example.rule.id == "KMS000" or not outcome.problems
    assert (example.rule.id in {finding.rule_id for finding in outcome.findings}) == example.bad


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_fixtures_that_fire(rule: Rule) -> None:
    """In each language that the rule speaks of."""
    directory = FIXTURES / rule.id
    files = [path for path in directory.rglob("*") if path.is_file()] if directory.is_dir() else []
    announced = {each.path for each in read_expectations(ROOT, files) if each.rule_id == rule.id}
    terraform = {path for path in announced if re.search(r"\.(tf|tofu)(\.json)?$", path)}
    assert terraform or rule.terraform is None, "no Terraform fixture fires"
    assert announced - terraform or rule.cloudformation is None, "no CloudFormation fixture fires"


def test_no_fixtures_without_a_rule() -> None:
    assert {path.name for path in FIXTURES.glob("KMS*")} - {rule.id for rule in RULES} == set()


REFUSED = frozenset({"KMS402", "KMS404", "KMS405"})
"""Rules on statements that give nobody anything, because AWS refuses or ignores them."""


@pytest.mark.parametrize("module", all_rules(), ids=lambda module: module.RULE.id)
def test_what_is_worse_is_not_silenced(module: RuleModule) -> None:
    """A rule keeps quiet only for one that is as severe, or that says that the statement is void."""
    severity = {other.RULE.id: other.RULE.severity.rank for other in all_rules()}
    for silence in module.RULE.silenced_by:
        assert silence.by in REFUSED or severity[silence.by] <= module.RULE.severity.rank
