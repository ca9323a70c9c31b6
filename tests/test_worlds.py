"""The ways a policy can come out: where the looking at them ends, and what is said then."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.access.worlds import World, explore, told_from, ways_by_answer
from kmslint.model.policy import Document
from kmslint.values import Doubt, Guard, Unsettled
from plain_policies import OWN, Plain, document

ALLOW: dict[str, Plain] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}


def guarded(*conditions: str) -> Document:
    return document([{"if": condition, "then": ALLOW, "else": None} for condition in conditions])


def labels(world: Document) -> int:
    """How many statements may be there."""
    return len(world.statements)


def first_open(world: Document, _answer: int) -> str | None:
    """The answer hangs on every condition."""
    return next((min(one.guards).condition for one in world.statements if one.guards), None)


def hanging(found: list[tuple[World, int]]) -> list[Unsettled]:
    return [world.hanging for world, _ in found if isinstance(world.hanging, Unsettled)]


def outcome(world: World) -> str:
    return " ".join(sorted(guard.condition if guard.holds else f"not {guard.condition}" for guard in world.outcome))


def test_each_way_is_looked_at_once() -> None:
    found = explore(guarded("A", "B"), labels, first_open)
    told = {outcome(world): count for world, count in found}
    assert told == {"A B": 2, "A not B": 1, "B not A": 1, "not A not B": 0}
    assert (len(found), hanging(found)) == (4, [])


def test_beyond_so_many_ways_the_answer_hangs_on_a_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BRANCHES", 2)
    found = explore(guarded("A", "B"), labels, first_open)
    assert len(found) == 2
    assert hanging(found) == ["B", "B"]
    for one in hanging(found):
        assert one.bound == limits.named("more than 2 ways to look at", "branches")


def test_a_condition_that_takes_too_long_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FACT_STEPS", 0)
    ((world, count),) = explore(guarded("A", "B"), labels, first_open)
    assert (count, world.outcome, hanging([(world, count)])) == (2, frozenset(), ["A"])
    (one,) = hanging([(world, count)])
    assert one.bound == limits.named("too many conditions together", "fact-steps", "fact-steps-in-all")


def test_what_stands_hangs_on_nothing() -> None:
    ((world, count),) = explore(guarded("A"), labels, lambda _world, _count: None)
    assert (world.outcome, world.hanging, count) == (frozenset(), "", 1)


def test_what_is_a_doubt_anywhere_is_one_in_the_outcome() -> None:
    """No way is told by a Doubt, even if the condition is met first where it is none."""
    (one,) = document([ALLOW]).statements
    conditions = (Doubt("B"), "A", Doubt("A"))
    statements = tuple(one._replace(guards=frozenset({Guard(condition, True)})) for condition in conditions)
    policy = document([ALLOW])._replace(statements=statements)

    def hinge(world: Document, _answer: int) -> str | None:
        return "A" if any(guard.condition == "A" for one in world.statements for guard in one.guards) else None

    found = explore(policy, labels, hinge)
    settled = [guard.condition for world, _ in found for guard in world.outcome]
    assert settled == ["A", "A"]
    assert {type(condition) for condition in settled} == {Doubt}
    assert told_from(policy, found, lambda count: count == 3)[0] == ()
    assert ways_by_answer(policy, labels, hinge) == {}


def test_the_ways_of_each_answer() -> None:
    yes, no = Guard("A", True), Guard("A", False)
    assert ways_by_answer(guarded("A"), labels, first_open) == {1: (frozenset({yes}),), 0: (frozenset({no}),)}
