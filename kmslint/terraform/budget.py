"""How much evaluating one module may take."""

from __future__ import annotations

from kmslint import limits
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.terraform.oddities import Oddities
from kmslint.terraform.scope import here, out_of_bounds
from kmslint.values import Choice, Encoded, Fields, Hole, HoleKind, Items, Text, Unknown, Value

_TEXT_PER_STEP = 64
"""Characters of text that count as one step."""


class Budget:
    """Counts steps; once they are spent every further expression is unknown, and one problem says so."""

    def __init__(self) -> None:
        self.left = limits.STEPS
        self._kept = 0
        self.depth = 0
        self.problems: list[Problem] = []
        self.oddities = Oddities()
        """What is met on the way."""

    def enter(self, levels: int) -> None:
        """Evaluate an expression; one that stands in no other may not take everything that is left."""
        if self.depth == 0:
            self._kept = max(self.left - limits.EXPRESSION_STEPS, 0)
            self.left -= self._kept
        self.depth += levels

    def leave(self, levels: int) -> None:
        """Have evaluated it."""
        self.depth -= levels
        if self.depth == 0 and self._kept:
            self.left = max(self.left, 0) + self._kept
            self._kept = 0

    def take(self, at: Location, steps: int = 1) -> bool:
        """Pay for some steps; False if there are none left."""
        if self.left < 0:
            return False
        self.left -= steps
        if self.left >= 0:
            return True
        if self._kept:
            reason = limits.named(f"more than {limits.EXPRESSION_STEPS} evaluation steps", "expression-steps")
        else:
            reason = limits.named(f"more than {limits.STEPS} evaluation steps", "steps")
        self.problems.append(Problem(at.path, reason, at))
        return False

    def exhausted(self, at: Location) -> Unknown:
        """What an expression comes to that nobody evaluates any more: a problem of the module, as a whole."""
        return Unknown(Hole(HoleKind.EXPRESSION, "too many evaluation steps", here(at)), at)

    def bounded(self, value: Value, at: Location) -> Value:
        """The value, if it is not too large to be handed on; its size is paid for."""
        size = _size(value)
        if size is None:
            reason = f"a value of more than {limits.ELEMENTS} parts or {limits.DEPTH} levels"
            return out_of_bounds(limits.named(reason, "elements", "depth"), at)
        return value if self.take(at, size) else self.exhausted(at)


def _size(value: Value) -> int | None:
    """The parts of a value and its characters as steps; None if they are too many or too deeply nested."""
    parts, characters = 0, 0
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        parts += 1
        if parts > limits.ELEMENTS or depth > limits.DEPTH:
            return None
        if isinstance(one, Text):
            parts += len(one.parts)
            characters += sum(len(part) for part in one.parts if isinstance(part, str))
        else:
            waiting.extend((inner, depth + 1) for inner in _inside(one))
    return parts + characters // _TEXT_PER_STEP


def _inside(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Items):
        return value.items
    if isinstance(value, Fields):
        return tuple(field.value for field in value.fields)
    if isinstance(value, Encoded):
        return (value.value,)
    return (value.when_true, value.when_false) if isinstance(value, Choice) else ()
