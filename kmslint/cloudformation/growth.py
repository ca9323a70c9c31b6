"""How much a template, with those nested in it, may grow before it is read."""

from __future__ import annotations

from kmslint import limits
from kmslint.cloudformation.budget import Budget


class Growth:
    """What is left of it."""

    def __init__(self, budget: Budget) -> None:
        """The budget is that of all evaluation in them."""
        self.budget = budget
        self._nodes = 0
        self._characters = 0
        self._files = 0

    def makes(self, nodes: int) -> bool:
        """Whether loops may make so many nodes more."""
        self._nodes += nodes
        return self._nodes <= limits.LOOP_NODES

    def looks_up(self) -> bool:
        """Whether one more file to include may be looked for."""
        self._files += 1
        return self._files <= limits.READ_FILES

    def includes(self, characters: int) -> bool:
        """Whether so many characters more may be included."""
        self._characters += characters
        return self._characters <= limits.INCLUDED_CHARACTERS
