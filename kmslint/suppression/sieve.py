"""Takes the suppressed ones out of the findings, and says which suppressions are of no use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kmslint.engine.finding import Finding
from kmslint.location import Location
from kmslint.suppression.in_file import InFile, Reach, Suppression
from kmslint.suppression.marker import RuleName
from kmslint.suppression.sources import Contents

_REMEMBERED: Final = 16
"""Suppressions of one place that are bound to contents, for a message about those that have changed."""

_Key = tuple[str, str, str, str, Reach]
"""Path, rule, Sid, content, and one of the things that a suppression speaks of."""


class Taken(NamedTuple):
    """A finding, and the suppression that takes it out of the report."""

    finding: Finding
    by: Suppression


class Outgrown(NamedTuple):
    """What is left of a suppression whose statement has changed: the mark of the statement as it is."""

    content: str


class Sieve:
    """The suppressions that count today, each found by what it speaks of."""

    def __init__(self, files: Iterable[InFile], today: str) -> None:
        """`today` is a day, `2027-03-31`: a suppression counts until its day is over, in UTC."""
        self.files: Final = {file.source.path: file for file in files}
        self._today = today
        self._first: dict[_Key, Suppression] = {}
        self._bound: defaultdict[tuple[str, str, Reach], list[Suppression]] = defaultdict(list)
        self._contents = Contents()
        self.used: set[tuple[Location, str]] = set()
        """The suppressions and the rules for which they took something out."""
        self.outgrown: dict[tuple[Location, str], Outgrown] = {}
        for file in self.files.values():
            for suppression in file.suppressions:
                if not self.is_expired(suppression):
                    self._add(file.source.path, suppression)

    def is_expired(self, suppression: Suppression) -> bool:
        return suppression.words.until != "" and suppression.words.until < self._today

    def _add(self, path: str, suppression: Suppression) -> None:
        words = suppression.words
        for rule in words.rules:
            for part in _parts(suppression.reach):
                self._first.setdefault((path, rule.id, words.statement, words.content, part), suppression)
                if words.content:
                    bound = self._bound[path, rule.id, part]
                    if len(bound) < _REMEMBERED:
                        bound.append(suppression)

    def sift(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[Taken]]:
        """The findings that nobody suppresses, and the others, both in their order."""
        kept: list[Finding] = []
        taken: list[Taken] = []
        for finding in findings:
            by = self._by(finding)
            if by is None:
                kept.append(finding)
            else:
                self.used.add((by.at, finding.rule_id))
                taken.append(Taken(finding, by))
        return kept, taken

    def _by(self, finding: Finding) -> Suppression | None:
        """The suppression of a finding that stands nearest to it."""
        parts = list(self._around(finding))
        sid = finding.statement.sid if finding.statement else ""
        content = self._contents.mark(finding.statement.at) if finding.statement and self._bound else ""
        for path, part in parts:
            for name in (sid, ""):
                for mark in (content, ""):
                    found = self._first.get((path, finding.rule_id, name, mark, part))
                    if found is not None:
                        return found
        for path, part in parts:
            for suppression in self._bound.get((path, finding.rule_id, part), ()) if content else ():
                self.outgrown.setdefault((suppression.at, finding.rule_id), Outgrown(content))
        return None

    def _around(self, finding: Finding) -> Iterator[tuple[str, Reach]]:
        """What the suppressions of a finding may speak of, nearest first: its line, its statement, its resource."""
        statement = finding.statement.at.shown if finding.statement else None
        places = dict.fromkeys(place for place in (finding.at.shown, statement) if place is not None)
        files = [(place, self.files.get(place.path)) for place in places]
        for place, file in files:
            if file is not None:
                yield place.path, Reach(line=file.units.line(place.start))
        if finding.declared is not None:
            files.append((finding.declared.shown, self.files.get(finding.declared.path)))
        around = {
            (file.source.path, unit): file.units.all[unit]
            for place, file in files
            if file is not None
            for unit in file.units.around(place.start)
        }
        for (path, place_of_unit), unit in sorted(around.items(), key=lambda one: not one[1].is_statement):
            yield path, Reach(begins=self.files[path].units.line(unit.start))
            yield path, Reach(unit=place_of_unit)
        for path in dict.fromkeys(file.source.path for _, file in files if file is not None):
            yield path, Reach(whole_file=True)

    def named(self, ids: Collection[str]) -> Iterator[tuple[InFile, Suppression, RuleName]]:
        """Those of the rules that suppressions name, with these."""
        for file in self.files.values():
            for suppression in file.suppressions:
                for rule in suppression.rules:
                    if rule.id in ids:
                        yield file, suppression, rule


def _parts(reach: Reach) -> Sequence[Reach]:
    """The things that a suppression speaks of, one by one; of nothing, where it does not: nobody asks for that."""
    return (
        Reach(line=reach.line),
        Reach(begins=reach.begins),
        Reach(unit=reach.unit),
        Reach(whole_file=reach.whole_file),
    )
