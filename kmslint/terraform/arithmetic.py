"""Comparison and arithmetic on numbers of any size.

Terraform calculates in binary. Where that would round, or give its negative zero, the result is left to it.
https://developer.hashicorp.com/terraform/language/expressions/operators#arithmetic-operators
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.terraform.scalars import number, of_bool
from kmslint.values import Text, Unknown, Value, text

_FINITE = 30
"""Decimal places up to which a quotient is worked out."""


def _scaled(left: Value, right: Value) -> tuple[int, int, int] | None:
    """Two numbers as whole numbers of the same decimal unit, and how many decimals that is."""
    spelt = [number(value.literal) if isinstance(value, Text) and value.literal else None for value in (left, right)]
    if spelt[0] is None or spelt[1] is None:
        return None
    places = max(len(one.partition(".")[2]) for one in (spelt[0], spelt[1]))
    first, second = (_unscaled(one, places) for one in (spelt[0], spelt[1]))
    return first, second, places


def _unscaled(spelt: str, places: int) -> int:
    whole, _, fraction = spelt.partition(".")
    return int(whole + fraction.ljust(places, "0"))


def _spelt(value: int, places: int) -> str:
    digits = str(abs(value)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return number(f"{sign}{digits[: len(digits) - places]}.{digits[len(digits) - places :] or '0'}") or ""


def _quotient(left: int, right: int) -> int | None:
    """The quotient in units of `_FINITE` decimals; None if it has more of them."""
    scaled, rest = divmod(abs(left) * 10**_FINITE, abs(right)) if right else (0, 1)
    return None if rest else scaled if (left < 0) == (right < 0) else -scaled


def _remainder(left: int, right: int) -> int | None:
    return left % right if left >= 0 and right > 0 else None


_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def calculated(operator: str, left: Value, right: Value, otherwise: Unknown) -> Value:
    """Comparison and arithmetic on known numbers; `otherwise` where they or the result cannot be told exactly."""
    operands = _scaled(left, right)
    if operands is None:
        return otherwise
    first, second, places = operands
    if operator in _COMPARISONS:
        return of_bool(_COMPARISONS[operator](first, second), otherwise.at)
    if not (_is_binary(first, places) and _is_binary(second, places)):
        return otherwise
    result, places = _result(operator, first, second, places)
    negative_zero = result == 0 and min(first, second) < 0 and operator not in "+-"
    if result is None or negative_zero or not _is_binary(result, places):
        return otherwise
    return text(_spelt(result, places), otherwise.at, typed=True)


def _is_binary(scaled: int, places: int) -> bool:
    """Whether a decimal fraction is a binary one as well: a half is, a tenth is not."""
    power: int = 5**places
    return scaled % power == 0


def _result(operator: str, left: int, right: int, places: int) -> tuple[int | None, int]:
    """The result in units of so many decimals."""
    if operator == "/":
        return _quotient(left, right), _FINITE
    if operator == "*":
        return left * right, 2 * places
    if operator == "%":
        return _remainder(left, right), places
    return {"+": left + right, "-": left - right}.get(operator), places
