"""What a long run tells of itself while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Step(NamedTuple):
    """A piece of work that is about to begin."""

    what: str
    """`reading` or `judging`."""
    number: int
    """From 1."""
    total: int
    path: str
    """The file or directory that it is about."""


Watch = Callable[[Step], None]
"""Somebody who is told of each step."""


def unwatched(_step: Step) -> None:
    """Nobody."""


class Steps:
    """Tells of steps of one kind, and counts them."""

    def __init__(self, watch: Watch, what: str, total: int) -> None:
        self._watch = watch
        self._what = what
        self._total = total
        self._number = 0

    def begin(self, path: str) -> None:
        """Tells of the next step."""
        self._number += 1
        self._watch(Step(self._what, self._number, self._total, path))
