"""What Terraform takes without a word and hardly anybody means, noted where it is evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kmslint.location import Location
from kmslint.model.duplicates import Duplicate, Reader
from kmslint.model.lost_zeros import LostZero
from kmslint.syntax.tree import Entry, Mapping, Scalar
from kmslint.terraform.declarations import Declarations

_ID = re.compile(r"0[0-9]{11}\Z")


class Oddities:
    """Names that stand twice in an object, and account ids that are numbers: each place once, however often
    it is evaluated."""

    def __init__(self) -> None:
        self._duplicates: dict[Location, Duplicate] = {}
        self._lost_zeros: dict[Location, LostZero] = {}

    def add_duplicates(self, found: Iterable[Duplicate]) -> None:
        """Note names that stand twice."""
        for duplicate in found:
            self._duplicates.setdefault(duplicate.at, duplicate)

    def look_at_object(self, node: Mapping) -> None:
        """Note the names that stand twice in an object."""
        again = tuple(node.duplicates())
        firsts = dict(_names(reversed(node.entries))) if again else {}
        self.add_duplicates(Duplicate(key.text, key.at, firsts[key.text], Reader.TERRAFORM) for key in again)

    def look_at_number(self, node: Scalar, read_as: str) -> None:
        """Note a number that was written as an account id."""
        if _ID.match(node.text):
            self._lost_zeros[node.at] = LostZero(node.text, read_as, "Terraform reads it as a number", node.at)

    def duplicates(self, declared: Iterable[Declarations]) -> tuple[Duplicate, ...]:
        """The names that stand twice, each with what it is part of."""
        found = sorted(self._duplicates.values(), key=lambda one: (one.at.path, one.at.start))
        modules = tuple(declared) if found else ()
        return tuple(one._replace(owner=_owner(one.at, modules)) for one in found)

    @property
    def lost_zeros(self) -> tuple[LostZero, ...]:
        return tuple(self._lost_zeros.values())


def _names(entries: Iterable[Entry]) -> Iterator[tuple[str, Location]]:
    return ((entry.key.text, entry.key.at) for entry in entries if isinstance(entry.key, Scalar))


def _owner(at: Location, modules: Iterable[Declarations]) -> str:
    """The address of what is declared around a place; empty for a file of its own."""
    named = ((name, outer) for declared in modules for name, outer in _declared(declared))
    return next((name for name, outer in named if _contains(outer, at)), "")


def _declared(declared: Declarations) -> Iterator[tuple[str, Location]]:
    yield from ((one.address, one.block.at) for twins in declared.resources.values() for one in twins)
    yield from ((f"local.{one.name.text}", one.value.at) for twins in declared.locals.values() for one in twins)
    yield from ((f"var.{name}", one.at) for name, twins in declared.variables.items() for one in twins)
    yield from ((f"module.{one.labels[0].text}", one.at) for one in declared.modules)
    yield from ((f"output.{name}", one.at) for name, one in declared.outputs.items())


def _contains(outer: Location, inner: Location) -> bool:
    return outer.source is inner.source and outer.start <= inner.start < outer.end
