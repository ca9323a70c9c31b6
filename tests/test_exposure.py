"""What everybody may do with a key, in every AWS account.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
"""

from __future__ import annotations

import pytest

from kmslint.access.exposure import Exposure, exposures, is_public_for_key
from kmslint.values import text
from plain_policies import KEY, OWN, Plain, accounts_of, document

PUBLIC: dict[str, Plain] = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
DENY: dict[str, Plain] = {**PUBLIC, "Effect": "Deny"}


def exposed(*statements: Plain) -> list[Exposure]:
    read = document(list(statements))
    return list(exposures(read, KEY, accounts_of(read)))


def when(condition: Plain, statement: dict[str, Plain] = PUBLIC) -> dict[str, Plain]:
    return {**statement, "Condition": condition}


@pytest.mark.parametrize(
    "statement",
    [
        PUBLIC,
        {**PUBLIC, "Principal": {"AWS": "*"}},
        {**PUBLIC, "Principal": {"AWS": [OWN, "*"]}},
        {**PUBLIC, "Action": "*"},
    ],
)
def test_everybody_without_condition(statement: Plain) -> None:
    (found,) = exposed(statement)
    assert found.weak == ()
    names = {action.name for action in found.actions}
    assert {"kms:Decrypt", "kms:CreateGrant", "kms:DescribeKey"} <= names
    assert not {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:RetireGrant", "kms:ListKeys"} & names


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
        {"StringEquals": {"kms:EncryptionContext:a": "b"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"aws:PrincipalTag/Team": "blue"}},
        {"StringLike": {"kms:CallerAccount": "*"}},
        {"StringNotEquals": {"kms:CallerAccount": "444455556666"}},
        {"StringNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/Dev"}},
        {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
        {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"Null": {"aws:SourceArn": "true"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}},
        {"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "team"}},
        {"StringEquals": {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}},
        {"StringEquals": {"kms:RequestAlias": "alias/data"}},
        {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        {"ForAnyValue:StringEquals": {"kms:GrantOperations": "Decrypt"}},
        {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}},
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        {"NumericGreaterThan": {"aws:EpochTime": "1577836800"}},
        {"StringEquals": {"aws:UserAgent": "aws-cli"}},
        {"StringLike": {"aws:Referer": "https://example.com/*"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Dev"}},
        {"StringEquals": {"aws:PrincipalType": "AssumedRole"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
        {"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::/0"]}},
        {"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}},
        {"StringLike": {"aws:userid": "*:me"}},
        {"DateLessThan": {"aws:CurrentTime": "2999-01-01"}},
        {"NumericLessThan": {"aws:EpochTime": "99999999999"}},
        # Of a key that says who: anything, or nothing at all.
        {"StringLike": {"aws:SourceVpce": ["vpce-1", "*"]}},
        {"Null": {"aws:SourceVpce": "true"}},
        {"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-1"}},
    ],
)
def test_conditions_that_do_not_say_who(condition: dict[str, dict[str, Plain]]) -> None:
    (found,) = exposed(when(condition))  # type: ignore[arg-type]  # a map of maps is plain data
    assert [str(test.key) for test in found.weak] == [key for keys in condition.values() for key in keys]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"kms:CallerAccount": OWN}},
        {"StringEquals": {"aws:PrincipalAccount": [OWN, "444455556666"]}},
        {"StringEquals": {"aws:PrincipalAccount": "<Partner>"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"StringEquals": {"aws:PrincipalOrgID": "<Organisation>"}},
        {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/Dev"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"StringEquals": {"aws:SourceAccount": OWN}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}},
        {"Bool": {"aws:PrincipalIsAWSService": "true"}},
        {"StringEquals": {"kms:CallerAccount": OWN, "kms:ViaService": "s3.us-east-1.amazonaws.com"}},
        {"DateLessThan": {"aws:CurrentTime": "2020-01-01"}},
        {"StringLike": {"kms:CallerAccount": "1111*"}},
        {"StringLike": {"aws:userid": ["*:me", "AROAEXAMPLE:*"]}},
        {"StringEquals": {"aws:userid": "AROAEXAMPLE:me"}},
        {"StringLike": {"aws:SourceVpce": "vpce-1*"}},
        {"StringLike": {"aws:SourceVpce": "*-1"}},
        {"StringEquals": {"aws:SourceVpce": "*"}},
        {"ForAnyValue:StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"StringEquals": {"aws:PrincipalArn:x": "a"}},
        "<<Condition>>",
    ],
)
def test_conditions_that_say_who(condition: Plain) -> None:
    assert exposed(when(condition)) == []


@pytest.mark.parametrize(
    ("usage", "spec", "action", "condition"),
    [
        ("SIGN_VERIFY", "RSA_2048", "kms:Sign", {"StringEquals": {"kms:SigningAlgorithm": "RSASSA_PSS_SHA_256"}}),
        ("SIGN_VERIFY", "RSA_2048", "kms:Verify", {"StringEquals": {"kms:MessageType": "DIGEST"}}),
        ("GENERATE_VERIFY_MAC", "HMAC_256", "kms:GenerateMac", {"StringEquals": {"kms:MacAlgorithm": "HMAC_SHA_256"}}),
    ],
)
def test_nor_do_those_of_other_sorts_of_keys(usage: str, spec: str, action: str, condition: dict[str, Plain]) -> None:
    settings = KEY.settings._replace(usage=text(usage, KEY.at), spec=text(spec, KEY.at))
    read = document([when(condition, {**PUBLIC, "Action": action})])
    (found,) = exposures(read, KEY._replace(settings=settings), accounts_of(read))
    assert [one.name for one in found.actions] == [action]


@pytest.mark.parametrize(
    "statement",
    [
        {**PUBLIC, "Principal": {"AWS": OWN}},
        {**PUBLIC, "Principal": {"AWS": "444455556666"}},
        {**PUBLIC, "Principal": {"Service": "*"}},
        {**PUBLIC, "Principal": {"AWS": "<Somebody>"}},
        {**PUBLIC, "Resource": None},
        {**PUBLIC, "Resource": "arn:aws:s3:::bucket"},
        {**PUBLIC, "Action": ["kms:PutKeyPolicy", "kms:ListKeys"]},
        {**PUBLIC, "Effect": "<Effect>"},
        {"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"},
    ],
)
def test_no_exposure(statement: Plain) -> None:
    assert exposed(statement) == []


@pytest.mark.parametrize(
    "deny",
    [
        DENY,
        when({"StringNotEquals": {"kms:CallerAccount": OWN}}, DENY),
        when({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, DENY),
        when({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/*"}}, DENY),
        when({"Bool": {"aws:PrincipalIsAWSService": "false"}}, DENY),
        # These say who as much as the same test in the Allow does, turned round.
        when({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, DENY),
        when({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, DENY),
        when({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, DENY),
        when("<<Condition>>", DENY),
        when({"Bool": "<<Tests>>", "StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, DENY),
    ],
)
def test_a_deny_that_leaves_nobody_unknown(deny: Plain) -> None:
    assert exposed(PUBLIC, deny) == []


@pytest.mark.parametrize(
    "deny",
    [
        when({"Bool": {"aws:SecureTransport": "false"}}, DENY),
        when({"StringEquals": {"kms:CallerAccount": "444455556666"}}, DENY),
        {**DENY, "Principal": {"AWS": "444455556666"}},
        {**DENY, "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/Dev"}},
        {**DENY, "Resource": None},
        # Over TLS nothing is denied, and who has several tests to fail need fail one.
        when({"Bool": {"aws:SecureTransport": "false"}, "StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, DENY),
        # Whoever likes comes through a service, or by another endpoint.
        when({"StringNotEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, DENY),
        when({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, DENY),
        when({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, DENY),
    ],
)
def test_a_deny_that_leaves_everybody(deny: Plain) -> None:
    assert len(exposed(PUBLIC, deny)) == 1


def test_a_deny_takes_its_actions_away() -> None:
    (found,) = exposed(PUBLIC, {**DENY, "Action": ["kms:Decrypt", "kms:CreateGrant"]})
    names = {action.name for action in found.actions}
    assert "kms:Encrypt" in names
    assert not {"kms:Decrypt", "kms:CreateGrant"} & names


def test_each_statement_is_told_alone() -> None:
    found = exposed({**PUBLIC, "Sid": "a", "Action": "kms:Decrypt"}, {**PUBLIC, "Sid": "b", "Action": "kms:Encrypt"})
    assert [(each.statement.sid, [action.name for action in each.actions]) for each in found] == [
        ("a", ["kms:Decrypt"]),
        ("b", ["kms:Encrypt"]),
    ]


def test_a_statement_that_is_only_there_at_times_is_told_with_its_guard() -> None:
    (found,) = exposed({"if": "IsTest", "then": PUBLIC, "else": None})
    assert [str(guard) for guard in found.statement.guards] == ["IsTest is true"]


def test_a_deny_of_the_other_branch_is_no_help() -> None:
    (found,) = exposed({"if": "IsTest", "then": PUBLIC, "else": DENY})
    assert found.statement.position == 0


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        ({**PUBLIC, "Resource": "arn:aws:s3:::bucket"}, True),
        ({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt"}, True),
        (when({"Bool": {"kms:GrantIsForAWSResource": "true"}}, {**PUBLIC, "Resource": "arn:aws:s3:::bucket"}), True),
        (when({"StringEquals": {"kms:CallerAccount": OWN}}, {**PUBLIC, "Resource": "arn:aws:s3:::bucket"}), False),
        ({**PUBLIC, "Principal": {"AWS": OWN}, "Resource": "arn:aws:s3:::bucket"}, False),
        ({**DENY, "Resource": "arn:aws:s3:::bucket"}, False),
    ],
)
def test_what_would_be_public_if_it_were_about_the_key(statement: dict[str, Plain], public: bool) -> None:
    read = document([statement])
    assert is_public_for_key(read.statements[0], read, KEY, accounts_of(read)) is public
