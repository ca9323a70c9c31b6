"""What is known of open conditions together, held against trying every combination."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

import pytest

from kmslint import limits
from kmslint.model.facts import AllOf, Equals, Facts, Meaning
from kmslint.values import ALWAYS, Guard, Guards
from kmslint.verdict import NO, UNKNOWN, YES, Verdict

DEV, PROD = Guard("IsDev", True), Guard("IsProd", True)
NOT_DEV, NOT_PROD = Guard("IsDev", False), Guard("IsProd", False)
LARGE, NOT_LARGE = Guard("Large", True), Guard("Large", False)
FREE = Guard("Free", True)
MEANINGS: dict[str, Meaning] = {
    "IsProd": Equals("Env", "prod"),
    "AlsoProd": Equals("Env", "prod"),
    "IsDev": Equals("Env", "dev"),
    "Large": Equals("Size", "large"),
    "NotProd": AllOf(frozenset({NOT_PROD})),
    "Neither": AllOf(frozenset({NOT_PROD, NOT_DEV})),
    "LargeProd": AllOf(frozenset({LARGE, PROD})),
    "Nested": AllOf(frozenset({Guard("LargeProd", False), Guard("Neither", False), FREE})),
}
TEXTS: list[dict[str, frozenset[str]]] = [
    {},
    {"Env": frozenset({"prod", "dev"})},
    {"Env": frozenset({"dev", "test"}), "Size": frozenset({"large"})},
    {"Env": frozenset({"prod", "dev"}), "Size": frozenset({"small"})},
]


def holds(condition: str, env: str, size: str, free: bool) -> bool:
    meaning = MEANINGS.get(condition)
    if isinstance(meaning, Equals):
        return meaning.text == (env if meaning.subject == "Env" else size)
    if isinstance(meaning, AllOf):
        return all(holds(guard.condition, env, size, free) == guard.holds for guard in meaning.guards)
    return free


def stacks(texts: Mapping[str, frozenset[str]]) -> Iterator[Guards]:
    """How every condition comes out, in each stack that there may be."""
    envs = texts.get("Env", {"prod", "dev", "another"})
    for env, size, free in product(envs, texts.get("Size", {"large", "another"}), (True, False)):
        yield frozenset(Guard(one, holds(one, env, size, free)) for one in (*MEANINGS, "Free"))


@pytest.mark.parametrize("texts", TEXTS)
def test_what_can_be_is_what_some_stack_is(texts: dict[str, frozenset[str]]) -> None:
    facts, every = Facts(MEANINGS, texts), list(stacks(texts))
    guards = [Guard(condition, way) for condition in (*MEANINGS, "Free") for way in (True, False)]
    for asked in (frozenset(some) for size in range(4) for some in combinations(guards, size)):
        assert facts.possible(asked) is Verdict.of(any(asked <= stack for stack in every)), asked


@pytest.mark.parametrize(
    ("given", "guards", "left"),
    [
        (ALWAYS, {PROD, FREE}, {PROD, FREE}),
        ({FREE}, {PROD, FREE}, {PROD}),
        ({PROD}, {NOT_DEV, FREE}, {FREE}),
        ({PROD}, {NOT_DEV}, ALWAYS),
        ({PROD}, {DEV, FREE}, None),
        ({PROD, LARGE}, {Guard("LargeProd", False)}, None),
        ({PROD}, {Guard("LargeProd", False)}, {Guard("LargeProd", False)}),
        (ALWAYS, {PROD, DEV}, None),
    ],
)
def test_what_is_still_open(given: Guards, guards: set[Guard], left: Guards | None) -> None:
    assert Facts(MEANINGS).under(frozenset(given)).open_part(frozenset(guards)) == left


def test_what_is_given_adds_up() -> None:
    facts = Facts(MEANINGS, TEXTS[1]).under(frozenset({FREE}))
    assert facts.under(ALWAYS) is facts
    under = facts.under(frozenset({NOT_DEV}))
    assert under.given == {FREE, NOT_DEV}
    assert (under.possible((PROD,)), under.possible((NOT_PROD,))) == (YES, NO)


class Asked:
    """Meanings that say what was asked."""

    def __init__(self) -> None:
        self.conditions: list[str] = []

    def get(self, condition: str, /) -> Meaning | None:
        self.conditions.append(condition)
        return MEANINGS.get(condition)


def test_nothing_is_asked_of_what_hangs_on_nothing_or_is_given() -> None:
    asked = Asked()
    assert Facts(asked).under(frozenset({PROD})).open_part(frozenset({PROD})) == ALWAYS
    assert asked.conditions == []


@pytest.mark.parametrize(
    ("guards", "cost"),
    [
        ((FREE, LARGE, PROD), 3),
        # Itself, and the two that it is made of.
        ((Guard("LargeProd", True),), 3),
        # Itself and the one other; what must not hold at once is tried until one way is found: its two conditions,
        # a copy of what is known, and one condition more.
        ((Guard("LargeProd", False), FREE), 2 + 2 + 2 + 1),
        # What does not hold and is made of one other: that does not hold, or does, and nothing has to be tried.
        ((Guard("NotProd", False),), 2),
        # One of the two does not hold already: nothing is tried.
        ((Guard("LargeProd", False), NOT_LARGE), 2 + 2),
        # The first way that is tried is none: the second costs another copy.
        ((Guard("LargeProd", False), PROD), 2 + 2 + 2 + 1 + 2 + 1),
        # The last that must not hold at once goes first, and the copies of what is known hold the other.
        ((Guard("Neither", False), Guard("LargeProd", False)), 2 + (2 + 3 + 1) + (2 + 3 + 1)),
    ],
)
def test_what_an_answer_costs(guards: tuple[Guard, ...], cost: int) -> None:
    """UNKNOWN below that; whoever asks again has what is left."""
    for steps, answers in (
        (2 * cost, [YES, YES]),
        (2 * cost - 1, [YES, UNKNOWN]),
        (cost, [YES, UNKNOWN]),
        (cost - 1, [UNKNOWN, UNKNOWN]),
    ):
        facts = Facts(MEANINGS, steps=steps)
        assert [facts.possible(guards), facts.possible(guards)] == answers


def test_one_question_that_costs_too_much_does_not_spoil_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FACT_STEPS", 2)
    facts = Facts(MEANINGS)
    assert [facts.possible(asked) for asked in ((PROD, LARGE, FREE), (PROD, LARGE), (PROD, DEV))] == [UNKNOWN, YES, NO]


def test_what_costs_too_much_is_left_at_once() -> None:
    asked = Asked()
    assert Facts(asked, steps=1).possible(Guard(f"C{number}", True) for number in range(9)) is UNKNOWN
    assert len(asked.conditions) == 2


def test_what_must_not_hold_at_once_is_left_as_soon_as_it_costs_too_much() -> None:
    """However much there is of it."""
    numbers = range(3000)
    meanings = {f"C{number}": AllOf(frozenset({Guard(f"A{number}", True), FREE})) for number in numbers}
    assert Facts(meanings, steps=4000).possible(Guard(f"C{number}", False) for number in numbers) is UNKNOWN
