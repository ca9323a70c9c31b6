"""Who is given a key whole, and whose grants nothing limits.

https://docs.aws.amazon.com/kms/latest/developerguide/grant-authorization.html
"""

from __future__ import annotations

import pytest

from kmslint.access.full_control import full_controls
from kmslint.access.grant_creation import granting_action, unlimited_grant_makers
from kmslint.model.estate import Identity
from plain_estates import ANY, deny, estate_of, key_of, role, to, when
from plain_policies import FOREIGN, OWN, Plain, document

MFA: dict[str, Plain] = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
S3 = "s3.amazonaws.com"
USER = f"arn:aws:iam::{OWN}:user/Ann"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/Dev/ci"


def service(*names: str, action: Plain = "kms:*", **members: Plain) -> dict[str, Plain]:
    return {**to("*", action=action, **members), "Principal": {"Service": list(names)}}


def short(name: object) -> str:
    return str(name).rpartition("/")[2]


def whole(*statements: Plain) -> list[str]:
    """Who has a key whole, and when."""
    told = []
    for one in full_controls(estate_of(key_of(list(statements)))):
        ways = "; ".join(sorted(" and ".join(sorted(map(str, way))) for way in one.ways))
        told.append(f"{short(one.principal.value)} {one.use.name} {ways}".strip())
    return told


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (to("Dev"), ["Dev kms:Decrypt"]),
        (to("Dev", "Other"), ["Dev kms:Decrypt", "Other kms:Decrypt"]),
        (to("Dev", action=["kms:PutKeyPolicy", "kms:Sign"]), ["Dev kms:Sign"]),
        (to("Dev", action="kms:PutKeyPolicy"), []),
        (to("Dev", action="kms:Decrypt"), []),
        (to("Dev", **MFA), []),
        (to("Dev", Condition="<<Condition>>"), []),
        ({**to("Dev"), "Resource": "arn:aws:s3:::bucket"}, []),
        ({**to("Dev"), "Resource": "<<Resource>>"}, []),
        ({"Effect": "Allow", "Principal": "*", "NotAction": "kms:Encrypt", "Resource": "*"}, []),
        ({"Effect": "Allow", "NotPrincipal": "*", "Action": "kms:*", "Resource": "*"}, []),
        (deny(to("Dev")), []),
        ({**to("Dev"), "Effect": "<Effect>"}, []),
        (service(S3), [f"{S3} kms:Decrypt"]),
        (when("A", to("Dev")), ["Dev kms:Decrypt A is true"]),
    ],
)
def test_who_has_a_key_whole(statement: Plain, found: list[str]) -> None:
    assert whole(statement) == found


@pytest.mark.parametrize(
    ("statement", "other", "is_whole"),
    [
        (to("Dev"), deny(to("Dev", action="kms:PutKeyPolicy")), False),
        (to("Dev"), deny(to("Dev", action="kms:Decrypt")), False),
        (to("Dev"), deny(to("*", action="<Action>")), False),
        (to("Dev"), deny(to("Dev", action="kms:Encrypt")), True),
        (to("Dev"), deny(to("Other")), True),
        (to("Dev"), deny(to("Dev"), **MFA), True),
        (to(USER), deny(to(USER)), False),
        (to("<role Dev>"), deny(to("<role Dev>")), False),
        (to("account"), deny(to("account")), True),
        (to("<<Who>>"), deny(to("*")), True),
        # Services are bound by what names everybody, or them.
        (service(S3), deny(to("*", action="kms:PutKeyPolicy")), False),
        (service(S3), deny(to("*", action="kms:Decrypt")), False),
        (service(S3), deny(service("sns.amazonaws.com", S3)), False),
        (service(S3), deny(service("sns.amazonaws.com")), True),
        (service(S3), deny(to("Dev")), True),
        (service(S3), deny(to("*", action="kms:Encrypt")), True),
        (service(S3), deny(to("*", action="<Action>")), False),
        (service(S3), deny(to("*"), **MFA), True),
        (service(S3), deny({**to("*"), "Resource": "arn:aws:s3:::bucket"}), True),
        (service(S3), deny({**to("*"), "Resource": "<<Resource>>"}), False),
        (service(S3), {**to("*"), "Effect": "<Effect>"}, False),
        (service(S3), to("*", action="kms:Decrypt"), True),
        (service(S3), {"Effect": "Deny", "NotPrincipal": "*", "Action": "kms:*", "Resource": "*"}, True),
    ],
)
def test_a_deny_takes_a_half_away(statement: Plain, other: Plain, is_whole: bool) -> None:
    assert bool(whole(statement, other)) is is_whole


