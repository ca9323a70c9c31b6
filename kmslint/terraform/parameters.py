"""What functions declare of their arguments: Terraform converts each before the function sees it.

https://developer.hashicorp.com/terraform/language/expressions/function-calls
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.terraform import types
from kmslint.terraform.conversions import collected, converted
from kmslint.terraform.shapes import Failure, as_list
from kmslint.terraform.types import Kind, Type
from kmslint.values import Null, Unknown, Value

Parameter = Callable[[Value, Failure], Value]
"""The argument as the function takes it; the Failure that was handed in if Terraform refuses it."""


def nullable(value: Value, refused: Failure) -> Value:
    """Anything."""
    del refused
    return value


def value(value: Value, refused: Failure) -> Value:
    """Anything but null."""
    return refused if isinstance(value, Null) else value


def _of(wanted: Type) -> Parameter:
    def parameter(value: Value, refused: Failure) -> Value:
        return refused if isinstance(value, Null) else converted(value, wanted, refused)

    return parameter


string, number, boolean = _of(types.STRING), _of(types.NUMBER), _of(types.BOOL)


def _collection(kind: Kind, element: Type | None = None) -> Parameter:
    def parameter(value: Value, refused: Failure) -> Value:
        if isinstance(value, Unknown):
            return value
        items = as_list(value)
        if items is None or isinstance(value, Null):
            return refused
        if element is None:
            return collected(items, kind, refused)
        return converted(items, Type(kind, (element,)), refused)

    return parameter


list_, strings, booleans = (_collection(Kind.LIST, element) for element in (None, types.STRING, types.BOOL))
"""Lists: of whatever type the elements have in common, or of that type."""


lists_by_name = _of(Type(Kind.MAP, (Type(Kind.LIST, (types.STRING,)),)))
"""A map of lists of strings."""
