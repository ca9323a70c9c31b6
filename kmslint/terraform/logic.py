"""Terraform's `!`, `&&` and `||`: what nobody can decide becomes a choice on the condition it is.

https://developer.hashicorp.com/terraform/language/expressions/operators#logical-operators
"""

from __future__ import annotations

from kmslint.terraform.scalars import of_bool, truth
from kmslint.terraform.shapes import Failure, choice, named
from kmslint.values import Hole, Text, Unknown, Value


def condition_of(value: Value) -> str | None:
    """The condition that a truth value nobody knows stands for; None if it is none."""
    if isinstance(value, Unknown) and not isinstance(value, Failure):
        return named(value.hole)
    if isinstance(value, Text) and len(value.parts) == 1 and isinstance(value.parts[0], Hole):
        return named(value.parts[0])
    return None


def negation(operand: Value, refused: Failure) -> Value:
    """`!operand`."""
    at, known, condition = refused.at, truth(operand), condition_of(operand)
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
    at, decisive = refused.at, not neutral
    if truth(left) is decisive or truth(right) is decisive:
        return of_bool(decisive, at)
    if truth(left) is neutral:
        return right
    if truth(right) is neutral:
        return left
    condition = condition_of(left)
    if condition is None:
        return refused
    settled = of_bool(decisive, at)
    return choice(condition, settled, right, at) if decisive else choice(condition, right, settled, at)
