"""What a parameter comes to: the value it is given, else its default.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from kmslint.cloudformation.assembly import named_hole, relocated
from kmslint.cloudformation.calls import is_null
from kmslint.cloudformation.template import Parameter
from kmslint.location import Location
from kmslint.values import ALWAYS, Guards, Hole, HoleKind, Items, Text, Unknown, Value, text


class Inputs(NamedTuple):
    """What a stack is made with."""

    values: Mapping[str, Value] = MappingProxyType({})
    """Values of its parameters."""
    rest: Unknown | None = None
    """Where any other parameter may get its value from."""
    guards: Guards = ALWAYS
    """What must hold for the stack to be made."""
    stack: str = ""
    """The nested stack that it is, as addresses in it begin."""

    def get(self, name: str, at: Location) -> Value | None:
        """The value that a parameter is given, as if it stood where the parameter is referred to."""
        value = self.values.get(name)
        if value is not None:
            return relocated(value, at)
        return None if self.rest is None else self.rest._replace(at=at, spread=False)


NO_INPUTS: Final = Inputs()


def parameter_value(parameter: Parameter, given: Value | None, at: Location) -> Value:
    """The value of a parameter where it is referred to.

    A default counts as set, and so does the only value that is allowed. A parameter without a value, one whose default
    is a secret, and one that names a stored value are holes.
    """
    if parameter.is_stored:
        return _missing(parameter, HoleKind.EXPRESSION, at)
    if given is not None and not parameter.secret:
        return _listed(given, at) if parameter.is_list else given
    default = None if parameter.secret else parameter.default
    if default is None or is_null(default):
        only = set(parameter.allowed or ()) if parameter.is_one_text and not parameter.secret else ()
        return text(only.pop(), at) if len(only) == 1 else _missing(parameter, HoleKind.PARAMETER, at)
    return _listed(text(default.text, at), at) if parameter.is_list else text(default.text, at)


def _missing(parameter: Parameter, kind: HoleKind, at: Location) -> Value:
    hole = Hole(kind, f"{at.source.stack}{parameter.name}")
    return Unknown(hole, at) if parameter.is_list else Text((hole,), at)


def _listed(value: Value, at: Location) -> Value:
    """The elements of a text with commas; the blanks around them do not count."""
    if not isinstance(value, Text):
        return value
    if value.literal is None:
        # A hole may hold commas of its own.
        hole = value.holes[0] if len(value.parts) == 1 else named_hole(str(value), at)
        return Unknown(hole, at)
    elements = (element.strip() for element in value.literal.split(","))
    return Items(tuple(text(element, at) for element in elements) if value.literal.strip() else (), at)
