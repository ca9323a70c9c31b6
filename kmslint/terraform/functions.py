"""Terraform's functions by name: the pure ones that policies are built with. Any other stays a named unknown.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from kmslint.model.policy_text import decode_json
from kmslint.terraform.calls import MANY, Function, Given
from kmslint.terraform.calls import call as call_function
from kmslint.terraform.list_functions import LIST_FUNCTIONS
from kmslint.terraform.map_functions import MAP_FUNCTIONS
from kmslint.terraform.scalars import integer, number, truth
from kmslint.terraform.set_functions import SET_FUNCTIONS
from kmslint.terraform.text_functions import TEXT_FUNCTIONS
from kmslint.values import Encoded, HoleKind, Null, Text, Unknown, Value, text


def call(name: str, given: Given) -> Value:
    """The result of a call; Unknown, naming the call, for a function that is not known here."""
    function = _FUNCTIONS.get(name.removeprefix("core::"))
    return given.unknown() if function is None else call_function(function, given)


def _jsonencode(given: Given) -> Value:
    value = given.values[0]
    return Encoded(value, given.at)


def _jsondecode(given: Given) -> Value:
    value = given.values[0]
    if isinstance(value, Encoded):
        return value.value
    if not isinstance(value, Text):
        return given.unknown() if isinstance(value, Unknown) else given.failure()
    decoded = decode_json(value)
    if isinstance(decoded, Unknown):
        return given.failure() if decoded.hole.kind is HoleKind.UNREADABLE else given.unknown()
    return decoded


def _coalesce(given: Given) -> Value:
    strings = any(isinstance(value, Text) and not value.typed for value in given.values)
    for value in given.values:
        if isinstance(value, Null) or (isinstance(value, Text) and value.literal == ""):
            continue
        if isinstance(value, Unknown):
            return given.unknown()
        return value._replace(typed=False) if strings and isinstance(value, Text) else value
    return given.failure()


def _tostring(given: Given) -> Value:
    value = given.values[0]
    if isinstance(value, Text):
        return value._replace(typed=False, parts=_as_printed(value)) if value.typed else value
    return value if isinstance(value, (Null, Encoded, Unknown)) else given.failure()


def _as_printed(value: Text) -> tuple[str, ...]:
    literal = value.literal or ""
    return (number(literal) or literal,)


def _tonumber(given: Given) -> Value:
    value, literal = given.values[0], given.literal(0)
    if literal is None:
        return value if isinstance(value, Null) else given.unknown()
    spelt = number(literal)
    return text(spelt, value.at, typed=True) if spelt is not None else given.failure()


def _tobool(given: Given) -> Value:
    value, known = given.values[0], truth(given.values[0])
    if known is not None and isinstance(value, Text):
        return value._replace(typed=True)
    open_value = isinstance(value, Unknown) or (isinstance(value, Text) and value.holes)
    return value if isinstance(value, Null) else given.unknown() if open_value else given.failure()


def _sensitive(given: Given) -> Value:
    return given.values[0]


def _extreme(given: Given, sign: int) -> Value:
    numbers = [integer(value) for value in given.values]
    known = [value for value in numbers if value is not None]
    if len(known) < len(numbers):
        return given.unknown()
    return text(str(sign * max(sign * value for value in known)), given.at, typed=True)


_GENERAL = {
    "jsonencode": Function(_jsonencode, decide=None),
    "jsondecode": Function(_jsondecode),
    "coalesce": Function(_coalesce, most=MANY),
    "tostring": Function(_tostring),
    "tonumber": Function(_tonumber),
    "tobool": Function(_tobool),
    "sensitive": Function(_sensitive, decide=None),
    "nonsensitive": Function(_sensitive, decide=None),
    "max": Function(lambda given: _extreme(given, 1), most=MANY),
    "min": Function(lambda given: _extreme(given, -1), most=MANY),
}
_FUNCTIONS: dict[str, Function] = {**_GENERAL, **TEXT_FUNCTIONS, **LIST_FUNCTIONS, **SET_FUNCTIONS, **MAP_FUNCTIONS}
