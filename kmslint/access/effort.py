"""What the judging of one stack or module may take: decisions, which are counted where they are made.

A statement that is held against a request is one, and so is each principal and each condition of it that is looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from kmslint import limits
from kmslint.errors import KmslintError


class EffortError(KmslintError):
    """There are more decisions to be made than may be: what was asked stays unanswered."""

    def __init__(self) -> None:
        super().__init__(too_many())


class _Purse:
    left = sys.maxsize


_PURSE = _Purse()


def too_many() -> str:
    """The words for it."""
    return limits.named(f"takes more than {limits.DECISIONS} decisions to judge", "decisions")


@contextmanager
def bounded() -> Iterator[None]:
    """As long as it lasts decisions are counted: the one too many raises EffortError, and so does each after it."""
    before, _PURSE.left = _PURSE.left, limits.DECISIONS
    try:
        yield
    finally:
        _PURSE.left = before


def spend(decisions: int) -> None:
    """Count some. Raises EffortError."""
    _PURSE.left -= decisions
    if _PURSE.left < 0:
        raise EffortError
