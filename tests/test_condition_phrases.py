"""Conditions in words, as `kmslint access` tells them: of an Allow what it takes, of a Deny what must not be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kmslint.key_access import ask
from kmslint.settings import Settings

ACCOUNT = "arn:aws:iam::111122223333:root"
ROLE = "arn:aws:iam::111122223333:role/R"


def statement(effect: str, principal: str, condition: dict[str, Any] | None) -> dict[str, Any]:
    plain = {"Effect": effect, "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}
    return plain if condition is None else {**plain, "Condition": condition}


def conditions(root: Path, *statements: dict[str, Any], principal: str = ROLE, action: str = "Decrypt") -> str:
    """What is said of the conditions of a question to a key with that policy."""
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": statements}}}
    file = root / "template.json"
    file.write_text(json.dumps({"Resources": {"Key": key}}), encoding="utf-8")
    question = ask(principal, action, "Key", [str(file)], Settings(account="111122223333"))
    assert question.answered is not None
    return question.answered[1].conditions


S3, EC2 = "s3.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com"
VIA, ORG, MFA, TLS = "kms:ViaService", "aws:PrincipalOrgID", "aws:MultiFactorAuthPresent", "aws:SecureTransport"
AGE = "aws:MultiFactorAuthAge"

ALLOWED = [
    ({"StringEquals": {VIA: S3}}, "only through Amazon S3 in us-east-1"),
    ({"StringEquals": {VIA: [S3, EC2]}}, "only through Amazon S3 or Amazon EC2 in us-east-1"),
    (
        {"StringLike": {VIA: [S3, "rds.*.amazonaws.com"]}},
        "only through Amazon S3 in us-east-1 or Amazon RDS in any Region",
    ),
    ({"StringLike": {VIA: "*.us-east-1.amazonaws.com"}}, "only through any AWS service in us-east-1"),
    ({"StringEqualsIfExists": {VIA: S3}}, "only through Amazon S3 in us-east-1, or through no service"),
    ({"StringNotEquals": {VIA: S3}}, "not through Amazon S3 in us-east-1"),
    ({"StringEquals": {VIA: "new.us-east-1.amazonaws.com"}}, "only through new in us-east-1"),
    ({"StringEquals": {ORG: "o-1"}}, "only when the caller's organisation is o-1"),
    (
        {"StringEquals": {VIA: S3, "kms:EncryptionContext:Dept": "IT"}},
        "only through Amazon S3 in us-east-1 and when encryption context Dept is IT",
    ),
    ({"StringLike": {"kms:EncryptionContext:Dept": "IT-*"}}, "only when encryption context Dept matches IT-*"),
    ({"StringLike": {"kms:EncryptionContext:Dept": "IT"}}, "only when encryption context Dept is IT"),
    ({"Null": {"kms:EncryptionContext:Dept": "false"}}, "only when encryption context Dept is present"),
    ({"StringLike": {VIA: "s3.*"}}, "only through s3.*"),
    (
        {"StringEquals": {ORG: ["o-1", "o-2", "o-3", "o-4", "o-5"]}},
        "only when the caller's organisation is o-1, o-2, o-3 or 2 more",
    ),
    (
        {"StringEquals": {ORG: ["o-1", "o-2", "o-3", "o-4"]}},
        "only when the caller's organisation is o-1, o-2, o-3 or o-4",
    ),
    ({"NumericLessThan": {AGE: "3600"}}, f"only when {AGE} is less than 3600"),
    ({"NumericGreaterThanEqualsIfExists": {AGE: "9"}}, f"only when {AGE} is at least 9, if it is there at all"),
    (
        {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}},
        "only when the time is before 2027-01-01T00:00:00Z",
    ),
    (
        {"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "Dept"}},
        "only when one of the encryption context's names is Dept",
    ),
    ({"Bool": {MFA: "true"}}, "only with MFA"),
    ({"BoolIfExists": {MFA: "true"}}, "only with MFA, or where the request does not say"),
    ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, "only when the address of the caller is in 192.0.2.0/24"),
]


@pytest.mark.parametrize(("condition", "words"), ALLOWED, ids=lambda each: each if isinstance(each, str) else "")
def test_allow(tmp_path: Path, condition: dict[str, Any], words: str) -> None:
    assert conditions(tmp_path, statement("Allow", ROLE, condition)) == words


DENIED = [
    (
        {"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "Dept"}},
        "not when one of the encryption context's names is Dept",
    ),
    ({"StringNotEquals": {VIA: S3}}, "only through Amazon S3 in us-east-1"),
    ({"StringEquals": {VIA: S3}}, "not through Amazon S3 in us-east-1"),
    ({"StringNotEquals": {ORG: "o-1"}}, "only when the caller's organisation is o-1"),
    ({"StringEquals": {ORG: "o-1"}}, "not when the caller's organisation is o-1"),
    ({"StringNotEqualsIfExists": {ORG: "o-1"}}, "only when the caller's organisation is o-1"),
    ({"Bool": {TLS: "false"}}, "only over TLS"),
    ({"Bool": {MFA: "false"}}, "only with MFA, or where the request does not say"),
    ({"BoolIfExists": {MFA: "false"}}, "only with MFA"),
    ({"Null": {"kms:EncryptionContext:Dept": "true"}}, "only when encryption context Dept is present"),
    (
        {"StringNotEquals": {VIA: S3, ORG: "o-1"}},
        "only through Amazon S3 in us-east-1 or when the caller's organisation is o-1",
    ),
    (
        {"StringEquals": {VIA: S3, ORG: "o-1"}},
        "not through Amazon S3 in us-east-1 and when the caller's organisation is o-1",
    ),
]


@pytest.mark.parametrize(("condition", "words"), DENIED, ids=lambda each: each if isinstance(each, str) else "")
def test_deny(tmp_path: Path, condition: dict[str, Any], words: str) -> None:
    assert conditions(tmp_path, statement("Allow", ROLE, None), statement("Deny", "*", condition)) == words


def test_an_allow_and_a_deny_are_both_told(tmp_path: Path) -> None:
    allow = statement("Allow", ROLE, {"StringEquals": {VIA: S3}})
    organisation = statement("Deny", "*", {"StringNotEquals": {ORG: "o-1"}})
    again = statement("Deny", "*", {"StringNotEquals": {VIA: S3}})
    both = "only through Amazon S3 in us-east-1; only when the caller's organisation is o-1"
    assert conditions(tmp_path, allow, organisation) == conditions(tmp_path, organisation, allow) == both
    assert conditions(tmp_path, allow, again) == "only through Amazon S3 in us-east-1"


def test_a_test_that_cannot_be_resolved_may_keep_a_deny_away(tmp_path: Path) -> None:
    """Where it is met nobody knows, so what the other test says is not enough."""
    condition = {"Bool": {MFA: "false"}, "StringEquals": {"Fn::ImportValue": "x"}}
    words = conditions(tmp_path, statement("Allow", ROLE, None), statement("Deny", "*", condition))
    assert words.startswith("not when a condition holds that cannot be resolved (")
    assert words.endswith(") and without MFA")


def test_of_many_ways_the_number_is_told(tmp_path: Path) -> None:
    ways = [statement("Allow", ROLE, {"StringEquals": {"aws:SourceVpc": f"vpc-{one}"}}) for one in range(9)]
    words = conditions(tmp_path, *ways)
    named = words.count("when the VPC is vpc-")
    assert 0 < named < 9
    assert words.endswith(f" or in {9 - named} more ways")


def test_the_root_user_has_the_conditions_of_the_account(tmp_path: Path) -> None:
    account = statement("Allow", ACCOUNT, {"StringEquals": {VIA: S3}})
    assert conditions(tmp_path, account, principal="root") == "only through Amazon S3 in us-east-1"


def test_the_administrators_have_the_conditions_of_the_account(tmp_path: Path) -> None:
    account = statement("Allow", ACCOUNT, {"StringEquals": {VIA: S3}})
    assert conditions(tmp_path, account, principal="administrators") == "only through Amazon S3 in us-east-1"


def test_what_is_let_in_abroad_has_the_conditions_of_the_key_policy(tmp_path: Path) -> None:
    abroad = "arn:aws:iam::444455556666:role/R"
    found = conditions(tmp_path, statement("Allow", abroad, {"StringEquals": {VIA: S3}}), principal=abroad)
    assert found == "only through Amazon S3 in us-east-1"


def test_alternatives(tmp_path: Path) -> None:
    ways = [statement("Allow", ROLE, {"StringEquals": {VIA: S3}}), statement("Allow", ROLE, {"Bool": {MFA: "true"}})]
    assert conditions(tmp_path, *ways) == "only through Amazon S3 in us-east-1 or with MFA"
