"""The statements of policies, with each text tried that a parameter which nobody set may be.

Only what says whom or what a statement is about is tried. A name that is made of a parameter, a tag that is compared
with it and a Sid say the same whatever it is: there it stays a hole, and one statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kmslint import limits
from kmslint.cloudformation.alternatives import Alternatives, Several, whole_hole
from kmslint.cloudformation.assembly import as_text, relocated
from kmslint.cloudformation.branches import Decision
from kmslint.model.entries import entry_by_entry
from kmslint.model.facts import Facts
from kmslint.values import (
    ALWAYS,
    Choice,
    Encoded,
    Fields,
    Guard,
    Guards,
    Hole,
    Items,
    Text,
    Unknown,
    Value,
    branches,
    join,
)
from kmslint.verdict import NO

_ELEMENTS = frozenset({"Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"})
"""Elements in which a text as a whole says something; in a longer one, and elsewhere, it may be part of a name."""
_NAME = re.compile(r"(?!(?:true|false|[0-9]{12})\Z)[A-Za-z0-9_.+=,@-]*\Z", re.IGNORECASE | re.ASCII)

Ask = Callable[[Hole, str], Decision]
"""Whether a parameter is a text."""


class Trials:
    """What the holes in statements may be."""

    def __init__(self, alternatives: Alternatives, is_text: Ask, facts: Facts) -> None:
        self._alternatives = alternatives
        self._is_text = is_text
        self._facts = facts

    def tried(self, value: Value, guards: Guards = ALWAYS) -> Value:
        """The value with choices in its statements; the guards are what holds where it stands."""
        if not self._alternatives:
            return value
        if isinstance(value, Fields):
            return self._statement(value, guards) if value.get("Effect") is not None else self._inside(value, guards)
        if isinstance(value, Items):
            return value._replace(items=tuple(self.tried(item, guards) for item in value.items))
        if isinstance(value, Encoded):
            return value._replace(value=self.tried(value.value, guards))
        return self._either(value, guards, self.tried) if isinstance(value, Choice) else value

    def _inside(self, value: Fields, guards: Guards) -> Fields:
        return value._replace(fields=tuple(one._replace(value=self.tried(one.value, guards)) for one in value.fields))

    def _statement(self, statement: Fields, guards: Guards) -> Fields:
        try:
            fields = tuple(
                field._replace(value=self._settled(field.value, guards, field.name.literal in _ELEMENTS))
                for field in statement.fields
            )
        except _TooManyWaysError:
            return statement
        settled = statement._replace(fields=fields)
        ways = None if settled == statement else _ways(settled)
        return settled if ways is not None and self._alternatives.affords(ways) else statement

    def _settled(self, value: Value, guards: Guards, is_element: bool) -> Value:
        """A part of a statement."""

        def settled(inner: Value, met: Guards) -> Value:
            return self._settled(inner, met, is_element)

        if isinstance(value, Fields):
            return value._replace(fields=tuple(one._replace(value=settled(one.value, guards)) for one in value.fields))
        if isinstance(value, Items):
            return value._replace(items=tuple(settled(item, guards) for item in value.items))
        if isinstance(value, Choice):
            return self._either(value, guards, settled)
        if isinstance(value, (Text, Unknown)):
            return _Trial(self, is_element).tried(value, guards, frozenset())
        return value

    def several(self, hole: Hole, value: Text | Unknown, is_element: bool) -> Several | None:
        """What stands in the place of a hole, if that makes a difference there."""
        several = self._alternatives.of(hole, value.at)
        if several is None or (is_element and whole_hole(value) is not None):
            return several
        return several if _tells(several.values) else None

    def ways(self, several: Several, guards: Guards) -> list[tuple[Guard, Value]]:
        """What may stand there, each with the condition that it does."""
        met = ((self._is_text(several.parameter, literal), value) for literal, value in several.values)
        found = [(guard, value) for guard, value in met if isinstance(guard, Guard)]
        possible = (way for way in found if self._facts.possible(guards | {way[0]}) is not NO)
        return sorted(possible, key=lambda way: way[0].condition)

    def is_possible(self, guards: Guards) -> bool:
        """Whether the conditions may come out so."""
        return self._facts.possible(guards) is not NO

    @staticmethod
    def _either(choice: Choice, guards: Guards, inner: Callable[[Value, Guards], Value]) -> Choice:
        first, second = (frozenset({Guard(choice.condition, holds)}) for holds in (True, False))
        return choice._replace(
            when_true=inner(choice.when_true, guards | first), when_false=inner(choice.when_false, guards | second)
        )


class _TooManyWaysError(Exception):
    """A text may come out in more ways than a statement is looked at in."""


class _Trial:
    """One text, in each way that the holes in it may come out."""

    def __init__(self, trials: Trials, is_element: bool) -> None:
        self._trials = trials
        self._is_element = is_element
        self._room = 2 * 2**limits.CHOICES  # with those on the way to others

    def tried(self, value: Value, guards: Guards, done: frozenset[Hole]) -> Value:
        """The value with choices for the holes in it, but for those that are done."""
        self._room -= 1
        if self._room < 0:
            raise _TooManyWaysError
        if isinstance(value, (Text, Unknown)):
            for hole in value.holes if isinstance(value, Text) else (value.hole,):
                several = None if hole in done else self._trials.several(hole, value, self._is_element)
                if several is not None:
                    return self._choice(value, hole, several, guards, done | {hole})
        return value

    def _choice(
        self, value: Text | Unknown, hole: Hole, several: Several, guards: Guards, done: frozenset[Hole]
    ) -> Value:
        def filled(replacement: Value, met: Guards) -> Value:
            return self.tried(_filled(value, hole, replacement), guards | met, done)

        ways = [(met, filled(way, frozenset({met}))) for met, way in self._trials.ways(several, guards)]
        others = frozenset(Guard(condition, not holds) for (condition, holds), _ in ways)
        result: Value = value
        if not several.are_all and self._trials.is_possible(guards | others):
            result = value if several.otherwise is None else filled(several.otherwise, others)
        elif ways:
            *ways, (_, result) = ways
        for (condition, holds), way in reversed(ways):
            when_true, when_false = (way, result) if holds else (result, way)
            result = Choice(condition, when_true, when_false, value.at)
        return result


def _ways(statement: Fields) -> int | None:
    """In how many ways a statement is looked at, whole or entry by entry; None if not in all: a hole hides less."""
    whole = branches(statement, 2**limits.CHOICES)
    if whole is not None:
        return len(whole)
    parts = [branches(part, 2**limits.CHOICES) for part, _ in entry_by_entry(statement)]
    found = [len(part) for part in parts if part is not None]
    return sum(found) if found and len(found) == len(parts) else None


def _tells(values: Iterable[tuple[str, Value]]) -> bool:
    """Whether one of the values is more than a part of a name: an account, an ARN, a wildcard, a boolean."""
    literals = [value.literal if isinstance(value, Text) else None for _, value in values]
    return any(literal is not None and not _NAME.match(literal) for literal in literals)


def _filled(value: Text | Unknown, hole: Hole, replacement: Value) -> Value:
    """A value with something in the place of a hole."""
    if isinstance(value, Unknown):
        return relocated(replacement, value.at)
    parts = (as_text(replacement).parts if part == hole else (part,) for part in value.parts)
    return join((piece for part in parts for piece in part), value.at)
