"""SARIF 2.1.0, for GitHub code scanning and everything else that reads it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
There are no times in it and no category: the same findings are the same bytes, and the category belongs
to whoever uploads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import kmslint
from kmslint.engine.finding import Finding, Related
from kmslint.engine.fingerprint import line_hashes, own_fingerprints
from kmslint.engine.outcome import Outcome
from kmslint.engine.rule import Rule
from kmslint.report.json import JsonObject, dumps
from kmslint.report.options import Options
from kmslint.report.sanitise import valid_unicode
from kmslint.report.sarif_location import ROOT, physical_location
from kmslint.report.sarif_message import finding_message, sentence
from kmslint.report.sarif_notifications import NOTIFICATIONS, notifications
from kmslint.report.sarif_rules import LEVELS, describe

RESULTS: Final = 5_000
"""What GitHub keeps of a run; it refuses more than 25,000."""

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(outcome: Outcome, options: Options) -> str:  # noqa: ARG001, every format takes the same
    """One run with every rule that took part, fired or not."""
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(outcome)]})


def _run(outcome: Outcome) -> JsonObject:
    rules = sorted(outcome.rules, key=lambda rule: rule.id)
    shown = _worst(outcome)
    return {
        "tool": {
            "driver": {
                "name": "kmslint",
                "version": kmslint.__version__,
                "semanticVersion": kmslint.__version__,
                # A package URL, for the project has no page of its own to link to.
                "informationUri": f"pkg:generic/kmslint@{kmslint.__version__}",
                "rules": [describe(rule) for rule in rules],
                "notifications": NOTIFICATIONS,
            }
        },
        "invocations": [
            {
                # False would make GitHub take the whole run for failed; a file that was not analysed is a notification.
                "executionSuccessful": not outcome.internal_errors,
                "toolExecutionNotifications": notifications(outcome, len(outcome.findings) - len(shown)),
            }
        ],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(outcome, shown, rules)),
    }


def _worst(outcome: Outcome) -> list[int]:
    """Which findings are shown, by their place in the outcome: the worst, still in their order."""
    ranks = {rule.id: rule.severity.rank for rule in outcome.rules}
    worst_first = sorted(range(len(outcome.findings)), key=lambda place: ranks[outcome.findings[place].rule_id])
    return sorted(worst_first[:RESULTS])


def _results(outcome: Outcome, shown: Sequence[int], rules: Sequence[Rule]) -> Iterator[JsonObject]:
    places = {rule.id: place for place, rule in enumerate(rules)}
    fingerprints = own_fingerprints(outcome.findings)
    hashes: dict[str, tuple[str, ...]] = {}
    for place in shown:
        finding = outcome.findings[place]
        index = places[finding.rule_id]
        result = _result(finding, rules[index], index)
        result["partialFingerprints"] = partial = {"kmslint/v1": fingerprints[place]}
        if finding.at.shown.source.text:  # of a file that could not be read, GitHub works the hash out itself
            path = finding.at.path
            if path not in hashes:
                hashes[path] = line_hashes(finding.at.shown.source.text)
            partial["primaryLocationLineHash"] = hashes[path][finding.at.line - 1]
        yield result


def _result(finding: Finding, rule: Rule, index: int) -> JsonObject:
    around = finding.statement.at if finding.statement else None
    location: JsonObject = {"physicalLocation": physical_location(finding.at, around)}
    if finding.resource:
        location["logicalLocations"] = [{"fullyQualifiedName": valid_unicode(finding.resource), "kind": "resource"}]
    result: JsonObject = {
        "ruleId": rule.id,
        "ruleIndex": index,
        "level": LEVELS[rule.severity],
        "message": finding_message(finding),
        "locations": [location],
        "properties": {"confidence": finding.confidence.value},
    }
    if finding.related:
        result["relatedLocations"] = [_related(related, number) for number, related in enumerate(finding.related, 1)]
    return result


def _related(related: Related, number: int) -> JsonObject:
    return {
        "id": number,
        "physicalLocation": physical_location(related.at),
        "message": {"text": sentence(related.message)},
    }
