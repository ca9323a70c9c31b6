"""Type constraints of variables: what Terraform makes of a value before the module sees it.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.syntax import tree
from kmslint.terraform.scalars import as_text, number, truth
from kmslint.terraform.set_functions import set_of
from kmslint.terraform.shapes import as_list, members
from kmslint.values import Choice, Field, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value, text

_MISSING = Hole(HoleKind.EXPRESSION, "missing attribute")

Defaults = Callable[[tree.Node], Value]
"""Evaluates the default of an `optional` attribute."""


def converted(value: Value, constraint: tree.Node | None, defaults: Defaults) -> Value:
    """The value as its type wants it: missing optional attributes filled in, others left out, scalars converted.

    What does not fit is left as it is: Terraform refuses it.
    """
    if constraint is None or isinstance(value, (Unknown, Null)):
        return value
    if isinstance(value, Choice):
        first, second = (converted(way, constraint, defaults) for way in (value.when_true, value.when_false))
        return value._replace(when_true=first, when_false=second)
    if isinstance(constraint, tree.Variable):
        return _scalar(value, constraint.name)
    if isinstance(constraint, tree.Scalar):
        # Terraform 0.11 wrote types in quotes.
        return _scalar(value, constraint.text)
    if not isinstance(constraint, tree.Call) or not constraint.arguments:
        return value
    inner = constraint.arguments[0]
    if constraint.name == "object" and isinstance(inner, tree.Mapping) and isinstance(value, Fields):
        return _object(value, inner, defaults)
    if constraint.name == "map" and isinstance(value, Fields):
        fields = (field._replace(value=converted(field.value, inner, defaults)) for field in value.fields)
        return value._replace(fields=tuple(fields))
    if constraint.name in ("list", "set"):
        return _list(value, inner, constraint.name, defaults)
    return value


def _scalar(value: Value, name: str) -> Value:
    if not isinstance(value, Text):
        return value
    literal = value.literal
    if name == "string":
        return as_text(value) or value
    if name == "number" and literal is not None:
        spelt = number(literal)
        return value if spelt is None else text(spelt, value.at, typed=True)
    return value._replace(typed=True) if name == "bool" and truth(value) is not None else value


def _list(value: Value, inner: tree.Node, kind: str, defaults: Defaults) -> Value:
    items = as_list(value)
    if items is None:
        return value
    converted_items = Items(tuple(converted(item, inner, defaults) for item in items.items), items.at)
    return set_of(converted_items) if kind == "set" else converted_items


def _object(value: Fields, attributes: tree.Mapping, defaults: Defaults) -> Fields:
    given = members(value)
    if given is None:
        return value
    fields: list[Field] = []
    for entry in attributes.entries:
        if isinstance(entry.key, tree.Scalar):
            field = given.get(entry.key.text) or Field(text(entry.key.text, value.at), Unknown(_MISSING, value.at))
            fields += _attribute(field, entry.value, value, defaults)
    return Fields(tuple(fields), value.at, value.spread)


def _attribute(field: Field, constraint: tree.Node, whole: Fields, defaults: Defaults) -> list[Field]:
    """The attribute as its type wants it; none if it is missing and must not be."""
    missing = isinstance(field.value, Unknown) and field.value.hole is _MISSING
    if isinstance(constraint, tree.Call) and constraint.name == "optional" and constraint.arguments:
        constraint, *default = constraint.arguments
        if missing and whole.spread:
            return []
        if missing or (default and isinstance(field.value, Null)):
            field = field._replace(value=defaults(default[0]) if default else Null(whole.at))
    elif missing:
        return []
    return [field._replace(value=converted(field.value, constraint, defaults))]
