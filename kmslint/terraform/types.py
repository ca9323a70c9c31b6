"""Types of values, as Terraform infers them.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from kmslint.terraform.kinds import ListItems, Loose, MapFields, ObjectFields, TupleItems, Untyped
from kmslint.terraform.shapes import Absent, Each, SetItems, Unordered, is_certain, may_be_absent, members
from kmslint.values import Choice, Encoded, Fields, Items, Text, Value

_DEPTH = 20
"""Levels of nesting after which a type is left open."""


class Kind(Enum):
    """The constructors of types."""

    STRING = "string"
    NUMBER = "number"
    BOOL = "bool"
    NULL = "null"
    """That of a written null, which takes on any other."""
    LIST = "list"
    SET = "set"
    TUPLE = "tuple"
    MAP = "map"
    OBJECT = "object"
    SEQUENCE = "list or tuple"
    RECORD = "map or object"
    ANY = "any"
    """Not known here."""
    CLASH = "clash"
    """Of what Terraform unifies or refuses depending on nulls in between, and on its version."""


class Type(NamedTuple):
    """A type; its parts where it has some."""

    kind: Kind
    inner: tuple[Type, ...] = ()
    """Of a list, set or map: the type of its elements. Else the types of all parts in order."""
    names: tuple[str, ...] = ()
    """Of an object: the attributes, sorted."""

    @property
    def element(self) -> Type:
        """What all elements are; ANY if they are of several types, or if none of them tells it."""
        if not self.inner and self.kind in (Kind.SEQUENCE, Kind.RECORD):
            return Type(Kind.ANY)
        kinds = {one for one in self.inner if one.kind is not Kind.NULL}
        if len(kinds) > 1:
            return Type(Kind.ANY)
        return kinds.pop() if kinds else Type(Kind.NULL)


STRING, NUMBER, BOOL = Type(Kind.STRING), Type(Kind.NUMBER), Type(Kind.BOOL)
NULL, ANY, CLASH = Type(Kind.NULL), Type(Kind.ANY), Type(Kind.CLASH)
SCALARS = frozenset({Kind.STRING, Kind.NUMBER, Kind.BOOL})
SEQUENCES = frozenset({Kind.LIST, Kind.SET, Kind.TUPLE, Kind.SEQUENCE})
RECORDS = frozenset({Kind.MAP, Kind.OBJECT, Kind.RECORD})
_UNSURE = frozenset({Kind.ANY, Kind.CLASH, Kind.SEQUENCE, Kind.RECORD})


def is_sure(type_: Type) -> bool:
    """Whether nothing of the type is open."""
    return type_.kind not in _UNSURE and all(map(is_sure, type_.inner))


def clashes(type_: Type) -> bool:
    """Whether some part of the type is a CLASH."""
    return type_.kind is Kind.CLASH or any(map(clashes, type_.inner))


def is_settled(type_: Type) -> bool:
    """Whether all that is open about the type is whether it is a list or a tuple, a map or an object."""
    if type_.kind in (Kind.SEQUENCE, Kind.RECORD):
        return is_settled(type_.element)
    return type_.kind not in (Kind.ANY, Kind.CLASH) and all(map(is_settled, type_.inner))


def type_of(value: Value, depth: int = 0) -> Type:
    """The type of a value; ANY for what is not known."""
    if isinstance(value, Text):
        return _scalar(value)
    if isinstance(value, Encoded):
        return STRING
    if depth > _DEPTH:
        return ANY
    if isinstance(value, Items):
        return _sequence(value, depth + 1)
    if isinstance(value, Fields):
        return _record(value, depth + 1)
    if isinstance(value, Choice):
        return _choice(value, depth + 1)
    return NULL if isinstance(value, Untyped) else ANY


def weight(value: Value) -> int:
    """How many values there are in a value, itself included."""
    count = 0
    waiting = [value]
    while waiting:
        one = waiting.pop()
        count += 1
        if isinstance(one, Items):
            waiting += one.items
        elif isinstance(one, Fields):
            waiting += (field.value for field in one.fields)
        elif isinstance(one, Choice):
            waiting += (one.when_true, one.when_false)
    return count


def _scalar(value: Text) -> Type:
    if isinstance(value, Loose):
        return ANY
    if not value.typed:
        return STRING
    literal = value.literal
    return ANY if literal is None else BOOL if literal in ("true", "false") else NUMBER


def _sequence(items: Items, depth: int) -> Type:
    inner = tuple(_part(item, depth) for item in items.items)
    if isinstance(items, SetItems):
        return Type(Kind.SET, (_shared(inner),))
    if isinstance(items, ListItems):
        return Type(Kind.LIST, (_shared(inner),))
    if isinstance(items, Unordered):
        return ANY
    return Type(Kind.TUPLE if isinstance(items, TupleItems) and is_certain(items) else Kind.SEQUENCE, inner)


def _record(fields: Fields, depth: int) -> Type:
    if isinstance(fields, MapFields):
        return Type(Kind.MAP, (_shared(_part(field.value, depth) for field in fields.fields),))
    named = members(fields)
    sure = isinstance(fields, ObjectFields) and not fields.spread
    if not sure or named is None or any(may_be_absent(field.value) for field in named.values()):
        unseen = [ANY for _ in fields.spread]
        return Type(Kind.RECORD, (*(_part(field.value, depth) for field in fields.fields), *unseen))
    names = tuple(sorted(named))
    return Type(Kind.OBJECT, tuple(type_of(named[name].value, depth) for name in names), names)


def _part(item: Value, depth: int) -> Type:
    """The type of an element if it is there."""
    if isinstance(item, Each):
        return type_of(item.when_true, depth)
    if isinstance(item, Choice) and may_be_absent(item):
        ways = [way for way in (item.when_true, item.when_false) if not isinstance(way, Absent)]
        return _part(ways[0], depth) if len(ways) == 1 else ANY
    return type_of(item, depth)


def _choice(value: Choice, depth: int) -> Type:
    first, second = type_of(value.when_true, depth), type_of(value.when_false, depth)
    return first if first == second else ANY


def _shared(types: Iterable[Type]) -> Type:
    """The one type of all elements of a list, set or map; ANY if no element tells it."""
    known = [type_ for type_ in types if type_.kind not in (Kind.ANY, Kind.NULL)]
    return next(filter(is_sure, known), known[0] if known else ANY)
