"""Annotations by workflow commands, where code scanning is not to be had.

GitHub shows the first ten of each kind (error, warning, notice) in a step and fifty in a job; the
others stand in the log. So the worst come first, all are written, and a notice before all others tells how many there
are. Of a message it takes 4,096 characters, in silence, so a longer one is cut before, and says so.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
https://github.com/actions/runner/blob/main/src/Runner.Worker/ExecutionContext.cs
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.outcome import Outcome
from kmslint.engine.rule import Rule
from kmslint.report.options import Options
from kmslint.report.sanitise import github_message, github_property, github_text, safe_text
from kmslint.report.summary import said_by_files

_KINDS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


SHOWN: Final = 10
"""Of each kind."""
MESSAGE: Final = 4_096
"""UTF-16 code units of a message."""


def render(outcome: Outcome, options: Options) -> str:  # noqa: ARG001, every format takes the same
    """A command for each internal error, one for what is said of the run, and one for each finding, worst first."""
    rules = {rule.id: rule for rule in outcome.rules}
    worst_first = sorted(outcome.findings, key=lambda finding: rules[finding.rule_id].severity.rank)
    lines = [f"::error title=kmslint::{_message((safe_text(error),))}\n" for error in outcome.internal_errors]
    said = [*said_by_files(outcome), *_too_many(outcome, rules)]
    if said:
        lines.append(f"::notice title=kmslint::{_message(said)}\n")
    lines.extend(_command(finding, rules[finding.rule_id]) for finding in worst_first)
    return "".join(lines)


def _too_many(outcome: Outcome, rules: Mapping[str, Rule]) -> Iterator[str]:
    """How many there are, if GitHub does not show all."""
    kinds = Counter(_KINDS[rules[finding.rule_id].severity] for finding in outcome.findings)
    kinds["error"] += len(outcome.internal_errors)
    kinds["notice"] += 1  # this one
    if max(kinds.values()) > SHOWN:
        number = len(outcome.findings)
        yield f"{number} findings; GitHub shows the first {SHOWN} errors, warnings and notices of a step, its log all"


def _message(lines: Sequence[str]) -> str:
    """The lines of a message, which are harmless, as far as GitHub takes them."""
    text = github_text("\n".join(lines))
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if length > MESSAGE:
        # Characters beyond the first 65,536 are two code units each: in half as many of them there are never too many.
        kept = MESSAGE - 60 if length == len(text) else MESSAGE // 2 - 60
        text = f"{text[:kept]}... ({len(text) - kept} more characters in the format json)"
    return github_message(text)


def _command(finding: Finding, rule: Rule) -> str:
    properties = ",".join(f"{name}={github_property(value)}" for name, value in _properties(finding, rule))
    lines = [safe_text(finding.message)]
    for related in finding.related:
        lines.append(f"{safe_text(related.at.path)}:{related.at.line}: {safe_text(related.message)}")
    return f"::{_KINDS[rule.severity]} {properties}::{_message(lines)}\n"


def _properties(finding: Finding, rule: Rule) -> Iterator[tuple[str, str]]:
    region = finding.at.region
    yield "file", finding.at.path
    yield "line", str(region.line)
    yield "endLine", str(region.end_line)
    if region.line == region.end_line:  # GitHub takes columns within one line only
        yield "col", str(region.column)
        yield "endColumn", str(region.end_column)
    yield "title", f"{rule.id} {rule.name}"
