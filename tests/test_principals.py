"""What a principal is by its looks, and whom an element means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import pytest

from kmslint.access.principals import NOBODY, Form, Meant, account_of, form, is_service_linked_role, meant
from kmslint.access.situation import RequestContext, Situation
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.model.policy import Principal, PrincipalType, Statement
from kmslint.values import Hole, HoleKind, Text
from kmslint.verdict import NO, UNKNOWN, YES, Verdict
from plain_policies import HERE, KEY, OWN, Plain, accounts_of, caller_of, document, words


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
        # With text beside it, what hides no colon never becomes an ARN; what may hide one may.
        ({"AWS": "<own>-x"}, Form.INVALID),
        ({"AWS": "x-<partition>"}, Form.INVALID),
        ({"AWS": "x-<region>"}, Form.INVALID),
        ({"AWS": "<own>-<Name>"}, Form.OPEN),
        ({"AWS": "<Name>-<own>"}, Form.OPEN),
        ({"AWS": "<role Dev>-x"}, Form.OPEN),
        # The shortest names; and roles and users are IAM's, sessions are STS's.
        ({"AWS": f"arn:aws:iam::{OWN}:role/D"}, Form.ROLE),
        ({"AWS": f"arn:aws:iam::{OWN}:user/A"}, Form.USER),
        ({"AWS": f"arn:aws:iam::{OWN}:user/"}, Form.INVALID),
        ({"AWS": f"arn:aws:iam::{OWN}:"}, Form.INVALID),
        ({"AWS": f"arn:aws:sts::{OWN}:role/Dev"}, Form.INVALID),
        ({"AWS": f"arn:aws:sts::{OWN}:user/Ann"}, Form.INVALID),
        ({"AWS": f"arn:aws:sts::{OWN}:root"}, Form.INVALID),
        ({"AWS": f"arn:aws:iam::{OWN}:assumed-role/Dev/s"}, Form.INVALID),
        ({"AWS": f"arn:aws:<Service>::{OWN}:role/Dev"}, Form.OPEN),
        # IAM has no Regions.
        ({"AWS": f"arn:aws:iam:us-east-1:{OWN}:root"}, Form.INVALID),
    ],
)
def test_form(plain: Plain, expected: Form) -> None:
    assert form(principal_of(plain)) is expected


def test_the_domain_of_aws_makes_no_arn() -> None:
    name = Text(("x.", Hole(HoleKind.URL_SUFFIX, "AWS::URLSuffix")), HERE)
    assert form(Principal(PrincipalType.AWS, name)) is Form.INVALID


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
        ({"Service": f"arn:aws:iam::{OWN}:role/Dev"}, None),
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
    assert not is_service_linked_role(principal_of({"AWS": f"arn:aws:iam::{OWN}:role/aws-service-role/*"}))


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
        # What AWS refuses, what is gone, and who signs no request to KMS: nobody, not even somebody unresolved.
        ({"AWS": "AROAEXAMPLEROLE123456"}, "<deployer>", NOBODY),
        ({"AWS": "root"}, "<deployer>", NOBODY),
        ({"Federated": f"arn:aws:iam::{OWN}:saml-provider/Idp"}, "<deployer>", NOBODY),
        ({"Federated": "<Provider>"}, "<deployer>", NOBODY),
        ({"Federated": "<<Provider>>"}, "<deployer>", NOBODY),
        ({"CanonicalUser": "<Id>"}, "<deployer>", NOBODY),
        ({"Service": "<<Service>>"}, "role/Dev", NOBODY),
        ({"Service": "<<Service>>"}, "logs.amazonaws.com", Meant(UNKNOWN, NO, NO)),
        # CloudFormation makes a text of a number.
        ({"AWS": int(OWN)}, "role/Dev", Meant(NO, NO, YES)),
        # A service belongs to no account.
        ({"AWS": OWN}, "logs.amazonaws.com", NOBODY),
        ({"AWS": "arn:aws:iam::<Account>:root"}, "logs.amazonaws.com", NOBODY),
        ({"AWS": "<role Dev>"}, "logs.amazonaws.com", NOBODY),
        ("*", "logs.amazonaws.com", Meant(YES, NO, NO)),
        # The deployer is of the account.
        ({"AWS": f"arn:aws:iam::{OWN}:root"}, "<deployer>", Meant(NO, NO, YES)),
        # A federated user is no session of the role of its name.
        ({"AWS": f"arn:aws:sts::{OWN}:federated-user/Dev"}, "role/Dev", NOBODY),
    ],
)
def test_meant(plain: Plain, caller: str, expected: Meant) -> None:
    assert meant(statement(plain), Situation(caller_of(caller), PUT_KEY_POLICY, KEY, accounts_of())) == expected


LOGS, LOGS_EAST = "logs.amazonaws.com", "logs.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("name", "caller", "carried", "verdict"),
    [
        (LOGS, LOGS, None, YES),
        (LOGS, "s3.amazonaws.com", None, NO),
        # The general name and that of a Region: only the names that the call carries tell.
        (LOGS, LOGS_EAST, None, UNKNOWN),
        (LOGS_EAST, LOGS, None, UNKNOWN),
        (LOGS, LOGS_EAST, (), UNKNOWN),
        (LOGS, LOGS_EAST, (LOGS, LOGS_EAST), YES),
        (LOGS_EAST, LOGS, (LOGS_EAST, LOGS), YES),
        (LOGS, LOGS_EAST, (LOGS_EAST,), NO),
        (LOGS, "s3.amazonaws.com", ("s3.us-east-1.amazonaws.com",), NO),
        (LOGS_EAST, "logs.us-east-2.amazonaws.com", None, NO),
        # Names of another shape are only themselves.
        ("logs.amazonaws.com.cn", LOGS, None, NO),
        (LOGS, "delivery.logs.amazonaws.com", None, NO),
        ("delivery.logs.amazonaws.com", LOGS, None, NO),
        ("delivery.logs.amazonaws.com", "x.logs.amazonaws.com", None, NO),
        # Names that are made of the Region.
        ("logs.<region>.amazonaws.com", LOGS_EAST, None, UNKNOWN),
        ("logs.<region>.amazonaws.com", "s3.amazonaws.com", None, NO),
        (LOGS, "logs.<region>.amazonaws.com", None, UNKNOWN),
        ("s3.amazonaws.com", "logs.<region>.amazonaws.com", None, NO),
        ("logs.<region>.amazonaws.com", "logs.<region>.amazonaws.com", None, YES),
        ("<Service>", LOGS, None, UNKNOWN),
        (LOGS, "role/Dev", None, NO),
    ],
)
def test_service(name: str, caller: str, carried: tuple[str, ...] | None, verdict: Verdict) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""
    context = None
    if carried is not None:
        context = RequestContext({"aws:principalservicenameslist": tuple(map(words, carried))} if carried else {})
    situation = Situation(caller_of(caller), PUT_KEY_POLICY, KEY, accounts_of(), context=context)
    assert meant(statement({"Service": name}), situation) == Meant(verdict, NO, NO)


ROOT = f"arn:aws:iam::{OWN}:root"
ANN = f"arn:aws:iam::{OWN}:user/Ann"
FEDERATED = f"arn:aws:sts::{OWN}:federated-user/Ann"


@pytest.mark.parametrize(
    ("listed", "caller", "hit"),
    [
        # Nobody is beside everybody.
        ("*", "role/Dev", NO),
        ({"AWS": ["*", DEV]}, "role/Sec", NO),
        ({"AWS": [DEV, "*"]}, "logs.amazonaws.com", NO),
        # To exempt a role takes the role and its account, and a session of it as well.
        ({"AWS": [DEV, ROOT]}, "role/Dev", NO),
        ({"AWS": [DEV, ROOT]}, "role/Sec", YES),
        ({"AWS": DEV}, "role/Dev", UNKNOWN),
        ({"AWS": DEV}, "role/Sec", YES),
        ({"AWS": ROOT}, "role/Dev", YES),
        ({"AWS": [f"arn:aws:iam::{OWN}:role/<Name>", ROOT]}, "role/Dev", UNKNOWN),
        ({"AWS": [SESSION, DEV, ROOT]}, "assumed-role/Dev/s", NO),
        ({"AWS": [SESSION, DEV, OWN]}, "assumed-role/Dev/s", NO),
        ({"AWS": [DEV, ROOT]}, "assumed-role/Dev/s", UNKNOWN),
        ({"AWS": [SESSION, ROOT]}, "assumed-role/Dev/s", UNKNOWN),
        ({"AWS": [SESSION, DEV]}, "assumed-role/Dev/s", UNKNOWN),
        ({"AWS": [SESSION, DEV, ROOT]}, "assumed-role/Sec/s", YES),
        # A user takes its account too.
        ({"AWS": [ANN, ROOT]}, "user/Ann", NO),
        ({"AWS": ANN}, "user/Ann", UNKNOWN),
        ({"AWS": ROOT}, "user/Ann", YES),
        ({"AWS": [f"arn:aws:iam::{OWN}:user/<Name>", ROOT]}, "user/Ann", UNKNOWN),
        ({"AWS": [ANN, ROOT]}, "federated-user/Ann", NO),
        ({"AWS": [FEDERATED, ROOT]}, "federated-user/Ann", NO),
        ({"AWS": FEDERATED}, "federated-user/Ann", UNKNOWN),
        # The root user is its account's.
        ({"AWS": ROOT}, "root user", NO),
        ({"AWS": [DEV]}, "root user", YES),
        ({"AWS": "arn:aws:iam::<Account>:root"}, "root user", UNKNOWN),
        # A service has no account.
        ({"Service": LOGS}, LOGS, NO),
        ({"Service": LOGS}, "s3.amazonaws.com", YES),
        ({"Service": LOGS}, LOGS_EAST, UNKNOWN),
        ({"AWS": ROOT}, LOGS, YES),
    ],
)
def test_denied_beside_those_listed(listed: Plain, caller: str, hit: Verdict) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"""
    situation = Situation(caller_of(caller), PUT_KEY_POLICY, KEY, accounts_of())
    assert meant(statement(listed, "NotPrincipal"), situation) == Meant(hit, NO, NO)


