"""Findings and rules made by hand, for the tests of the engine."""

from __future__ import annotations

from kmslint.engine.finding import Finding, StatementPlace
from kmslint.engine.registry import all_rules
from kmslint.engine.rule import Rule, Silence
from kmslint.location import Location, Source
from kmslint.model.default_policy import default_document
from kmslint.model.policy import Statement

SOURCE = Source("a.yaml", "one\ntwo\nthree\n")


def at(start: int, end: int = 0, source: Source = SOURCE) -> Location:
    return Location(source, start, end or start + 1)


def finding(
    rule_id: str, place: Location, message: str = "m", resource: str = "Key", statement: StatementPlace | None = None
) -> Finding:
    return Finding(rule_id, place, message, resource, statement=statement)


def statement_at(place: Location) -> Statement:
    """A statement that stands there, whatever it says."""
    return default_document(place).statements[0]


def rule(rule_id: str, *silenced_by: Silence) -> Rule:
    return all_rules()[0].RULE._replace(id=rule_id, silenced_by=silenced_by)
