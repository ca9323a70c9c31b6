"""Operations on values of which some hang on an open condition: done once for each way it may come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kmslint import limits
from kmslint.location import Location
from kmslint.terraform.scope import out_of_bounds
from kmslint.terraform.sets import set_of
from kmslint.terraform.shapes import Absent, Each, SetItems, choice
from kmslint.values import Choice, Items, Unknown, Value

Values = tuple[Value, ...]


def are_too_many(operands: Values) -> bool:
    """Whether values hang on more conditions than are combined."""
    return len(set(_open(operands, False))) > limits.CHOICES


def distribute(
    operands: Values, operation: Callable[[Values], Value], otherwise: Unknown, elements: bool = False
) -> Value:
    """The operation's result, as a choice if operands are choices; `otherwise` if they hang on too much.

    With `elements`, choices among the elements of lists are decided too.
    """
    conditions = dict.fromkeys(_open(operands, elements))
    if not conditions:
        return operation(operands)
    if len(conditions) > limits.CHOICES:
        reason = limits.named(f"{len(conditions)} conditions in one expression", "choices")
        return otherwise._replace(hole=out_of_bounds(reason, otherwise.at).hole)
    return _branch(operands, operation, list(conditions), otherwise.at)


def _branch(operands: Values, operation: Callable[[Values], Value], conditions: list[str], at: Location) -> Value:
    if not conditions:
        return operation(operands)
    condition, *rest = conditions
    ways = [
        _branch(tuple(decided(operand, condition, holds) for operand in operands), operation, rest, at)
        for holds in (True, False)
    ]
    return choice(condition, ways[0], ways[1], at)


def _open(operands: Values, elements: bool) -> Iterator[str]:
    for operand in operands:
        yield from _conditions(operand)
        for item in operand.items if elements and isinstance(operand, Items) else ():
            yield from _conditions(item)


def _conditions(value: Value) -> Iterator[str]:
    """Of a choice and the choices in its branches; not of what lists and maps contain."""
    if isinstance(value, Choice) and not isinstance(value, Each):
        yield value.condition
        yield from _conditions(value.when_true)
        yield from _conditions(value.when_false)


def decided(value: Value, condition: str, holds: bool) -> Value:
    """The value, and the elements of a list, as they are if the condition comes out that way."""
    if isinstance(value, Choice) and not isinstance(value, Each):
        if value.condition == condition:
            return decided(value.when_true if holds else value.when_false, condition, holds)
        when_true = decided(value.when_true, condition, holds)
        return value._replace(when_true=when_true, when_false=decided(value.when_false, condition, holds))
    if isinstance(value, Items) and any(isinstance(item, (Choice, Absent)) for item in value.items):
        items = (decided(item, condition, holds) for item in value.items)
        kept = value._replace(items=tuple(item for item in items if not isinstance(item, Absent)))
        return set_of(kept) if isinstance(value, SetItems) else kept
    return value
