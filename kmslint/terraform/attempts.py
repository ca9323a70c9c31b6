"""`try` and `can`: which expressions Terraform refuses for certain.

https://developer.hashicorp.com/terraform/language/functions/try
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kmslint.terraform.choices import distribute
from kmslint.terraform.scalars import of_bool
from kmslint.terraform.shapes import Failure
from kmslint.values import Choice, Encoded, Fields, Items, Unknown, Value


def first_that_works(attempts: Sequence[Callable[[], Value]], refused: Failure) -> Value:
    """The value of the first attempt that Terraform does not refuse.

    One of which nobody knows whether it is refused makes the whole unknown.
    """
    if not attempts:
        return refused
    unsure = Unknown(refused.hole, refused.at)

    def settled(decided: tuple[Value, ...]) -> Value:
        value = decided[0]
        if fails(value):
            return first_that_works(attempts[1:], refused)
        return unsure if isinstance(value, Unknown) and len(attempts) > 1 else value

    return distribute((attempts[0](),), settled, unsure)


def works(value: Value, refused: Failure) -> Value:
    """`can(value)`."""

    def answer(decided: tuple[Value, ...]) -> Value:
        if fails(decided[0]):
            return of_bool(False, refused.at)
        unsure = isinstance(decided[0], Unknown)
        return Unknown(refused.hole, refused.at) if unsure else of_bool(True, refused.at)

    return distribute((value,), answer, Unknown(refused.hole, refused.at))


def fails(value: Value) -> bool:
    """Whether an expression with that value is certainly refused."""
    if isinstance(value, Failure):
        return True
    if isinstance(value, Items):
        return any(map(fails, value.items))
    if isinstance(value, Fields):
        return any(fails(field.value) for field in value.fields)
    if isinstance(value, Encoded):
        return fails(value.value)
    return isinstance(value, Choice) and fails(value.when_true) and fails(value.when_false)
