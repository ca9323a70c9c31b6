"""What Terraform makes of a value's type, as far as that is certain.

Terraform tells lists from tuples and maps from objects, although both are written alike: `tolist(["a"])`
is not equal to `["a"]`. A plain Items, Fields, Text or Null stands where nobody knows which of them it is.
https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kmslint.terraform.shapes import SetItems, Unordered, may_be_absent
from kmslint.values import Choice, Fields, Items, Null, Text, Value


class TupleItems(Items):
    """What is written in brackets, or made by a `for`: each element has a type of its own."""

    __slots__ = ()


class ListItems(Items):
    """A list: all elements are of one type."""

    __slots__ = ()


class ObjectFields(Fields):
    """What is written in braces, or made by a `for`: each attribute has a type of its own."""

    __slots__ = ()

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Fields:  # type: ignore[override]
        """What is made of an object by changing it may be a map: a variable's type does that."""
        return Fields._make(iterable)


class MapFields(Fields):
    """A map: all elements are of one type."""

    __slots__ = ()


class Untyped(Null):
    """The null that is written: it takes on any type. Other nulls may have one, which nobody knows."""

    __slots__ = ()


class Loose(Text):
    """A scalar of which only the text is certain: `1` may be a number or a string."""

    __slots__ = ()


def retyped(value: Value) -> Value:
    """The value of a variable: its type is that of the nulls in it too."""
    if isinstance(value, Untyped):
        return Null(value.at)
    if isinstance(value, Items):
        return value._replace(items=tuple(map(retyped, value.items)))
    if isinstance(value, Choice):
        return value._replace(when_true=retyped(value.when_true), when_false=retyped(value.when_false))
    if isinstance(value, Fields):
        fields = tuple(field._replace(value=retyped(field.value)) for field in value.fields)
        return type(value)(fields, value.at, value.spread)
    return value


def in_order(items: Items) -> bool:
    """Whether the elements stand in the order in which Terraform goes through them."""
    if not isinstance(items, Unordered) or len(items.items) < 2:
        return True
    return isinstance(items, SetItems) and all(map(_sorts, items.items))


def has_length(items: Items) -> bool:
    """Whether it is certain how many elements there are. In a set two that are not known may be one."""
    if any(map(may_be_absent, items.items)):
        return False
    if not isinstance(items, Unordered) or len(items.items) < 2:
        return True
    return all(map(_sorts, items.items)) and (isinstance(items, SetItems) or not _has_doubles(items))


def _has_doubles(items: Items) -> bool:
    """Whether two elements turned out to be alike: if the list was made of a set, they are one."""
    return len({str(item) for item in items.items}) < len(items.items)


def _sorts(item: object) -> bool:
    return isinstance(item, Null) or (
        isinstance(item, Text) and not isinstance(item, Loose) and item.literal is not None
    )
