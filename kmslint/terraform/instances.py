"""The instances of a block, and what `each` and `count` stand for in them.

Where the instances are known and few, each is one of its own. Otherwise one stands for all of them, however many
they are: nothing is copied. https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kmslint import limits
from kmslint.location import Location
from kmslint.terraform.expansion import Index, counted, iterated
from kmslint.terraform.kinds import ObjectFields, TupleItems
from kmslint.terraform.presence import Way, combined, of_collection, of_count
from kmslint.terraform.scalars import as_text, integer
from kmslint.terraform.scope import Scope
from kmslint.terraform.shapes import SetItems, choice
from kmslint.values import (
    ALWAYS,
    Choice,
    Doubt,
    Field,
    Fields,
    Guard,
    Guards,
    Hole,
    HoleKind,
    Items,
    Text,
    Unknown,
    Value,
    text,
)


class One(NamedTuple):
    """One instance of a block, or the one that stands for all."""

    address: str
    """`aws_kms_key.a["x"]`; without an index for the only instance and for the one that stands for all."""
    key: Text | None
    scope: Scope
    guards: Guards


class Instances:
    """The instances of a resource, a data source or a module call."""

    def __init__(
        self,
        address: str,
        at: Location,
        scope: Scope,
        number: Value | None = None,
        for_each: Value | None = None,
        few: int | None = None,
    ) -> None:
        """Up to `few` instances are told apart."""
        few = limits.INSTANCES_OF_ONE if few is None else few
        self.address = address
        self.at = at
        self.single = number is None and for_each is None
        """Neither `count` nor `for_each` is written."""
        self._scope = scope
        self._number = number
        """The value of `count`."""
        self._for_each = for_each
        indexes = None if self.single else self._indexes(few)
        self.are_known = self.single or indexes is not None
        """Every instance is one of its own."""
        self.all: tuple[One, ...] = self._together() if indexes is None else tuple(map(self._one, indexes))
        """Those that may be there, each with the conditions for it; empty if there certainly is none."""

    def switched_off(self) -> One:
        """The instance there would be if `count` or `for_each` did not come to nothing."""
        return One(self.address, None, self._scope_of_all(), ALWAYS)

    def find(self, key: Value) -> One | None:
        """The instance with that index; None where it is not known which one that is, or whether there is one."""
        if not self.are_known or not self.all:
            # Where there is none, only what is not there itself asks for it.
            return self.all[0] if self.all else self.switched_off()
        wanted = as_text(key)
        if wanted is None:
            return None
        return next((one for one in self.all if one.key and one.key.parts == wanted.parts), None)

    def tells(self, key: Value) -> bool:
        """Whether the conditions of what `find` gives are those for there being an instance with that index."""
        return self.are_known or (self._number is not None and integer(key) == 0)

    def has_no(self, key: Value) -> bool:
        """Whether there certainly is no instance with that index."""
        wanted = as_text(key)
        if not self.are_known or wanted is None or wanted.literal is None:
            return False
        literals = [one.key.literal for one in self.all if one.key is not None]
        return None not in literals and wanted.literal not in literals

    def whole(self, hole: Callable[[One], Hole]) -> Value:
        """What the address of a block with `count` or `for_each` stands for without an index: all of them."""
        values = [Unknown(hole(one), self.at) for one in self.all]
        if not self.are_known:
            several = tuple(value._replace(spread=True) for value in values)
            return Items(several, self.at) if self._number is not None else Fields((), self.at, several)
        if self._number is not None:
            return _so_many(self._number, values, self.at)
        ways = [Way(tuple(sorted(one.guards)), value) for one, value in zip(self.all, values, strict=True)]
        named = zip(self.all, ways, strict=True)
        fields = (Field(one.key, way.wrap(way.value, self.at)) for one, way in named if one.key is not None)
        return ObjectFields(tuple(fields), self.at)

    def _indexes(self, few: int) -> tuple[Index, ...] | None:
        found = counted(self._number, self.address, few) if self._number is not None else None
        if self._for_each is not None and self._number is None:
            found = iterated(self._for_each, few)
        return None if found is None else tuple(found)

    def _together(self) -> tuple[One, ...]:
        if self.single:
            return (One(self.address, None, self._scope, ALWAYS),)
        found = of_count(self._number) if self._number is not None else []
        if self._for_each is not None:
            found = of_collection(self._for_each)
        guards = combined(found, Guard(Doubt(f"{self.address} has instances"), True))
        return () if guards is None else (self.switched_off()._replace(guards=guards),)

    def _one(self, index: Index) -> One:
        address = f"{self.address}{index.spelt}"
        if self._number is not None:
            members = {"count": _object({"index": index.key}, self.at)}
        else:
            members = {"each": _object({"key": index.key, "value": index.value}, self.at)}
        return One(address, index.key, self._scope.bind(address, members), index.guards)

    def _scope_of_all(self) -> Scope:
        """The scope of the one instance that stands for all."""
        if self.single:
            return self._scope
        if self._number is not None:
            return self._scope.bind(self.address, {"count": _object({"index": self._hole("count.index")}, self.at)})
        key = self._hole("each.key")
        value = key if isinstance(self._for_each, SetItems) else self._hole("each.value")
        return self._scope.bind(self.address, {"each": _object({"key": key, "value": value}, self.at)})

    def _hole(self, label: str) -> Unknown:
        return Unknown(Hole(HoleKind.EXPRESSION, label, self.address), self.at)


def _object(members: dict[str, Value], at: Location) -> Fields:
    return Fields(tuple(Field(text(name, at), value) for name, value in members.items()), at)


def _so_many(count: Value, values: list[Unknown], at: Location) -> Value:
    """As many of the instances as `count` says, as a list or a choice of lists."""
    if isinstance(count, Choice):
        return choice(
            count.condition, _so_many(count.when_true, values, at), _so_many(count.when_false, values, at), at
        )
    return TupleItems(tuple(values[: integer(count) or 0]), at)
