"""Grants to everybody within an account or an organisation, and principals that administer a key and use it."""

from __future__ import annotations

from typing import Any

import pytest

from document_estates import estate_of, role_of
from kmslint.access.separation import both_hands
from kmslint.access.wide_grants import Reach, WideGrant, account_wide_administration, wide_grants
from kmslint.model.estate import KeySettings
from kmslint.model.ways import when_in
from kmslint.values import text
from plain_policies import FOREIGN, HERE, OWN, Plain, document

ON_ALL: dict[str, Plain] = {"Action": "kms:*", "Resource": "*"}


FOR_SERVICES: dict[str, Any] = {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def everybody(condition: Plain = None, **more: Plain) -> dict[str, Plain]:
    plain: dict[str, Plain] = {"Effect": "Allow", "Principal": "*", **ON_ALL, **more}
    return plain if condition is None else {**plain, "Condition": condition}


def deny(condition: Plain = None, **more: Plain) -> dict[str, Plain]:
    return {**everybody(condition, **more), "Effect": "Deny"}


WITHIN: dict[str, Any] = {"StringEquals": {"kms:CallerAccount": OWN}}
ORG: dict[str, Any] = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
TLS: dict[str, Any] = {"Bool": {"aws:SecureTransport": "true"}}
MFA: dict[str, Any] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


DECRYPT, DISABLE = everybody(WITHIN, Action="kms:Decrypt"), everybody(WITHIN, Action="kms:DisableKey")
WITHOUT_TLS = deny({"Bool": {"aws:SecureTransport": "false"}})


def grants(
    reach: Reach, *plain: Plain, account: str | None = OWN, settings: KeySettings | None = None
) -> list[WideGrant]:
    return list(wide_grants(estate_of(document(list(plain)), account=account, settings=settings), reach))


REACHES = [
    (WITHIN, Reach.ACCOUNT, "kms:CallerAccount"),
    ({"StringEquals": {"aws:PrincipalAccount": OWN}}, Reach.ACCOUNT, "aws:PrincipalAccount"),
    ({"StringEquals": {"KMS:callerACCOUNT": [OWN, "<Other>"]}}, Reach.ACCOUNT, "KMS:callerACCOUNT"),
    ({"StringEquals": {"kms:CallerAccount": [OWN, FOREIGN]}}, Reach.ACCOUNT, "kms:CallerAccount"),
    ({"StringEquals": {"kms:CallerAccount": FOREIGN}}, None, ""),
    ({"StringLike": {"kms:CallerAccount": "*"}}, None, ""),
    ({"StringNotEquals": {"kms:CallerAccount": FOREIGN}}, None, ""),
    (ORG, Reach.ORGANISATION, "aws:PrincipalOrgID"),
    ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}, Reach.ORGANISATION, "aws:PrincipalOrgPaths"),
    ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, None, ""),
    ({"Null": {"aws:PrincipalOrgID": "false"}}, None, ""),
    ({"Null": {"aws:PrincipalOrgID": "true"}}, None, ""),
    ({**WITHIN, **TLS}, Reach.ACCOUNT, "kms:CallerAccount"),
    ({**TLS, **WITHIN}, Reach.ACCOUNT, "kms:CallerAccount"),
    ({"StringEquals": {**ORG["StringEquals"], **WITHIN["StringEquals"]}}, Reach.ACCOUNT, "kms:CallerAccount"),
    ({**TLS, **ORG}, Reach.ORGANISATION, "aws:PrincipalOrgID"),
    ({**WITHIN, **MFA}, None, ""),
    ({**ORG, **MFA}, None, ""),
    ({**WITHIN, "Bool": {"aws:SecureTransport": "false"}}, Reach.ACCOUNT, "kms:CallerAccount"),
    ({**WITHIN, "StringLike": {"aws:PrincipalArn": "*"}}, Reach.ACCOUNT, "kms:CallerAccount"),
    ({**WITHIN, "StringLike": {"kms:ViaService": "*"}}, None, ""),
    (TLS, None, ""),
    (None, None, ""),
    ("<<Condition>>", None, ""),
    ({**WITHIN, "Bool": "<<Test>>"}, None, ""),
]


