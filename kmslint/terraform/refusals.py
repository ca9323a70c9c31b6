"""What Terraform refuses in a module, as far as anybody wants to read it."""

from __future__ import annotations

from kmslint import limits
from kmslint.errors import Problem
from kmslint.location import Location


class Refusals:
    """The first problems of many; from some number on only that there are more."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, reason: str, at: Location) -> None:
        """Note a reason, at the place that it holds for."""
        if len(self.problems) == limits.REFUSALS:
            reason = limits.named(f"more than {limits.REFUSALS} declarations that Terraform refuses", "refusals")
        if len(self.problems) <= limits.REFUSALS:
            self.problems.append(Problem(at.path, reason, at))
