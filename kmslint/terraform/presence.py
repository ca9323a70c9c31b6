"""On what it hangs whether something is there: the ways in which open conditions may come out for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kmslint.location import Location
from kmslint.terraform.logic import condition_of
from kmslint.terraform.scalars import integer
from kmslint.terraform.shapes import Absent, Each, Failure, as_list, not_empty, one_of
from kmslint.values import ALWAYS, Choice, Doubt, Fields, Guard, Guards, Unknown, Value


class Way(NamedTuple):
    """One way for an element of a collection to be there."""

    guards: tuple[Guard, ...]
    value: Value
    repeated: bool = False
    """It stands for any number of elements alike."""

    def wrap(self, value: Value, at: Location) -> Value:
        """A value that is in a list only if this way comes out."""
        for guard in reversed(self.guards):
            kind = Each if self.repeated else Choice
            gone = Absent(at)
            when_true, when_false = (value, gone) if guard.holds else (gone, value)
            value = kind(guard.condition, when_true, when_false, at)
        return value


def ways(element: Value, guards: tuple[Guard, ...] = ()) -> list[Way]:
    """The ways an element may be there; none for one that never is."""
    if isinstance(element, Absent):
        return []
    if isinstance(element, Choice):
        repeated = isinstance(element, Each)
        found = [
            way
            for holds, branch in ((True, element.when_true), (False, element.when_false))
            for way in ways(branch, (*guards, Guard(element.condition, holds)))
        ]
        return [way._replace(repeated=True) for way in found] if repeated else found
    if isinstance(element, Unknown) and element.spread:
        return [Way((*guards, Guard(not_empty(element), True)), one_of(element), repeated=True)]
    return [Way(guards, element)]


def of_count(count: Value, guards: tuple[Guard, ...] = (), above: int = 0) -> list[Guards]:
    """The ways a `count` may come out above zero, or above another number."""
    if isinstance(count, Choice):
        return [
            *of_count(count.when_true, (*guards, Guard(count.condition, True)), above),
            *of_count(count.when_false, (*guards, Guard(count.condition, False)), above),
        ]
    known = integer(count)
    if known is not None and known <= above:
        return []
    condition = None if known is not None else condition_of(count)
    return [frozenset(guards if condition is None else (*guards, Guard(Doubt(f"{condition} > 0"), True)))]


def of_collection(collection: Value, guards: tuple[Guard, ...] = ()) -> list[Guards]:
    """The ways a `for_each` may come out with elements."""
    if isinstance(collection, Failure):
        return [frozenset(guards)]
    if isinstance(collection, Unknown):
        return [frozenset((*guards, Guard(not_empty(collection), True)))]
    if isinstance(collection, Fields):
        elements: Iterable[Value] = (*(field.value for field in collection.fields), *collection.spread)
    elif isinstance(collection, Choice) and as_list(collection) is None:
        return [
            *of_collection(collection.when_true, (*guards, Guard(collection.condition, True))),
            *of_collection(collection.when_false, (*guards, Guard(collection.condition, False))),
        ]
    else:
        items = as_list(collection)
        elements = items.items if items is not None else ()
    return [frozenset(way.guards) for element in elements for way in ways(element, guards)]


def combined(found: list[Guards], otherwise: Guard) -> Guards | None:
    """The guards of what is there in any of these ways; None if there is no way."""
    if not found:
        return None
    if ALWAYS in found or _covers(found):
        return ALWAYS
    return found[0] if len(set(found)) == 1 else frozenset({otherwise})


def _covers(found: list[Guards]) -> bool:
    """Whether two of the ways are a condition and its opposite."""
    single = {next(iter(guards)) for guards in found if len(guards) == 1}
    return any(guard._replace(holds=not guard.holds) in single for guard in single)
