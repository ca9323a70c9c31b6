"""Terraform's functions that convert or choose, whatever the type.

https://developer.hashicorp.com/terraform/language/functions/coalesce
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.terraform import parameters
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.conversions import converted, to_bool, to_number, to_string
from kmslint.terraform.kinds import Untyped
from kmslint.terraform.list_functions import may_be_empty
from kmslint.terraform.shapes import Failure
from kmslint.terraform.types import clashes, type_of
from kmslint.terraform.unification import unified
from kmslint.values import Null, Text, Unknown, Value


def _coalesce(given: Given) -> Value:
    types = {type_of(value) for value in given.values if not isinstance(value, Untyped)}
    wanted = next(iter(types)) if len(types) == 1 else unified([type_of(value) for value in given.values])
    if wanted is None:
        return given.failure()
    if clashes(wanted):
        return given.unknown()
    for value in given.values:
        if isinstance(value, Null) or (isinstance(value, Text) and value.literal == ""):
            continue
        if isinstance(value, Unknown) or (isinstance(value, Text) and may_be_empty(value)):
            return given.unknown()
        return converted(value, wanted, given.failure())
    return given.failure()


def _to(convert: Callable[[Value, Failure], Value]) -> Function:
    """The function that converts to a scalar; null stays null."""

    def body(given: Given) -> Value:
        value = given.values[0]
        if isinstance(value, Null):
            return Null(value.at)
        return value if isinstance(value, Unknown) else convert(value, given.failure())

    return Function(body, (parameters.nullable,))


def _same(given: Given) -> Value:
    return given.values[0]


CONVERSION_FUNCTIONS: dict[str, Function] = {
    "coalesce": Function(_coalesce, (parameters.nullable,), more=parameters.nullable),
    "ephemeralasnull": Function(_same, (parameters.nullable,), decide=None),
    "nonsensitive": Function(_same, (parameters.nullable,), decide=None),
    "sensitive": Function(_same, (parameters.nullable,), decide=None),
    "tobool": _to(to_bool),
    "tonumber": _to(to_number),
    "tostring": _to(to_string),
}
