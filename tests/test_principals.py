"""What a principal is by its looks, and whom an element means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import pytest

from kmslint.access.principals import Form, Meant, account_of, form, is_service_linked_role, meant
from kmslint.access.situation import Situation
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.model.policy import Principal, Statement
from kmslint.verdict import NO, UNKNOWN, YES
from plain_policies import KEY, OWN, Plain, accounts_of, caller_of, document


def statement(principal: Plain, name: str = "Principal") -> Statement:
    return document([{"Effect": "Deny", name: principal, "Action": "*", "Resource": "*"}]).statements[0]


def principal_of(plain: Plain) -> Principal:
    (principal,) = statement(plain).principals or ()
    return principal


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("*", Form.EVERYBODY),
        ({"AWS": "*"}, Form.EVERYBODY),
        ({"AWS": OWN}, Form.ACCOUNT),
        ({"AWS": "<own>"}, Form.ACCOUNT),
        ({"AWS": f"arn:aws:iam::{OWN}:root"}, Form.ACCOUNT),
        ({"AWS": f"arn:aws-cn:iam::{OWN}:root"}, Form.ACCOUNT),
        ({"AWS": "arn:<partition>:iam::<Account>:root"}, Form.ACCOUNT),
        ({"AWS": f"arn:aws:iam::{OWN}:role/Dev"}, Form.ROLE),
        ({"AWS": f"arn:aws:iam::{OWN}:role/<Name>"}, Form.ROLE),
        ({"AWS": f"arn:aws:iam::{OWN}:user/a/Ann"}, Form.USER),
        ({"AWS": f"arn:aws:sts::{OWN}:assumed-role/Dev/s"}, Form.SESSION),
        ({"AWS": f"arn:aws:sts::{OWN}:federated-user/Ann"}, Form.SESSION),
        ({"AWS": "<deployer>"}, Form.DEPLOYER),
        ({"AWS": "<role Dev>"}, Form.RESOURCE),
        ({"AWS": "AROAEXAMPLEROLE123456"}, Form.DELETED),
        ({"AWS": "AIDAEXAMPLEUSER123456"}, Form.DELETED),
        ({"Service": "logs.amazonaws.com"}, Form.SERVICE),
        ({"Service": "<<Service>>"}, Form.SERVICE),
        ({"Federated": "cognito-identity.amazonaws.com"}, Form.OTHER),
        ({"CanonicalUser": "79a59df900b949e5"}, Form.OTHER),
        ({"AWS": "<Somebody>"}, Form.OPEN),
        ({"AWS": "<<Somebody>>"}, Form.OPEN),
        ("<Somebody>", Form.OPEN),
        ("<<Somebody>>", Form.OPEN),
        ({"<Type>": OWN}, Form.OPEN),
        ({"AWS": f"arn:aws:iam::{OWN}:<What>"}, Form.OPEN),
        ({"AWS": "<Prefix>:root"}, Form.OPEN),
        ({"AWS": f"arn:aws:iam::{OWN}:group/Devs"}, Form.INVALID),
        ({"AWS": f"arn:aws:iam::{OWN}:role/*"}, Form.INVALID),
        ({"AWS": f"arn:aws:iam::{OWN}:role/De?"}, Form.INVALID),
        ({"AWS": "arn:aws:iam::*:root"}, Form.INVALID),
        ({"AWS": f"arn:aws:iam::{OWN}:role/"}, Form.INVALID),
        ({"AWS": f"arn:aws:iam::{OWN}:root/"}, Form.INVALID),
        ({"AWS": f"arn:aws:iam::{OWN}:instance-profile/Dev"}, Form.INVALID),
        ({"AWS": f"arn:aws:s3::{OWN}:root"}, Form.INVALID),
        ({"AWS": "root"}, Form.INVALID),
        ({"AWS": ""}, Form.INVALID),
        ({"AWS": "12345"}, Form.INVALID),
        ({"AWS": f"{OWN}1"}, Form.INVALID),
        ({"AWS": f"{OWN}\n"}, Form.INVALID),
        ({"AWS": "١١١١٢٢٢٢٣٣٣٣"}, Form.INVALID),
        # An account that a variable was to fill in.
        ({"AWS": "arn:aws:iam:::root"}, Form.OPEN),
        ({"AWS": "arn:aws:iam:::role/Dev"}, Form.OPEN),
        # Not everything in the place of an account is one.
        ({"AWS": "arn:aws:iam::11112222333:root"}, Form.INVALID),
        # IAM has no Regions.
        ({"AWS": f"arn:aws:iam:us-east-1:{OWN}:root"}, Form.INVALID),
    ],
)
def test_form(plain: Plain, expected: Form) -> None:
    assert form(principal_of(plain)) is expected


@pytest.mark.parametrize(
    ("plain", "account"),
    [
        ({"AWS": OWN}, OWN),
        ({"AWS": "<own>"}, "${AWS::AccountId}"),
        ({"AWS": f"arn:aws:iam::{OWN}:role/Dev"}, OWN),
        ({"AWS": "arn:aws:iam::<Account>:root"}, "${Account}"),
        ({"AWS": "*"}, None),
        ({"AWS": "<role Dev>"}, None),
        ({"Service": OWN}, None),
        ({"AWS": "<<X>>"}, None),
    ],
)
def test_account_of(plain: Plain, account: str | None) -> None:
    found = account_of(principal_of(plain))
    assert (None if found is None else str(found)) == account


def test_service_linked_roles() -> None:
    path = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    assert is_service_linked_role(principal_of({"AWS": f"arn:aws:iam::{OWN}:{path}"}))
    assert is_service_linked_role(principal_of({"AWS": f"arn:<partition>:iam::<own>:{path}"}))
    assert not is_service_linked_role(principal_of({"AWS": f"arn:aws:iam::{OWN}:role/aws-service-role"}))


DEV = f"arn:aws:iam::{OWN}:role/Dev"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/Dev/s"


@pytest.mark.parametrize(
    ("plain", "caller", "expected"),
    [
        ("*", "role/Dev", Meant(YES, NO, NO)),
        ("*", "root user", Meant(YES, NO, NO)),
        ("*", "anybody", Meant(YES, NO, NO)),
        ({"AWS": OWN}, "role/Dev", Meant(NO, NO, YES)),
        ({"AWS": OWN}, "root user", Meant(NO, NO, YES)),
        ({"AWS": OWN}, "444455556666 role/Dev", Meant(NO, NO, NO)),
        ({"AWS": "444455556666"}, "444455556666 role/Dev", Meant(NO, NO, YES)),
        ({"AWS": "444455556666"}, "role/Dev", Meant(NO, NO, NO)),
        ({"AWS": "444455556666"}, "anybody", Meant(NO, NO, NO)),
        ({"AWS": "<Account>"}, "role/Dev", Meant(UNKNOWN, NO, UNKNOWN)),
        ({"AWS": "arn:aws:iam::<Account>:root"}, "role/Dev", Meant(NO, NO, UNKNOWN)),
        ({"AWS": DEV}, "role/Dev", Meant(NO, YES, NO)),
        ({"AWS": DEV}, "role/Sec", Meant(NO, NO, NO)),
        ({"AWS": DEV}, "user/Dev", Meant(NO, NO, NO)),
        ({"AWS": DEV}, "444455556666 role/Dev", Meant(NO, NO, NO)),
        ({"AWS": DEV}, "root user", Meant(NO, NO, NO)),
        ({"AWS": DEV}, "some role", Meant(NO, NO, NO)),
        ({"AWS": DEV}, "<role Dev>", Meant(UNKNOWN, NO, NO)),
        ({"AWS": DEV}, "<role Sec>", Meant(NO, NO, NO)),
        ({"AWS": "arn:<partition>:iam::<own>:role/Dev"}, "role/Dev", Meant(NO, YES, NO)),
        ({"AWS": "arn:aws:iam::<own>:role/<Name>"}, "role/Dev", Meant(NO, UNKNOWN, NO)),
        ({"AWS": "arn:aws:iam::<own>:role/<Name>"}, "some role", Meant(NO, NO, NO)),
        ({"AWS": "<role Dev>"}, "<role Dev>", Meant(YES, NO, NO)),
        ({"AWS": "<role Dev>"}, "<role Sec>", Meant(NO, NO, NO)),
        ({"AWS": "<deployer>"}, "<deployer>", Meant(YES, NO, NO)),
        ({"AWS": "<deployer>"}, "role/Dev", Meant(UNKNOWN, NO, NO)),
        ({"AWS": "<deployer>"}, "some role", Meant(NO, NO, NO)),
        ({"AWS": SESSION}, "assumed-role/Dev/s", Meant(YES, NO, NO)),
        ({"AWS": SESSION}, "assumed-role/Dev/t", Meant(NO, NO, NO)),
        ({"AWS": SESSION}, "role/Dev", Meant(UNKNOWN, NO, NO)),
        ({"AWS": SESSION}, "role/Sec", Meant(NO, NO, NO)),
        ({"Service": "logs.amazonaws.com"}, "role/Dev", Meant(NO, NO, NO)),
        ({"AWS": ["<Somebody>", DEV]}, "role/Dev", Meant(UNKNOWN, YES, UNKNOWN)),
        ({"AWS": [OWN, "*"]}, "role/Dev", Meant(YES, NO, YES)),
        ({}, "role/Dev", Meant(NO, NO, NO)),
        # A hole may be the very name.
        ({"AWS": f"arn:aws:sts::{OWN}:assumed-role/<Name>/s"}, "role/Dev", Meant(UNKNOWN, NO, NO)),
        # Another account's session; and a user has none of this kind.
        ({"AWS": "arn:aws:sts::444455556666:assumed-role/Dev/s"}, "role/Dev", Meant(NO, NO, NO)),
        ({"AWS": SESSION}, "user/Dev", Meant(NO, NO, NO)),
        # A role means its sessions, whatever its path, and nobody else of its name.
        ({"AWS": f"arn:aws:iam::{OWN}:role/app/Dev"}, "assumed-role/Dev/s", Meant(NO, YES, NO)),
        ({"AWS": f"arn:aws:iam::{OWN}:role/app/Dev"}, "role/Dev", Meant(NO, NO, NO)),
        ({"AWS": DEV}, "assumed-role/Sec/Dev", Meant(NO, NO, NO)),
        ({"AWS": f"arn:aws:iam::{OWN}:user/Dev"}, "assumed-role/Dev/s", Meant(NO, NO, NO)),
        # A federated user is named by its own ARN, or as the user that it acts as.
        ({"AWS": f"arn:aws:sts::{OWN}:federated-user/Ann"}, "federated-user/Ann", Meant(YES, NO, NO)),
        ({"AWS": f"arn:aws:sts::{OWN}:federated-user/Bob"}, "federated-user/Ann", Meant(NO, NO, NO)),
        ({"AWS": f"arn:aws:iam::{OWN}:user/a/Ann"}, "federated-user/Ann", Meant(NO, YES, NO)),
        ({"AWS": f"arn:aws:iam::{OWN}:role/Ann"}, "federated-user/Ann", Meant(NO, NO, NO)),
        # Partitions do not mix where both are known; a bare account id is in each.
        ({"AWS": f"arn:aws-cn:iam::{OWN}:root"}, "role/Dev", Meant(NO, NO, NO)),
        ({"AWS": f"arn:aws-cn:iam::{OWN}:role/Dev"}, "role/Dev", Meant(NO, NO, NO)),
        ({"AWS": f"arn:<partition>:iam::{OWN}:root"}, "role/Dev", Meant(NO, NO, YES)),
        ({"AWS": DEV}, "assumed-role/Dev/s", Meant(NO, YES, NO)),
    ],
)
def test_meant(plain: Plain, caller: str, expected: Meant) -> None:
    assert meant(statement(plain), Situation(caller_of(caller), PUT_KEY_POLICY, KEY, accounts_of())) == expected
