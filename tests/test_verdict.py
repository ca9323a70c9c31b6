"""Three-valued logic, over one request and over all of them."""

from __future__ import annotations

from itertools import product

import pytest

from kmslint.verdict import (
    ALWAYS,
    NEVER,
    NO,
    SOMETIMES,
    UNDECIDED,
    UNKNOWN,
    YES,
    Truth,
    Verdict,
    agreed,
    all_of,
    any_of,
    both,
    constant,
    either,
    negate,
    opposite,
)

CONSISTENT = [
    Truth(some, every)
    for some, every in product(Verdict, repeat=2)
    if not (every is YES and some is not YES) and not (some is NO and every is not NO)
]


@pytest.mark.parametrize(
    ("verdicts", "conjunction", "disjunction"),
    [
        ((), YES, NO),
        ((YES,), YES, YES),
        ((YES, NO), NO, YES),
        ((YES, UNKNOWN), UNKNOWN, YES),
        ((NO, UNKNOWN), NO, UNKNOWN),
        ((UNKNOWN, NO, YES), NO, YES),
        ((UNKNOWN, UNKNOWN), UNKNOWN, UNKNOWN),
    ],
)
def test_kleene(verdicts: tuple[Verdict, ...], conjunction: Verdict, disjunction: Verdict) -> None:
    assert all_of(verdicts) is conjunction
    assert any_of(verdicts) is disjunction


@pytest.mark.parametrize(("verdict", "negated"), [(YES, NO), (NO, YES), (UNKNOWN, UNKNOWN)])
def test_negation(verdict: Verdict, negated: Verdict) -> None:
    assert negate(verdict) is negated


@pytest.mark.parametrize("verdicts", list(product(Verdict, repeat=2)))
def test_de_morgan(verdicts: tuple[Verdict, Verdict]) -> None:
    assert negate(all_of(verdicts)) is any_of(map(negate, verdicts))


def test_of_a_boolean() -> None:
    assert (Verdict.of(True), Verdict.of(False)) == (YES, NO)


@pytest.mark.parametrize(
    ("truth", "negated"),
    [
        (ALWAYS, NEVER),
        (NEVER, ALWAYS),
        (SOMETIMES, SOMETIMES),
        (UNDECIDED, UNDECIDED),
        (Truth(YES, UNKNOWN), Truth(UNKNOWN, NO)),
        (Truth(UNKNOWN, NO), Truth(YES, UNKNOWN)),
    ],
)
def test_opposite(truth: Truth, negated: Truth) -> None:
    assert opposite(truth) == negated
    assert opposite(negated) == truth


@pytest.mark.parametrize("truths", list(product(CONSISTENT, repeat=2)))
def test_every_stays_within_some(truths: tuple[Truth, Truth]) -> None:
    assert both(truths) in CONSISTENT
    assert either(truths) in CONSISTENT


def test_the_neutral_elements() -> None:
    assert both(()) == ALWAYS
    assert either(()) == NEVER


@pytest.mark.parametrize(("verdict", "truth"), [(YES, ALWAYS), (NO, NEVER), (UNKNOWN, UNDECIDED)])
def test_what_does_not_depend_on_the_request(verdict: Verdict, truth: Truth) -> None:
    assert constant(verdict) == truth == Truth(verdict, verdict)


def test_what_depends_on_the_request() -> None:
    assert Truth(some=YES, every=NO) == SOMETIMES


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        *(((one, one), one) for one in Verdict),
        ((), UNKNOWN),
        ((YES, NO), UNKNOWN),
        ((NO, UNKNOWN), UNKNOWN),
        ((YES, YES, UNKNOWN), UNKNOWN),
    ],
)
def test_what_all_agree_on(verdicts: tuple[Verdict, ...], verdict: Verdict) -> None:
    assert agreed(verdicts) is verdict


@pytest.mark.parametrize("truths", list(product(CONSISTENT, repeat=2)))
def test_truths_are_joined_as_their_halves_are(truths: tuple[Truth, Truth]) -> None:
    somes, everys = [truth.some for truth in truths], [truth.every for truth in truths]
    assert both(truths) == Truth(all_of(somes), all_of(everys))
    assert either(truths) == Truth(any_of(somes), any_of(everys))
