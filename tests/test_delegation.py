"""What a key policy hands to IAM, action by action.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.access.delegation import delegates, delegates_any
from kmslint.access.effort import bounded
from kmslint.aws.actions import KEY_ACTIONS
from kmslint.verdict import NO, UNKNOWN, YES, Verdict
from plain_policies import KEY, OWN, Plain, accounts_of, action_of, document

ACCOUNT: dict[str, Plain] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}


def when(condition: Plain) -> dict[str, Plain]:
    return {**ACCOUNT, "Condition": condition}


@pytest.mark.parametrize(
    ("policy", "any_action", "administration"),
    [
        ([ACCOUNT], YES, YES),
        ([{**ACCOUNT, "Action": ["kms:Encrypt", "kms:Decrypt"]}], YES, NO),
        ([{**ACCOUNT, "NotAction": "kms:Put*", "Action": None}], YES, NO),
        ([{**ACCOUNT, "Action": "kms:PutKeyPolicy"}], YES, YES),
        # Nothing that a key policy could hand over.
        ([{**ACCOUNT, "Action": ["kms:ListKeys", "kms:CreateKey", "kms:GenerateRandom"]}], NO, NO),
        ([{**ACCOUNT, "Action": "kms:RetireGrant"}], NO, NO),
        ([{**ACCOUNT, "Resource": None}], NO, NO),
        ([{**ACCOUNT, "Resource": "arn:aws:s3:::bucket"}], NO, NO),
        ([{**ACCOUNT, "Principal": {"AWS": "444455556666"}}], NO, NO),
        ([{**ACCOUNT, "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/Dev"}}], NO, NO),
        ([{**ACCOUNT, "Principal": {"Service": "logs.amazonaws.com"}}], NO, NO),
        ([], NO, NO),
        # To everybody of the account, IAM policy or not.
        ([{**ACCOUNT, "Principal": "*"}], YES, YES),
        ([{**when({"StringEquals": {"kms:CallerAccount": OWN}}), "Principal": "*"}], YES, YES),
        # Conditions that an identity of IAM can meet, and those that it cannot.
        ([when({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}})], YES, YES),
        ([when({"Bool": {"aws:MultiFactorAuthPresent": "true"}})], YES, YES),
        ([when({"StringEquals": {"aws:PrincipalTag/Team": "blue"}})], YES, YES),
        ([when({"StringEquals": {"aws:PrincipalType": "User"}})], YES, YES),
        ([when({"StringEquals": {"aws:PrincipalType": "AssumedRole"}})], YES, YES),
        ([when({"StringEquals": {"aws:PrincipalType": "Account"}})], NO, NO),
        ([when({"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:root"}})], NO, NO),
        ([when({"StringEquals": {"kms:EncryptionContext:a": "b"}})], YES, NO),
        # Of these two only the second one's requests carry it.
        ([{**when({"StringEquals": {"kms:EncryptionContext:a": "b"}}), "Action": ["kms:Sign", "kms:CreateGrant"]}],
         YES, NO),
        ([{**when({"StringEquals": {"kms:EncryptionContext:a": "b"}}), "Action": ["kms:Sign", "kms:CreateGrant"]},
          {**ACCOUNT, "Principal": {"Service": "logs.amazonaws.com"}}], YES, NO),
        ([when({"DateLessThan": {"aws:CurrentTime": "2020-01-01"}})], NO, NO),
        ([when({"StringEquals": {"aws:ResourceTag/a": "b"}})], NO, NO),
        # Only to one role, by a condition: not to whoever is given it by IAM.
        ([when({"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/Dev"}})], NO, NO),
        # Denies.
        ([ACCOUNT, {**ACCOUNT, "Effect": "Deny", "Principal": "*"}], NO, NO),
        ([ACCOUNT, {**ACCOUNT, "Effect": "Deny", "Action": "kms:PutKeyPolicy"}], YES, NO),
        ([ACCOUNT, {**when({"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/D"}}), "Effect": "Deny"}],
         NO, NO),
        # What nobody can tell.
        ([{**ACCOUNT, "Principal": {"AWS": "<Somebody>"}}], UNKNOWN, UNKNOWN),
        ([ACCOUNT, {**ACCOUNT, "Principal": {"AWS": "<Somebody>"}}], YES, YES),
        (["<<Statement>>"], UNKNOWN, UNKNOWN),
        ([{**ACCOUNT, "Action": "<Action>"}], UNKNOWN, UNKNOWN),
        ([{"if": "C", "then": ACCOUNT, "else": None}], UNKNOWN, UNKNOWN),
        ([{"if": "C", "then": ACCOUNT, "else": {**ACCOUNT, "Principal": "*"}}], YES, YES),
        ([{"if": "C", "then": ACCOUNT, "else": {**ACCOUNT, "Action": "kms:Decrypt"}}], YES, UNKNOWN),
    ],
)  # fmt: skip
def test_delegation(policy: Plain, any_action: Verdict, administration: Verdict) -> None:
    read = document(policy)
    assert delegates_any(read, KEY, accounts_of(read)) is any_action
    assert delegates(read, KEY, accounts_of(read), action_of("kms:PutKeyPolicy")) is administration


def test_delegation_is_per_action() -> None:
    read = document([{**ACCOUNT, "Action": ["kms:Describe*", "kms:?ncrypt"]}])
    handed = {action.name for action in KEY_ACTIONS if delegates(read, KEY, accounts_of(read), action) is YES}
    assert handed == {"kms:DescribeKey", "kms:Encrypt"}


def test_actions_that_a_policy_does_not_tell_apart_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are more than forty actions, and two questions here: signing, under a condition, and the rest."""
    deny: dict[str, Plain] = {**ACCOUNT, "Effect": "Deny", "Principal": "*"}
    sign: dict[str, Plain] = {**when({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), "Action": "kms:Sign"}
    read = document([ACCOUNT, deny, sign])
    monkeypatch.setattr(limits, "DECISIONS", 40)
    with bounded():
        assert delegates_any(read, KEY, accounts_of(read)) is NO


def test_some_action_in_every_world_is_enough() -> None:
    """Whichever way the condition falls, IAM may give something on the key."""
    read = document(
        [{"if": "C", "then": {**ACCOUNT, "Action": "kms:Encrypt"}, "else": {**ACCOUNT, "Action": "kms:Decrypt"}}]
    )
    assert delegates_any(read, KEY, accounts_of(read)) is YES
