"""Requests as situations: who calls, which key is meant, and what AWS would turn away before any policy is asked.

https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
"""

from __future__ import annotations

import pytest

from kmslint.access.caller import CallerKind
from kmslint.access.request import Values, request
from kmslint.access.situation import Situation
from plain_policies import FOREIGN, OWN

KEY_ARN = f"arn:aws:kms:us-east-1:{OWN}:key/1234abcd"
ALIAS_ARN = f"arn:aws:kms:us-east-1:{OWN}:alias/data"
DEV = f"arn:aws:iam::{OWN}:role/Dev"


def situation(
    principal: str = DEV, action: str = "kms:Decrypt", resource: str = KEY_ARN, context: Values | None = None
) -> Situation:
    found = request(principal, action, resource, OWN, context or {})
    assert found is not None
    return found


@pytest.mark.parametrize(
    "principal",
    [
        "",
        "*",
        "Dev",
        OWN,
        f"arn:aws:iam::{OWN}:group/Devs",
        f"arn:aws:iam::{OWN}:role/*",
        f"arn:aws:iam::{OWN}:instance-profile/Dev",
        f"arn:aws:s3::{OWN}:role/Dev",
        "arn:aws:iam::12345:role/Dev",
        "arn:aws:iam:::role/Dev",
        "arn:aws:iam::*:role/Dev",
        "AROAEXAMPLEROLE123456",
        "logs.amazonaws.org",
    ],
)
def test_who_signs_no_request(principal: str) -> None:
    assert request(principal, "kms:Decrypt", KEY_ARN, OWN, {}) is None
    assert request(principal, "kms:ListKeys", "*", OWN, {}) is None


@pytest.mark.parametrize(
    ("principal", "kind", "own"),
    [
        (DEV, CallerKind.ROLE, True),
        (f"arn:aws:iam::{FOREIGN}:role/Dev", CallerKind.ROLE, False),
        (f"arn:aws:iam::{OWN}:user/Ann", CallerKind.USER, True),
        (f"arn:aws:iam::{OWN}:root", CallerKind.ROOT_USER, True),
        (f"arn:aws:iam::{FOREIGN}:root", CallerKind.ROOT_USER, False),
        (f"arn:aws:sts::{OWN}:assumed-role/Dev/s", CallerKind.SESSION, True),
        (f"arn:aws:sts::{OWN}:federated-user/Ann", CallerKind.FEDERATED, True),
        ("logs.us-east-1.amazonaws.com", CallerKind.SERVICE, False),
    ],
)
def test_who_does(principal: str, kind: CallerKind, own: bool) -> None:
    caller = situation(principal).caller
    assert (caller.kind, caller.own) == (kind, own)


@pytest.mark.parametrize(
    ("action", "resource", "arn", "on_alias"),
    [
        ("kms:Decrypt", KEY_ARN, KEY_ARN, False),
        ("kms:CreateAlias", KEY_ARN, KEY_ARN, False),
        ("kms:CreateAlias", ALIAS_ARN, ALIAS_ARN, True),
        # An alias stands for a key of the same Region whose id the request does not show.
        ("kms:Decrypt", ALIAS_ARN, f"arn:aws:kms:us-east-1:{OWN}:key/${{key}}", False),
        ("kms:Decrypt", ALIAS_ARN.replace(":aws:", ":aws-cn:"), f"arn:aws-cn:kms:us-east-1:{OWN}:key/${{key}}", False),
        # Without a key in it, it may be any of the account.
        ("kms:ListKeys", "*", f"arn:${{partition}}:kms:${{region}}:{OWN}:key/${{key}}", False),
        ("kms:CreateAlias", "*", f"arn:${{partition}}:kms:${{region}}:{OWN}:key/${{key}}", False),
        # An alias is KMS's.
        ("kms:CreateAlias", ALIAS_ARN.replace(":kms:", ":lambda:"), ALIAS_ARN.replace(":kms:", ":lambda:"), False),
    ],
)
def test_what_is_asked_for(action: str, resource: str, arn: str, on_alias: bool) -> None:
    found = situation(action=action, resource=resource)
    assert (str(found.key.arn), found.on_alias) == (arn, on_alias)


@pytest.mark.parametrize("action", ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"])
def test_nobody_makes_an_alias_of_aws(action: str) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html"""
    assert request(DEV, action, f"arn:aws:kms:us-east-1:{OWN}:alias/aws/s3", OWN, {}) is None
    assert request(DEV, action, f"arn:aws:kms:us-east-1:{OWN}:alias/awsome", OWN, {}) is not None


def test_an_alias_of_aws_may_be_used() -> None:
    assert not situation(action="kms:DescribeKey", resource=f"arn:aws:kms:us-east-1:{OWN}:alias/aws/s3").on_alias


@pytest.mark.parametrize("action", ["kms:ReEncrypt", "kms:Foo", "s3:GetObject", "Decrypt", "kms:*", ""])
def test_actions_aws_does_not_know(action: str) -> None:
    assert request(DEV, action, KEY_ARN, OWN, {}) is None


def test_names_of_condition_keys_in_any_case() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html"""
    context = {"aws:PrincipalTag/Team": ("a",), "AWS:principaltag/team": ("b",), "kms:EncryptionContext:Dept": ("F",)}
    carried = situation(context=context).context
    assert carried is not None
    assert [str(value) for value in carried.values["aws:principaltag/team"]] == ["a", "b"]
    assert carried.encryption_context == {("Dept", "F")}