@pytest.mark.parametrize(("condition", "reach", "limit"), REACHES)
def test_how_far_a_condition_lets_everybody_in(condition: Plain, reach: Reach | None, limit: str) -> None:
    for each in Reach:
        found = grants(each, everybody(condition))
        assert [str(one.limit.key) for one in found] == [limit] * (each is reach)


STATEMENTS = [
    ([everybody(WITHIN)], ["kms:Decrypt"]),
    ([everybody(WITHIN, Principal={"AWS": [FOREIGN, "*"]})], ["kms:Decrypt"]),
    ([everybody(WITHIN, Principal={"AWS": OWN})], []),
    ([everybody(WITHIN, Effect="<Effect>")], []),
    ([deny(WITHIN)], []),
    ([everybody(WITHIN, Resource="arn:aws:s3:::x")], []),
    (
        [DECRYPT, everybody(WITHIN, Action="kms:Encrypt")],
        ["kms:Decrypt", "kms:Encrypt"],
    ),
    # To look at a key is not to have it.
    ([everybody(WITHIN, Action=["kms:DescribeKey", "kms:GetKeyPolicy"])], []),
    ([everybody(WITHIN, Action=["kms:DescribeKey", "kms:Decrypt"])], ["kms:Decrypt"]),
    # What a Deny takes from everybody is not given, and what it takes from some is.
    ([DECRYPT, deny()], []),
    ([DECRYPT, deny(MFA)], ["kms:Decrypt"]),
    ([DECRYPT, deny(TLS)], ["kms:Decrypt"]),
    ([DECRYPT, deny({"StringEquals": {"aws:PrincipalAccount": OWN}})], []),
    ([DECRYPT, {**deny(), "Principal": {"AWS": "<Somebody>"}}], []),
    ([DECRYPT, {**deny(WITHIN), "Effect": "<Effect>"}], []),
]


@pytest.mark.parametrize(("plain", "first"), STATEMENTS)
def test_what_everybody_in_the_account_is_given(plain: list[Plain], first: list[str]) -> None:
    assert [one.actions[0].name for one in grants(Reach.ACCOUNT, *plain)] == first


def test_only_what_the_key_can_serve_is_given() -> None:
    plain = everybody(WITHIN, Action=["kms:Decrypt", "kms:Sign"])
    signing = KeySettings(usage=text("SIGN_VERIFY", HERE), spec=text("ECC_NIST_P256", HERE))
    ((found),) = grants(Reach.ACCOUNT, plain, settings=signing)
    assert [one.name for one in found.actions] == ["kms:Sign"]


def test_conditions_of_the_template_are_told() -> None:
    (found,) = grants(Reach.ACCOUNT, {"if": "C", "then": DECRYPT, "else": None})
    assert when_in(found.ways) == " when C is true"
    blocked: Plain = {"if": "C", "then": deny(), "else": None}
    (found,) = grants(Reach.ACCOUNT, DECRYPT, blocked)
    assert when_in(found.ways) == " when C is false"
    unseen: Plain = "<<Statement>>"
    assert grants(Reach.ACCOUNT, DECRYPT, unseen) == []


@pytest.mark.parametrize(
    ("account", "values", "is_presumed"),
    [(OWN, [OWN], False), (None, [OWN], True), (OWN, [OWN, "<<Unknown>>"], None), (None, [OWN, "<Other>"], True)],
)
def test_a_presumed_account_is_owned_up_to(account: str | None, values: list[Plain], is_presumed: bool | None) -> None:
    found = grants(Reach.ACCOUNT, everybody({"StringEquals": {"kms:CallerAccount": values}}), account=account)
    assert [one.presumed for one in found] == ([] if is_presumed is None else [is_presumed])


