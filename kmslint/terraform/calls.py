"""What a function is given, and how it says that it cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kmslint.location import Location
from kmslint.terraform.choices import distribute
from kmslint.terraform.shapes import Failure, as_list, may_be_absent
from kmslint.values import Hole, Items, Text, Unknown, Value


class Given(NamedTuple):
    """The arguments of one call."""

    values: tuple[Value, ...]
    hole: Hole
    """The call, as a hole."""
    at: Location

    def unknown(self, spread: bool = False) -> Unknown:
        """The result, where it cannot be known."""
        return Unknown(self.hole, self.at, spread)

    def failure(self) -> Failure:
        """The result, where Terraform refuses."""
        return Failure(self.hole, self.at)

    def literal(self, index: int) -> str | None:
        """The text of an argument, if all of it is known."""
        value = self.values[index]
        return value.literal if isinstance(value, Text) else None

    def items(self, index: int) -> Items | None:
        """An argument as a list, whose elements may be uncertain."""
        return as_list(self.values[index])


class Decide(NamedTuple):
    """Which open conditions a function wants decided before it looks at its arguments."""

    elements: bool
    """Those of the elements of lists too, not only those of whole arguments."""


WHOLE = Decide(elements=False)
ELEMENTS = Decide(elements=True)

Body = Callable[[Given], Value]


class Function(NamedTuple):
    """One of Terraform's functions."""

    body: Body
    least: int = 1
    """Arguments it needs at least."""
    most: int = 1
    decide: Decide | None = WHOLE
    """None: it keeps choices in its result by itself."""


MANY = 10_000
"""For functions that take any number of arguments."""


def call(function: Function, given: Given) -> Value:
    """The function's result; a Failure if the number of arguments is wrong or an argument is a Failure."""
    if not function.least <= len(given.values) <= function.most:
        return given.failure()
    refused = next((value for value in given.values if isinstance(value, Failure)), None)
    if refused is not None:
        return refused
    if function.decide is None:
        return function.body(given)
    return distribute(
        given.values,
        lambda decided: function.body(given._replace(values=decided)),
        given.unknown(),
        function.decide.elements,
    )


def certain_items(given: Given, index: int) -> Items | None:
    """An argument as a list of which every element is there for certain; None if it is not."""
    items = given.items(index)
    return None if items is None or any(map(may_be_absent, items.items)) else items
