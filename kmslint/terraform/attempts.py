"""`try` and `can`: which expressions Terraform refuses for certain, and of which nobody knows.

https://developer.hashicorp.com/terraform/language/functions/try
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from kmslint.terraform.choices import distribute
from kmslint.terraform.scalars import of_bool
from kmslint.terraform.scope import Scope
from kmslint.terraform.shapes import Failure
from kmslint.values import ANY_TEXT, Choice, Encoded, Fields, Items, Text, Unknown, Value


class Doubts:
    """Counts what Terraform may refuse, depending on what is not known here. It matters inside `try` and `can`."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, scope: Scope) -> None:
        """Terraform may refuse an expression of that scope."""
        self.count += scope.attempt

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is evaluated inside does not matter: nobody asks whether it is refused."""
        before = self.count
        try:
            yield
        finally:
            self.count = before


class Attempt(NamedTuple):
    """One argument of `try`."""

    value: Value
    doubtful: bool
    """Terraform may refuse it."""


def first_that_works(attempts: Sequence[Callable[[], Attempt]], refused: Failure, doubt: Callable[[], None]) -> Value:
    """The value of the first attempt that Terraform does not refuse; `doubt` is told if it may refuse all of them.

    One of which nobody knows whether it is refused makes the whole unknown, unless it is the last.
    """
    if not attempts:
        return refused
    first, last = attempts[0](), len(attempts) == 1
    if last and first.doubtful:
        doubt()
    unsure = Unknown(refused.hole, refused.at)

    def settled(decided: tuple[Value, ...]) -> Value:
        value = decided[0]
        if fails(value):
            return first_that_works(attempts[1:], refused, doubt)
        if last or not first.doubtful:
            return value
        if fails(first_that_works(attempts[1:], refused, doubt)):
            # If it is refused, so are all of them.
            doubt()
        return unsure

    return distribute((first.value,), settled, unsure)


def works(attempt: Attempt, refused: Failure) -> Value:
    """`can(value)`."""
    unsure = Unknown(refused.hole, refused.at)

    def answer(decided: tuple[Value, ...]) -> Value:
        if fails(decided[0]):
            return of_bool(False, refused.at)
        return unsure if attempt.doubtful else of_bool(True, refused.at)

    return distribute((attempt.value,), answer, unsure)


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


def may_fail(value: Value) -> bool:
    """Whether one of the ways that an element may come out is refused."""
    if isinstance(value, Choice):
        return may_fail(value.when_true) or may_fail(value.when_false)
    return isinstance(value, Failure)


def is_open(value: Value) -> bool:
    """Whether something in the value may be of any type: a variable, what a module gives back."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Unknown):
            return True
        if isinstance(one, Items):
            waiting += one.items
        elif isinstance(one, Fields):
            if one.spread:
                return True
            waiting += (field.value for field in one.fields)
        elif isinstance(one, Choice):
            waiting += (one.when_true, one.when_false)
    return False


def is_filled_openly(value: Value) -> bool:
    """Whether a text was put together of what may be no text at all."""
    return isinstance(value, Text) and any(hole.kind in ANY_TEXT for hole in value.holes)
