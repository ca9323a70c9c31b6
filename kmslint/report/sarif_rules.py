"""A rule as SARIF describes it: what GitHub shows beside an alert.

https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.engine.counterpart import Catalogue
from kmslint.engine.finding import Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.report.counterparts import counterparts_object, counterparts_text
from kmslint.report.json import JsonObject
from kmslint.report.sanitise import markdown_code

LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}

# GitHub's bands begin at 9.0, 7.0, 4.0 and 0.1; these are well inside. Without a score GitHub calls an
# alert what its level says: a note, which is what "info" means.
_SCORES: Final = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}

_TOPICS: Final = {"1": "lockout", "2": "access", "3": "delegation", "4": "policy", "5": "settings"}
"""By the first digit of a rule's number; others tell of the analysis and of the report itself."""

_DESCRIPTION_LENGTH: Final = 1024
"""GitHub's bound."""


def describe(rule: Rule) -> JsonObject:
    """The reportingDescriptor of a rule."""
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),  # SARIF's convention
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": _within(rule.rationale, _DESCRIPTION_LENGTH)},
        "messageStrings": {"default": {"text": "{0}."}},
        "help": {"text": "\n\n".join(_help_text(rule)), "markdown": "\n\n".join(_help_markdown(rule))},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": _properties(rule),
        "helpUri": rule.references[0],
    }


def _properties(rule: Rule) -> JsonObject:
    topic = _TOPICS.get(rule.id.removeprefix("KMS")[:1], "analysis")
    tags = ["security", "aws-kms", topic, *_weaknesses(rule)]
    properties: JsonObject = {"tags": tags, "precision": rule.precision.value}
    if rule.counterparts:
        properties["counterparts"] = counterparts_object(rule)
    if rule.severity in _SCORES:
        properties["security-severity"] = _SCORES[rule.severity]
    return properties


def _weaknesses(rule: Rule) -> Iterator[str]:
    """Tags in the form that GitHub groups alerts by: external/cwe/cwe-732."""
    for counterpart in rule.counterparts:
        if counterpart.catalogue is Catalogue.CWE:
            yield from (f"external/cwe/{name.lower()}" for name in counterpart.ids)


def _within(text: str, length: int) -> str:
    """As many whole sentences of a text as the length allows."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length].rpartition(". ")[0] + "."


def _help_text(rule: Rule) -> Iterator[str]:
    yield rule.rationale.strip()
    yield f"How to fix it: {rule.remediation.strip()}"
    for language, _, examples in _examples(rule):
        yield f"Bad, in {language}:\n\n{examples.bad.rstrip()}"
        yield f"Good, in {language}:\n\n{examples.good.rstrip()}"
    if rule.counterparts:
        yield f"In other catalogues and tools: {counterparts_text(rule)}."
    yield "References:\n" + "\n".join(rule.references)


def _help_markdown(rule: Rule) -> Iterator[str]:
    """GitHub shows it instead of the text. Nothing in it comes from a scanned file."""
    yield f"## Why\n\n{rule.rationale.strip()}"
    yield f"## How to fix it\n\n{rule.remediation.strip()}"
    for language, fence, examples in _examples(rule):
        yield f"## {language}"
        yield f"Bad:\n\n```{fence}\n{examples.bad.rstrip()}\n```"
        yield f"Good:\n\n```{fence}\n{examples.good.rstrip()}\n```"
    if rule.counterparts:
        yield f"## In other catalogues and tools\n\n{counterparts_text(rule)}"
    yield "## References\n\n" + "\n".join(f"- <{reference}>" for reference in rule.references)
    yield f"This page in a terminal: {markdown_code(f'kmslint explain {rule.id}')}"


def _examples(rule: Rule) -> Iterator[tuple[str, str, Examples]]:
    """Each language with its name for a code fence."""
    if rule.cloudformation:
        yield "CloudFormation", "yaml", rule.cloudformation
    if rule.terraform:
        yield "Terraform", "hcl", rule.terraform
