"""What a function is given, and how it says that it cannot tell."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from kmslint import limits
from kmslint.location import Location
from kmslint.terraform import parameters
from kmslint.terraform.choices import distribute
from kmslint.terraform.kinds import has_length, in_order
from kmslint.terraform.oddities import Oddities
from kmslint.terraform.parameters import Parameter
from kmslint.terraform.scalars import integer
from kmslint.terraform.scope import out_of_bounds
from kmslint.terraform.shapes import Failure, as_list
from kmslint.values import Choice, Hole, Items, Text, Unknown, Value


class Given(NamedTuple):
    """The arguments of one call."""

    values: tuple[Value, ...]
    hole: Hole
    """The call, as a hole."""
    at: Location
    oddities: Oddities
    """Takes notes."""

    def unknown(self, spread: bool = False) -> Unknown:
        """The result, where it cannot be known."""
        return Unknown(self.hole, self.at, spread)

    def beyond(self, limit: str) -> Unknown:
        """The result, where it would break that bound."""
        written = self.hole.label.partition("(")[0]
        return out_of_bounds(limits.named(f"what {written} gives, beyond {limits.value_of(limit)}", limit), self.at)

    def failure(self) -> Failure:
        """The result, where Terraform refuses."""
        return Failure(self.hole, self.at)

    def literal(self, index: int) -> str | None:
        """The text of an argument, if all of it is known."""
        value = self.values[index]
        return value.literal if isinstance(value, Text) else None

    def integer(self, index: int) -> int | None:
        """An argument as a whole number, if it is known to be one."""
        return integer(self.values[index])

    def items(self, index: int) -> Items | None:
        """An argument as a list, whose elements may be uncertain."""
        return as_list(self.values[index])

    def certain(self, index: int) -> tuple[Value, ...] | None:
        """The elements of an argument, if it is certain which there are and in what order."""
        items = self.items(index)
        return items.items if items is not None and has_length(items) and in_order(items) else None


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
    parameters: tuple[Parameter, ...] = (parameters.value,)
    more: Parameter | None = None
    """Takes any number of further arguments."""
    optional: int = 0
    """So many of the parameters may be left out."""
    decide: Decide | None = WHOLE
    """None: it keeps choices in its result by itself."""


def call(function: Function, given: Given) -> Value:
    """The function's result; a Failure if the number of arguments is wrong or one of them is refused."""
    count, wanted = len(given.values), len(function.parameters)
    if count < wanted - function.optional or (count > wanted and function.more is None):
        return given.failure()
    refused = next((value for value in given.values if isinstance(value, Failure)), None)
    if refused is not None:
        return refused
    if function.decide is None:
        result = _result(function, given)
        undecided = isinstance(result, Failure) and any(isinstance(value, Choice) for value in given.values)
        if not undecided:
            return result
    elements = function.decide is not None and function.decide.elements
    return distribute(
        given.values,
        lambda decided: _result(function, given._replace(values=decided)),
        given.unknown(),
        elements,
    )


def _result(function: Function, given: Given) -> Value:
    refused = given.failure()
    values: list[Value] = []
    for index, value in enumerate(given.values):
        parameter = function.parameters[index] if index < len(function.parameters) else function.more
        assert parameter is not None
        taken = parameter(value, refused)
        if taken is refused:
            return refused
        values.append(taken)
    return _normal(function.body(given._replace(values=tuple(values))), given)


def _normal(result: Value, given: Given) -> Value:
    """Terraform keeps texts in Unicode's normal form C. What a function made of others is left to it."""
    texts = result.items if isinstance(result, Items) else (result,)
    return result if all(map(is_normal, texts)) else given.unknown()


def is_normal(value: Value) -> bool:
    """Whether what is known of a text is in Unicode's normal form C."""
    if not isinstance(value, Text):
        return True
    literals = (part for part in value.parts if isinstance(part, str))
    return all(literal.isascii() or unicodedata.is_normalized("NFC", literal) for literal in literals)
