"""The identities of an estate: whom a principal means, who takes a role, and under which conditions one holds what."""

from __future__ import annotations

import pytest

from kmslint.access.identities import groups_of, identity_of, is_own_principal, software, worth_saying
from kmslint.model.estate import Estate, Identity, IdentityKind, IdentityPolicy, Language
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import Doubt, Guard
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, accounts_of, document, value, words

ROLE = Identity("Role", IdentityKind.ROLE, HERE, words("arn:<partition>:iam::<own>:role/app/Dev"), ())
GENERATED = ROLE._replace(address="Generated", arn=words("<role Generated>"))
USER = Identity("User", IdentityKind.USER, HERE, words("arn:<partition>:iam::<own>:user/<User>"), (), groups=("G", "X"))
GROUP = Identity("G", IdentityKind.GROUP, HERE, words("arn:<partition>:iam::<own>:group/G"), ())
PARTNERS = ROLE._replace(address="Partners", arn=words("arn:<partition>:iam::<Partner>:role/Partner"))

ESTATE = Estate(
    "x",
    Language.CLOUDFORMATION,
    (KEY,),
    identities=(ROLE, GENERATED, USER, GROUP, PARTNERS),
    accounts=accounts_of(),
)


def principal(written: str, kind: PrincipalType = PrincipalType.AWS) -> Principal:
    read = value(written)
    return Principal(kind, read)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("arn:aws:iam::<own>:role/app/Dev", "Role"),
        (f"arn:aws:iam::{OWN}:role/app/Dev", "Role"),
        ("arn:aws:iam::<own>:user/<User>", "User"),
        ("arn:aws:iam::<Partner>:role/Partner", "Partners"),
        (f"arn:aws:iam::{FOREIGN}:role/app/Dev", None),
        # The partner's account may be the own one, or not.
        ("arn:aws:iam::<own>:role/Partner", None),
        ("arn:aws:iam::<own>:role/Dev", None),
        ("arn:aws:iam::<own>:role/<Name>", None),
        ("arn:aws:iam::<own>:user/app/Dev", None),
        ("arn:aws:sts::<own>:assumed-role/Dev/session", None),
        ("arn:aws:iam::<own>:group/G", None),
        ("<own>", None),
        ("*", None),
        ("<<Somebody>>", None),
    ],
)
def test_whom_of_the_estate_a_principal_means(written: str, found: str | None) -> None:
    identity = identity_of(principal(written), ESTATE)
    assert (identity.address if identity else None) == found


@pytest.mark.parametrize(
    ("written", "is_own"),
    [
        ("arn:aws:iam::<Partner>:role/Partner", True),
        ("arn:aws:iam::<own>:role/Elsewhere", True),
        (f"arn:aws:iam::{OWN}:user/Elsewhere", True),
        (f"arn:aws:iam::{FOREIGN}:role/Elsewhere", False),
        ("arn:aws:iam::<Partner>:role/Elsewhere", False),
        ("<own>", False),
        ("arn:aws:sts::<own>:assumed-role/Dev/session", False),
        ("<<Somebody>>", False),
    ],
)
def test_whether_a_principal_is_a_user_or_role_of_the_account(written: str, is_own: bool) -> None:
    assert is_own_principal(principal(written), KEY, ESTATE) is is_own


def test_a_service_is_nobody_of_the_account() -> None:
    service = principal("logs.amazonaws.com", PrincipalType.SERVICE)
    assert identity_of(service, ESTATE) is None
    assert not is_own_principal(service, KEY, ESTATE)


def test_groups_that_the_estate_does_not_make_are_left_out() -> None:
    assert groups_of(USER, ESTATE) == (GROUP,)
    assert groups_of(ROLE, ESTATE) == ()


LAMBDA: dict[str, Plain] = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
WEB: dict[str, Plain] = {
    "Effect": "Allow",
    "Principal": {"Federated": "token.actions.githubusercontent.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
}


@pytest.mark.parametrize(
    ("trust", "taker"),
    [
        ([LAMBDA], "lambda.amazonaws.com"),
        ([WEB], "token.actions.githubusercontent.com"),
        ([{**LAMBDA, "Principal": {"AWS": OWN}}, WEB], "token.actions.githubusercontent.com"),
        ([{**LAMBDA, "Principal": {"AWS": OWN, "Service": "ec2.amazonaws.com"}}], "ec2.amazonaws.com"),
        ([{**LAMBDA, "Principal": None, "NotPrincipal": {"AWS": OWN}}], ""),
        ([{**LAMBDA, "Effect": "Deny"}], ""),
        ([{"if": "C", "then": LAMBDA, "else": None}], ""),
        ([{**LAMBDA, "Principal": {"AWS": OWN}}], ""),
        # People come by SAML, and perhaps by an action that cannot be seen.
        ([{**WEB, "Action": "sts:AssumeRoleWithSAML"}], ""),
        ([{**WEB, "Action": ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]}], ""),
        ([{**WEB, "Action": None, "NotAction": "sts:AssumeRoleWithSAML"}], ""),
        ([{**WEB, "Principal": {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}}],
         ""),
    ],
)  # fmt: skip
def test_which_software_takes_a_role(trust: Plain, taker: str) -> None:
    assert software(ROLE._replace(trust=document(trust))) == taker


def test_who_takes_a_role_whose_trust_is_not_seen() -> None:
    assert software(ROLE) == ""


def guards(*conditions: str) -> frozenset[Guard]:
    return frozenset(Guard(one, True) for one in conditions)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        # Written in the role, which is there under one of its conditions,
        ("Role", {"B", "C"}),
        # or in a policy of its own, which hangs on others.
        ("Managed", {"A", "C"}),
        ("Elsewhere", {"A", "B", "C"}),
    ],
)
def test_under_which_conditions_a_permission_is_held(address: str, said: set[str]) -> None:
    statement = document([{"if": "C", "then": LAMBDA, "else": None}]).statements[0]
    doubted = statement._replace(guards=statement.guards | {Guard(Doubt("D"), True)})
    managed = IdentityPolicy("Managed", HERE, None, guards=guards("B"))
    other = IdentityPolicy("Other", HERE, None, guards=guards("A"))
    estate = ESTATE._replace(identities=(ROLE._replace(guards=guards("A")),), policies=(other, managed))
    policy = IdentityPolicy(address, HERE, None, guards=guards("A", "B"))
    assert {guard.condition for guard in worth_saying(policy, doubted, estate)} == said
