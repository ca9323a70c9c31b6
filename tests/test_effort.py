"""What the judging of one input may take: which questions count, and how much."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kmslint import limits
from kmslint.access import effort, namesakes
from kmslint.access.conditions import conditions_hold
from kmslint.access.effort import EffortError, bounded, spend
from kmslint.access.namesakes import speaking
from kmslint.access.principals import meant
from kmslint.access.situation import Situation
from kmslint.model.policy import Statement
from plain_policies import KEY, OWN, Plain, accounts_of, action_of, caller_of, document

SITUATION = Situation(caller_of("role/Dev"), action_of("kms:Decrypt"), KEY, accounts_of())
TWO: Plain = {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "StringLike": {"kms:ViaService": "s3.*"}}


def cost(work: Callable[[], object]) -> int:
    """The decisions that it takes."""
    with bounded():
        work()
        return limits.DECISIONS - effort._PURSE.left


def statement(principals: int = 1, condition: Plain = None) -> Statement:
    roles = [f"arn:aws:iam::{OWN}:role/Role{number}" for number in range(principals)]
    return document([{"Effect": "Allow", "Principal": {"AWS": roles}, "Condition": condition}]).statements[0]


@pytest.mark.parametrize(
    ("work", "decisions"),
    [
        (lambda: conditions_hold(statement(), SITUATION), 1),
        (lambda: conditions_hold(statement(condition=TWO), SITUATION), 3),
        (lambda: meant(statement(principals=3), SITUATION), 3),
        # Of many principals only the namesakes are looked at,
        (lambda: meant(statement(principals=namesakes.FEW + 1), SITUATION), 0),
        # and statements are sorted by whom they name, eight in the time of one decision.
        (lambda: speaking(tuple(statement() for _ in range(24)), SITUATION.caller), 3),
    ],
)
def test_what_questions_take(work: Callable[[], object], decisions: int) -> None:
    assert cost(work) == decisions


def test_the_one_too_many_is_refused_and_so_is_each_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = effort._PURSE.left  # nothing is bounded
    monkeypatch.setattr(limits, "DECISIONS", 2)
    with bounded():
        spend(2)
        for _ in range(2):
            with pytest.raises(EffortError, match=r"^takes more than 2 decisions to judge; --limit decisions=N raises"):
                spend(1)
        with bounded():  # another input has as much again
            spend(2)
        with pytest.raises(EffortError):
            spend(0)
    assert effort._PURSE.left == before
