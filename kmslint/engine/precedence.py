"""Which findings are shown: each thing is said once, by the rule that says it best."""

from __future__ import annotations

from collections.abc import Iterable

from kmslint.engine.finding import Finding, Related
from kmslint.engine.rule import Rule, Scope
from kmslint.location import Location

_Place = tuple[str, str, object]


def settle(findings: Iterable[Finding], rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """The findings of one estate in order, without those that another rule says better, and one for each
    statement that several keys share."""
    by_id = {rule.id: rule for rule in rules}
    listed = sorted(set(findings), key=order)
    taken = {place for finding in listed for place in _places(finding)}
    heard = (finding for finding in listed if not _is_silenced(finding, by_id[finding.rule_id], taken))
    return tuple(_merge(heard))


def order(finding: Finding) -> tuple[object, ...]:
    """Where a finding stands in a report: path, line, column, rule."""
    region = finding.at.region
    return (finding.at.path, region.line, region.column, finding.rule_id, finding.resource, finding.message)


def _places(finding: Finding) -> Iterable[_Place]:
    yield (finding.rule_id, Scope.KEY.name, finding.about or finding.resource)
    if finding.statement is not None:
        yield (finding.rule_id, Scope.STATEMENT.name, _stretch(finding.statement))


def _stretch(at: Location) -> tuple[str, int, int]:
    return (at.path, at.start, at.end)


def _is_silenced(finding: Finding, rule: Rule, taken: set[_Place]) -> bool:
    for silence in rule.silenced_by:
        if silence.scope is Scope.KEY:
            place: _Place = (silence.by, Scope.KEY.name, finding.about or finding.resource)
        elif finding.statement is not None:
            place = (silence.by, Scope.STATEMENT.name, _stretch(finding.statement))
        else:
            continue
        if place in taken:
            return True
    return False


def _merge(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for a rule and a place: keys that share a policy document are told as one."""
    merged: dict[tuple[str, tuple[str, int, int], str], Finding] = {}
    for finding in findings:
        key = (finding.rule_id, _stretch(finding.at), finding.subject)
        first = merged.get(key)
        if first is None:
            merged[key] = finding
        elif finding.resource != first.resource:
            also = Related(finding.at, f"the same holds for {finding.resource}")
            merged[key] = first._replace(related=(*first.related, also))
    return list(merged.values())