def test_a_deny_that_may_be_there() -> None:
    assert whole(to("Dev"), when("A", deny(to("Dev")))) == ["Dev kms:Decrypt A is false"]
    assert whole(service(S3), when("A", deny(to("*")))) == [f"{S3} kms:Decrypt A is false"]


GRANTS = to("Dev", action="kms:CreateGrant")


def makers(*statements: Plain, identities: tuple[Identity, ...] = ()) -> list[str]:
    found = list(unlimited_grant_makers(estate_of(key_of(list(statements)), identities=identities)))
    assert all(one.principals for one in found)
    return [short(principal.value) for one in found for principal in one.principals]


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([GRANTS], ["Dev"]),
        ([to("Dev", "account", "Other", action="kms:CreateGrant")], ["Dev", "Other"]),
        ([to(USER, action="kms:CreateGrant")], ["Ann"]),
        ([to(SESSION, action="kms:CreateGrant")], ["ci"]),
        ([to("<role Dev>", action="kms:CreateGrant")], ["${Dev.Arn}"]),
        ([to("<deployer>", action="kms:CreateGrant")], ["${data.aws_caller_identity.current.arn}"]),
        ([{**GRANTS, **MFA}], ["Dev"]),
        # Everybody, other accounts and services are other matters.
        ([to("Dev", "*", action="kms:CreateGrant")], []),
        ([to("account", action="kms:CreateGrant")], []),
        ([to(f"arn:aws:iam::{FOREIGN}:role/Dev", action="kms:CreateGrant")], []),
        ([service(S3, action="kms:CreateGrant")], []),
        ([to("<<Who>>", action="kms:CreateGrant")], []),
        ([{"Effect": "Allow", "NotPrincipal": "*", "Action": "kms:CreateGrant", "Resource": "*"}], []),
        # It is limited, denied in part, or for nothing.
        ([{**GRANTS, "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}], []),
        ([{**GRANTS, "Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01"}}}], []),
        ([GRANTS, deny(GRANTS, **MFA)], []),
        ([GRANTS, deny(to("*", action="<Action>"))], []),
        ([GRANTS, deny(to("Other"))], ["Dev"]),
        ([GRANTS, deny(to("Dev", action="kms:Decrypt"))], ["Dev"]),
        ([{**GRANTS, "Resource": "arn:aws:s3:::bucket"}], []),
        ([{**GRANTS, "Resource": "<<Resource>>"}], []),
        # Whoever may change the policy gives the key to anybody as it is, and so does who may be able to.
        ([to("Dev")], []),
        ([GRANTS, to("Dev", action="kms:PutKeyPolicy")], []),
        ([GRANTS, to("Dev", action="kms:PutKeyPolicy", **MFA)], []),
        ([GRANTS, to("Dev", action="<Action>")], []),
        ([GRANTS, to("Other")], ["Dev"]),
        ([when("A", GRANTS), when("A", to("Dev"))], []),
        ([when("A", GRANTS), {"if": "A", "then": None, "else": to("Dev")}], ["Dev"]),
    ],
)
def test_whose_grants_nothing_limits(statements: list[Plain], found: list[str]) -> None:
    assert makers(*statements) == found


@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (role("Dev", ANY), []),
        (role("Dev", {**ANY, **MFA}), []),
        (role("Dev", {**ANY, "Action": "kms:Decrypt"}), ["Dev"]),
        (role("Dev", {**ANY, "Resource": "<<Resource>>"}), ["Dev"]),
        (role("Other", ANY), ["Dev"]),
    ],
)
def test_who_changes_the_policy_by_iam(identity: Identity, found: list[str]) -> None:
    assert makers(GRANTS, to("account"), identities=(identity,)) == found


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        (to("Dev", action=["kms:Encrypt", "<Action>", "kms:Create*", "kms:*"]), "kms:Create*"),
        (to("Dev", action="kms:Encrypt"), None),
        (deny(GRANTS), None),
        ({**GRANTS, "Condition": "<<Condition>>"}, None),
        ({"Effect": "Allow", "Principal": "*", "NotAction": "kms:Encrypt", "Resource": "*"}, None),
    ],
)
def test_the_entry_that_lets_somebody_create_grants(statement: Plain, entry: str | None) -> None:
    (read,) = document([statement]).statements
    found = granting_action(read)
    assert (None if found is None else str(found)) == entry
