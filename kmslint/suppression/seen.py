"""What of the files was judged for certain: only there can a suppression be called unused."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from kmslint.access.open_parts import open_in
from kmslint.discovery import TERRAFORM, Discovered
from kmslint.location import Location
from kmslint.model.estate import Estate, Key, Language
from kmslint.raw import VARIABLES
from kmslint.suppression.in_file import InFile, Suppression

UndecidedKeys = Collection[tuple[str, str, int]]
"""Path, address and line of each."""


class Seen:
    """The places that the estates of a run speak of, and those where something is left open."""

    def __init__(self, discovered: Discovered, estates: Iterable[Estate], undecided: UndecidedKeys) -> None:
        self._places: Final[defaultdict[str, set[int]]] = defaultdict(set)
        self._open: Final[defaultdict[str, set[int]]] = defaultdict(set)
        self._directories: Final[set[str]] = set()
        estates = tuple(estates)
        self._broken: Final = broken_in(discovered, estates)
        for estate in estates:
            for at in _declared(estate):
                self._places[at.path].add(at.shown.start)
                if estate.language is Language.TERRAFORM:
                    self._directories.add(_directory(at.path))
            for at in _left_open(estate, undecided):
                self._open[at.path].add(at.shown.start)
        self._units: Final[dict[str, tuple[frozenset[int], frozenset[int]]]] = {}

    def is_judged(self, file: InFile, suppression: Suppression) -> bool:
        """Whether all that a suppression speaks of was judged for certain, and whatever is not is here to stay."""
        path = file.source.path
        if path in self._broken or _directory(path) in self._broken:
            return False
        in_module = path.endswith(TERRAFORM + VARIABLES) and _directory(path) in self._directories
        if path not in self._places and not in_module:
            return False
        seen, left_open = self._units_of(file)
        if suppression.reach.whole_file:
            return path not in self._open
        unit = suppression.unit_in(file.units)
        if unit < 0:
            return True
        resource = file.units.resource(file.units.all[unit].start)
        if resource in left_open:
            return False
        return resource in seen or not file.units.all[resource].is_optional

    def _units_of(self, file: InFile) -> tuple[frozenset[int], frozenset[int]]:
        """The units of a file in which something is, and those in which something is left open."""
        path = file.source.path
        if path not in self._units:
            found = (self._places.get(path, set()), self._open.get(path, set()))
            seen, left_open = (
                frozenset(unit for offset in offsets for unit in file.units.around(offset)) for offsets in found
            )
            self._units[path] = seen, left_open
        return self._units[path]


def _directory(path: str) -> str:
    """As modules are called."""
    return posixpath.dirname(path) or "."


def broken_in(discovered: Discovered, estates: Iterable[Estate]) -> set[str]:
    """The files and directories of which a part could not be read, or that depend on such a part."""
    calls = {module.directory: set(module.calls.values()) for module in discovered.modules}
    broken: set[str] = set()
    for estate in estates:
        if not estate.problems:
            continue
        broken.add(estate.path)
        broken.update(problem.path for problem in estate.problems)
        if estate.language is Language.CLOUDFORMATION:
            broken |= discovered.nested
            continue
        left = [estate.path]
        while left:
            called = calls.get(left.pop(), set()) - broken
            broken |= called
            left.extend(called)
    return broken


def _declared(estate: Estate) -> Iterator[Location]:
    """Where the things stand that the rules judge."""
    for key in estate.keys:
        yield from (key.at, key.policy.at)
    for found in (estate.policies, estate.identities, estate.grants, estate.aliases, estate.uses.consumers):
        yield from (one.at for one in found)
    yield from (delivery.at for delivery in estate.uses.deliveries)
    for _, document in estate.documents():
        yield from (statement.at for statement in document.statements)


def _left_open(estate: Estate, undecided: UndecidedKeys) -> Iterator[Location]:
    """What may be found some other time, where something is known that is not known here."""
    for key in estate.switched_off:
        yield from _of_key(key)
    for key in estate.keys:
        if (key.at.path, key.address, key.at.line) in undecided:
            yield from _of_key(key)
    for _, document in estate.documents():
        yield from (unseen.at for unseen in document.unseen)
        if document.unseen:
            yield document.at
        for statement in document.statements:
            if any(True for _ in open_in(statement)):
                yield statement.at
    for policy in estate.policies:
        if policy.document is None:
            yield policy.at


def _of_key(key: Key) -> Iterator[Location]:
    yield from (key.at, key.policy.at)
    if key.policy.document is not None:
        yield key.policy.document.at
        yield from (statement.at for statement in key.policy.document.statements)
