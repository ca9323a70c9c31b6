"""Comparison and arithmetic on numbers of any size.

Terraform calculates in binary, with 53 to 512 bits depending on where a number comes from. Where that
rounds, or gives its negative zero, the result is left to it.
https://developer.hashicorp.com/terraform/language/expressions/operators#arithmetic-operators
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from kmslint.location import Location
from kmslint.terraform.scalars import number, of_bool
from kmslint.values import Text, Unknown, Value, text

_SAFE = 15
"""Significant digits that every number of Terraform keeps, whatever it was calculated from."""

_BITS = 500
"""Bits of a result beyond which Terraform rounds."""

_COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def calculated(operator: str, left: Value, right: Value, otherwise: Unknown) -> Value:
    """Comparison and arithmetic on known numbers; `otherwise` where they or the result cannot be told exactly."""
    spelt = [number(value.literal) if isinstance(value, Text) and value.literal else None for value in (left, right)]
    if spelt[0] is None or spelt[1] is None:
        return otherwise
    first, second = Fraction(spelt[0]), Fraction(spelt[1])
    if operator in _COMPARISONS:
        return of_bool(_COMPARISONS[operator](first, second), otherwise.at)
    if not (_is_binary(first) and _is_binary(second)):
        return otherwise
    result = _result(operator, first, second)
    if result is None or not _is_binary(result):
        return otherwise
    found = spelt_number(result)
    # A number of more digits has been written out, and has all 512 bits.
    exact = max(map(_digits, spelt)) > _SAFE
    return text(found, otherwise.at, typed=True) if found and (exact or _digits(found) <= _SAFE) else otherwise


def exactly(result: Fraction, at: Location, otherwise: Unknown) -> Value:
    """A number that a function worked out; `otherwise` if Terraform may keep fewer digits of it."""
    found = spelt_number(result) if _is_binary(result) else None
    return otherwise if found is None or _digits(found) > _SAFE else text(found, at, typed=True)


def spelt_number(value: Fraction) -> str | None:
    """A binary fraction in decimals, as Terraform prints it; None if it is too long."""
    places = value.denominator.bit_length() - 1
    if max(places, value.numerator.bit_length()) > _BITS:
        return None
    digits = str(abs(value.numerator) * 5**places).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return number(f"{sign}{digits[: len(digits) - places]}.{digits[len(digits) - places :] or '0'}")


def _is_binary(value: Fraction) -> bool:
    """Whether a decimal fraction is a binary one as well: a half is, a tenth is not."""
    return value.denominator & (value.denominator - 1) == 0


def _digits(spelt: str | None) -> int:
    """Significant digits of a number."""
    return len((spelt or "").lstrip("-").replace(".", "").strip("0"))


def _result(operator: str, left: Fraction, right: Fraction) -> Fraction | None:
    negative_zero = left == 0 or right == 0
    if operator == "/":
        # Also what is divided by zero, which Terraform refuses.
        return None if right == 0 or (left == 0 and right < 0) else left / right
    if operator == "*":
        return None if negative_zero and min(left, right) < 0 else left * right
    if operator == "%":
        return _remainder(left, right)
    return left + right if operator == "+" else left - right if operator == "-" else None


def _remainder(left: Fraction, right: Fraction) -> Fraction | None:
    """With the sign of the dividend. What Terraform makes of zero and of large numbers is left to it."""
    if right == 0 or max(abs(left), abs(right), 1 / abs(right)) >= 2**50:
        return None
    quotient = left / right
    whole = (
        quotient.numerator // quotient.denominator if quotient >= 0 else -(-quotient.numerator // quotient.denominator)
    )
    return left - whole * right
