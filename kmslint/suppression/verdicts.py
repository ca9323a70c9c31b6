"""What is wrong with suppressions, as findings: KMS002 unused, KMS003 expired, KMS004 not to be taken for one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from kmslint.engine.finding import Finding
from kmslint.engine.rule import Rule
from kmslint.location import Location
from kmslint.suppression.in_file import InFile, Suppression
from kmslint.suppression.marker import RuleName
from kmslint.suppression.seen import Seen
from kmslint.suppression.sieve import Outgrown, Sieve

UNUSED: Final = "KMS002"
EXPIRED: Final = "KMS003"
MALFORMED: Final = "KMS004"
UNDECIDED: Final = "KMS001"


def verdicts(sieve: Sieve, rules: Mapping[str, Rule], judged: Collection[str], seen: Seen | None) -> Iterator[Finding]:
    """The findings of those of the three rules that take part, on suppressions of the rules that are judged.

    `seen` is None where not all was looked at that findings may come from.
    """
    if MALFORMED in rules:
        for file in sieve.files.values():
            yield from (_malformed(rules[MALFORMED], fault.reason, fault.at, file) for fault in file.faults)
    for file, suppression, rule in sieve.named(judged):
        if sieve.is_expired(suppression):
            if EXPIRED in rules:
                yield _expired(rules[EXPIRED], suppression, rule, file)
        elif UNUSED in rules and (suppression.at, rule.id) not in sieve.used:
            outgrown = sieve.outgrown.get((suppression.at, rule.id))
            if outgrown is not None:
                yield _outgrown(rules[UNUSED], suppression, rule, file, outgrown)
            elif seen is not None and (rule.id == UNDECIDED or seen.is_judged(file, suppression)):
                yield _unused(rules[UNUSED], suppression, rule, file)


def _malformed(rule: Rule, reason: str, at: Location, file: InFile) -> Finding:
    unit = file.units.resource(at.start)
    return rule.finding(at, f"nothing is ignored by this: {reason}", _name(file, unit), subject=reason)


def _expired(rule: Rule, suppression: Suppression, named: RuleName, file: InFile) -> Finding:
    until = suppression.words.until
    message = f"{named.id} is no longer ignored here: the last day of that was {until}"
    return _finding(rule, suppression, named, file, message, suppression.words.until_at or suppression.at)


def _unused(rule: Rule, suppression: Suppression, named: RuleName, file: InFile) -> Finding:
    unit = suppression.unit_in(file.units)
    if suppression.reach.whole_file:
        where = "in this file"
    elif unit < 0:
        message = f"{named.id} is ignored outside of every resource, where nothing is found"
        advice = f"put it into the resource, or write ignore-file[{named.id}] at the top for the whole file"
        return _finding(rule, suppression, named, file, message, named.at, advice)
    else:
        where = "in this statement" if file.units.all[unit].is_statement else f"in {_name(file, unit)}"
    return _finding(
        rule, suppression, named, file, f"nothing that {named.id} finds is left to ignore {where}", named.at
    )


def _outgrown(rule: Rule, suppression: Suppression, named: RuleName, file: InFile, now: Outgrown) -> Finding:
    message = f"{named.id} is ignored for a statement that has changed since, and so is reported again"
    advice = f"look at the statement again; if it is meant so, write content={now.content}"
    return _finding(rule, suppression, named, file, message, named.at, advice)


def _finding(
    rule: Rule, suppression: Suppression, named: RuleName, file: InFile, message: str, at: Location, advice: str = ""
) -> Finding:
    unit = suppression.unit_in(file.units)
    return rule.finding(at, message, _name(file, unit), subject=f"ignore[{named.id}]", advice=advice)


def _name(file: InFile, unit: int) -> str:
    """The resource that a suppression is in, or the file."""
    resource = file.units.resource(file.units.all[unit].start) if unit >= 0 else -1
    return (file.units.all[resource].name if resource >= 0 else "") or file.source.path
