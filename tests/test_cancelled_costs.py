"""Of what a Deny spares it is asked once for all who differ by their names alone, and for each where names matter."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest

from kmslint.access import cancelled
from kmslint.lint import lint_text

ROLE = "arn:aws:iam::111122223333:role/"


def linted(conditions: list[dict[str, Any]], roles: int) -> tuple[list[str], int]:
    """What is found of a key whose policy gives it to roles and denies it under conditions, and how often it is asked
    what a Deny leaves."""
    listed = [f"{ROLE}number{number}" for number in range(roles)]
    statements = [{"Effect": "Allow", "Principal": {"AWS": listed}, "Action": "kms:*", "Resource": "*"}]
    for condition in conditions:
        deny = {"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition}
        statements.append(deny)
    template = {"Resources": {"K": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": statements}}}}}
    with patch.object(cancelled, "_left", wraps=cancelled._left) as left:
        outcome = lint_text("a.json", json.dumps(template).encode())
    return [one.message for one in outcome.findings if one.rule_id == "KMS111"], left.call_count


def unless(key: str, *values: str) -> dict[str, Any]:
    return {"StringNotEquals": {key: values}}


def test_it_is_asked_once_for_all() -> None:
    found, asked = linted([unless("aws:SourceVpc", "vpc-1"), unless("aws:SourceVpc", "vpc-2")], 40)
    assert "no request has both" in found[0]
    assert linted([unless("aws:SourceVpc", "vpc-1"), unless("aws:SourceVpc", "vpc-2")], 10)[1] == asked


@pytest.mark.parametrize(
    "conditions",
    [
        [unless("aws:PrincipalArn", f"{ROLE}number3")],
        [unless("aws:SourceVpc", "vpc-1"), {"StringEquals": {"aws:PrincipalArn": f"{ROLE}number3"}}],
        [unless("aws:SourceVpc", "${aws:PrincipalTag/vpc}"), unless("aws:SourceVpc", "vpc-2")],
    ],
)
def test_who_is_spared_by_name_is_not_denied(conditions: list[dict[str, Any]]) -> None:
    found, asked = linted(conditions, 20)
    assert found == []
    assert asked > 1


def test_each_may_be_denied_by_another() -> None:
    """The first half is denied by name, the other half by the other name: between them nobody is spared."""
    names = [f"{ROLE}number{number}" for number in range(20)]
    halves = [{"StringEquals": {"aws:PrincipalArn": half}} for half in (names[:10], names[10:])]
    found, _ = linted(halves, 20)
    assert "between them they spare nobody" in found[0]


def test_who_is_alike_hangs_on_no_place() -> None:
    """Where a text is put together and written in quotes, its place has no hash."""
    template = b"""
Parameters: {P: {Type: String, Default: a}}
Resources:
  K:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - {Effect: Allow, Principal: {Service: !Sub 'arn:aws:iam::${P}'}, Action: 'kms:*', Resource: '*'}
          - {Effect: Deny, Principal: {Service: rds.amazonaws.com}, Action: 'kms:*', Resource: '*'}
"""
    assert lint_text("a.yaml", template).internal_errors == ()


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("aws:PrincipalAccount", "111122223333", "444455556666"),
        ("aws:PrincipalArn", f"{ROLE}number1", f"{ROLE}number2"),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5", "o-zzzzzzzzzz"),
        ("aws:SourceVpc", "vpc-1", "vpc-2"),
        ("aws:SourceVpce", "vpce-1", "vpce-2"),
        ("aws:userid", "AROAEXAMPLE:one", "AROAEXAMPLE:other"),
        ("kms:CallerAccount", "111122223333", "444455556666"),
        ("kms:ViaService", "s3.eu-west-1.amazonaws.com", "rds.eu-west-1.amazonaws.com"),
        ("kms:EncryptionContext:team", "blue", "red"),
    ],
)
def test_no_request_has_two_values_of_a_key_that_has_one(key: str, one: str, other: str) -> None:
    found, _ = linted([unless(key, one), unless(key, other)], 3)
    assert len(found) == 1
    assert linted([unless(key, one, other), unless(key, other)], 3)[0] == []


@pytest.mark.parametrize("key", ["aws:PrincipalOrgPaths", "aws:CalledVia", "kms:EncryptionContextKeys"])
def test_a_request_may_have_both_values_of_a_key_that_has_many(key: str) -> None:
    assert linted([unless(key, "one"), unless(key, "other")], 3)[0] == []
