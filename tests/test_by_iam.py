"""What an identity may do with a key by its IAM policies, as far as one can be certain."""

from __future__ import annotations

import pytest

from kmslint.access.by_iam import may_with
from kmslint.access.other_policies import ADMINISTRATOR, NOTHING, OtherPolicies
from kmslint.access.situation import Situation
from kmslint.model.estate import KeyPolicy, PolicyOrigin
from kmslint.verdict import NO, UNKNOWN, YES, Verdict
from plain_policies import HERE, KEY, accounts_of, action_of, caller_of, words


def situation(caller: str) -> Situation:
    return Situation(caller_of(caller), action_of("kms:Decrypt"), KEY, accounts_of())


@pytest.mark.parametrize(
    ("caller", "policies", "verdict"),
    [
        ("role/Dev", ADMINISTRATOR, YES),
        ("role/Dev", NOTHING, NO),
        ("444455556666 role/Dev", ADMINISTRATOR, UNKNOWN),
        ("<role Dev>", ADMINISTRATOR, UNKNOWN),
    ],
)
def test_by_the_default_key_policy(caller: str, policies: OtherPolicies, verdict: Verdict) -> None:
    assert may_with(policies, situation(caller)) is verdict


def test_a_key_policy_that_cannot_be_seen_leaves_it_open() -> None:
    unseen = KEY._replace(policy=KeyPolicy(PolicyOrigin.EXPLICIT, HERE))
    assert may_with(ADMINISTRATOR, situation("role/Dev")._replace(key=unseen)) is UNKNOWN


def test_who_may_be_of_another_account_is_left_open() -> None:
    dev = caller_of("role/Dev")._replace(arn=words("arn:aws:iam::<account>:role/Dev"))
    assert may_with(ADMINISTRATOR, situation("role/Dev")._replace(caller=dev)) is UNKNOWN
