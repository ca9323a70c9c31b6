"""What kind of key policy it is, told by abstract callers and by whom the policy names.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from __future__ import annotations

import pytest

from kmslint.access.askers import askers
from kmslint.access.classes import Classification, PolicyClass, classify
from kmslint.aws.actions import KEY_ACTIONS
from kmslint.model.estate import Estate, Identity, IdentityKind, Language
from kmslint.verdict import UNKNOWN, YES
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, accounts_of, document, words

ROOT = f"arn:aws:iam::{OWN}:root"
DEV = f"arn:aws:iam::{OWN}:role/Dev"
STRANGER = f"arn:aws:iam::{FOREIGN}:role/Dev"


def classified(*statements: Plain) -> Classification:
    policy = document(list(statements))
    dev = Identity("Dev", IdentityKind.ROLE, HERE, words(DEV), ())
    estate = Estate("x", Language.CLOUDFORMATION, (KEY,), identities=(dev,), accounts=accounts_of(policy))
    return classify(policy, KEY, estate, askers(policy, estate))


def allow(principal: Plain, condition: Plain = None, action: Plain = "kms:*") -> Plain:
    statement: dict[str, Plain] = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return {**statement, "Condition": condition} if condition else statement


def of(classification: Classification, verdict: object = YES) -> set[PolicyClass]:
    return {which for which, is_it in classification.classes if is_it is verdict}


@pytest.mark.parametrize(
    ("principal", "condition", "classes"),
    [
        ({"AWS": ROOT}, None, {PolicyClass.DELEGATES, PolicyClass.ROOT_USER}),
        ({"AWS": OWN}, None, {PolicyClass.DELEGATES, PolicyClass.ROOT_USER}),
        ({"AWS": ROOT}, {"StringEquals": {"aws:PrincipalType": "Account"}}, {PolicyClass.ROOT_USER}),
        ({"AWS": DEV}, None, {PolicyClass.DIRECT}),
        ({"AWS": f"arn:aws:iam::{OWN}:user/Ann"}, None, {PolicyClass.DIRECT}),
        ("*", {"ArnEquals": {"aws:PrincipalArn": DEV}}, {PolicyClass.DIRECT}),
        ("*", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/Ops*"}}, {PolicyClass.DIRECT}),
        ({"Service": "logs.amazonaws.com"}, None, {PolicyClass.SERVICE}),
        ({"AWS": STRANGER}, None, {PolicyClass.FOREIGN}),
        ({"AWS": FOREIGN}, None, {PolicyClass.FOREIGN}),
        (
            "*",
            {"StringEquals": {"kms:CallerAccount": OWN}},
            {PolicyClass.DELEGATES, PolicyClass.ROOT_USER, PolicyClass.ACCOUNT_WIDE},
        ),
        (
            "*",
            {"StringEquals": {"kms:CallerAccount": OWN, "aws:PrincipalType": "User"}},
            {PolicyClass.DELEGATES, PolicyClass.ACCOUNT_WIDE},
        ),
        (
            "*",
            {"StringEquals": {"kms:CallerAccount": OWN, "aws:PrincipalType": "AssumedRole"}},
            {PolicyClass.DELEGATES, PolicyClass.ACCOUNT_WIDE},
        ),
        (
            "*",
            None,
            {PolicyClass.DELEGATES, PolicyClass.ROOT_USER, PolicyClass.ACCOUNT_WIDE, PolicyClass.PUBLIC},
        ),
        ({"AWS": f"arn:aws:iam::{OWN}:role/*"}, None, set()),
        ({"Federated": "cognito-identity.amazonaws.com"}, None, set()),
        ({"AWS": "AROAEXAMPLEROLE123456"}, None, set()),
    ],
)
def test_classes(principal: Plain, condition: Plain, classes: set[PolicyClass]) -> None:
    found = classified(allow(principal, condition))
    assert of(found) == classes
    assert not of(found, UNKNOWN)


def test_a_policy_may_be_of_several_classes() -> None:
    found = classified(allow({"AWS": [ROOT, DEV]}), allow({"Service": "s3.amazonaws.com"}, action="kms:Decrypt"))
    assert of(found) == {PolicyClass.DELEGATES, PolicyClass.ROOT_USER, PolicyClass.DIRECT, PolicyClass.SERVICE}


def test_what_is_delegated_is_told_by_action() -> None:
    found = classified(allow({"AWS": ROOT}, action=["kms:Decrypt", "kms:Encrypt"]))
    assert [action.name for action in found.delegated] == ["kms:Decrypt", "kms:Encrypt"]
    assert classified(allow({"AWS": ROOT})).delegated == KEY_ACTIONS


def test_an_open_principal_leaves_classes_open() -> None:
    found = classified(allow({"AWS": "<Somebody>"}))
    assert of(found) == set()
    assert of(found, UNKNOWN) == {
        PolicyClass.DELEGATES,
        PolicyClass.ROOT_USER,
        PolicyClass.ACCOUNT_WIDE,
        PolicyClass.PUBLIC,
    }


def test_a_deny_counts() -> None:
    deny: Plain = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    assert of(classified(allow("*"), allow({"AWS": DEV}), deny)) == set()


def test_whom_a_deny_leaves_out_it_does_not_let_in() -> None:
    """NotPrincipal names nobody to whom the policy gives anything."""
    others: Plain = {"Effect": "Deny", "NotPrincipal": {"AWS": [ROOT, DEV]}, "Action": "kms:*", "Resource": "*"}
    assert of(classified(allow("*"), others)) == {PolicyClass.ROOT_USER}
    assert of(classified(allow({"Service": "s3.amazonaws.com"}), others)) == set()
