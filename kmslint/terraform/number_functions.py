"""Terraform's functions on numbers. What it rounds in binary is left to it.

https://developer.hashicorp.com/terraform/language/functions/abs
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from kmslint.terraform import parameters
from kmslint.terraform.arithmetic import exactly
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.scalars import is_fraction, number, of_int
from kmslint.terraform.text_functions import known_text
from kmslint.values import Text, Value

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LARGEST_POWER = 2**53
_SIGNED = re.compile(r"([+-]?)([0-9A-Za-z]{1,400})\Z")


def _known(given: Given, index: int) -> Fraction | None:
    value = given.values[index]
    spelt = number(value.literal) if isinstance(value, Text) and value.literal else None
    return None if spelt is None else Fraction(spelt)


def _rounded(rounding: Callable[[Fraction], int]) -> Function:
    def body(given: Given) -> Value:
        known = _known(given, 0)
        return given.unknown() if known is None else exactly(Fraction(rounding(known)), given.at, given.unknown())

    return Function(body, (parameters.number,))


def _abs(given: Given) -> Value:
    value = given.values[0]
    if not isinstance(value, Text) or value.literal is None:
        return given.unknown()
    return value._replace(parts=(value.literal.lstrip("-"),))


def _signum(given: Given) -> Value:
    known = _known(given, 0)
    if known is None or is_fraction(given.values[0]):
        return given.unknown() if known is None else given.failure()
    return of_int((known > 0) - (known < 0), given.at)


def _extreme(choose: Callable[..., Fraction]) -> Function:
    def body(given: Given) -> Value:
        known = {_known(given, index): value for index, value in enumerate(given.values)}
        numbers = [one for one in known if one is not None]
        return given.unknown() if len(numbers) < len(known) else known[choose(numbers)]

    return Function(body, (parameters.number,), more=parameters.number)


def _pow(given: Given) -> Value:
    base, exponent = _known(given, 0), _known(given, 1)
    if base is None or exponent is None or exponent.denominator != 1 or not 0 <= exponent <= 100:
        return given.unknown()
    if abs(base.numerator) ** int(exponent) > _LARGEST_POWER:
        return given.unknown()
    return exactly(base ** int(exponent), given.at, given.unknown())


def _log(given: Given) -> Value:
    value, base = _known(given, 0), _known(given, 1)
    # Logarithms are rounded: log(1000, 10) is 2.9999999999999996.
    return of_int(0, given.at) if value == 1 and base is not None and base > 1 else given.unknown()


def _parseint(given: Given) -> Value:
    if isinstance(given.values[0], Text) and given.values[0].typed:
        return given.failure()
    literal, base = known_text(given, 0), given.integer(1)
    if is_fraction(given.values[1]) or (base is not None and not 2 <= base <= 62):
        return given.failure()
    if literal is None or base is None:
        return given.unknown()
    match = _SIGNED.match(literal)
    if match is None:
        return given.unknown() if len(literal) > 400 else given.failure()
    letters = match[2].lower() if base <= 36 else match[2]
    digits = [_DIGITS.index(letter) for letter in letters]
    if max(digits) >= base:
        return given.failure()
    value = 0
    for digit in digits:
        value = value * base + digit
    return exactly(Fraction(-value if match[1] == "-" else value), given.at, given.unknown())


NUMBER_FUNCTIONS: dict[str, Function] = {
    "abs": Function(_abs, (parameters.number,)),
    "ceil": _rounded(ceil),
    "floor": _rounded(floor),
    "log": Function(_log, (parameters.number, parameters.number)),
    "max": _extreme(max),
    "min": _extreme(min),
    "parseint": Function(_parseint, (parameters.value, parameters.number)),
    "pow": Function(_pow, (parameters.number, parameters.number)),
    "signum": Function(_signum, (parameters.number,)),
}
