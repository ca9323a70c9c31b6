"""The report for scripts. Members are added to it; none ever changes its meaning while `version` is 1."""

from __future__ import annotations

import json
from collections import Counter

import kmslint
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.fingerprint import outcome_fingerprints
from kmslint.engine.outcome import KeyVerdict, Outcome, Suppressed, SwitchedOff
from kmslint.engine.rule import Rule
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.report.options import Options
from kmslint.report.sanitise import json_without_commands, valid_unicode
from kmslint.report.summary import severities

JsonObject = dict[str, object]


def render(outcome: Outcome, options: Options) -> str:  # noqa: ARG001, every format takes the same
    """One object."""
    rules = {rule.id: rule for rule in outcome.rules}
    fingerprints, of_suppressed = outcome_fingerprints(outcome)
    return dumps(
        {
            "version": 1,
            "tool": {"name": "kmslint", "version": kmslint.__version__},
            "summary": _summary(outcome),
            "findings": [
                _finding(finding, rules[finding.rule_id], fingerprint)
                for finding, fingerprint in zip(outcome.findings, fingerprints, strict=True)
            ],
            "not_analysed": [_problem(problem) for problem in outcome.problems],
            "suppressed": [
                _suppressed(suppressed, rules[suppressed.finding.rule_id], fingerprint)
                for suppressed, fingerprint in zip(outcome.suppressed, of_suppressed, strict=True)
            ],
            "keys": [_key(verdict) for verdict in outcome.keys],
            "switched_off": [_switched_off(one) for one in outcome.switched_off],
        }
    )


def dumps(document: JsonObject) -> str:
    """The document in ASCII, so that it is the same bytes, and JSON, under every locale."""
    return json_without_commands(json.dumps(document, indent=2)) + "\n"


def _summary(outcome: Outcome) -> JsonObject:
    counts = outcome.counts
    severity_of = severities(outcome)
    found = Counter(severity_of[finding.rule_id] for finding in outcome.findings)
    summary: JsonObject = {
        "candidates": counts.candidates,
        "analysed": counts.analysed,
        "not_analysed": counts.not_analysed,
        "excluded": counts.excluded,
        "keys": len(outcome.keys),
        "findings": len(outcome.findings),
        "suppressed": len(outcome.suppressed),
        "by_severity": {severity.value: found[severity] for severity in Severity},
        "hidden": outcome.hidden,
    }
    if outcome.baseline is not None:
        known = sum(one.external for one in outcome.suppressed)
        path = valid_unicode(outcome.baseline.path)
        summary["baseline"] = {"path": path, "known": known, "outdated": outcome.baseline.outdated}
    return summary


def _finding(finding: Finding, rule: Rule, fingerprint: str) -> JsonObject:
    return {
        "rule": rule.id,
        "name": rule.name,
        "severity": rule.severity.value,
        "confidence": finding.confidence.value,
        "message": valid_unicode(finding.message),
        **_place(finding.at),
        "resource": valid_unicode(finding.resource),
        "related": [{**_place(other.at), "message": valid_unicode(other.message)} for other in finding.related],
        "fingerprint": fingerprint,
    }


def _suppressed(suppressed: Suppressed, rule: Rule, fingerprint: str) -> JsonObject:
    finding = _finding(suppressed.finding, rule, fingerprint)
    kind = {"kind": "external"} if suppressed.external else {}  # as SARIF calls what is said outside of the file
    return {**finding, "reason": valid_unicode(suppressed.reason), "until": suppressed.until or None, **kind}


def _place(at: Location) -> JsonObject:
    region = at.region
    return {
        "path": valid_unicode(at.path),
        "line": region.line,
        "column": region.column,
        "end_line": region.end_line,
        "end_column": region.end_column,
    }


def _problem(problem: Problem) -> JsonObject:
    return {"path": valid_unicode(problem.path), "line": problem.line, "reason": valid_unicode(problem.reason)}


def _switched_off(one: SwitchedOff) -> JsonObject:
    paths = [valid_unicode(path) for path in one.paths]
    return {"rules": list(one.rules), "by": valid_unicode(one.by), "paths": paths, "findings": one.findings}


def _key(verdict: KeyVerdict) -> JsonObject:
    return {
        "address": valid_unicode(verdict.address),
        "path": valid_unicode(verdict.path),
        "line": verdict.line,
        "policy": verdict.policy,
        "delegates": verdict.delegates,
        "delegates_admin": verdict.delegates_admin,
        "lockout": verdict.lockout,
        "administrators": [valid_unicode(administrator) for administrator in verdict.administrators],
    }
