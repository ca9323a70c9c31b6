"""Terraform's functions that convert or choose, whatever the type.

https://developer.hashicorp.com/terraform/language/functions/coalesce
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.terraform import parameters
from kmslint.terraform.attempts import is_open
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.conversions import converted, to_bool, to_number, to_string
from kmslint.terraform.kinds import Untyped
from kmslint.terraform.list_functions import may_be_empty
from kmslint.terraform.shapes import Failure
from kmslint.terraform.types import Type, clashes, is_sure, type_of
from kmslint.terraform.unification import unified
from kmslint.values import Fields, Items, Null, Text, Unknown, Value


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
        if isinstance(value, (Items, Fields)) and _may_not_convert(value, wanted):
            return given.unknown()
        result = converted(value, wanted, given.failure())
        if not isinstance(result, Failure):
            # Terraform passes over what it cannot convert.
            return result
    return given.failure()


def _may_not_convert(value: Value, wanted: Type) -> bool:
    """Whether it hangs on what is not known if a list or map converts to the type."""
    return type_of(value) != wanted and (not is_sure(wanted) or is_open(value))


def _to(convert: Callable[[Value, Failure], Value]) -> Function:
    """The function that converts to a scalar; null stays null."""

    def body(given: Given) -> Value:
        value = given.values[0]
        if isinstance(value, Null):
            return Null(value.at)
        if isinstance(value, Unknown):
            # As a string it is spelt as before; as a boolean `"0"` is `false`.
            return value if convert is to_string else given.unknown()
        return convert(value, given.failure())

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
