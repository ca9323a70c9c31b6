"""Terraform's `!`, `&&` and `||`: what nobody can decide becomes a choice on the condition it is.

https://developer.hashicorp.com/terraform/language/expressions/operators#logical-operators
"""

from __future__ import annotations

from kmslint.terraform.scalars import as_bool, as_text, of_bool
from kmslint.terraform.shapes import Failure, choice, named
from kmslint.values import Encoded, Text, Unknown, Value


def condition_of(value: Value) -> str | None:
    """The condition that a truth value nobody knows stands for; None if it is none."""
    if isinstance(value, Encoded):
        value = as_text(value) or value
    if isinstance(value, Unknown) and not isinstance(value, Failure):
        return named(value.hole)
    if isinstance(value, Text) and value.holes:
        return named(value.holes[0]) if len(value.parts) == 1 else f'"{value}"'
    return None


def negation(operand: Value, refused: Failure) -> Value:
    """`!operand`."""
    at, known, condition = refused.at, as_bool(operand), condition_of(operand)
    if known is not None:
        return of_bool(not known, at)
    return refused if condition is None else choice(condition, of_bool(False, at), of_bool(True, at), at)


def conjunction(left: Value, right: Value, refused: Failure) -> Value:
    """`left && right`."""
    return _connected(left, right, refused, neutral=True)


def disjunction(left: Value, right: Value, refused: Failure) -> Value:
    """`left || right`."""
    return _connected(left, right, refused, neutral=False)


def _connected(left: Value, right: Value, refused: Failure, neutral: bool) -> Value:
    """The left side does not decide alone: Terraform looks at both."""
    at, decisive = refused.at, not neutral
    first, second = as_bool(left), as_bool(right)
    names = [condition_of(one) if known is None else "" for one, known in ((left, first), (right, second))]
    if None in names:
        return refused
    if second is decisive:
        return of_bool(decisive, at)
    if first is neutral:
        return right if second is None else of_bool(second, at)
    if second is neutral:
        return left
    settled = of_bool(decisive, at)
    condition = names[0] or ""
    return choice(condition, settled, right, at) if decisive else choice(condition, right, settled, at)
