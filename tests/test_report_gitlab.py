"""GitLab's code quality report, held to what GitLab documents of it."""

from __future__ import annotations

import json
from typing import Any, Final

import jsonschema
import pytest
from hypothesis import given

from hostile_texts import outcomes
from kmslint.engine.outcome import Outcome, Suppressed
from kmslint.report import render
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text
from reports import BROKEN, EVERYTHING, MISCHIEF, OPEN, TWO_HALVES, outcome

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
TEXT: Final = {"type": "string", "minLength": 1}
LINE: Final = {"type": "integer", "minimum": 1}
SCHEMA: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": TEXT,
            "check_name": TEXT,
            "fingerprint": TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": LINE, "end": LINE},
                    },
                },
            },
        },
    },
}


def issues_of(result: Outcome) -> list[dict[str, Any]]:
    report = render("gitlab", result, Options())
    assert report.isascii()
    assert "##[" not in report
    issues: list[dict[str, Any]] = json.loads(report)
    return issues


@pytest.mark.parametrize("result", [outcome(), EVERYTHING], ids=["nothing", "everything"])
def test_every_issue_has_the_members_that_gitlab_documents(result: Outcome) -> None:
    jsonschema.validate(issues_of(result), SCHEMA)


def test_an_issue() -> None:
    (issue,) = issues_of(outcome(TWO_HALVES))
    assert issue.pop("fingerprint").endswith(":1")
    assert issue == {
        "description": f"KMS301: {TWO_HALVES.message}",
        "check_name": "iam-allow-without-delegation",
        "severity": "critical",
        "location": {"path": "stacks/app.yaml", "lines": {"begin": 5, "end": 5}},
    }


def test_severities() -> None:
    found = issues_of(outcome(MISCHIEF, BROKEN, OPEN))
    assert [issue["severity"] for issue in found] == ["blocker", "critical", "info"]


def test_no_two_issues_have_one_fingerprint() -> None:
    """GitLab shows one of those that have."""
    found = issues_of(outcome(TWO_HALVES, TWO_HALVES, TWO_HALVES))
    assert len({issue["fingerprint"] for issue in found}) == 3


@pytest.mark.parametrize("options", [Options(), Options(suppressed=True)])
def test_what_is_suppressed_is_left_out_and_counted_where_there_is_a_place(options: Options) -> None:
    """The fingerprints are those of the JSON report, whatever is suppressed."""
    suppressed = Suppressed(TWO_HALVES, "we know", "", TWO_HALVES.at)
    result = outcome(MISCHIEF, TWO_HALVES)._replace(suppressed=(suppressed,))
    of_json = json.loads(render("json", result, options))["findings"]
    assert [each["fingerprint"] for each in issues_of(result)] == [each["fingerprint"] for each in of_json]
    for name in ("junit", "markdown"):
        report = render(name, result, options)
        assert "1 finding ignored with a reason" in report
        assert "we know" not in report


@given(outcomes())
def test_a_hostile_text_stays_a_text(result: Outcome) -> None:
    found = issues_of(result)
    assert [issue["description"] for issue in found] == [
        f"{each.rule_id}: {safe_text(each.message)}" for each in result.findings
    ]
    assert [issue["location"]["path"] for issue in found] == [safe_text(each.at.path) for each in result.findings]
