"""What must hold on any input, seen on a directory of real templates: `KMSLINT_CORPUS=DIR`."""

from __future__ import annotations

import os

import pytest

from kmslint.engine.outcome import KeyVerdict, Outcome
from kmslint.lint import lint
from kmslint.report import render
from kmslint.report.options import Options
from kmslint.settings import Settings

CORPUS = os.environ.get("KMSLINT_CORPUS", "")

pytestmark = pytest.mark.skipif(not CORPUS, reason="set KMSLINT_CORPUS to a directory of real templates and modules")


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return lint([CORPUS], Settings(profile="strict", root=os.path.realpath(CORPUS)))


def contradicts_itself(key: KeyVerdict) -> bool:
    """Who may change the policy, and whether anybody may, are two answers to one question."""
    if key.lockout == "nobody" and key.administrators:
        return True
    return key.delegates_admin == "yes" and (key.lockout != "none" or key.delegates != "yes")


def test_no_rule_fails(outcome: Outcome) -> None:
    assert outcome.internal_errors == ()


def test_every_candidate_is_accounted_for(outcome: Outcome) -> None:
    counts = outcome.counts
    assert outcome.keys, f"no key below {CORPUS}"
    assert counts.candidates == counts.analysed + counts.not_analysed + counts.excluded
    assert counts.not_analysed == len({problem.path for problem in outcome.problems})
    assert [problem for problem in outcome.problems if not problem.reason] == []


def test_verdicts_do_not_contradict_themselves(outcome: Outcome) -> None:
    assert [key for key in outcome.keys if contradicts_itself(key)] == []


def test_findings_point_into_their_file(outcome: Outcome) -> None:
    places = [finding.at for finding in outcome.findings]
    places += [related.at for finding in outcome.findings for related in finding.related]
    assert [at for at in places if not 0 <= at.start <= at.end <= len(at.source.text)] == []


def test_findings_come_in_order(outcome: Outcome) -> None:
    order = [(each.at.path, *each.at.region[:2], each.rule_id) for each in outcome.findings]
    assert order == sorted(order)


def test_the_same_input_gives_the_same_outcome(outcome: Outcome) -> None:
    again = lint([CORPUS], Settings(profile="strict", root=os.path.realpath(CORPUS)))
    for name in ("json", "sarif"):
        assert render(name, again, Options()) == render(name, outcome, Options())