def test_an_organisation_beside_an_unknown_one_is_one_and_presumes_nothing() -> None:
    values: list[Plain] = ["<<Unknown>>", "o-1"]
    found = grants(Reach.ORGANISATION, everybody({"StringEquals": {"aws:PrincipalOrgID": values}}), account=None)
    assert [one.presumed for one in found] == [False]


ADMINISTRATION = [
    ([everybody(WITHIN)], ["kms:PutKeyPolicy", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:CreateGrant"]),
    ([everybody(WITHIN, Action=["kms:Decrypt", "kms:Update*"])], []),
    ([everybody(WITHIN, Action="kms:Dis*")], ["kms:DisableKey"]),
    ([everybody(WITHIN, Action="kms:CreateGrant")], ["kms:CreateGrant"]),
    # A grant for the resources of AWS services is no grant to anybody, nor is one that may be to some only.
    ([everybody({**WITHIN, "StringNotEquals": {"kms:GranteePrincipal": OWN}}, Action="kms:CreateGrant")], []),
    ([everybody({**WITHIN, **FOR_SERVICES}, Action="kms:CreateGrant")], []),
    ([everybody({**WITHIN, **TLS}, Action="kms:DisableKey")], ["kms:DisableKey"]),
    ([everybody(ORG)], []),
    ([{"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, **ON_ALL, "Condition": WITHIN}], []),
    ([deny({**WITHIN, "Bool": {"aws:SecureTransport": "false"}})], []),
    # Whom a Deny binds it says, and it is no administration for everybody; without TLS nobody gets in anyway.
    ([DISABLE, deny(MFA)], []),
    (
        [DISABLE, WITHOUT_TLS],
        ["kms:DisableKey"],
    ),
    (
        [DISABLE, deny({"BoolIfExists": {"AWS:securetransport": "FALSE"}})],
        ["kms:DisableKey"],
    ),
    ([DISABLE, deny(TLS)], []),
    ([DISABLE, deny({"Bool": {"aws:SecureTransport": ["true", "false"]}})], []),
    ([DISABLE, deny({"StringEquals": {"aws:SecureTransport": "false"}})], []),
    ([DISABLE, deny({"Null": {"aws:SecureTransport": "false"}})], []),
    ([DISABLE, deny({"Bool": {"aws:ViaAWSService": "false"}})], []),
    (
        [
            DISABLE,
            deny({**MFA, "Bool": {**MFA["Bool"], "aws:SecureTransport": "false"}}),
        ],
        ["kms:DisableKey"],
    ),
    ([DISABLE, WITHOUT_TLS, deny(MFA)], []),
    (
        [
            DISABLE,
            {**WITHOUT_TLS, "Effect": "<Effect>"},
        ],
        [],
    ),
    (
        [
            DISABLE,
            deny({"Null": "<<Test>>", "Bool": {"aws:SecureTransport": "false"}}),
        ],
        ["kms:DisableKey"],
    ),
    ([DISABLE, deny(MFA, Action="kms:Decrypt")], ["kms:DisableKey"]),
    ([DISABLE, "<<Statement>>"], []),
]


@pytest.mark.parametrize(("plain", "actions"), ADMINISTRATION)
def test_what_everybody_in_the_account_may_administer(plain: list[Plain], actions: list[str]) -> None:
    found = list(account_wide_administration(estate_of(document(plain))))
    assert sorted(action.name for one in found for action in one.actions) == sorted(actions)


def named(principal: str, action: Plain, **more: Plain) -> dict[str, Plain]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*", **more}


DEV, ANN = f"arn:aws:iam::{OWN}:role/Dev", f"arn:aws:iam::{OWN}:user/Ann"
LINKED = f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
PUT, USE = "kms:PutKeyPolicy", ["kms:Encrypt", "kms:Decrypt"]

HANDS = [
    ([named(DEV, PUT), named(DEV, USE)], [("Dev", 0, 1, "kms:Decrypt")]),
    ([named(DEV, "kms:Put*"), named(DEV, "kms:Sign")], []),  # a key for encryption signs nothing
    ([named(DEV, USE), named(DEV, PUT)], [("Dev", 1, 0, "kms:Decrypt")]),
    ([named(ANN, PUT), named(ANN, "kms:Enc*")], [("Ann", 0, 1, "kms:Encrypt")]),
    ([named(DEV, PUT), named(ANN, USE)], []),
    ([named(DEV, PUT), named(DEV, PUT), named(DEV, USE), named(DEV, USE)], [("Dev", 0, 2, "kms:Decrypt")]),
    (
        [named(DEV, PUT), named(ANN, PUT), named(ANN, USE), named(DEV, USE)],
        [("Dev", 0, 3, "kms:Decrypt"), ("Ann", 1, 2, "kms:Decrypt")],
    ),
    ([named(DEV, PUT), named(DEV, "kms:Encrypt"), named(DEV, "kms:Decrypt")], [("Dev", 0, 1, "kms:Encrypt")]),
    # One statement that gives all of it is told of elsewhere.
    ([named(DEV, [PUT, *USE]), {**named("*", "kms:Decrypt"), "Effect": "Deny"}], []),
    ([named(DEV, "kms:*"), named(DEV, PUT), named(DEV, USE)], []),
    ([named(DEV, [PUT, "kms:Decrypt"], Condition=MFA), named(DEV, USE)], []),
    ([named(DEV, PUT, Condition=MFA), named(DEV, USE)], []),
    ([named(DEV, PUT), named(DEV, USE, Condition=MFA)], []),
    (
        [named(DEV, PUT), named(DEV, ["kms:Encrypt"]), named(DEV, "kms:Decrypt", Condition=MFA)],
        [("Dev", 0, 1, "kms:Encrypt")],
    ),
    (
        [named(DEV, PUT), named(DEV, USE), {**named("*", "kms:Decrypt"), "Effect": "Deny"}],
        [("Dev", 0, 1, "kms:Encrypt")],
    ),
    ([named(DEV, PUT), named(DEV, USE), {**named(DEV, PUT), "Effect": "Deny"}], []),
    ([{**named(DEV, PUT), "Effect": "<Effect>"}, named(DEV, PUT, Effect="Deny"), named(DEV, USE)], []),
    # What says nothing of the key, or of somebody, gives and takes nothing.
    (
        [named(DEV, PUT, Effect="Deny", Resource="arn:aws:s3:::x"), named(DEV, PUT), named(DEV, USE)],
        [("Dev", 1, 2, "kms:Decrypt")],
    ),
    (
        [{"Effect": "Allow", "NotPrincipal": {"AWS": ANN}, **ON_ALL}, named(DEV, PUT), named(DEV, USE)],
        [("Dev", 1, 2, "kms:Decrypt")],
    ),
    ([named(LINKED, PUT), named(LINKED, USE)], []),
    ([named(OWN, PUT), named(OWN, USE)], []),
    ([named(f"arn:aws:iam::{FOREIGN}:role/Dev", PUT), named(f"arn:aws:iam::{FOREIGN}:role/Dev", USE)], []),
    ([named("<role Dev>", PUT), named("<role Dev>", USE)], []),
    ([named("<<Somebody>>", PUT), named("<<Somebody>>", USE)], []),
]


@pytest.mark.parametrize(("plain", "hands"), HANDS)
def test_who_administers_a_key_and_uses_it_by_statements_of_their_own(
    plain: list[Plain], hands: list[tuple[str, int, int, str]]
) -> None:
    found = both_hands(estate_of(document(plain), identities=[role_of("Dev")]))
    assert [
        (str(one.principal.value).rpartition("/")[2], one.statement.position, one.using.position, one.use.name)
        for one in found
    ] == hands


def test_where_the_use_is_given_is_told() -> None:
    (found,) = both_hands(estate_of(document([named(DEV, PUT), named(ANN, USE), named(DEV, USE)])))
    assert (str(found.used_by.value), found.key.address) == (DEV, "Key")
    assert found.used_by.at == found.using.at == HERE
