"""SARIF 2.1.0, for GitHub code scanning and everything else that reads it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
There are no times in it and no category: the same findings are the same bytes, and the category belongs
to whoever uploads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import kmslint
from kmslint.engine.finding import Finding, Related
from kmslint.engine.fingerprint import line_hashes, outcome_fingerprints, own_fingerprints
from kmslint.engine.outcome import Outcome, Suppressed
from kmslint.engine.rule import Rule
from kmslint.report.composed import Report
from kmslint.report.json import JsonObject, dumps
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text, valid_unicode
from kmslint.report.sarif_limits import LEFT_OUT, LOCATIONS, RESULTS, fitting, left_out_sentence, notice
from kmslint.report.sarif_location import ROOT, physical_location
from kmslint.report.sarif_message import finding_message, sentence
from kmslint.report.sarif_notifications import NOTIFICATIONS, notifications
from kmslint.report.sarif_rules import LEVELS, describe

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class _Told(NamedTuple):
    """Something that is to be a result."""

    finding: Finding
    fingerprint: str
    suppressed: Suppressed | None = None


def compose(outcome: Outcome, options: Options) -> Report:
    """One run with every rule that took part, fired or not, and how many findings are left out: GitHub takes only so
    many.

    Suppressed findings are left out unless they are asked for, and counted in a notification: GitHub takes no notice
    of `suppressions`, and would open an alert for each.
    """
    rules = sorted(outcome.rules, key=lambda rule: rule.id)
    told = _told(outcome, options.suppressed)
    order = _worst_first(told, rules)
    if len(order) > RESULTS:  # with one that says so
        results = _results(told, order[: RESULTS - 1], rules, options.suppressed)
    else:
        results = _results(told, order, rules, options.suppressed)
    left_out = [told[place] for place in order[len(results) :]]
    cut = ""
    if left_out:
        suppressed = sum(one.suppressed is not None for one in left_out)
        cut = left_out_sentence(len(left_out), suppressed)
        rules.append(LEFT_OUT)
        finding = notice(left_out[0].finding.at, len(left_out), suppressed)
        stand_in = _Told(finding, own_fingerprints([finding])[0])
        results += _results([stand_in], [0], rules, options.suppressed)
    run = _run(outcome, rules, results, cut)
    return Report(dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}), len(left_out))


def _run(outcome: Outcome, rules: Sequence[Rule], results: Sequence[JsonObject], cut: str) -> JsonObject:
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
                "toolExecutionNotifications": notifications(outcome, cut),
            }
        ],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }


def _told(outcome: Outcome, with_suppressed: bool) -> list[_Told]:
    fingerprints, of_suppressed = outcome_fingerprints(outcome)
    told = list(map(_Told, outcome.findings, fingerprints))
    if with_suppressed:
        told.extend(map(_Told, (one.finding for one in outcome.suppressed), of_suppressed, outcome.suppressed))
    return told


def _worst_first(told: Sequence[_Told], rules: Sequence[Rule]) -> list[int]:
    """The places of what is told, by severity and then as they are; what is suppressed last."""
    ranks = {rule.id: rule.severity.rank for rule in rules}
    return sorted(
        range(len(told)), key=lambda place: (told[place].suppressed is not None, ranks[told[place].finding.rule_id])
    )


def _results(
    told: Sequence[_Told], order: Sequence[int], rules: Sequence[Rule], with_suppressed: bool
) -> list[JsonObject]:
    """As many of the results as there is room for, from the first of the order; in the order in which they are told."""
    places = {rule.id: place for place, rule in enumerate(rules)}
    hashes: dict[str, tuple[str, ...]] = {}

    def written() -> Iterator[tuple[int, JsonObject]]:
        for place in order:
            one = told[place]
            index = places[one.finding.rule_id]
            result = _result(one.finding, rules[index], index)
            if with_suppressed:  # of all results, or of none
                result["suppressions"] = [_suppression(one.suppressed)] if one.suppressed is not None else []
            result["partialFingerprints"] = _fingerprints(one, hashes)
            yield place, result

    return fitting(written())


def _fingerprints(one: _Told, hashes: dict[str, tuple[str, ...]]) -> JsonObject:
    fingerprints: JsonObject = {"kmslint/v1": one.fingerprint}
    text = one.finding.at.shown.source.text
    if text:  # of a file that could not be read, GitHub works the hash out itself
        if text not in hashes:
            hashes[text] = line_hashes(text)
        fingerprints["primaryLocationLineHash"] = hashes[text][one.finding.at.line - 1]
    return fingerprints


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
        related = finding.related[: LOCATIONS - 1]
        result["relatedLocations"] = [_related(one, number) for number, one in enumerate(related, 1)]
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
