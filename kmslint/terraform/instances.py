"""`count` and `for_each` of resources: whether a block is there, and what `each` and `count` stand for.

However many instances there are, one stands for all of them: nothing is copied.
https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
"""

from __future__ import annotations

from typing import NamedTuple

from kmslint.location import Location
from kmslint.terraform.presence import combined, of_collection, of_count
from kmslint.terraform.scalars import as_text, integer
from kmslint.terraform.scope import Scope, round_of
from kmslint.terraform.shapes import (
    Absent,
    Binding,
    Each,
    SetItems,
    as_list,
    bindings,
    choice,
    may_be_absent,
    through,
)
from kmslint.values import ALWAYS, Choice, Field, Fields, Guard, Guards, Hole, HoleKind, Items, Unknown, Value, text

_FEW = 64
"""Up to so many instances are told apart where a list or a join can make use of it."""


class Instances(NamedTuple):
    """The instances of a resource, a data source or a module call."""

    address: str
    at: Location
    number: Value | None = None
    """The value of `count`."""
    for_each: Value | None = None

    @property
    def single(self) -> bool:
        """Neither `count` nor `for_each` is written."""
        return self.number is None and self.for_each is None

    def guards(self) -> Guards | None:
        """What must hold for there to be an instance; None if there certainly is none."""
        several = Guard(f"{self.address} has instances", True)
        if self.number is not None:
            return combined(of_count(self.number), several)
        return ALWAYS if self.for_each is None else combined(of_collection(self.for_each), several)

    def scope(self) -> Scope:
        """The scope of the one instance that stands for all; `each` and `count` are known if it is the only one."""
        if self.number is not None:
            index = self._hole("count.index") if _highest(self.number) != 1 else text("0", self.at, typed=True)
            return self._counting(index)
        if self.for_each is None:
            return Scope()
        only = _only(self.for_each)
        if only is not None:
            return self._iterating(only.key, only.value, self.address)
        key = self._hole("each.key")
        is_set = isinstance(self.for_each, SetItems)
        return self._iterating(key, key if is_set else self._hole("each.value"), self.address)

    def scopes(self) -> list[Scope]:
        """A scope for each instance where they are known and few, else the one that stands for all."""
        known = None if self.number is None else integer(self.number)
        if known is not None and 1 < known <= _FEW:
            return [self._counting(text(str(index), self.at, typed=True)) for index in range(known)]
        rounds = self._rounds()
        if rounds is None or len(rounds) > _FEW or any(may_be_absent(element) for _, element in rounds):
            return [self.scope()]
        return [
            self._iterating(key, element, f"{self.address}, {round_of('each.key', key, index)}")
            for index, (key, element) in enumerate(rounds)
        ]

    def whole(self, instance: Hole) -> Value:
        """What the address without an index stands for: one instance, or all of them."""
        one = Unknown(instance, self.at)
        if self.number is not None:
            listed = as_list(_repeated(self.number, one, self.at))
            return listed if listed is not None else Items((one._replace(spread=True),), self.at)
        if self.for_each is None:
            return one
        rounds = self._rounds()
        if rounds is None:
            return Fields((), self.at, (one._replace(spread=True),))
        names = [(as_text(key), element) for key, element in rounds]
        fields = (Field(name, through(element, lambda _: one)) for name, element in names if name is not None)
        return Fields(tuple(fields), self.at)

    def _rounds(self) -> list[Binding] | None:
        """The elements of `for_each`, if none of them may be several."""
        rounds = bindings(self.for_each) if isinstance(self.for_each, (Fields, Items)) else None
        if rounds is None or any(_is_repeated(element) for _, element in rounds):
            return None
        return rounds

    def _hole(self, label: str) -> Unknown:
        return Unknown(Hole(HoleKind.EXPRESSION, label, self.address), self.at)

    def _counting(self, index: Value) -> Scope:
        return Scope().bind(self.address, {"count": _object({"index": index}, self.at)})

    def _iterating(self, key: Value, value: Value, owner: str) -> Scope:
        return Scope().bind(owner, {"each": _object({"key": key, "value": value}, self.at)})


def _object(members: dict[str, Value], at: Location) -> Fields:
    return Fields(tuple(Field(text(name, at), value) for name, value in members.items()), at)


def _is_repeated(element: Value) -> bool:
    return isinstance(element, Each) or (isinstance(element, Unknown) and element.spread)


def _highest(count: Value) -> int | None:
    """The largest number a count may come out as."""
    if isinstance(count, Choice):
        first, second = _highest(count.when_true), _highest(count.when_false)
        return None if first is None or second is None else max(first, second)
    return integer(count)


def _repeated(count: Value, one: Unknown, at: Location) -> Value:
    """So many instances, as a list or a choice of lists."""
    if isinstance(count, Choice):
        return choice(count.condition, _repeated(count.when_true, one, at), _repeated(count.when_false, one, at), at)
    number = integer(count)
    if number is None or not 0 <= number <= _FEW:
        return Items((one._replace(spread=True),), at)
    return Items((one,) * number, at)


def _only(collection: Value) -> Binding | None:
    """The only element there may be."""
    if isinstance(collection, Choice) and as_list(collection) is None:
        ways = [way for way in (collection.when_true, collection.when_false) if not _is_empty(way)]
        return _only(ways[0]) if len(ways) == 1 else None
    rounds = bindings(collection)
    if rounds is None or len(rounds) != 1 or _is_repeated(rounds[0].value):
        return None
    key, element = rounds[0]
    if isinstance(element, Choice) and may_be_absent(element):
        element = element.when_false if isinstance(element.when_true, Absent) else element.when_true
    return None if may_be_absent(element) else Binding(key, element)


def _is_empty(collection: Value) -> bool:
    return (isinstance(collection, Items) and not collection.items) or (
        isinstance(collection, Fields) and not collection.fields and not collection.spread
    )
