"""Values that only Terraform has: sets, elements that may be missing, expressions that Terraform refuses.

All of them are ordinary values too, so whatever reads an estate needs to know nothing of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from kmslint.location import Location
from kmslint.values import Choice, Doubt, Field, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value


class Unordered(Items):
    """A list whose order is not known: something in it that is not known was sorted."""

    __slots__ = ()


class SetItems(Unordered):
    """A set: its keys are its elements."""

    __slots__ = ()


class Absent(Null):
    """Stands in a list for an element that is there only if a condition comes out the other way."""

    __slots__ = ()


class Each(Choice):
    """One that stands for any number of elements alike; Absent if there are none."""

    __slots__ = ()


class Failure(Unknown):
    """An expression that Terraform refuses for certain: `try` goes on with the next one."""

    __slots__ = ()


class Binding(NamedTuple):
    """One round of an iteration."""

    key: Value
    value: Value


def choice(condition: str, when_true: Value, when_false: Value, at: Location) -> Value:
    """A Choice, unless both ways give the very same value."""
    return when_true if when_true is when_false else Choice(condition, when_true, when_false, at)


def is_instance(hole: Hole) -> bool:
    """Whether the hole stands for a resource as a whole, whose attributes can be asked for."""
    return hole.kind is HoleKind.RESOURCE and hole.label == hole.resource


def may_be_absent(element: Value) -> bool:
    """Whether a list or map may turn out not to have that element, or to have it several times."""
    if isinstance(element, Choice):
        return isinstance(element, Each) or may_be_absent(element.when_true) or may_be_absent(element.when_false)
    return isinstance(element, Absent) or (isinstance(element, Unknown) and element.spread)


def is_repeated(element: Value) -> bool:
    """Whether nobody knows how often the element is there."""
    if isinstance(element, Choice):
        return isinstance(element, Each) or is_repeated(element.when_true) or is_repeated(element.when_false)
    return isinstance(element, Unknown) and element.spread


def is_certain(items: Items) -> bool:
    """Whether the list's length is known."""
    return not any(may_be_absent(item) for item in items.items)


def one_of(collection: Unknown) -> Unknown:
    """Some element of a collection that is not known."""
    hole = collection.hole
    if not is_instance(hole):
        hole = hole._replace(label=f"{hole.label}[*]")
    return Unknown(hole, collection.at)


def not_empty(collection: Unknown) -> Doubt:
    """The condition that a collection which is not known has elements."""
    return Doubt(f"length({named(collection.hole)}) > 0")


def named(hole: Hole) -> str:
    """How conditions name what a hole stands for: with what its label belongs to, if it is not the module."""
    return f"{hole.label} ({hole.scope})" if hole.scope else hole.label


def through(element: Value, function: Callable[[Value], Value]) -> Value:
    """The function's result for an element of a list, as uncertain as the element is."""
    if isinstance(element, Choice) and may_be_absent(element):
        when_true = through(element.when_true, function)
        return element._replace(when_true=when_true, when_false=through(element.when_false, function))
    if isinstance(element, Absent):
        return element
    if isinstance(element, Unknown) and element.spread:
        return Each(not_empty(element), function(one_of(element)), Absent(element.at), element.at)
    return function(element)


def spliced(value: Value) -> tuple[Value, ...] | None:
    """The elements a list contributes to a longer one; None if the value is certainly no list.

    Of a choice between lists every element is here, each under the condition.
    """
    if isinstance(value, Items):
        return value.items
    if isinstance(value, Failure):
        return (value,)
    if isinstance(value, Unknown):
        return (value._replace(spread=True),)
    if isinstance(value, Choice):
        first, second = spliced(value.when_true), spliced(value.when_false)
        if first is None or second is None:
            return None
        gone = Absent(value.at)
        return (
            *(value._replace(when_true=item, when_false=gone) for item in first),
            *(value._replace(when_true=gone, when_false=item) for item in second),
        )
    return () if isinstance(value, Absent) else None


def as_list(value: Value) -> Items | None:
    """The value as one list whose elements may be uncertain; None if it is certainly no list."""
    if isinstance(value, Items):
        return value
    elements = spliced(value)
    return None if elements is None else Items(elements, value.at)


def may_be_called(field: Field, name: str) -> bool:
    """Whether a member may turn out to have that name."""
    pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in field.name.parts)
    return re.fullmatch(pattern, name, re.DOTALL) is not None


def is_shadowed(fields: Fields, name: str) -> bool:
    """Whether a later member, whose name is not known, may stand in the place of the last of that name."""
    shadowed = False
    for field in fields.fields:
        if field.name.literal is not None:
            shadowed = shadowed and field.name.literal != name
        else:
            shadowed = shadowed or may_be_called(field, name)
    return shadowed


def members(fields: Fields) -> dict[str, Field] | None:
    """The members by name, the last of each; None if a name is not known."""
    named_fields: dict[str, Field] = {}
    for field in fields.fields:
        literal = field.name.literal
        if literal is None:
            return None
        named_fields[literal] = field
    return named_fields


def bindings(collection: Value) -> list[Binding] | None:
    """The rounds of an iteration in Terraform's order; None if the value is no collection.

    Values may be uncertain, as elements of lists are.
    """
    if isinstance(collection, Fields):
        named_fields = members(collection)
        ordered = (
            list(collection.fields) if named_fields is None else [named_fields[name] for name in sorted(named_fields)]
        )
        rounds = [Binding(field.name, field.value) for field in ordered]
        return rounds + [Binding(_key(unseen), unseen._replace(spread=True)) for unseen in collection.spread]
    items = as_list(collection)
    return None if items is None else list(_list_bindings(items))


def _list_bindings(items: Items) -> Iterable[Binding]:
    certain = True
    for index, item in enumerate(items.items):
        certain = certain and not may_be_absent(item)
        if isinstance(items, SetItems):
            yield Binding(_member_of_set(item), item)
        elif certain and not isinstance(items, Unordered):
            yield Binding(Text((str(index),), item.at, True), item)
        else:
            hole = Hole(HoleKind.EXPRESSION, "index of an element", f"element {index + 1}, {items.at!r}")
            yield Binding(Unknown(hole, item.at), item)


def _member_of_set(item: Value) -> Value:
    if isinstance(item, Choice) and may_be_absent(item):
        return _member_of_set(item.when_false if isinstance(item.when_true, Absent) else item.when_true)
    return one_of(item) if isinstance(item, Unknown) and item.spread else item


def _key(unseen: Unknown) -> Unknown:
    hole = unseen.hole
    return Unknown(Hole(HoleKind.EXPRESSION, f"key of {hole.label}", hole.scope), unseen.at)
