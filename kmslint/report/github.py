"""Annotations by workflow commands, where code scanning is not to be had.

GitHub shows the first ten of each kind (error, warning, notice) in a step and fifty in a job; the
others stand in the log. So the worst come first, and all are written.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.outcome import Outcome
from kmslint.engine.rule import Rule
from kmslint.report.options import Options
from kmslint.report.sanitise import github_message, github_property, safe_text
from kmslint.report.summary import switched_off_by_file

_KINDS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(outcome: Outcome, options: Options) -> str:  # noqa: ARG001, every format takes the same
    """A command for each finding, worst first, one for each internal error, and for what a file has switched off."""
    rules = {rule.id: rule for rule in outcome.rules}
    worst_first = sorted(outcome.findings, key=lambda finding: rules[finding.rule_id].severity.rank)
    lines = [f"::error title=kmslint::{github_message(safe_text(error))}\n" for error in outcome.internal_errors]
    lines.extend(_command(finding, rules[finding.rule_id]) for finding in worst_first)
    lines.extend(f"::notice title=kmslint::{github_message(line)}\n" for line in switched_off_by_file(outcome))
    return "".join(lines)


def _command(finding: Finding, rule: Rule) -> str:
    properties = ",".join(f"{name}={github_property(value)}" for name, value in _properties(finding, rule))
    message = [safe_text(finding.message)]
    for related in finding.related:
        message.append(f"{safe_text(related.at.path)}:{related.at.line}: {safe_text(related.message)}")
    return f"::{_KINDS[rule.severity]} {properties}::{github_message(chr(10).join(message))}\n"


def _properties(finding: Finding, rule: Rule) -> Iterator[tuple[str, str]]:
    region = finding.at.region
    yield "file", finding.at.path
    yield "line", str(region.line)
    yield "endLine", str(region.end_line)
    if region.line == region.end_line:  # GitHub takes columns within one line only
        yield "col", str(region.column)
        yield "endColumn", str(region.end_column)
    yield "title", f"{rule.id} {rule.name}"
