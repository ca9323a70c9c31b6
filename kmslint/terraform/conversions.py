"""Values converted to a type, as Terraform does it wherever one is wanted.

https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kmslint.terraform.kinds import ListItems, Loose, MapFields, ObjectFields, TupleItems, Untyped, in_order
from kmslint.terraform.scalars import as_bool, as_text, is_numeral, number, of_bool
from kmslint.terraform.sets import set_of
from kmslint.terraform.shapes import Absent, Failure, SetItems, Unordered, members
from kmslint.terraform.types import NULL, Kind, Type, clashes, is_settled, type_of
from kmslint.terraform.unification import unified
from kmslint.values import Choice, Encoded, Field, Fields, Items, Null, Text, Unknown, Value, text

_DEPTH = 40
"""Levels of nesting down to which a value is made loose; what is below it is unknown."""


def converted(value: Value, wanted: Type, refused: Failure) -> Value:
    """The value as that type; `refused` if Terraform does not convert it.

    What is not known stays as it is. Of a type that is open, only what is the same for all is kept.
    """
    if isinstance(value, Choice):
        first, second = (converted(way, wanted, refused) for way in (value.when_true, value.when_false))
        return value._replace(when_true=first, when_false=second)
    if isinstance(value, (Unknown, Absent)) or wanted.kind is Kind.NULL:
        return value
    if isinstance(value, Null):
        return Null(value.at)
    return _CONVERSIONS[wanted.kind](value, wanted, refused)


def collected(items: Items, kind: Kind, refused: Failure) -> Value:
    """A list or set of whatever type its elements have in common."""
    return _as(items, kind, [type_of(one) for one in items.items], refused)


def mapped(fields: Fields, refused: Failure) -> Value:
    """A map of whatever type its elements have in common."""
    parts = (*(field.value for field in fields.fields), *fields.spread)
    return _as(fields, Kind.MAP, [type_of(part) for part in parts], refused)


def _as(value: Value, kind: Kind, types: list[Type], refused: Failure) -> Value:
    element = unified(types)
    if element is None:
        return refused
    if clashes(element) or (not is_settled(element) and all(map(is_settled, types))):
        return Unknown(refused.hole, refused.at)
    return converted(value, Type(kind, (element,)), refused)


def to_string(value: Value, refused: Failure) -> Value:
    """The value as a string."""
    if isinstance(value, Encoded):
        return value
    return as_text(value) or refused


def to_number(value: Value, refused: Failure) -> Value:
    """The value as a number."""
    spelt = as_text(value)
    literal = spelt.literal if spelt is not None else None
    if spelt is not None and literal is None:
        return Unknown(refused.hole, refused.at)
    if literal is None:
        return refused
    found = number(literal)
    if found is None:
        return refused if is_numeral(literal) is False else Unknown(refused.hole, refused.at)
    return text(found, value.at, typed=True)


def to_bool(value: Value, refused: Failure) -> Value:
    """The value as a boolean."""
    spelt = as_text(value)
    if spelt is not None and (spelt.literal is None or isinstance(value, Loose)):
        return Unknown(refused.hole, refused.at)
    answer = as_bool(value)
    return refused if answer is None else of_bool(answer, value.at)


def loosened(value: Value, refused: Failure, depth: int = 0) -> Value:
    """The value with its types left open: a tuple may become a list or even a set, a number a string."""
    if depth > _DEPTH:
        return Unknown(refused.hole, refused.at)
    if isinstance(value, Text):
        return _loose_text(value)
    if isinstance(value, Items):
        return _loose_items(value, refused, depth + 1)
    if isinstance(value, Fields):
        fields = (field._replace(value=loosened(field.value, refused, depth + 1)) for field in value.fields)
        return Fields(tuple(fields), value.at, value.spread)
    if isinstance(value, Choice):
        first, second = (loosened(way, refused, depth + 1) for way in (value.when_true, value.when_false))
        return value._replace(when_true=first, when_false=second)
    return Null(value.at) if isinstance(value, Untyped) else value


def _loose_text(value: Text) -> Text:
    literal = value.literal
    if literal is None or (not value.typed and as_bool(value) is None and is_numeral(literal) is False):
        return value
    return Loose(*value)


def _loose_items(items: Items, refused: Failure, depth: int) -> Value:
    kept = tuple(loosened(one, refused, depth) for one in items.items)
    if isinstance(items, SetItems):
        # Nobody knows whether its keys are its elements or, of a list, numbers.
        return Unordered(kept, items.at)
    certain = [one for one in kept if isinstance(one, (Text, Null)) and not isinstance(one, (Loose, Absent))]
    known = ["" if isinstance(one, Null) else one.literal for one in certain]
    literals = [literal for literal in known if literal is not None]
    if len(kept) < 2 or (len(literals) == len(kept) and literals == sorted(set(literals))):
        return Items(kept, items.at)
    # As a set it would have fewer elements.
    doubled = len(set(literals)) < len(literals)
    return Unknown(refused.hole, refused.at) if doubled else Unordered(kept, items.at)


def _elements(items: Iterable[Value], element: Type, refused: Failure) -> tuple[Value, ...] | None:
    """The elements converted; None if one of them is refused."""
    results = tuple(converted(one, element, refused) for one in items)
    return None if any(one is refused for one in results) else results


def _to_list(value: Value, wanted: Type, refused: Failure) -> Value:
    if not isinstance(value, Items):
        return refused
    results = _elements(value.items, wanted.element, refused)
    if results is None:
        return refused
    return ListItems(results, value.at) if in_order(value) else Unordered(results, value.at)


def _to_set(value: Value, wanted: Type, refused: Failure) -> Value:
    results = _elements(value.items, wanted.element, refused) if isinstance(value, Items) else None
    return refused if results is None else set_of(Items(results, value.at))


def _to_tuple(value: Value, wanted: Type, refused: Failure) -> Value:
    if not isinstance(value, TupleItems) or len(value.items) != len(wanted.inner):
        return refused
    results = tuple(converted(one, inner, refused) for one, inner in zip(value.items, wanted.inner, strict=True))
    return refused if any(one is refused for one in results) else TupleItems(results, value.at)


def _to_sequence(value: Value, wanted: Type, refused: Failure) -> Value:
    results = _elements(value.items, wanted.element, refused) if isinstance(value, Items) else None
    kind = Unordered if isinstance(value, Unordered) else Items
    return refused if results is None else kind(results, value.at)


def _members(value: Value, element: Type, refused: Failure) -> Fields | None:
    if not isinstance(value, Fields):
        return None
    results = [field._replace(value=converted(field.value, element, refused)) for field in value.fields]
    return None if any(field.value is refused for field in results) else Fields(tuple(results), value.at, value.spread)


def _to_map(value: Value, wanted: Type, refused: Failure) -> Value:
    fields = _members(value, wanted.element, refused)
    return refused if fields is None else MapFields(*fields)


def _to_record(value: Value, wanted: Type, refused: Failure) -> Value:
    return _members(value, wanted.element, refused) or refused


def _to_object(value: Value, wanted: Type, refused: Failure) -> Value:
    named = members(value) if isinstance(value, Fields) else None
    if not isinstance(value, Fields) or named is None:
        return Unknown(refused.hole, refused.at) if isinstance(value, Fields) else refused
    fields: list[Field] = []
    for name, inner in zip(wanted.names, wanted.inner, strict=True):
        field = named.get(name) or Field(text(name, value.at), _unseen(value, name) or refused)
        result = converted(field.value, inner, refused)
        if result is refused:
            return refused
        fields.append(field._replace(value=result))
    return ObjectFields(tuple(fields), value.at)


def _unseen(value: Fields, name: str) -> Unknown | None:
    """An attribute that can only come from a map that is not known."""
    if not value.spread:
        return None
    hole = value.spread[-1].hole
    return Unknown(hole._replace(label=f"{hole.label}.{name}"), value.at)


_CONVERSIONS: dict[Kind, Callable[[Value, Type, Failure], Value]] = {
    Kind.STRING: lambda value, _, refused: to_string(value, refused),
    Kind.NUMBER: lambda value, _, refused: to_number(value, refused),
    Kind.BOOL: lambda value, _, refused: to_bool(value, refused),
    Kind.LIST: _to_list,
    Kind.SET: _to_set,
    Kind.TUPLE: _to_tuple,
    Kind.SEQUENCE: _to_sequence,
    Kind.MAP: _to_map,
    Kind.OBJECT: _to_object,
    Kind.RECORD: _to_record,
    Kind.ANY: lambda value, _, refused: loosened(value, refused),
    Kind.CLASH: lambda _value, _wanted, refused: Unknown(refused.hole, refused.at),
}

ANYTHING = NULL
"""The type that leaves every value as it is."""
