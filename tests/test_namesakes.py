"""Whoever is left out of a comparison would not have been the caller."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import product
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from kmslint.access import namesakes, operators, principals
from kmslint.access.caller import ANYBODY, ROOT_USER, SOME_ROLE, Caller, named, service
from kmslint.access.key_policy import key_policy_says
from kmslint.access.situation import Situation
from kmslint.lint import lint_text
from kmslint.location import Location, Source
from kmslint.model.accounts import Accounts
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import Text, text, unknown
from plain_policies import KEY, action_of, document, words

AT = Location(Source("a.yaml", ""), 0, 0)
TEXTS = (
    *(
        "*",
        "111122223333",
        "role/Dev",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/*",
        "AROAEXAMPLE",
    ),
    *("arn:aws:iam::111122223333:role/Dev", "arn:aws:iam::111122223333:role/app/Dev", "arn:aws:iam:::role/Dev"),
    *(
        "arn:aws:iam::111122223333:user/Dev",
        "arn:aws:iam::444455556666:role/Dev",
        "arn:aws-cn:iam::111122223333:role/Dev",
    ),
    *(
        "arn:aws:sts::111122223333:assumed-role/Dev/me",
        "arn:aws:sts::111122223333:assumed-role/Ops/me",
        "arn:aws:iam::1:role/Dev",
    ),
    *(
        "arn:aws:sts::111122223333:federated-user/Dev",
        "arn:aws:sts::111122223333:assumed-role/Dev",
        "arn:aws:iam::x:group/Dev",
    ),
    *(
        "arn:aws:sts::111122223333:role/Dev",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:role/Ops",
        "arn:",
    ),
    *("arn:<partition>:iam::<own>:role/Dev", "arn:aws:iam::<Account>:role/Ops", "arn:aws:iam::<own>:role/<Name>"),
    *("arn:<partition>:sts::<own>:assumed-role/Dev/me", "arn:aws:iam::<own>:user/a/Ops", "<role Dev>", "<own>"),
    "arn:aws:sts::111122223333:assumed-role/Dev/you",
)
NAMED = tuple(words(value) for value in TEXTS if "/" in value)
CALLERS = (ROOT_USER, SOME_ROLE, ANYBODY, *(named(value) for value in NAMED))
ACCOUNTS = (
    Accounts(text("111122223333", AT)),
    Accounts(None, frozenset(), frozenset({"111122223333"})),
    Accounts(None, frozenset(), frozenset({"111122223333", "444455556666"})),
)


def principal(value: str, typed: bool = False) -> Principal:
    return Principal(PrincipalType.AWS, words(value)._replace(typed=typed))


LISTED = tuple(principal(value) for value in TEXTS)


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: str(caller.arn))
def test_nobody_who_is_left_out_may_be_the_caller(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namesakes, "FEW", 0)
    kept = namesakes.namesakes(LISTED, caller)
    out = [one for one in LISTED if one not in kept]
    for one, accounts, own in product(out, ACCOUNTS, (True, False)):
        situation = Situation(caller._replace(own=own), action_of("kms:Decrypt"), KEY, accounts)
        assert principals.reached(one, situation) == principals.NOBODY, one


def test_most_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namesakes, "FEW", 0)
    kept = namesakes.namesakes(LISTED, named(text("arn:aws:iam::111122223333:role/Ops", AT)))
    assert {str(one.value) for one in kept if "/" in str(one.value)} == {
        "role/Dev",
        "arn:aws:iam:::role/Dev",
        "arn:aws:iam::x:group/Dev",
        "arn:aws:iam::111122223333:role/Ops",
        "arn:aws:sts::111122223333:assumed-role/Ops/me",
        "arn:aws:iam::${Account}:role/Ops",
        "arn:aws:iam::${AWS::AccountId}:role/${Name}",
        "arn:aws:iam::${AWS::AccountId}:user/a/Ops",
        "arn:${AWS::Partition}:sts::${AWS::AccountId}:assumed-role/Dev/me",
    }


def test_whoever_is_not_known_is_held_against_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namesakes, "FEW", 0)
    nobody_knows = Principal(PrincipalType.AWS, unknown("x", AT))
    service = Principal(PrincipalType.SERVICE, text("logs.amazonaws.com", AT))
    listed = (principal("arn:aws:iam::111122223333:role/Dev"), nobody_knows, service)
    assert namesakes.namesakes(listed, named(text("arn:aws:iam::111122223333:role/Ops", AT))) == (nobody_knows, service)


NAMES = tuple(
    principal(f"arn:aws:{one}")
    for one in (
        "iam::111122223333:role/Dev",
        "sts::111122223333:assumed-role/Dev/me",
        "sts::111122223333:federated-user/Dev",
        "iam::111122223333:user/Dev",
    )
)


@pytest.mark.parametrize(
    ("caller", "kept"),
    [
        (ROOT_USER, []),
        (SOME_ROLE, []),
        (service(text("logs.amazonaws.com", AT)), []),
        (named(text("arn:aws:iam::111122223333:role/Dev", AT)), [0, 1, 2, 3]),
        (named(text("arn:aws:sts::111122223333:assumed-role/Dev/me", AT)), [1, 0, 3]),
        (named(text("arn:aws:sts::111122223333:federated-user/Dev", AT)), [2, 0, 3]),
    ],
)
def test_no_session_is_another_one_and_no_name_is_nobody_s(
    caller: Caller, kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namesakes, "FEW", 0)
    assert namesakes.namesakes(NAMES, caller) == tuple(NAMES[at] for at in kept)


def test_few_are_compared_one_by_one() -> None:
    assert namesakes.namesakes(LISTED[: namesakes.FEW], SOME_ROLE) == LISTED[: namesakes.FEW]


def test_a_caller_of_whom_little_is_known_is_held_against_all() -> None:
    unknown = SOME_ROLE._replace(unnamed=False, arn=Text((), AT))
    assert namesakes.namesakes(LISTED, unknown) == LISTED


PATTERNS = (
    *TEXTS[1:],
    "arn:aws:iam::*:role/Dev",
    "arn:aws:iam::111122223333:role/D?v",
    "arn:aws:iam::${aws:x}:role/Dev",
)


def policy(random: Random) -> list[dict[str, Any]]:
    """Statements that name some, or test for them."""
    statements = []
    for _ in range(6):
        who = random.sample(TEXTS, random.choice((1, 1, 2, 3)))
        statement: dict[str, Any] = {
            "Effect": random.choice(("Allow", "Allow", "Deny")),
            "Action": "kms:*",
            "Resource": "*",
        }
        denies = statement["Effect"] == "Deny"
        statement["NotPrincipal" if denies and random.random() < 0.3 else "Principal"] = {"AWS": who}
        if random.random() < 0.4:
            operator = random.choice(
                ("ArnLike", "ArnNotLike", "StringEquals", "StringNotLike", "StringEqualsIgnoreCase")
            )
            statement["Condition"] = {operator: {"aws:PrincipalArn": random.sample(PATTERNS, 4)}}
        statements.append(statement)
    return statements


@pytest.mark.parametrize("seed", range(15))
def test_an_answer_is_that_of_a_comparison_with_all(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written = document(policy(Random(seed)))
    for caller, accounts, own in product(CALLERS, ACCOUNTS, (True, False)):
        situation = Situation(caller._replace(own=own), action_of("kms:Decrypt"), KEY, accounts)
        monkeypatch.setattr(namesakes, "FEW", 0)
        of_few = key_policy_says(written, situation)
        monkeypatch.setattr(namesakes, "FEW", 1000)
        assert key_policy_says(written, situation) == of_few, (str(caller.arn), own)


def test_statements_stay_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namesakes, "FEW", 0)
    dev, ops = "arn:aws:iam::111122223333:role/Dev", "arn:aws:iam::111122223333:role/Ops"
    listed = document([{"Effect": "Allow", "Principal": {"AWS": one}, "Sid": one[-3:]} for one in (dev, "*", ops, dev)])
    spoken = namesakes.speaking(listed.statements, named(text(dev, AT)))
    assert spoken == (listed.statements[0], listed.statements[1], listed.statements[3])


ROLE = "arn:aws:iam::111122223333:role/team/number"


def listing(roles: Sequence[str]) -> list[dict[str, Any]]:
    return [{"Effect": "Allow", "Principal": {"AWS": roles}, "Action": "kms:*", "Resource": "*"}]


def one_by_one(roles: Sequence[str]) -> list[dict[str, Any]]:
    return [statement for role in roles for statement in listing([role])]


def excepting(roles: Sequence[str]) -> list[dict[str, Any]]:
    condition = {"ArnNotLike": {"aws:PrincipalArn": roles}}
    return [
        *listing(roles),
        {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": condition},
    ]


def sessions(roles: Sequence[str]) -> list[dict[str, Any]]:
    return listing([f"arn:aws:sts::111122223333:assumed-role/Dev/{role.rpartition('/')[2]}" for role in roles])


def comparisons(roles: int, write: Callable[[Sequence[str]], list[dict[str, Any]]]) -> int:
    """How often a caller is held against somebody, or against an ARN in a condition."""
    policy = {"Statement": write([f"{ROLE}{number}" for number in range(roles)])}
    resources = {"K": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}}
    with (
        patch.object(principals, "reached", wraps=principals.reached) as reached,
        patch.object(operators, "_one", wraps=operators._one) as tested,
    ):
        assert lint_text("a.json", json.dumps({"Resources": resources}).encode()).keys
    return reached.call_count + tested.call_count


@pytest.mark.parametrize("write", [listing, one_by_one, excepting, sessions])
def test_each_of_many_roles_is_compared_as_often(write: Callable[[Sequence[str]], list[dict[str, Any]]]) -> None:
    """Not with every other one: 400 roles took three seconds, and 800 four times as many."""
    assert comparisons(80, write) < 2.5 * comparisons(40, write)
