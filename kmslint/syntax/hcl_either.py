"""One of the two readers of HCL: python-hcl2's grammar where tree-sitter's fails, as far as the budget allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kmslint.errors import InputError
from kmslint.syntax.hcl_budget import Budget

Read = TypeVar("Read")


def by_either(first: Callable[[], Read], second: Callable[[], Read], characters: int, budget: Budget) -> Read:
    """What either reader makes of so many characters. Raises the first one's InputError if neither takes them."""
    try:
        return first()
    except InputError as complaint:
        refused = budget.second_may(characters)
        if refused and refused in complaint.problem.reason:
            raise
        if refused:
            reason = f"{complaint.problem.reason} (the second reader: {refused})"
            raise InputError(complaint.problem._replace(reason=reason)) from None
        try:
            return second()
        except InputError:
            raise complaint from None
