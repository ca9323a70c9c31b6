"""The ways a policy can come out when parts of it hang on open conditions, as far as they make a difference.

Nothing is tried out in all combinations: a question is asked with what is open left open, and a condition is settled
only where the answer hangs on it. Thirty conditions that do not matter cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import eq
from typing import NamedTuple, TypeVar

from kmslint import limits
from kmslint.model.policy import Document
from kmslint.model.ways import Ways, fewest
from kmslint.values import ALWAYS, Doubt, Guard, Guards, unsettled
from kmslint.verdict import UNKNOWN, YES

Answer = TypeVar("Answer")
Ask = Callable[[Document], Answer]
Hinge = Callable[[Document, Answer], str | None]
"""The condition on which an answer hangs; None for one that stands, whatever comes of the others."""


class World(NamedTuple):
    """One way a document can come out, or several that make no difference."""

    document: Document
    outcome: Guards
    """How conditions came out."""
    hanging: str = ""
    """A condition on which the answer hangs all the same: they are too many, or cannot be seen through."""


def explore(document: Document, ask: Ask[Answer], hinge: Hinge[Answer]) -> list[tuple[World, Answer]]:
    """The answer in every way the document can come out, each way once.

    Beyond `limits.BRANCHES` of them, answers are left that hang on something.
    """
    found: list[tuple[World, Answer]] = []
    pending = [World(document, ALWAYS)]
    while pending:
        world = pending.pop()
        answer = ask(world.document)
        condition = hinge(world.document, answer)
        is_full = len(found) + len(pending) + 2 > limits.BRANCHES
        ways = None if condition is None or is_full else _ways(world, condition, document)
        if ways is None:
            found.append((world._replace(hanging=_unsettled(condition, is_full) if condition else ""), answer))
        else:
            pending.extend(ways)
    return found


def _unsettled(condition: str, is_full: bool) -> str:
    """The condition, with the bound for which it stays open."""
    if is_full:
        return unsettled(condition, limits.named(f"more than {limits.BRANCHES} ways to look at", "branches"))
    return unsettled(condition, limits.named("too many conditions together", "fact-steps", "fact-steps-in-all"))


def _ways(world: World, condition: str, document: Document) -> list[World] | None:
    """The ways a condition can come out there; None where that cannot be told."""
    ways = []
    for holds in (False, True):
        guard = Guard(_spelt(condition, document), holds)
        possible = world.document.facts.possible((guard,))
        if possible is UNKNOWN:
            return None
        if possible is YES:
            ways.append(World(world.document.under(frozenset({guard})), world.outcome | {guard}))
    return ways


def _spelt(condition: str, document: Document) -> str:
    """The condition; as a Doubt if it is one anywhere in the document."""
    conditions = (guard.condition for guards in document.presence() for guard in guards)
    doubts = (condition for condition in conditions if isinstance(condition, Doubt))
    return next((doubt for doubt in doubts if doubt == condition), condition)


def told_from(
    document: Document, found: Sequence[tuple[World, Answer]], wanted: Callable[[Answer], bool]
) -> tuple[Ways, tuple[Guards, ...]]:
    """The fewest conditions under which the answer is a wanted one; and the outcomes that only doubts tell apart."""
    outcomes: tuple[list[Guards], list[Guards]] = [], []
    for world, answer in found:
        outcomes[wanted(answer)].append(world.outcome)
    others, chosen = outcomes
    return fewest(chosen, others, document.facts)


def ways_by_answer(document: Document, ask: Ask[Answer], hinge: Hinge[Answer]) -> dict[Answer, Ways]:
    """Under which conditions each answer holds; one that only doubts tell from the others is left out."""
    found = explore(document, ask, hinge)
    ways: dict[Answer, Ways] = {}
    for wanted in dict.fromkeys(answer for _, answer in found):
        ways[wanted], _ = told_from(document, found, partial(eq, wanted))
    return {answer: each for answer, each in ways.items() if each}
