"""What a request must be like, in words, where some of a caller's requests are allowed and some are not."""

from __future__ import annotations

import pytest

from kmslint.access.decide import decide
from kmslint.access.grants import Grant
from kmslint.access.other_policies import ADMINISTRATOR, NOTHING, OtherPolicies, policies_of
from kmslint.access.residual import residual
from kmslint.access.situation import Situation
from kmslint.model.policy import Principal, PrincipalType
from kmslint.verdict import SOMETIMES
from plain_policies import FOREIGN, KEY, OWN, Plain, accounts_of, action_of, caller_of, document, identity_with, words

DEV = f"arn:aws:iam::{OWN}:role/Dev"
WITH_MFA: dict[str, Plain] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
MFA: dict[str, Plain] = {"Condition": WITH_MFA}
THROUGH_S3: dict[str, Plain] = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
S3: dict[str, Plain] = {"Condition": THROUGH_S3}
NOT_S3: dict[str, Plain] = {"Condition": {"StringNotEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}
UNTIL_2100: dict[str, Plain] = {"DateLessThan": {"aws:CurrentTime": "2100-01-01"}}
NOT_S3_UNTIL_2100: dict[str, Plain] = {
    "StringNotEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
    "DateLessThan": {"aws:CurrentTime": "2100-01-01"},
}
IN_CONTEXT: dict[str, Plain] = {"StringEquals": {f"kms:EncryptionContext:{name}": "x" for name in "BDAC"}}
IN_WORDS = " and ".join(f"when encryption context {name} is x" for name in "ABCD")
TAGGED: dict[str, Plain] = {"Condition": {"StringEquals": {"aws:ResourceTag/Team": "blue"}}}
GIVES: dict[str, Plain] = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
TAKES: dict[str, Plain] = {**GIVES, "Effect": "Deny"}
EVERYBODY: dict[str, Plain] = {**GIVES, "Principal": "*"}
ACCOUNT: dict[str, Plain] = {**GIVES, "Principal": {"AWS": OWN}}
ROLE: dict[str, Plain] = {**GIVES, "Principal": {"AWS": DEV}}


def told(
    statements: list[Plain],
    others: OtherPolicies | None = None,
    iam: list[Plain] | None = None,
    boundary: Plain = None,
    caller: str = "role/Dev",
    grants: tuple[Grant, ...] = (),
) -> str:
    """The words, for a caller with these policies."""
    situation = Situation(caller_of(caller), action_of("kms:Decrypt"), KEY, accounts_of())
    others = others or policies_of(identity_with(iam or [], boundary), situation)
    decision = decide(document(statements), situation, others, grants)
    assert decision.allowed == SOMETIMES
    return str(residual(decision))


SIX = " or ".join(f"when encryption context Dept is D{number}" for number in range(6))


def contexts(count: int) -> list[Plain]:
    values: list[Plain] = [{"StringEquals": {"kms:EncryptionContext:Dept": f"D{number}"}} for number in range(count)]
    return [{**ROLE, "Condition": value} for value in values]


@pytest.mark.parametrize(
    ("statements", "iam", "boundary", "expected"),
    [
        ([{**ROLE, **MFA}], [], None, "only with MFA"),
        ([{**ROLE, **MFA}, {**ROLE, **S3}], [], None, "only through Amazon S3 in us-east-1 or with MFA"),
        (contexts(6), [], None, f"only {SIX}"),
        (contexts(7), [], None, f"only {SIX} or in 1 more ways"),
        # What asks for more than another way does is none of its own.
        ([{**ROLE, **MFA}, {**ROLE, "Condition": {**WITH_MFA, **THROUGH_S3}}], [], None, "only with MFA"),
        # By the account both halves count; a condition of IAM is one that a key policy does not know.
        ([{**ACCOUNT, **MFA}], [{**GIVES, **S3}], None, "only through Amazon S3 in us-east-1 and with MFA"),
        ([ACCOUNT], [{**GIVES, **TAGGED}], None, "only when the key's tag Team is blue"),
        ([ACCOUNT, {**ROLE, **MFA}], [], None, "only with MFA"),
        # By the role's name as far as the boundary lets it through.
        ([{**EVERYBODY, **MFA}, {**ROLE, **S3}], [], [{**GIVES, "Action": "s3:*"}], "only with MFA"),
        ([{**ROLE, **S3}], [], [{**GIVES, **MFA}], "only through Amazon S3 in us-east-1"),
        ([ROLE], [], [{**GIVES, **MFA}], "only in some requests"),
        # What may mean the caller, or not, is no way.
        ([{**ROLE, **MFA}, {**GIVES, **S3, "Principal": {"AWS": "<Somebody>"}}], [GIVES], None, "only with MFA"),
        # Each Deny is one more thing to avoid, wherever it stands.
        ([ROLE, {**EVERYBODY, **NOT_S3, "Effect": "Deny"}], [], None, "only through Amazon S3 in us-east-1"),
        ([ROLE, {**EVERYBODY, **S3, "Effect": "Deny"}], [], None, "not through Amazon S3 in us-east-1"),
        (
            [ROLE, {**EVERYBODY, **MFA, "Effect": "Deny"}],
            [],
            None,
            "only without MFA, or where the request does not say",
        ),
        ([ROLE, {**EVERYBODY, "Effect": "Deny", "Condition": IN_CONTEXT}], [], None, f"not {IN_WORDS}"),
        ([{**ROLE, "Condition": IN_CONTEXT}], [], None, f"only {IN_WORDS}"),
        (
            [ROLE, {**EVERYBODY, "Effect": "Deny", "Condition": {**WITH_MFA, **UNTIL_2100}}],
            [],
            None,
            "not when the time is before 2100-01-01 and with MFA",
        ),
        # To fail one of its tests is enough.
        (
            [ROLE, {**EVERYBODY, "Effect": "Deny", "Condition": NOT_S3_UNTIL_2100}],
            [],
            None,
            "only through Amazon S3 in us-east-1 or not when the time is before 2100-01-01",
        ),
        # What holds of every request of the caller needs no word.
        (
            [{**ROLE, "Condition": {**WITH_MFA, "StringEquals": {"kms:CallerAccount": OWN}}}],
            [],
            None,
            "only with MFA",
        ),
        ([{**ROLE, **NOT_S3}], [], None, "not through Amazon S3 in us-east-1"),
        (
            [ACCOUNT],
            [{**GIVES, "Condition": {**WITH_MFA, "Null": {"aws:ResourceTag/Team": ["true", "false"]}}}],
            None,
            "only with MFA",
        ),
        ([ROLE], [{**TAKES, **TAGGED}], None, "not when the key's tag Team is blue"),
        ([ROLE], [], [GIVES, {**TAKES, **S3}], "not through Amazon S3 in us-east-1"),
        ([{**ROLE, **S3}, {**EVERYBODY, **NOT_S3, "Effect": "Deny"}], [], None, "only through Amazon S3 in us-east-1"),
    ],
)
def test_what_a_request_must_be_like(statements: list[Plain], iam: list[Plain], boundary: Plain, expected: str) -> None:
    assert told(statements, iam=iam, boundary=boundary) == expected


def test_the_root_user_needs_no_iam_policy() -> None:
    assert told([{**ACCOUNT, **MFA}], NOTHING, caller="root user") == "only with MFA"


def test_a_stranger_needs_both_policies() -> None:
    stranger = f"{FOREIGN} role/Dev"
    foreign: Plain = {**GIVES, "Principal": {"AWS": f"arn:aws:iam::{FOREIGN}:role/Dev"}, **MFA}
    somebody: Plain = {**GIVES, **S3, "Principal": {"AWS": "<Somebody>"}}
    assert told([foreign, somebody], ADMINISTRATOR, caller=stranger) == "only with MFA"
    assert told([foreign], iam=[{**GIVES, **S3}], caller=stranger) == "only through Amazon S3 in us-east-1 and with MFA"


def test_a_service_needs_none() -> None:
    arn: Plain = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*"}}
    logs: Plain = {**GIVES, "Principal": {"Service": "logs.amazonaws.com"}, "Condition": arn}
    assert told([logs], NOTHING, caller="logs.amazonaws.com") == (
        "only when encryption context aws:logs:arn matches arn:aws:logs:*"
    )


def test_a_deny_of_the_session_policy_is_to_be_avoided() -> None:
    situation = Situation(caller_of("assumed-role/Dev/s"), action_of("kms:Decrypt"), KEY, accounts_of())
    both = policies_of(identity_with([], [GIVES, {**TAKES, **S3}]), situation)
    others = both._replace(boundary=None, session=both.boundary)
    assert told([ROLE], others, caller="assumed-role/Dev/s") == "not through Amazon S3 in us-east-1"


@pytest.mark.parametrize("constrained", [True, False])
def test_a_grant_is_a_way_of_its_own(constrained: bool) -> None:
    """One that is not certain is none."""
    grantee = Principal(PrincipalType.AWS, words(DEV))
    grant = Grant("G", grantee, frozenset({"Decrypt"}), constrained=constrained)
    open_one = grant._replace(name="Open", operations=None)
    deny: Plain = {**EVERYBODY, **S3, "Effect": "Deny"}
    ways = "only with MFA or with the encryption context that grant G asks for; " if constrained else ""
    assert told([{**ACCOUNT, **MFA}, deny], iam=[GIVES], grants=(grant, open_one)) == (
        f"{ways}not through Amazon S3 in us-east-1"
    )