@pytest.mark.parametrize(
    ("listed", "caller", "hit"),
    [
        ({"AWS": [DEV, ROOT]}, "role/Dev", YES),
        ({"AWS": [ANN, ROOT]}, "user/Ann", YES),
        ({"AWS": [SESSION, DEV, ROOT]}, "assumed-role/Dev/s", YES),
        ("*", "role/Dev", NO),
        # Neither the root user nor a service has a boundary.
        ({"AWS": ROOT}, "root user", NO),
        ({"Service": LOGS}, LOGS, NO),
    ],
)
def test_nobody_with_a_boundary_is_exempt(listed: Plain, caller: str, hit: Verdict) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"""
    bounded = caller_of(caller)._replace(bounded=True)
    situation = Situation(bounded, PUT_KEY_POLICY, KEY, accounts_of())
    assert meant(statement(listed, "NotPrincipal"), situation) == Meant(hit, NO, NO)


def test_elements_that_aws_does_not_take() -> None:
    """Principal and NotPrincipal at once; an Allow with NotPrincipal, of which AWS says that it is not supported."""
    situation = Situation(caller_of("role/Dev"), PUT_KEY_POLICY, KEY, accounts_of())
    rest: dict[str, Plain] = {"Action": "*", "Resource": "*"}
    both: Plain = {"Effect": "Deny", "Principal": "*", "NotPrincipal": {"AWS": ANN}, **rest}
    allow: Plain = {"Effect": "Allow", "NotPrincipal": {"AWS": ANN}, **rest}
    assert meant(document([both]).statements[0], situation) == NOBODY
    assert meant(document([allow]).statements[0], situation) == Meant(UNKNOWN, NO, NO)
