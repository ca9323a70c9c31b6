"""Whether a Resource means the key, and an Action an action.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import pytest

from kmslint.access.matching import names_action
from kmslint.access.resources import means_key
from kmslint.aws.actions import ACTIONS, KEY_ACTIONS, matching
from kmslint.verdict import NO, UNKNOWN, YES, Verdict
from plain_policies import KEY, OWN, Plain, accounts_of, action_of, document

ARN = "arn:<partition>:kms:<region>:<own>:key/"


def means(resource: Plain, name: str = "Resource") -> Verdict:
    statement = document([{"Effect": "Allow", "Action": "*", name: resource}]).statements[0]
    return means_key(statement, KEY, accounts_of())


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        ("*", YES),
        (f"{ARN}<key>", YES),
        (f"{ARN}*", YES),
        (f"arn:aws:kms:us-east-1:{OWN}:key/<key>", YES),
        (f"arn:aws:kms:*:{OWN}:key/*", YES),
        ("arn:aws:kms:*:*:key/*", YES),
        ("arn:*:kms:*:*:*", YES),
        (f"arn:aws:kms:us-east-1:{OWN}:*", YES),
        ([f"{ARN}<other key>", "*"], YES),
        ([f"{ARN}<other key>", "<<More>>"], UNKNOWN),
        (f"{ARN}<other key>", NO),
        (f"{ARN}<Id>", UNKNOWN),
        ("arn:aws:kms:us-east-1:444455556666:key/*", NO),
        ("arn:aws:kms:us-east-1:<Account>:key/*", UNKNOWN),
        ("arn:aws:kms:<Region>:<own>:key/*", UNKNOWN),
        ("arn:aws:kms:us-*:<own>:key/*", UNKNOWN),
        ("arn:aws:kms:*", UNKNOWN),
        ("arn:aws:kms:nowhere:<own>:key/*", NO),
        (f"arn:aws:kms:us-east-1:{OWN}:alias/data", NO),
        (f"arn:aws:kms:us-east-1:{OWN}:alias/*", NO),
        ("arn:aws:s3:::bucket/*", NO),
        ("arn:aws:*:*:*:*", YES),
        ("alias/data", NO),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", NO),
        ("<Key>", UNKNOWN),
        ("<<Keys>>", UNKNOWN),
        ("<role Dev>", NO),
        ("", NO),
        ([], NO),
        # The id may have been copied from the key, which exists by then; and a pattern is no id.
        (f"{ARN}1234abcd-12ab-34cd-56ef-1234567890ab", UNKNOWN),
        (f"{ARN}mrk-*", UNKNOWN),
        # A question mark is a wildcard as a star is.
        (f"arn:aws:kms:us-east-?:{OWN}:key/*", UNKNOWN),
        ("arn:aws:kms:*:11112222333?:key/*", UNKNOWN),
    ],
)
def test_resource(resource: Plain, verdict: Verdict) -> None:
    assert means(resource) is verdict


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        ("*", NO),
        (f"{ARN}<key>", NO),
        ("arn:aws:s3:::bucket", YES),
        (["arn:aws:s3:::bucket", "<Key>"], UNKNOWN),
    ],
)
def test_not_resource(resource: Plain, verdict: Verdict) -> None:
    assert means(resource, "NotResource") is verdict


def test_neither_means_nothing() -> None:
    statement = document([{"Effect": "Allow", "Action": "*"}]).statements[0]
    assert means_key(statement, KEY, accounts_of()) is NO


@pytest.mark.parametrize(
    ("member", "action", "verdict"),
    [
        ({"Action": "kms:*"}, "kms:Decrypt", YES),
        ({"Action": "<Action>"}, "kms:Decrypt", UNKNOWN),
        ({"Action": "kms:<Verb>Key"}, "kms:Decrypt", NO),
        ({"Action": "kms:<Verb>Key"}, "kms:EnableKey", UNKNOWN),
        ({"Action": ["<<More>>", "kms:Decrypt"]}, "kms:Decrypt", YES),
        ({"Action": "s3:<Verb>"}, "kms:Decrypt", NO),
        ({"Action": []}, "kms:Decrypt", NO),
        ({}, "kms:Decrypt", NO),
        ({"NotAction": "kms:Decrypt"}, "kms:Decrypt", NO),
        ({"NotAction": "kms:Decrypt"}, "kms:Encrypt", YES),
        ({"NotAction": ["<<More>>", "s3:*"]}, "kms:Encrypt", UNKNOWN),
        ({"NotAction": ["<<More>>", "kms:*"]}, "kms:Encrypt", NO),
    ],
)
def test_action(member: dict[str, Plain], action: str, verdict: Verdict) -> None:
    statement = document([{"Effect": "Allow", "Resource": "*", **member}]).statements[0]
    assert names_action(statement, action_of(action)) is verdict


def test_a_pattern_names_its_actions() -> None:
    assert {action.name for action in matching("kms:*keyrotation")} == {
        "kms:DisableKeyRotation",
        "kms:EnableKeyRotation",
    }
    assert [action.name for action in matching("KMS:PUT*")] == ["kms:PutKeyPolicy"]
    assert set(matching("kms:ReEncrypt")) == set()
    assert set(matching("*")) == set(ACTIONS)


def test_the_actions_of_kms() -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html"""
    assert len(ACTIONS) == len({action.name for action in ACTIONS}) == 56
    without_key = {action.name for action in ACTIONS} - {action.name for action in KEY_ACTIONS}
    assert {"kms:CreateKey", "kms:ListKeys", "kms:GenerateRandom", "kms:RetireGrant"} <= without_key
    grantable = {action.name for action in ACTIONS if action.grantable}
    assert len(grantable) == 17
    assert "kms:PutKeyPolicy" not in grantable
    crossing = {action.name for action in ACTIONS if action.cross_account}
    assert {"kms:Decrypt", "kms:CreateGrant", "kms:GetKeyRotationStatus"} <= crossing
    assert not {"kms:PutKeyPolicy", "kms:GetKeyPolicy", "kms:CreateAlias", "kms:TagResource"} & crossing
