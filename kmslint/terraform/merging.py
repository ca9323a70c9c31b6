"""Statements of several policy documents in one: a later one takes the place of one with the same Sid.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document#override_policy_documents
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum

from kmslint import limits
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.terraform.presence import ways
from kmslint.terraform.shapes import Absent, named
from kmslint.values import Choice, Doubt, Fields, Hole, HoleKind, Part, Text, Unknown, Value, unknown
from kmslint.verdict import NO
from kmslint.wildcard import equal

Sid = tuple[Part, ...]


class Origin(Enum):
    """Where statements come from: within the first two the provider refuses a Sid that stands there twice."""

    SOURCES = "source_policy_documents"
    OWN = "the statements"
    OVERRIDES = "override_policy_documents"


class Merged:
    """The statements so far, in the order in which the provider writes them."""

    def __init__(self) -> None:
        self.statements: list[Value] = []
        self.problems: list[Problem] = []
        self._places: dict[Sid, int] = {}
        """Of each Sid that is known."""
        self._sids: dict[int, Text] = {}
        """The Sid at each place where there is one."""
        self._open: list[int] = []
        """The places whose Sid has holes."""
        self._doubts: Counter[int] = Counter()
        self._compared = 0

    def add(self, statements: Iterable[Value], origin: Origin) -> None:
        """Statements of all the documents of one origin, in order."""
        end = len(self.statements)
        seen: set[Sid] = set()
        for statement in statements:
            if origin is Origin.OVERRIDES:
                end = len(self.statements)
                if isinstance(statement, Unknown):
                    self._doubt_all(statement)
            sid = _sid(statement)
            if sid is None:
                self.statements.append(statement)
                continue
            self._doubt_earlier(sid, end)
            self._put(statement, sid, origin if sid.parts in seen else Origin.OVERRIDES)
            seen.add(sid.parts)

    def _put(self, statement: Value, sid: Text, origin: Origin) -> None:
        """The statement at its place; `origin` is that of both if the Sid stood there already."""
        place = self._places.get(sid.parts)
        if place is None:
            place = len(self.statements)
            self._sids[place] = sid
            if sid.holes:
                # It is never known to be the same: what is open may be `each.key`, of another instance.
                self._open.append(place)
            else:
                self._places[sid.parts] = place
            self.statements.append(statement)
            return
        replaced = self.statements[place]
        if origin is not Origin.OVERRIDES and isinstance(statement, Fields) and not isinstance(replaced, Choice):
            reason = f'duplicate Sid "{sid}" in {origin.value} of aws_iam_policy_document'
            self.problems.append(Problem(sid.at.path, reason, sid.at))
            statement = unknown(reason, sid.at, HoleKind.UNREADABLE)
        self.statements[place] = _instead(statement, replaced)
        self._doubts[place] = 0 if isinstance(statement, Fields) else self._doubts[place] + 1

    def _doubt_all(self, unseen: Unknown) -> None:
        """A document that cannot be seen may replace every statement that has a Sid."""
        for place in self._sids:
            self._doubt(place, Doubt(f"{named(unseen.hole)} overrides no statement"), unseen.at)

    def _doubt_earlier(self, sid: Text, end: int) -> None:
        """A Sid of which something is not known may be that of an earlier statement, which it then replaces."""
        for place in list(self._sids) if sid.holes else self._open:
            other = self._sids[place]
            if place >= end:
                continue
            self._compared += 1
            if self._compared > limits.SIDS:
                self._give_up(sid.at)
                return
            if equal(sid, other) is not NO:
                self._doubt(place, Doubt(f"Sid {_spelt(sid)} is not {_spelt(other)}"), sid.at)

    def _doubt(self, place: int, condition: Doubt, at: Location) -> None:
        """The statement is there only under a condition; of too many it is not known whether it is."""
        self._doubts[place] += 1
        if self._doubts[place] > limits.CHOICES:
            reason = limits.named(f"a statement that more than {limits.CHOICES} others may replace", "choices")
            self.statements[place] = unknown(reason, at, spread=True)
        else:
            self.statements[place] = Choice(condition, self.statements[place], Absent(at), at)

    def _give_up(self, at: Location) -> None:
        for place in self._sids:
            reason = limits.named(f"more than {limits.SIDS} pairs of Sids", "sids")
            self.statements[place] = unknown(reason, at, spread=True)
        self._places.clear()
        self._sids.clear()
        self._open.clear()


def _sid(statement: Value) -> Text | None:
    """The Sid, the same for all ways a statement may come out; None if there is none."""
    sids: dict[Sid, Text] = {}
    for way in ways(statement):
        value = way.value.get("Sid") if isinstance(way.value, Fields) else None
        if isinstance(value, Text) and value.parts:
            sids[value.parts] = value
        elif isinstance(value, (Choice, Unknown)):
            hole = value.hole if isinstance(value, Unknown) else Hole(HoleKind.EXPRESSION, "Sid", repr(value.at))
            sids[(hole,)] = Text((hole,), value.at)
    if len(sids) > 1:
        first = next(iter(sids.values()))
        return Text((Hole(HoleKind.EXPRESSION, "Sid", repr(first.at)),), first.at)
    return next(iter(sids.values()), None)


def _spelt(sid: Text) -> str:
    return "".join(f"${{{named(part)}}}" if isinstance(part, Hole) else part for part in sid.parts)


def _instead(statement: Value, replaced: Value) -> Value:
    """The later statement; the earlier one where the later one may be absent."""
    if isinstance(statement, Choice):
        first, second = _instead(statement.when_true, replaced), _instead(statement.when_false, replaced)
        return statement._replace(when_true=first, when_false=second)
    return replaced if isinstance(statement, Absent) else statement
