"""SARIF 2.1.0, for GitHub code scanning and everything else that reads it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
There are no times in it and no category: the same findings are the same bytes, and the category belongs
to whoever uploads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import kmslint
from kmslint.engine.finding import Finding, Related
from kmslint.engine.fingerprint import line_hashes, outcome_fingerprints
from kmslint.engine.outcome import Outcome, Suppressed
from kmslint.engine.rule import Rule
from kmslint.report.json import JsonObject, dumps
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text, valid_unicode
from kmslint.report.sarif_location import ROOT, physical_location
from kmslint.report.sarif_message import finding_message, sentence
from kmslint.report.sarif_notifications import NOTIFICATIONS, notifications
from kmslint.report.sarif_rules import LEVELS, describe

RESULTS: Final = 5_000
"""What GitHub keeps of a run; it refuses more than 25,000."""

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(outcome: Outcome, options: Options) -> str:
    """One run with every rule that took part, fired or not.

    Suppressed findings are left out unless they are asked for: GitHub takes no notice of `suppressions`, and would
    open an alert for each.
    """
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(outcome, options.suppressed)]})


def _run(outcome: Outcome, with_suppressed: bool) -> JsonObject:
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
        "results": list(_results(outcome, shown, rules, with_suppressed)),
    }


def _worst(outcome: Outcome) -> list[int]:
    """Which findings are shown, by their place in the outcome: the worst, still in their order."""
    ranks = {rule.id: rule.severity.rank for rule in outcome.rules}
    worst_first = sorted(range(len(outcome.findings)), key=lambda place: ranks[outcome.findings[place].rule_id])
    return sorted(worst_first[:RESULTS])


def _results(
    outcome: Outcome, shown: Sequence[int], rules: Sequence[Rule], with_suppressed: bool
) -> Iterator[JsonObject]:
    places = {rule.id: place for place, rule in enumerate(rules)}
    fingerprints, of_suppressed = outcome_fingerprints(outcome)
    listed: list[tuple[Finding, str, Suppressed | None]]
    listed = [(outcome.findings[place], fingerprints[place], None) for place in shown]
    if with_suppressed:
        room = RESULTS - len(listed)
        suppressed = zip(outcome.suppressed, of_suppressed, strict=True)
        listed += [(one.finding, fingerprint, one) for one, fingerprint in islice(suppressed, room)]
    hashes: dict[str, tuple[str, ...]] = {}
    for finding, fingerprint, left in listed:
        index = places[finding.rule_id]
        result = _result(finding, rules[index], index)
        if with_suppressed:  # of all results, or of none
            result["suppressions"] = [_suppression(left)] if left is not None else []
        result["partialFingerprints"] = partial = {"kmslint/v1": fingerprint}
        text = finding.at.shown.source.text
        if text:  # of a file that could not be read, GitHub works the hash out itself
            if text not in hashes:
                hashes[text] = line_hashes(text)
            partial["primaryLocationLineHash"] = hashes[text][finding.at.line - 1]
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


def _suppression(suppressed: Suppressed) -> JsonObject:
    suppression: JsonObject = {
        "kind": "external" if suppressed.external else "inSource",
        "status": "accepted",
        "justification": safe_text(suppressed.reason),
    }
    if not suppressed.external:
        suppression["location"] = {"physicalLocation": physical_location(suppressed.at)}
    return suppression


def _related(related: Related, number: int) -> JsonObject:
    return {
        "id": number,
        "physicalLocation": physical_location(related.at),
        "message": {"text": sentence(related.message)},
    }
