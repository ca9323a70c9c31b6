"""Grants of a key to the account that it belongs to, and what its key policy makes of them.

https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html
"""

from __future__ import annotations

import pytest

from kmslint.access.account_grants import is_left_to_iam, key_of_own_account
from kmslint.model.estate import Estate, Grant, KeyPolicy, Language
from kmslint.model.estate import PolicyOrigin as Origin
from kmslint.model.policy import Principal, PrincipalType
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, accounts_of, document, value, words

ROOT = f"arn:aws:iam::{OWN}:root"
OTHER = KEY._replace(address="OtherKey")
DELEGATES: dict[str, Plain] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}


def grant(key: Plain = "<key>", operations: Plain = None) -> Grant:
    return Grant("aws_kms_grant.x", HERE, value(key), words(ROOT), value(operations), constrained=False)


def estate(configured: str | None = OWN) -> Estate:
    return Estate("x", Language.TERRAFORM, (OTHER, KEY), accounts=accounts_of(configured=configured))


@pytest.mark.parametrize(
    ("key", "grantee", "found"),
    [
        ("<key>", ROOT, "Key"),
        ("<key>", "<own>", "Key"),
        ("<other key>", ROOT, "OtherKey"),
        ("<key>", f"arn:aws:iam::{FOREIGN}:root", None),
        # Nobody knows which key, or whose account.
        ("<Key>", ROOT, None),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", ROOT, None),
        ("<key>", "arn:aws:iam::<Account>:root", None),
        ("<key>", "<Grantee>", None),
    ],
)
def test_the_key_of_a_grant_to_its_own_account(key: str, grantee: str, found: str | None) -> None:
    named = key_of_own_account(grant(key), Principal(PrincipalType.AWS, words(grantee)), estate())
    assert (named.address if named else None) == found


def test_an_account_that_is_the_own_one_for_all_that_is_known_is_not_certainly_so() -> None:
    principal = Principal(PrincipalType.AWS, words(ROOT))
    assert key_of_own_account(grant(), principal, estate(configured=None)) is None


@pytest.mark.parametrize(
    ("statement", "operations", "is_left"),
    [
        (DELEGATES, ["Decrypt", "Encrypt"], True),
        ({**DELEGATES, "Action": "kms:Decrypt"}, ["Decrypt"], True),
        ({**DELEGATES, "Action": "kms:Decrypt"}, ["Decrypt", "Encrypt"], False),
        ({**DELEGATES, "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/Dev"}}, ["Decrypt"], False),
        # No key policy gives it, nor what there is not, nor what nobody sees.
        (DELEGATES, ["Decrypt", "RetireGrant"], False),
        (DELEGATES, ["Decrypt", "Decode"], False),
        (DELEGATES, ["Decrypt", "<Operation>"], False),
        (DELEGATES, ["Decrypt", "<<Operation>>"], False),
        (DELEGATES, "<<Operations>>", False),
        (DELEGATES, [], False),
    ],
)
def test_whether_iam_decides_about_the_operations(statement: Plain, operations: Plain, is_left: bool) -> None:
    key = KEY._replace(policy=KeyPolicy(Origin.EXPLICIT, HERE, document([statement])))
    assert is_left_to_iam(grant(operations=operations), key, estate()) is is_left


def test_of_a_key_policy_that_is_not_seen_nothing_is_certain() -> None:
    key = KEY._replace(policy=KeyPolicy(Origin.UNKNOWN, HERE))
    assert not is_left_to_iam(grant(operations=["Decrypt"]), key, estate())
