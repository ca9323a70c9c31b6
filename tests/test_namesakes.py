"""Whoever is left out of a comparison would not have been the caller."""

from __future__ import annotations

import time
from itertools import product

import pytest

from kmslint.access import namesakes, principals
from kmslint.access.caller import ANYBODY, ROOT_USER, SOME_ROLE, Caller, named
from kmslint.access.situation import Situation
from kmslint.lint import lint_text
from kmslint.location import Location, Source
from kmslint.model.accounts import Accounts
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import Text, text
from plain_policies import KEY, action_of

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
)
NAMED = tuple(text(value, AT) for value in TEXTS if "/" in value)
CALLERS = (ROOT_USER, SOME_ROLE, ANYBODY, *(named(value) for value in NAMED))
ACCOUNTS = (
    Accounts(text("111122223333", AT)),
    Accounts(None, frozenset(), frozenset({"111122223333"})),
    Accounts(None, frozenset(), frozenset({"111122223333", "444455556666"})),
)


def principal(value: str, typed: bool = False) -> Principal:
    return Principal(PrincipalType.AWS, text(value, AT)._replace(typed=typed))


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
    }


def test_few_are_compared_one_by_one() -> None:
    assert namesakes.namesakes(LISTED[: namesakes.FEW], SOME_ROLE) == LISTED[: namesakes.FEW]


def test_a_caller_of_whom_little_is_known_is_held_against_all() -> None:
    unknown = SOME_ROLE._replace(unnamed=False, arn=Text((), AT))
    assert namesakes.namesakes(LISTED, unknown) == LISTED


def seconds(roles: int) -> float:
    listed = ", ".join(f'"arn:aws:iam::111122223333:role/team/number{number}"' for number in range(roles))
    statement = f'{{"Effect": "Allow", "Principal": {{"AWS": [{listed}]}}, "Action": "kms:*", "Resource": "*"}}'
    key = f'{{"Type": "AWS::KMS::Key", "Properties": {{"KeyPolicy": {{"Statement": [{statement}]}}}}}}'
    start = time.process_time()
    assert lint_text("a.json", f'{{"Resources": {{"K": {key}}}}}'.encode()).keys
    return time.process_time() - start


def test_many_roles_take_no_more_time_each() -> None:
    seconds(10)
    assert seconds(800) < 6 * max(seconds(200), 0.05)
