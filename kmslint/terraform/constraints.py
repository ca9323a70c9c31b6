"""Type constraints of variables: what Terraform makes of a value before the module sees it.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kmslint.syntax import tree
from kmslint.terraform import conversions
from kmslint.terraform.conversions import ANYTHING
from kmslint.terraform.shapes import Absent, Failure, members
from kmslint.terraform.types import BOOL, NUMBER, STRING, Kind, Type, is_sure, type_of
from kmslint.terraform.unification import unified
from kmslint.values import Choice, Field, Fields, Hole, HoleKind, Items, Null, Unknown, Value, text

_REFUSED = Hole(HoleKind.EXPRESSION, "a value that does not fit the type of its variable")
_SCALARS = {"string": STRING, "number": NUMBER, "bool": BOOL}
_COLLECTIONS = {"list": Kind.LIST, "set": Kind.SET, "map": Kind.MAP}

Defaults = Callable[[tree.Node], Value]
"""Evaluates the default of an `optional` attribute."""


class _MisfitError(Exception):
    """The elements of a list or map of `any` have no type in common."""


class _Attribute(NamedTuple):
    """An attribute of an `object({...})`."""

    name: str
    type: tree.Node
    optional: bool
    default: tree.Node | None


def converted(value: Value, constraint: tree.Node | None, defaults: Defaults) -> Value:
    """The value as its type wants it: missing optional attributes filled in, others left out, all converted.

    A Failure if it does not fit: Terraform refuses it.
    """
    if constraint is None or isinstance(value, (Unknown, Null)):
        return value
    if isinstance(constraint, tree.Scalar):
        # Terraform 0.11 wrote types in quotes, and `"list"` and `"map"` said nothing of the elements.
        wanted = _SCALARS.get(constraint.text)
        return value if wanted is None or isinstance(value, (Items, Fields)) else _as(value, wanted)
    filled = _filled(value, constraint, defaults)
    try:
        return _as(filled, _wanted(constraint, [filled]))
    except _MisfitError:
        return Failure(_REFUSED, value.at)


def _as(value: Value, wanted: Type) -> Value:
    return conversions.converted(value, wanted, Failure(_REFUSED, value.at))


def _inner(constraint: tree.Node | None) -> tree.Node | None:
    """What stands in the parentheses of `list(...)`, `object(...)` and their like."""
    return constraint.arguments[0] if isinstance(constraint, tree.Call) and constraint.arguments else None


def _attributes(constraint: tree.Node) -> list[_Attribute]:
    inner = _inner(constraint)
    entries = inner.entries if isinstance(inner, tree.Mapping) else ()
    return [_attribute(entry.key.text, entry.value) for entry in entries if isinstance(entry.key, tree.Scalar)]


def _attribute(name: str, type_: tree.Node) -> _Attribute:
    if not isinstance(type_, tree.Call) or type_.name != "optional" or not type_.arguments:
        return _Attribute(name, type_, False, None)
    inner, *default = type_.arguments
    return _Attribute(name, inner, True, default[0] if default else None)


def _filled(value: Value, constraint: tree.Node, defaults: Defaults) -> Value:
    """The value with the optional attributes that are missing in it."""
    if isinstance(value, Choice):
        first, second = (_filled(way, constraint, defaults) for way in (value.when_true, value.when_false))
        return value._replace(when_true=first, when_false=second)
    inner = _inner(constraint)
    if inner is None or not isinstance(constraint, tree.Call) or not isinstance(value, (Items, Fields)):
        return value
    if isinstance(value, Items):
        types = _types_of_elements(constraint.name, inner, len(value.items))
        items = (_filled(item, type_, defaults) for item, type_ in zip(value.items, types, strict=False))
        return value._replace(items=tuple(items)) if len(types) == len(value.items) else value
    if constraint.name == "map":
        fields = (field._replace(value=_filled(field.value, inner, defaults)) for field in value.fields)
        return value._replace(fields=tuple(fields))
    return _filled_object(value, constraint, defaults) if constraint.name == "object" else value


def _filled_object(value: Fields, constraint: tree.Node, defaults: Defaults) -> Fields:
    given = members(value)
    if given is None:
        return value
    for attribute in _attributes(constraint):
        field = given.get(attribute.name)
        if field is None and (not attribute.optional or value.spread):
            continue
        field = field or Field(text(attribute.name, value.at), Null(value.at))
        is_missing = isinstance(field.value, Null) and attribute.default is not None
        found = defaults(attribute.default) if is_missing and attribute.default is not None else field.value
        given[attribute.name] = field._replace(value=_filled(found, attribute.type, defaults))
    return value._replace(fields=tuple(given.values()))


def _types_of_elements(name: str, inner: tree.Node, count: int) -> Sequence[tree.Node]:
    if name == "tuple":
        return inner.items if isinstance(inner, tree.Sequence) else ()
    return [inner] * count if name in ("list", "set") else ()


def _wanted(constraint: tree.Node | None, values: Sequence[Value]) -> Type:
    """The type a constraint stands for: `any` is the one type that all of the values have in common."""
    name = constraint.name if isinstance(constraint, (tree.Variable, tree.Call)) else "any"
    known = [way for value in values for way in _ways(value)]
    if name in _SCALARS:
        return _SCALARS[name]
    if name == "object" and constraint is not None:
        return _wanted_object(_attributes(constraint), [one for one in known if isinstance(one, Fields)])
    inner = _inner(constraint)
    if name in _COLLECTIONS:
        return Type(_COLLECTIONS[name], (_wanted(inner, [part for one in known for part in _parts(one)]),))
    if name == "tuple" and isinstance(inner, tree.Sequence):
        lists = [one.items for one in known if isinstance(one, Items)]
        columns = [[items[index] for items in lists if index < len(items)] for index in range(len(inner.items))]
        return Type(Kind.TUPLE, tuple(_wanted(*pair) for pair in zip(inner.items, columns, strict=True)))
    return _common(known)


def _wanted_object(attributes: list[_Attribute], values: Sequence[Fields]) -> Type:
    attributes = sorted(attributes, key=lambda attribute: attribute.name)
    given = [[one.get(attribute.name) for one in values] for attribute in attributes]
    types = (
        _wanted(attribute.type, [one for one in found if one is not None])
        for attribute, found in zip(attributes, given, strict=True)
    )
    return Type(Kind.OBJECT, tuple(types), tuple(attribute.name for attribute in attributes))


def _common(values: Sequence[Value]) -> Type:
    types = {type_of(value) for value in values if not isinstance(value, Null)}
    if len(types) < 2 and (len(values) < 2 or all(map(is_sure, types))):
        return ANYTHING
    found = unified([*types])
    if found is None:
        raise _MisfitError
    return found


def _ways(value: Value) -> list[Value]:
    if isinstance(value, Choice):
        return [*_ways(value.when_true), *_ways(value.when_false)]
    return [] if isinstance(value, Absent) else [value]


def _parts(value: Value) -> Sequence[Value]:
    """The elements of a list or map."""
    if isinstance(value, Items):
        return value.items
    return [field.value for field in value.fields] if isinstance(value, Fields) else ()
