"""IAM statements that mean every key, and every KMS action.

https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
"""

from __future__ import annotations

import pytest

from kmslint.access.all_keys import (
    AllKeysGrant,
    all_keys_grants,
    covers_all_of_kms,
    decrypting_action,
    in_any_account,
    is_held_back,
)
from kmslint.model.estate import IdentityPolicy
from plain_estates import estate_of, role, when
from plain_policies import FOREIGN, HERE, OWN, Plain, words

DECRYPT: dict[str, Plain] = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
IN_IRELAND = f"arn:aws:kms:eu-west-1:{OWN}:key/*"


def grants(*statements: Plain) -> list[AllKeysGrant]:
    return list(all_keys_grants(estate_of(identities=(role("Dev", *statements),))))


@pytest.mark.parametrize(
    ("resource", "any_account"),
    [
        ("*", True),
        ("arn:aws:kms:*", True),
        ("arn:aws:kms:*:*", True),
        ("arn:aws:kms:*:*:*", True),
        ("arn:aws:kms:*:*:key/*", True),
        ("arn:aws:kms:eu-west-1:*:key/*", True),
        (IN_IRELAND, False),
        (f"arn:aws:kms:*:{OWN}:*", False),
        ("arn:<partition>:kms:<region>:<own>:key/*", False),
    ],
)
def test_what_covers_all_keys(resource: str, any_account: bool) -> None:
    (found,) = grants({**DECRYPT, "Resource": ["arn:aws:s3:::bucket", resource]})
    assert str(found.resource) == str(words(resource))
    assert in_any_account(found.resource) is any_account


@pytest.mark.parametrize(
    "members",
    [
        {"Resource": f"arn:aws:kms:eu-west-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
        {"Resource": f"arn:aws:kms:eu-west-1:{OWN}:key/mrk-*"},
        {"Resource": f"arn:aws:kms:eu-west-1:{OWN}:alias/*"},
        {"Resource": f"arn:aws:kms:eu-west-1:{FOREIGN}:key/*"},
        {"Resource": "arn:aws:kms:eu-west-1:<account>:key/*"},
        {"Resource": "arn:aws:s3:::*"},
        {"Resource": f"arn:aws:s3:eu-west-1:{OWN}:key/*"},
        {"Resource": ["arn:aws:s3:*", "arn:aws:*", "arn:aws:kms", "arn:aws:kms:eu-*", "arn:aws:kms:eu-west-1:*"]},
        {"Resource": ["<Resource>", "<<Resource>>"]},
        {"Resource": None, "NotResource": "arn:aws:s3:::bucket"},
        {"Effect": "Deny"},
        {"Effect": "<Effect>"},
        {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
    ],
)
def test_what_does_not(members: dict[str, Plain]) -> None:
    assert grants({**DECRYPT, **members}) == []


def test_a_policy_that_is_not_here_gives_nothing() -> None:
    unseen = IdentityPolicy("Unseen", HERE, None)
    assert list(all_keys_grants(estate_of()._replace(policies=(unseen,)))) == []


def test_it_is_told_when_the_statement_is_there() -> None:
    (found,) = grants(when("A", DECRYPT))
    ((guard,),) = found.ways
    assert str(guard) == "A is true"


@pytest.mark.parametrize(
    ("allowed", "denial", "answer"),
    [
        ("*", {"Action": "kms:Decrypt", "Resource": "*"}, True),
        ("*", {"Action": "kms:*", "Resource": "*"}, True),
        ("*", {"Action": "kms:Encrypt", "Resource": "*"}, False),
        ("*", {"Action": "<Action>", "Resource": "*"}, True),
        ("*", {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}, False),
        ("*", {"Action": "kms:Decrypt", "NotResource": IN_IRELAND}, True),
        ("*", {"Action": "kms:Decrypt", "Resource": [IN_IRELAND, "arn:aws:kms:*:*:key/*"]}, True),
        # All the keys of the Regions that are allowed, or of some.
        ("*", {"Action": "kms:Decrypt", "Resource": IN_IRELAND}, False),
        (IN_IRELAND, {"Action": "kms:Decrypt", "Resource": IN_IRELAND}, True),
        (IN_IRELAND, {"Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:*:*"}, True),
        (IN_IRELAND, {"Action": "kms:Decrypt", "Resource": f"arn:aws:kms:eu-west-2:{OWN}:key/*"}, False),
        (IN_IRELAND, {"Action": "kms:Decrypt", "Resource": f"arn:aws:kms:eu-west-1:{OWN}:key/mrk-*"}, False),
        (IN_IRELAND, {"Action": "kms:Decrypt", "Resource": ["arn:aws:s3:::bucket", "<<Resource>>", "key"]}, False),
    ],
)
def test_what_a_deny_takes_away_again(allowed: str, denial: dict[str, Plain], answer: bool) -> None:
    grant, *_ = grants({**DECRYPT, "Resource": allowed}, {"Effect": "Deny", **denial})
    assert is_held_back(grant, ["kms:Decrypt"]) is answer
    assert not is_held_back(grant._replace(policy=grant.policy._replace(document=None)), ["kms:Decrypt"])


def test_every_action_has_to_be_taken_away() -> None:
    deny: dict[str, Plain] = {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}
    encrypt: dict[str, Plain] = {"Effect": "Deny", "Action": "kms:ReEncrypt*", "Resource": "*"}
    grant, *_ = grants(DECRYPT, deny)
    assert not is_held_back(grant, ["kms:Decrypt", "kms:ReEncryptFrom"])
    grant, *_ = grants(DECRYPT, deny, encrypt)
    assert is_held_back(grant, ["kms:Decrypt", "kms:ReEncryptFrom"])


@pytest.mark.parametrize(
    ("action", "is_all", "decrypts"),
    [
        ("kms:*", True, True),
        ("KMS:*", True, True),
        ("kms:?*", True, True),
        ("*", False, False),
        ("k*", False, False),
        ("kms:*crypt", False, True),
        ("KMS:decrypt", False, True),
        ("kms:ReEncryptFrom", False, True),
        ("kms:ReEncrypt*", False, True),
        ("kms:Encrypt", False, False),
        ("kms:ReEncryptTo", False, False),
        ("<Action>", False, False),
        ("kms:<Action>", False, False),
    ],
)
def test_what_an_action_covers(action: str, is_all: bool, decrypts: bool) -> None:
    entry = words(action)
    assert covers_all_of_kms(entry) is is_all
    assert decrypting_action(entry) is decrypts
