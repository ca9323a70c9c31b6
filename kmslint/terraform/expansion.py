"""The instances that `count` and `for_each` come to, where they are known and few.

https://developer.hashicorp.com/terraform/language/meta-arguments/count
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from kmslint.terraform.kinds import ListItems, Loose, TupleItems
from kmslint.terraform.presence import combined, of_count, ways
from kmslint.terraform.scalars import as_text, integer
from kmslint.terraform.shapes import Absent, SetItems, as_list, bindings, may_be_absent
from kmslint.values import ALWAYS, Choice, Doubt, Fields, Guard, Guards, Hole, Items, Null, Part, Text, Value

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


class Index(NamedTuple):
    """What tells one instance from the others, and what `each.value` is there."""

    key: Text
    value: Value
    guards: Guards

    @property
    def spelt(self) -> str:
        """As Terraform prints it: `[0]`, `["a"]`."""
        if self.key.typed:
            return f"[{self.key}]"
        return '["' + "".join(map(_spelt, self.key.parts)) + '"]'


def _spelt(part: Part) -> str:
    """A part of an index as HCL writes it between quotes; a hole is a `${...}` as it is."""
    if isinstance(part, Hole):
        return str(part)
    literal = "".join(map(_escaped, part))
    return literal.replace("${", "$${").replace("%{", "%%{")


def _escaped(character: str) -> str:
    if character.isprintable():
        return _ESCAPES.get(character, character)
    code = ord(character)
    return _ESCAPES.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def refusal(count: Value | None, for_each: Value | None) -> str:
    """Why Terraform refuses these arguments of a block; empty if it may take them."""
    if count is not None and for_each is not None:
        return "count and for_each in one block"
    if isinstance(count, Text) and count.literal is not None:
        number = integer(count)
        return "count is not a whole number from 0 on" if number is None or number < 0 else ""
    if isinstance(count, (Items, Fields)):
        return "count is not a whole number from 0 on"
    # An empty list or null may be a default that every caller replaces.
    is_list = isinstance(for_each, (TupleItems, ListItems)) and bool(for_each.items)
    is_other_set = isinstance(for_each, SetItems) and any(map(_is_no_text, for_each.items))
    is_refused = is_list or is_other_set or isinstance(for_each, Text)
    return "for_each is neither a map nor a set of texts" if is_refused else ""


def _is_no_text(element: Value) -> bool:
    """Whether an element of a set certainly is there, and no text."""
    if isinstance(element, Text):
        return element.typed and not isinstance(element, Loose)
    return isinstance(element, (Items, Fields, Null)) and not isinstance(element, Absent)


def counted(count: Value, address: str, few: int) -> Sequence[Index] | None:
    """The instances of a `count`; None where nobody knows how many there may be, or where they are many."""
    highest = _highest(count)
    if highest is None or highest > few:
        return None
    several = Guard(Doubt(f"{address} has instances"), True)
    found: list[Index] = []
    for number in range(highest):
        guards = combined(of_count(count, above=number), several)
        assert guards is not None  # the highest is above it
        key = Text((str(number),), count.at, True)
        found.append(Index(key, key, guards))
    return found


def _highest(count: Value) -> int | None:
    """The largest number a count may come out as."""
    if isinstance(count, Choice):
        first, second = _highest(count.when_true), _highest(count.when_false)
        return None if first is None or second is None else max(first, second)
    return integer(count)


def iterated(collection: Value, few: int) -> Sequence[Index] | None:
    """The instances of a `for_each`; None where they are not all known, or many."""
    if isinstance(collection, Choice) and as_list(collection) is None:
        return _either(collection, few)
    rounds = bindings(collection) if isinstance(collection, (Fields, Items, Choice)) else None
    if rounds is None or len(rounds) > few:
        return None
    found: dict[tuple[object, ...], Index] = {}
    for key, element in rounds:
        index = _index(key if isinstance(collection, Fields) else None, element)
        known = None if index is None else found.get(index.key.parts)
        if index is not None and known is not None:
            index = _either_way(known, index)
        if index is None:
            return None
        found[index.key.parts] = index
    return _distinct(found.values())


def _distinct(found: Collection[Index]) -> Sequence[Index] | None:
    """The instances; None where two are spelt alike, for names that are not known may be."""
    return tuple(found) if len({index.spelt for index in found}) == len(found) else None


def _index(key: Value | None, element: Value) -> Index | None:
    """The instance of a member of a map, or of an element of a set: that is its own key."""
    guards = ALWAYS
    if may_be_absent(element):
        there = ways(element)
        if len(there) != 1 or there[0].repeated:
            return None
        guards, element = frozenset(there[0].guards), there[0].value
    name = as_text(element if key is None else key)
    if name is None:
        return None
    untyped = name._replace(typed=False)
    return Index(untyped, untyped if key is None else element, guards)


def _either_way(first: Index, second: Index) -> Index | None:
    """The instance that two elements of a set make; None where it is not plain when it is there."""
    guards = combined([first.guards, second.guards], Guard("", True))
    is_plain = guards in (ALWAYS, first.guards) and first.value == first.key
    return first._replace(guards=guards) if guards is not None and is_plain else None


def _either(collection: Choice, few: int) -> Sequence[Index] | None:
    """The instances of one collection or the other, each under the condition that it is this one."""
    found: dict[tuple[object, ...], Index] = {}
    for holds, way in ((True, collection.when_true), (False, collection.when_false)):
        indexes = iterated(way, few)
        if indexes is None:
            return None
        for index in indexes:
            guards = index.guards | {Guard(collection.condition, holds)}
            if index.key.parts in found:
                return None
            found[index.key.parts] = index._replace(guards=guards)
    return _distinct(found.values())
