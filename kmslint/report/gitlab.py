"""GitLab's code quality report: findings in merge requests.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import Final

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.fingerprint import outcome_fingerprints
from kmslint.engine.outcome import Outcome
from kmslint.engine.rule import Rule
from kmslint.report.json import JsonObject
from kmslint.report.options import Options
from kmslint.report.sanitise import json_without_commands, safe_text

_SEVERITIES: Final = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(outcome: Outcome, options: Options) -> str:  # noqa: ARG001, every format takes the same
    """A list with an object for each finding; GitLab drops those whose fingerprint it has seen.

    What is suppressed has no place in it, and cannot be counted there.
    """
    rules = {rule.id: rule for rule in outcome.rules}
    fingerprints, _ = outcome_fingerprints(outcome)
    issues = [
        _issue(finding, rules[finding.rule_id], fingerprint)
        for finding, fingerprint in zip(outcome.findings, fingerprints, strict=True)
    ]
    return json_without_commands(json.dumps(issues, indent=2)) + "\n"


def _issue(finding: Finding, rule: Rule, fingerprint: str) -> JsonObject:
    region = finding.at.region
    return {
        # GitLab shows no other member, so the id stands in it too.
        "description": f"{rule.id}: {safe_text(finding.message)}",
        "check_name": rule.name,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[rule.severity],
        "location": {
            "path": safe_text(finding.at.path),
            "lines": {"begin": region.line, "end": region.end_line},
        },
    }
