"""What the evaluation of one template may cost."""

from __future__ import annotations

from collections.abc import Callable

from kmslint import limits
from kmslint.location import Location
from kmslint.values import Encoded, Items, Text, Value

_CHARACTERS = 64
"""Characters that make up one step."""
_ENCODED = 1024
"""Characters that a value counts for where its JSON text is put into another text."""
_ELEMENT = 8
"""Characters that an element of a list counts for."""


class Budget:
    """Steps and depth left. What a bound cuts off is unknown, and a problem says so once."""

    def __init__(self, report: Callable[[str, Location], None]) -> None:
        self._report = report
        self._steps = 0
        self._depth = 0
        self._reported: set[str] = set()

    def enter(self, at: Location, characters: int = 0) -> bool:
        """Whether one more node may be evaluated inside the others; `leave` follows if so."""
        if self._depth >= limits.DEPTH:
            self._say(limits.named(f"nested more than {limits.DEPTH} deep", "depth"), at)
            return False
        if not self.spend(characters, at):
            return False
        self._depth += 1
        return True

    def leave(self) -> None:
        """The node is done."""
        self._depth -= 1

    def spend(self, characters: int, at: Location) -> bool:
        """Whether there are steps left to work on so many characters."""
        self._steps += 1 + characters // _CHARACTERS
        if self._steps > limits.STEPS:
            self._say(limits.named(f"more than {limits.STEPS} evaluation steps", "steps"), at)
        return self._steps <= limits.STEPS

    def spend_elements(self, elements: int, at: Location) -> bool:
        """Whether there are steps left to work on so many elements."""
        return self.spend(_ELEMENT * elements, at)

    def _say(self, reason: str, at: Location) -> None:
        if reason not in self._reported:
            self._reported.add(reason)
            self._report(reason, at)


def size(value: Value) -> int:
    """How many characters it takes to work on a value."""
    if isinstance(value, Text):
        return sum(len(part) if isinstance(part, str) else 1 for part in value.parts)
    if isinstance(value, Items):
        return sum(_ELEMENT + (size(item) if isinstance(item, Text) else 0) for item in value.items)
    return _ENCODED if isinstance(value, Encoded) else 1
