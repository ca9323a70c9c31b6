"""kmslint's rules for cfn-lint: `cfn-lint --append-rules kmslint.cfnlint template.yaml`.

Every rule has an id of cfn-lint's, E97xx for what is critical or high, W97xx for medium and low, I97xx for what is
for information; ours stands in the message.
Rules of the strict profile, and those that run only when selected, are experimental ones there.
https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/customrules.md
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import partialmethod
from typing import Any, Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from kmslint.discovery import find_root
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.registry import all_rules
from kmslint.engine.rule import Profile, Rule
from kmslint.errors import UsageError
from kmslint.lint import lint, lint_text
from kmslint.location import Location
from kmslint.report.sanitise import safe_text
from kmslint.settings import Settings

_Path = tuple[str | int, ...]

_FIRST: Final = {"0": 0, "1": 5, "2": 20, "3": 45, "4": 65, "5": 87}
"""Where each family of ours begins among the hundred numbers: KMS101 is E9706, KMS201 is E9721."""

_LEVELS: Final = {
    Severity.CRITICAL: "E",
    Severity.HIGH: "E",
    Severity.MEDIUM: "W",
    Severity.LOW: "W",
    Severity.INFO: "I",
}


def _run(template: Template, is_experimental: bool) -> tuple[tuple[Finding, ...], str]:
    """What kmslint finds in a template, and the directory to which its paths are relative.

    Raises RuntimeError if a rule fails: cfn-lint shows that as E0002.
    """
    settings = Settings(extend_select=("KMS",) if is_experimental else ())
    if template.filename is None or template.filename == "-":
        root = "."
        outcome = lint_text("template.json", json.dumps(template.template, default=str).encode(), settings)
    else:
        root = find_root(template.filename)
        try:
            outcome = lint([template.filename], settings._replace(root=root))
        except UsageError as error:
            raise RuntimeError(f"kmslint: {error}") from error
    if outcome.internal_errors:
        raise RuntimeError(f"kmslint: {'; '.join(outcome.internal_errors)}")
    return outcome.findings, root


class _Runs:
    """The runs on the template that is at hand: all rules ask about one before the next comes."""

    def __init__(self) -> None:
        self._template: Template | None = None
        self._done: dict[bool, tuple[tuple[Finding, ...], str]] = {}

    def on(self, template: Template, is_experimental: bool) -> tuple[tuple[Finding, ...], str]:
        """The findings, and the root of their paths."""
        if template is not self._template:
            self._template, self._done = template, {}
        if is_experimental not in self._done:
            self._done[is_experimental] = _run(template, is_experimental)
        return self._done[is_experimental]


_RUNS: Final = _Runs()


def _matches(_rule: CloudFormationLintRule, rule: Rule, template: Template) -> Iterator[RuleMatch]:
    """What cfn-lint is to show of a rule, each at a path into the template."""
    findings, root = _RUNS.on(template, rule.profile is not Profile.DEFAULT)
    for finding in findings:
        if finding.rule_id == rule.id:
            yield RuleMatch(list(_path(finding, template, root)), safe_text(_message(rule, finding, template, root)))


def _message(rule: Rule, finding: Finding, template: Template, root: str) -> str:
    place = "" if _is_in(template, finding.at, root) else f" ({finding.at.path}:{finding.at.line})"
    return f"{rule.id} {rule.name}: {finding.message}{place}"


def _path(finding: Finding, template: Template, root: str) -> _Path:
    """Where it is: as deep in the template as cfn-lint knows places, else the resource or its nested stack."""
    if _is_in(template, finding.at, root):
        region = finding.at.region
        found = _deepest(template.template, (region.line - 1, region.column - 1), ())
        if found:
            return found
    resource = finding.resource.partition("/")[0]
    return ("Resources", resource) if resource in template.template.get("Resources", {}) else ()


def _is_in(template: Template, at: Location, root: str) -> bool:
    """Whether a place is in the template itself, and not in one that is nested in it."""
    name: str | None = template.filename
    return bool(name) and os.path.realpath(os.path.join(root, at.path)) == os.path.realpath(str(name))


def _deepest(node: Any, at: tuple[int, int], path: _Path) -> _Path:
    """The path of the smallest part of a document that holds a line and column, both from 0."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in members:
        if any(_holds(part, at) for part in (name, value)):
            return _deepest(value, at, (*path, name))
    return path


def _holds(node: Any, at: tuple[int, int]) -> bool:
    start, end = getattr(node, "start_mark", None), getattr(node, "end_mark", None)
    if start is None or end is None:
        return False
    return bool((start.line, start.column) <= at < (end.line, end.column))


def _rule_class(rule: Rule) -> type[CloudFormationLintRule]:
    """The rule as cfn-lint's. It makes one of each class that it finds in a module."""
    number = _FIRST[rule.id[3]] + int(rule.id[4:])
    about = {
        "__module__": __name__,
        "__doc__": rule.title,
        "id": f"{_LEVELS[rule.severity]}97{number:02}",
        "shortdesc": f"{rule.id} {rule.name}",
        "description": f"{rule.title}. {rule.remediation}".replace("\n", " "),
        "source_url": next(iter(rule.references), ""),
        "tags": ["kms", "iam", "security", rule.id.lower()],
        "experimental": rule.profile is not Profile.DEFAULT,
        "match": partialmethod(_matches, rule),
    }
    return type(rule.id, (CloudFormationLintRule,), about)


globals().update((rule_class.__name__, rule_class) for rule_class in (_rule_class(one.RULE) for one in all_rules()))
