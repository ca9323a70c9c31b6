"""What a statement gives by its actions, and what limits the grants that it lets somebody create.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""

from __future__ import annotations

import pytest

from kmslint.access.capabilities import (
    administers_and_uses,
    certain_actions,
    gives_unlimited_grants,
    is_like_managed_key,
    may_be_denied,
    only_without_key,
)
from kmslint.model.policy import Statement
from plain_estates import deny, to
from plain_policies import OWN, Plain, action_of, document


def read(plain: Plain) -> Statement:
    (statement,) = document([plain]).statements
    return statement


@pytest.mark.parametrize(
    ("actions", "use"),
    [
        ("kms:*", "kms:Decrypt"),
        (["kms:Put*", "kms:Encrypt", "kms:Decrypt"], "kms:Decrypt"),
        (["kms:PutKeyPolicy", "kms:Sign"], "kms:Sign"),
        (["kms:PutKeyPolicy", "kms:DescribeKey", "kms:CreateGrant"], None),
        ("kms:PutKeyPolicy", None),
        ("kms:Decrypt", None),
        (["kms:PutKeyPolicy", "<Action>"], None),
        (["<Action>", "kms:Decrypt"], None),
    ],
)
def test_who_administers_a_key_and_uses_it(actions: Plain, use: str | None) -> None:
    found = administers_and_uses(read(to("Dev", action=actions)))
    assert (found and found.name) == use


def test_what_a_statement_names_for_certain() -> None:
    named = certain_actions(read(to("Dev", action=["kms:*crypt", "kms:ListKeys", "<Action>"])))
    assert [action.name for action in named] == ["kms:Decrypt", "kms:Encrypt"]


@pytest.mark.parametrize(
    ("condition", "unlimited"),
    [
        *[
            ({"StringEquals": {f"kms:{name}": "some"}}, False)
            for name in (
                *("ViaService", "GranteePrincipal", "GranteeServicePrincipal", "GrantConstraintType"),
                *("GrantConstraintSourceArn", "RetiringPrincipal", "EncryptionContext:team"),
            )
        ],
        ({"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}}, False),
        ({"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "team"}}, False),
        ({"Bool": {"kms:GrantIsForAWSResource": "true"}}, False),
        ({"Bool": {"KMS:GrantIsForAwsResource": "True"}}, False),
        ({"Bool": {"kms:GrantIsForAWSResource": ["true", "false"]}}, False),
        ("<<Condition>>", False),
        ({"Bool": {"kms:GrantIsForAWSResource": "false"}}, True),
        ({"StringLike": {"kms:ViaService": "*"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": "blue"}}, True),
        ({"StringEquals": {"kms:CallerAccount": OWN}}, True),
        (None, True),
    ],
)
def test_what_limits_grants(condition: Plain, unlimited: bool) -> None:
    statement = to("Dev", action=["kms:Encrypt", "kms:CreateGrant"])
    assert gives_unlimited_grants(read({**statement, "Condition": condition} if condition else statement)) is unlimited


@pytest.mark.parametrize("action", ["kms:Encrypt", "<Action>"])
def test_who_creates_no_grants_for_certain(action: str) -> None:
    assert not gives_unlimited_grants(read(to("Dev", action=action)))


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (to("Dev", action="kms:ListKeys"), True),
        (to("Dev", action=["kms:CreateKey", "kms:RetireGrant"]), True),
        (to("Dev", action=["kms:ListKeys", "kms:Decrypt"]), False),
        (to("Dev", action="kms:List*"), False),
        (to("Dev", action="s3:GetObject"), False),
        (to("Dev", action="<Action>"), False),
        (deny(to("Dev", action="kms:ListKeys")), True),
        (deny(to("Dev", action=["kms:ListKeys", "kms:RetireGrant"])), False),
        ({"Effect": "Allow", "Principal": "*", "NotAction": "kms:Decrypt", "Resource": "*"}, False),
        ({"Effect": "Allow", "Principal": "*", "NotAction": "kms:*", "Resource": "*"}, False),
    ],
)
def test_what_no_key_policy_decides(statement: Plain, answer: bool) -> None:
    assert only_without_key(read(statement)) is answer


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        ([deny(to("Dev", action="kms:Decrypt"))], True),
        ([to("Dev"), deny(to("Dev", action=["kms:Encrypt", "<Action>"]))], True),
        ([{**to("Dev"), "Effect": "<Effect>"}], True),
        ([deny(to("Dev", action="kms:Encrypt"))], False),
        ([to("Dev")], False),
    ],
)
def test_whether_something_may_be_denied(statements: Plain, answer: bool) -> None:
    assert may_be_denied(action_of("kms:Decrypt"), document(statements)) is answer


AWS_MANAGED: dict[str, Plain] = {
    "StringEquals": {"kms:CallerAccount": OWN, "kms:ViaService": "sns.eu-west-1.amazonaws.com"}
}


@pytest.mark.parametrize(
    ("statements", "answer"),
    [
        ([to("Admin"), to("*", Condition=AWS_MANAGED)], True),
        ([to("*", Condition={**AWS_MANAGED, "Bool": {"aws:SecureTransport": "true"}})], True),
        ([to("*", Condition={"StringEquals": {"kms:CallerAccount": OWN}})], False),
        ([to("*", Condition={"StringEquals": {"kms:ViaService": "sns.eu-west-1.amazonaws.com"}})], False),
        ([to("*", Condition="<<Condition>>")], False),
        ([to("Dev", Condition=AWS_MANAGED)], False),
        (
            [{"Effect": "Allow", "NotPrincipal": "*", "Action": "kms:*", "Resource": "*", "Condition": AWS_MANAGED}],
            False,
        ),
        ([deny(to("*", Condition=AWS_MANAGED))], False),
        ([to("*"), to("Admin")], False),
    ],
)
def test_what_is_like_the_policy_of_a_key_that_aws_manages(statements: Plain, answer: bool) -> None:
    assert is_like_managed_key(document(statements)) is answer
