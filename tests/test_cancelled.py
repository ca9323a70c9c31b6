"""Which Allow statements of a key policy its own Deny statements cancel, and how that is said.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from unittest.mock import patch

import pytest

from kmslint.access import cancelled as module
from kmslint.access.cancelled import Cancelled, cancelled
from kmslint.model.policy import Document
from plain_estates import deny, estate_of, key_of, role_arn, to, when
from plain_policies import FOREIGN, OWN, Plain, document

ALLOW = to("Dev", action="kms:Decrypt")
BOTH = to("Dev", "Other", action="kms:Decrypt")
NO_CONDITION = "it has no condition"
ALWAYS = "its conditions hold in every request"
ENDS_DIFFER = "the one spares only vpce-1 as aws:SourceVpce, the other only vpce-2, and no request has both"


def pattern(what: str) -> str:
    return f"StringNotEquals takes * and ? for mere characters, so that {what}"


def denial(condition: Plain = None, action: Plain = "kms:Decrypt") -> dict[str, Plain]:
    """A Deny to everybody."""
    return deny(to("*", action=action), Condition=condition) if condition else deny(to("*", action=action))


def not_equal(key: str, *values: str) -> dict[str, Plain]:
    return {"StringNotEquals": {key: values}}


def unless(key: str, *values: str, operator: str = "StringNotEquals") -> dict[str, Plain]:
    """A Deny of what has none of these values."""
    return denial({operator: {key: values}})


ENDPOINTS = not_equal("aws:SourceVpce", "vpce-*")
OBJECTS = not_equal("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::bucket/*")


def found_in(statements: list[Plain], account: str | None = OWN) -> list[Cancelled]:
    key = key_of(statements)
    assert isinstance(key.policy.document, Document)
    return list(cancelled(key.policy.document, key, estate_of(key, account=account)))


def said(statements: list[Plain], account: str | None = OWN) -> list[str]:
    """By which statements the first one is cancelled, and why."""
    return [
        f"{' '.join(str(deny.position) for deny in one.reason.denies)}: {one.reason.words}"
        for one in found_in(statements, account)
    ]


@pytest.mark.parametrize(
    ("statements", "reasons"),
    [
        ([ALLOW], []),
        ([ALLOW, denial()], [f"1: {NO_CONDITION}"]),
        ([ALLOW, deny(to("Dev"))], [f"1: {NO_CONDITION}"]),
        ([ALLOW, deny(to("Other"))], []),
        ([{**ALLOW, "Principal": {"Service": "s3.amazonaws.com"}}, denial()], [f"1: {NO_CONDITION}"]),
        ([to("account", action="kms:Decrypt"), deny(to("account"))], [f"1: {NO_CONDITION}"]),
        # Whom or what the Allow means cannot be denied, or is not known to be.
        ([to(f"arn:aws:iam::{OWN}:group/x", action="kms:Decrypt"), denial()], []),
        ([{**ALLOW, "Resource": "arn:aws:s3:::bucket"}, denial()], []),
        ([{"Effect": "Allow", "Principal": "*", "NotAction": "kms:Encrypt", "Resource": "*"}, denial()], []),
        ([ALLOW, {**denial(), "Effect": "<Effect>"}], []),
        ([ALLOW, denial(action="<Action>")], []),
        ([ALLOW, {**denial(), "Resource": "arn:aws:s3:::bucket"}], []),
        ([{**ALLOW, "Effect": "<Effect>"}, denial()], []),
        # What a pattern names and a Deny takes out of it is meant, and so is what makes the key unusable.
        ([to("Dev", action="kms:*crypt"), denial()], []),
        ([to("Dev", action="kms:*crypt"), denial(action="kms:*crypt")], [f"1: {NO_CONDITION}"]),
        ([to("Dev", action="kms:ScheduleKeyDeletion"), denial(action="kms:*")], []),
        ([to("Dev", action="kms:TagResource"), denial(action="kms:*")], [f"1: {NO_CONDITION}"]),
        ([to("Dev", action="kms:Encrypt"), denial(action="kms:*")], [f"1: {NO_CONDITION}"]),
        ([to("Dev", action="kms:Schedule*"), denial(ENDPOINTS, "kms:*")],
         [f"1: {pattern('no request has vpce-* as aws:SourceVpce')}"]),
        ([to("Dev", action="kms:*crypt"), denial(ENDPOINTS)],
         [f"1: {pattern('no request has vpce-* as aws:SourceVpce')}"]),
        # Each is denied by a Deny of its own, or all by one.
        ([BOTH, deny(to("Dev"))], []),
        ([BOTH, deny(to("Dev")), deny(to("Other"))], ["1 2: between them they spare nobody"]),
        ([BOTH, deny(to("Other")), deny(to("Dev"))], ["1 2: between them they spare nobody"]),
        ([BOTH, deny(to("Dev")), denial()], [f"2: {NO_CONDITION}"]),
        ([BOTH, deny(to("Dev"), Condition=ENDPOINTS)], []),
        ([BOTH, deny(to("Dev"), Condition=OBJECTS)], []),
        ([to("Dev", "Other", action="kms:ScheduleKeyDeletion"), deny(to("Dev")),
          deny(to("Other"), Condition=ENDPOINTS)], ["1 2: between them they spare nobody"]),
        ([BOTH, unless("aws:SourceVpce", "vpce-1"), deny(to("Dev"), Condition=not_equal("aws:SourceVpce", "vpce-2")),
          deny(to("Other"), Condition=not_equal("aws:SourceVpce", "vpce-3"))],
         ["1 2 3: between them they spare nobody"]),
        ([{**ALLOW, "Principal": {"Service": "s3.amazonaws.com"}}, unless("kms:EncryptionContext:team", "${Team}")],
         [f"1: {ALWAYS}"]),
        # No role calls for a bucket, and S3 calls for one.
        ([{**ALLOW, "Principal": {"AWS": role_arn("Dev"), "Service": "s3.amazonaws.com"}},
          unless("aws:SourceArn", "arn:aws:s3:::a"), unless("aws:SourceArn", "arn:aws:s3:::b")],
         ["1 2: between them they spare nobody"]),
        ([BOTH, deny(to("Dev")), unless("aws:SourceVpce", "vpce-1"), unless("aws:SourceVpce", "vpce-2")],
         [f"2 3: {ENDS_DIFFER}"]),
        ([BOTH, deny(to("Other")), unless("aws:SourceVpce", "vpce-1"), unless("aws:SourceVpce", "vpce-2")],
         [f"2 3: {ENDS_DIFFER}"]),
        # The Deny has to be there where the Allow is.
        ([when("A", ALLOW), denial()], [f"1: {NO_CONDITION}"]),
        ([when("A", ALLOW), when("A", denial())], [f"1: {NO_CONDITION}"]),
        ([when("A", ALLOW), when("B", denial())], []),
        ([ALLOW, when("A", denial())], []),
    ],
)  # fmt: skip
def test_whether_anything_is_left(statements: list[Plain], reasons: list[str]) -> None:
    assert said(statements) == reasons


@pytest.mark.parametrize(
    ("denies", "reasons"),
    [
        ([unless("aws:SourceVpce", "vpce-1")], []),
        ([unless("aws:SourceVpce", "vpce-*")], [f"1: {pattern('no request has vpce-* as aws:SourceVpce')}"]),
        ([unless("aws:SourceVpce", "vpce-?")], [f"1: {pattern('no request has vpce-? as aws:SourceVpce')}"]),
        ([unless("aws:SourceVpce", "vpce-*", "vpce-1")], []),
        ([unless("aws:SourceVpce", "vpce-*", operator="StringNotLike")], []),
        ([unless("aws:SourceVpce", "vpce-1"), unless("aws:sourcevpce", "vpce-2")], [f"1 2: {ENDS_DIFFER}"]),
        ([unless("aws:SourceVpce", "vpce-1"), unless("aws:SourceVpce", "vpce-3", "vpce-2")],
         [f"1 2: {ENDS_DIFFER.replace('vpce-2', 'vpce-2 or vpce-3')}"]),
        ([unless("aws:SourceVpce", "vpce-1", "vpce-2"), unless("aws:SourceVpce", "vpce-2")], []),
        ([unless("aws:SourceVpce", "vpce-1"), unless("aws:SourceVpc", "vpc-2")], []),
        ([unless("aws:SourceVpce", "VPCE-1", operator="StringNotEqualsIgnoreCase"), unless("aws:SourceVpce", "vpce-1")],
         []),
        # Other operators spare more, and so do two tests; of a value that is not known nobody knows what.
        *[
            ([unless("aws:SourceVpce", "vpce-1", operator=operator), unless("aws:SourceVpce", "vpce-2")],
             [f"1 2: {ENDS_DIFFER}"] if differ else [])
            for operator, differ in {
                "StringNotEqualsIgnoreCase": True,
                "StringNotEqualsIfExists": True,
                "StringNotLike": False,
                "StringEquals": False,
                "ForAllValues:StringNotEquals": False,
            }.items()
        ],
        ([unless("aws:SourceVpce", "<Endpoint>"), unless("aws:SourceVpce", "vpce-2")], []),
        ([unless("aws:SourceVpce", "<<Endpoint>>"), unless("aws:SourceVpce", "vpce-2")], []),
        ([unless("aws:SourceVpce", "${aws:PrincipalTag/end}"), unless("aws:SourceVpce", "vpce-2")], []),
        ([denial({"StringNotEquals": {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1"}}),
          unless("aws:SourceVpce", "vpce-2")], []),
        ([denial({"StringNotEquals": {"aws:SourceVpce": "vpce-1", "kms:CallerAccount": FOREIGN}}),
          unless("aws:SourceVpce", "vpce-2")], [f"1 2: {ENDS_DIFFER}"]),
        ([denial("<<Condition>>"), unless("aws:SourceVpce", "vpce-2")], []),
        ([unless("kms:EncryptionContextKeys", "a"), unless("kms:EncryptionContextKeys", "b")], []),
        ([unless("aws:PrincipalTag/team", "a"), unless("aws:PrincipalTag/team", "b")], []),
        # A pair of the encryption context: nothing is under an ARN with a star, and whoever likes writes other texts.
        ([unless("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::bucket/*")],
         [f"1: {pattern('nothing is encrypted with arn:aws:s3:::bucket/* as kms:EncryptionContext:aws:s3:arn')}"]),
        ([unless("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::bucket?")],
         [f"1: {pattern('nothing is encrypted with arn:aws:s3:::bucket? as kms:EncryptionContext:aws:s3:arn')}"]),
        ([unless("kms:EncryptionContext:team", "b*")], []),
        ([unless("aws:SourceVpce", "vpce-1", "vpce-*"), unless("aws:SourceVpce", "vpce-2", "vpce-*")],
         [f"1 2: {ENDS_DIFFER}"]),
        ([unless("kms:EncryptionContext:team", "b"), unless("kms:EncryptionContext:team", "c")],
         ["1 2: the one spares only b as kms:EncryptionContext:team, the other only c, and no request has both"]),
        # Why a Deny holds of everybody: best by the value that was to spare somebody.
        ([unless("aws:PrincipalArn", role_arn("Other"))], [f"1: {ALWAYS}"]),
        ([denial({"StringEquals": {"aws:PrincipalArn": role_arn("Dev")}})], [f"1: {ALWAYS}"]),
        ([unless("kms:CallerAccount", "nobody", "1111*")],
         [f"1: {pattern('no request has nobody or 1111* as kms:CallerAccount')}"]),
        ([unless("kms:CallerAccount", "nobody", "1111")], ["1: no request has nobody or 1111 as kms:CallerAccount"]),
        ([denial({"StringNotEquals": {"aws:PrincipalArn": role_arn("Other"), "kms:CallerAccount": "nobody"}})],
         ["1: no request has nobody as kms:CallerAccount"]),
    ],
)  # fmt: skip
def test_what_a_deny_spares(denies: list[Plain], reasons: list[str]) -> None:
    assert said([ALLOW, *denies]) == reasons


@pytest.mark.parametrize(
    ("key", "principal"),
    [
        *[(f"aws:{name}", {"AWS": "<role Dev>"}) for name in ("PrincipalAccount", "PrincipalArn", "PrincipalOrgID")],
        *[(f"aws:{name}", {"AWS": "<role Dev>"}) for name in ("SourceVpc", "SourceVpce", "userid")],
        ("kms:CallerAccount", {"AWS": "<role Dev>"}),
        *[(f"aws:{name}", {"Service": "s3.amazonaws.com"}) for name in ("SourceAccount", "SourceArn")],
    ],
)
def test_a_request_has_one_value_of_a_key(key: str, principal: Plain) -> None:
    policy: list[Plain] = [{**ALLOW, "Principal": principal}, unless(key, OWN), unless(key, FOREIGN)]
    words = f"the one spares only {OWN} as {key}, the other only {FOREIGN}, and no request has both"
    assert said(policy, account=None) == [f"1 2: {words}"]


def test_a_request_comes_through_one_service() -> None:
    services = ["s3.eu-west-1.amazonaws.com", "rds.eu-west-1.amazonaws.com"]
    ((reason),) = said([ALLOW, *(unless("kms:ViaService", one) for one in services)])
    assert reason.endswith("as kms:ViaService, the other only rds.eu-west-1.amazonaws.com, and no request has both")


@pytest.mark.parametrize(
    ("action", "denies", "told"),
    [
        (["kms:Decrypt", "kms:Decr*"], [denial(ENDPOINTS)], ["Decrypt Decr*: Decrypt"]),
        ("kms:*crypt", [denial(ENDPOINTS, "kms:*crypt")], ["*crypt: Decrypt Encrypt"]),
        (["<Action>", "<<Action>>", "kms:Decrypt"], [denial()], ["Decrypt: Decrypt"]),
        (["kms:Encrypt", "kms:Decrypt"], [denial(), denial(ENDPOINTS, "kms:Encrypt")],
         ["Encrypt: Encrypt", "Decrypt: Decrypt"]),
    ],
)  # fmt: skip
def test_each_reason_is_told_once(action: Plain, denies: list[Plain], told: list[str]) -> None:
    def names(some: object) -> str:
        return " ".join(str(one).removeprefix("kms:") for one in some)  # type: ignore[attr-defined]

    found = found_in([to("Dev", action=action), *denies])
    assert [f"{names(one.entries)}: {names(each.name for each in one.actions)}" for one in found] == told


HELD_TO = "arn:aws:kms:*:*:key/${aws:PrincipalTag/key}"


@pytest.mark.parametrize(
    ("statement", "is_alike"),
    [
        *[
            (unless(key, "a"), True)
            for key in ("aws:SourceArn", "aws:SourceAccount", "aws:SourceVpc", "aws:SourceVpce", "kms:ViaService")
        ],
        (unless("kms:EncryptionContext:team", "a"), True),
        (unless("KMS:EncryptionContext:Team", "a"), True),
        *[
            (unless(key, "a"), False)
            for key in ("aws:PrincipalArn", "aws:userid", "kms:CallerAccount", "aws:PrincipalAccount")
        ],
        (unless("aws:PrincipalOrgID", "a"), False),
        (denial({"StringNotEquals": {"aws:SourceVpc": "a", "aws:PrincipalArn": "a"}}), False),
        (denial("<<Condition>>"), False),
        (unless("aws:SourceVpc", "a", "${aws:username}"), False),
        ({**denial(), "Resource": ["*", HELD_TO]}, False),
        ({"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "NotResource": HELD_TO}, False),
        (deny(to("*", "number0", action="kms:Decrypt")), False),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": role_arn("number0")}, "Action": "kms:Decrypt"}, False),
        ({**denial(), "NotPrincipal": {"AWS": role_arn("number0")}}, False),
        ({"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}, False),
    ],
)
def test_whether_it_makes_a_difference_to_a_deny_who_asks(statement: Plain, is_alike: bool) -> None:
    (read,) = document([statement]).statements
    assert module._is_impersonal(read) is is_alike


def test_who_differs_by_the_name_alone_is_asked_about_once() -> None:
    """A Deny of another action may name whom it likes."""
    denies: list[Plain] = [unless("aws:SourceVpc", "a"), unless("aws:SourceVpc", "b")]
    denies.append(deny(to("number0", action="kms:Encrypt")))
    with patch.object(module, "_left", wraps=module._left) as left:
        found_in([to("number0", "number1", "number2", action="kms:Decrypt"), *denies])
        assert left.call_count == 1
