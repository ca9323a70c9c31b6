"""Values that are one of a few, by a parameter that nobody set: what it allows, and what is looked up by it.

They stay holes until somebody asks what they may be. So a role whose name is made of `${Env}` is the same role wherever
it is spelt so, whatever environments there are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from kmslint import limits
from kmslint.cloudformation.template import Parameter
from kmslint.location import Location
from kmslint.values import Hole, HoleKind, OneOf, Text, Unknown, Value, one_of, text


class Several(NamedTuple):
    """What stands in the place of a hole for each text that a parameter may be."""

    parameter: Hole
    values: tuple[tuple[str, Value], ...]
    at: Location
    are_all: bool = True
    """The parameter is none but these texts."""
    otherwise: Value | None = None
    """What it is for any other text; None if that is not known."""


class Alternatives:
    """The holes of a template, and of those nested in it, of which it is known what they may be."""

    def __init__(self) -> None:
        self._few: dict[str, tuple[str, ...]] = {}
        self._open: set[str] = set()
        self._looked_up: dict[Hashable, Several] = {}
        self._tried = 0

    def __bool__(self) -> bool:
        return bool(self._few or self._looked_up)

    def affords(self, ways: int) -> bool:
        """Whether one more statement may be looked at in so many ways."""
        self._tried += ways
        return self._tried <= limits.TRIED

    def add(self, parameter: Parameter, stack: str) -> None:
        """Note what a parameter of a stack may be, if it may be told."""
        if parameter.secret or not parameter.name.isalnum():
            return
        name = f"{stack}{parameter.name}"
        if parameter.allowed is None:
            self._open.add(name)
        elif is_few(parameter.allowed):
            self._few[name] = tuple(dict.fromkeys(parameter.allowed))

    def condition(self, name: str, literal: str) -> OneOf | None:
        """The condition that a parameter is a text; None if it is not tried with all that it may be."""
        return one_of(name, literal, self._few[name]) if name in self._few else None

    def texts(self, key: Text) -> tuple[str, ...] | None:
        """All that the key of a look-up may be; none if that is not limited; None if it is no such parameter."""
        parameter = _parameter(key)
        if parameter is None:
            return None
        return () if parameter.label in self._open else self._few.get(parameter.label)

    def look_up(self, hole: Hole, several: Several) -> None:
        """Note what is looked up by a parameter."""
        self._looked_up[hole.identity] = several

    def of_look_up(self, value: Value) -> Several | None:
        """What a value may be, if it is looked up."""
        hole = whole_hole(value)
        return None if hole is None else self._looked_up.get(hole.identity)

    def of(self, hole: Hole, at: Location) -> Several | None:
        """What stands in the place of a hole; None if it may be anything."""
        few = self._few.get(hole.label) if hole.kind is HoleKind.PARAMETER else None
        if few is not None:
            return Several(hole, tuple((literal, text(literal, at)) for literal in few), at)
        return self._looked_up.get(hole.identity)


def is_few(texts: Iterable[str]) -> bool:
    """Whether there are so few of them, and so short ones, that each is tried."""
    different = set(texts)
    return len(different) <= limits.ALLOWED_VALUES and all(len(each) <= limits.ALLOWED_CHARACTERS for each in different)


def whole_hole(value: Value) -> Hole | None:
    """The hole that a value is, and nothing else."""
    if isinstance(value, Unknown):
        return value.hole
    return value.holes[0] if isinstance(value, Text) and len(value.parts) == 1 and value.holes else None


def _parameter(key: Text) -> Hole | None:
    hole = whole_hole(key)
    return hole if hole is not None and hole.kind is HoleKind.PARAMETER else None
