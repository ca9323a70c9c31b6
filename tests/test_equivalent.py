"""One policy, spelt in several ways, gets the same verdicts and the same findings.

Each directory of fixtures/equivalent holds one policy as a template, as JSON, by jsonencode, in a heredoc and
so on: a file or a directory each. Keys have the same name in all of them, be it `DataKey` or
`aws_kms_key.data_key`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from cases import FIXTURES, cases_in, lint_alone
from kmslint.engine.outcome import Outcome
from kmslint.settings import Settings

POLICIES = [path for path in sorted((FIXTURES / "equivalent").iterdir()) if path.is_dir()]


class Meaning(NamedTuple):
    """What must not depend on the spelling."""

    keys: set[tuple[str, str, str, str]]
    """Name, delegates, delegates_admin and lockout of each key."""
    findings: set[tuple[str, str]]
    """Name of the resource, and id of the rule."""


def spoken_name(address: str) -> str:
    """`datakey` for DataKey, for aws_kms_key.data_key and for an instance of it in a module or nested stack."""
    return address.partition("[")[0].rpartition(".")[2].rpartition("/")[2].replace("_", "").lower()


def meaning(outcome: Outcome) -> Meaning:
    return Meaning(
        {(spoken_name(key.address), key.delegates, key.delegates_admin, key.lockout) for key in outcome.keys},
        {(spoken_name(finding.resource), finding.rule_id) for finding in outcome.findings},
    )


@pytest.mark.parametrize("policy", POLICIES, ids=lambda path: path.name)
def test_every_spelling_means_the_same(policy: Path, tmp_path: Path) -> None:
    spellings = {}
    for case in cases_in(policy):
        outcome = lint_alone(case, tmp_path / case.name, Settings())
        assert not outcome.problems
        assert outcome.keys, f"no key in {case.name}"
        spellings[case.name] = meaning(outcome)
    assert len(spellings) > 1
    first, *others = spellings
    for other in others:
        assert spellings[other] == spellings[first], f"{other} differs from {first}"
