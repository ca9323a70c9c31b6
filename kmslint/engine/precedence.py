"""Which findings are shown: each thing is said once, by the rule that says it best."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kmslint.engine.finding import Finding, Related
from kmslint.engine.rule import Rule, Scope
from kmslint.location import Location
from kmslint.model.estate import Call, Estate
from kmslint.model.ways import IN_ANY_CASE, Ways, simplified, when_in, within

_Stretch = tuple[str, int, int, int]
_Shared = tuple[object, ...] | None

_IN_SOME_WAY = "\0"
_CALLED = " is called here"
_BEHIND = "it stands here, in a module that is fetched"

_INSTANCE = re.compile(r'module\.[\w-]+(?:\[(?:\d+|"[^"]*")\])?\.|\[(?:\d+|"[^"]*")\]|(?<!\S)(?:[A-Za-z0-9]+/)+')
"""What tells the instances of one Terraform block, or of one nested template, from each other in their addresses."""


def settle(findings: Iterable[Finding], rules: Iterable[Rule], calls: Sequence[Call] = ()) -> tuple[Finding, ...]:
    """The findings of one estate in order, without those that another rule says better, and one for each
    statement that several keys share. What stands in a called module is related to the calls of it."""
    return _tell(hear(findings, rules), calls)


def hear(findings: Iterable[Finding], rules: Iterable[Rule]) -> list[Finding]:
    """The findings of one estate in order, without those that another rule says better."""
    by_id = {rule.id: rule for rule in rules}
    listed = sorted(dict.fromkeys(findings), key=order)
    # What is not heard silences nobody: behind a slip that is told elsewhere may stand something worse.
    loud = _unsilenced(listed, listed, by_id)
    return _unsilenced(listed, loud, by_id)


class Heard(NamedTuple):
    """The findings of one estate that no other rule says better, before those that say the same are told as one."""

    estate: Estate
    findings: tuple[Finding, ...]


def tell(heard: Heard) -> tuple[Finding, ...]:
    """The findings of an estate as people read them: one for each statement that several keys share."""
    return _tell(heard.findings, heard.estate.calls)


def _tell(findings: Iterable[Finding], calls: Sequence[Call]) -> tuple[Finding, ...]:
    return tuple(_merge(with_calls(finding, calls) for finding in findings))


def _unsilenced(findings: Iterable[Finding], by: Iterable[Finding], rules: Mapping[str, Rule]) -> list[Finding]:
    """The findings of which none of the others says it better."""
    taken: defaultdict[tuple[str, _Shared], Ways] = defaultdict(tuple)
    for finding in by:
        for scope in Scope:
            taken[finding.rule_id, _shared(finding, scope)] += finding.ways
    return [finding for finding in findings if not _is_silenced(finding, rules[finding.rule_id], taken)]


def settle_estates(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of several estates in order: what stands in a module that several call is told once."""
    return tuple(sorted(_merge(dict.fromkeys(sorted(findings, key=order))), key=order))


def with_calls(finding: Finding, calls: Sequence[Call]) -> Finding:
    """The finding with the blocks that call the module it stands in."""
    callers = (
        Related(call.at, f"{call.address}{_CALLED}")
        for call in calls
        if call.at.shown != finding.at.shown
        and any(
            address.startswith((f"{call.address}.", f"{call.address}/"))
            for address in (finding.about, finding.resource)
        )
    )
    behind = finding.at.behind
    itself = () if behind is None else (Related(behind, _BEHIND),)
    return finding._replace(related=(*finding.related, *itself, *callers))


def order(finding: Finding) -> tuple[object, ...]:
    """Where a finding stands in a report: path, line, column, rule."""
    region = finding.at.region
    return (finding.at.path, region.line, region.column, finding.rule_id, finding.resource, finding.message)


def _shared(finding: Finding, scope: Scope) -> _Shared:
    """What two findings must have in common in that scope for one to silence the other."""
    key = finding.about or finding.resource
    if scope is Scope.KEY:
        return (scope, key)
    if finding.statement is None:
        return None
    at, position = finding.statement.at, finding.statement.position
    return (scope, key, finding.resource, _stretch(at), position)


def _stretch(at: Location) -> _Stretch:
    """The place that is shown, and the stretch behind it: a call shows all that stands in the called module."""
    return (at.path, at.shown.start, at.start, at.end)


def _is_silenced(finding: Finding, rule: Rule, taken: Mapping[tuple[str, _Shared], Ways]) -> bool:
    """Whether another rule says it better there, wherever the finding holds."""
    shared = ((silence.by, _shared(finding, silence.scope)) for silence in rule.silenced_by)
    better = (taken[by, what] for by, what in shared if what is not None and (by, what) in taken)
    return any(within(finding.ways, simplified(ways)) for ways in better)


def _merge(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for a rule and a place: keys that share a policy document are told as one, and so are the
    instances of one block."""
    merged: dict[tuple[str, _Stretch, str, Ways], Finding] = {}
    for finding in _in_all_ways(findings):
        key = (finding.rule_id, _stretch(finding.at), _INSTANCE.sub("", finding.subject), finding.ways)
        first = merged.get(key)
        if first is None:
            merged[key] = finding
        else:
            merged[key] = first._replace(related=(*first.related, *_also(finding, first)))
    return list(merged.values())


def _in_all_ways(findings: Iterable[Finding]) -> Iterable[Finding]:
    """The findings; those that say the same of several ways in which conditions come out are one."""
    alike: dict[Finding, list[Finding]] = {}
    for finding in findings:
        words = when_in(finding.ways)
        said = finding.message.replace(words, _IN_SOME_WAY, 1) if words else finding.message
        alike.setdefault(finding._replace(message=said, ways=IN_ANY_CASE, related=()), []).append(finding)
    for said_once, each in alike.items():
        ways = simplified(way for finding in each for way in finding.ways)
        message = said_once.message.replace(_IN_SOME_WAY, when_in(ways), 1)
        yield said_once._replace(message=message, ways=ways, related=tuple(_related_in(each, ways)))


def _related_in(each: Sequence[Finding], ways: Ways) -> Iterator[Related]:
    """The places that belong to any of the findings; those that do so in fewer ways than all of them say in which."""
    found: dict[Related, Ways] = {}
    for finding in each:
        for related in finding.related:
            found[related] = found.get(related, ()) + finding.ways
    for related, some in found.items():
        words = "" if len(each) == 1 or within(ways, simplified(some)) else when_in(simplified(some))
        yield related if words in related.message else related._replace(message=f"{related.message}{words}")


def _also(finding: Finding, first: Finding) -> Iterator[Related]:
    """What the finding adds to the first one of its rule at its place."""
    if finding.resource != first.resource:
        yield Related(finding.at, f"the same holds for {finding.resource}")
    yield from (
        related for related in finding.related if related.message.endswith(_CALLED) and related not in first.related
    )
