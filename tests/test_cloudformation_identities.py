"""Roles, users and groups of a template, and every way a policy is attached to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kmslint.access.principals import is_service_linked_role
from kmslint.cloudformation.stack import read_stack
from kmslint.location import Source
from kmslint.model.estate import Estate, Identity, IdentityPolicy
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Guard

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "cloudformation" / "identities.yaml"
SOURCE = Source("identities.yaml", FIXTURE.read_text(encoding="utf-8"))


@cache
def fixture() -> Estate:
    return read_stack(read_yaml(SOURCE).documents[0], SOURCE)


HOME, AWAY = "IsHome is true", "IsHome is false"
IAM = "arn:${AWS::Partition}:iam::${AWS::AccountId}:"


def identity(address: str) -> Identity:
    found = fixture().identity(address)
    assert found is not None
    return found


def spelt(policy: IdentityPolicy) -> str:
    """Address, the Sid of the first statement or what there is instead, and the conditions."""
    sid = "?"
    if policy.document is not None:
        statements = policy.document.statements
        sid = "..." if policy.managed_by_aws and statements else str(statements[0].sid if statements else "nothing")
    return " ".join([policy.address, sid, *sorted(map(str, policy.guards))])


def test_every_identity_is_there_but_the_one_that_is_off() -> None:
    found = [(each.label, each.at.line) for each in fixture().identities]
    assert found == [
        ("role Role", 12),
        ("role NamedRole", 34),
        ("role TeamRole", 43),
        ("role BoundedAtHome", 44),
        ("role BoundedEitherWay", 48),
        ("user User", 87),
        ("user JoinedUser", 92),
        ("group Group", 93),
    ]
    assert fixture().problems == ()


@pytest.mark.parametrize(
    ("address", "arn"),
    [
        ("Role", f"{IAM}role/${{Role}}"),
        ("NamedRole", f"{IAM}role/team/ops"),
        ("TeamRole", f"{IAM}role/${{Team}}-role"),
        ("User", f"{IAM}user/${{User}}"),
        ("JoinedUser", f"{IAM}user/joe"),
        ("Group", f"{IAM}group/admins"),
    ],
)
def test_the_arn_of_an_identity(address: str, arn: str) -> None:
    assert str(identity(address).arn) == arn


@pytest.mark.parametrize(
    ("address", "policies"),
    [
        (
            "Role",
            [
                "Role Inline",
                f"Role Home {HOME}",
                "Managed Managed",
                "NamedManaged NamedManaged",
                "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess ...",
                "arn:aws:iam::aws:policy/NotOneThatNamesKms nothing",
                f"Managed Managed {AWAY}",
                "RolePolicy OfRole",
                "Unresolved ?",
            ],
        ),
        ("NamedRole", [f"Attached Attached {HOME}"]),
        ("TeamRole", ["Managed Managed", f"Attached Attached {HOME}"]),
        ("User", ["User UserInline", f"Attached Attached {HOME}", "UserPolicy OfUser"]),
        ("JoinedUser", []),
        ("Group", [f"Attached Attached {HOME}", "GroupPolicy OfGroup"]),
    ],
)
def test_the_policies_of_an_identity(address: str, policies: list[str]) -> None:
    assert [spelt(policy) for policy in identity(address).policies] == policies


@pytest.mark.parametrize(
    ("address", "unseen"),
    [
        (
            "Role",
            [
                "29 ${arn:aws:iam::111122223333:policy/elsewhere}",
                "30 ${arn:aws:iam::aws:policy/${Team}}",
                "31 ${Fn::ImportValue shared-policy}",
            ],
        ),
        ("NamedRole", ["40 ${Extra}"]),
        ("TeamRole", []),
        ("User", ["90 ${group elsewhere}"]),
    ],
)
def test_what_is_attached_and_not_here(address: str, unseen: list[str]) -> None:
    assert [f"{each.at.line} {each}" for each in identity(address).unseen_policies] == unseen


@pytest.mark.parametrize(
    ("address", "boundary"),
    [
        ("Role", "NamedManaged NamedManaged"),
        ("NamedRole", f"${{Boundary}} ? {HOME}"),
        ("TeamRole", None),
        ("BoundedAtHome", f"NamedManaged NamedManaged {HOME}"),
        ("BoundedEitherWay", f"{IAM}policy/by-name ?"),
    ],
)
def test_the_boundary_of_an_identity(address: str, boundary: str | None) -> None:
    found = identity(address).boundary
    assert (found and spelt(found)) == boundary


def test_the_trust_policy_of_a_role() -> None:
    trust = identity("Role").trust
    assert trust is not None
    assert [str(principal.value) for principal in trust.statements[0].principals or ()] == ["ec2.amazonaws.com"]
    assert identity("NamedRole").trust is None


@pytest.mark.parametrize(("address", "groups"), [("User", ("Group",)), ("JoinedUser", ("Group",)), ("Role", ())])
def test_the_groups_of_a_user(address: str, groups: tuple[str, ...]) -> None:
    assert identity(address).groups == groups


def test_the_condition_of_an_identity_guards_it() -> None:
    assert identity("NamedRole").guards == {Guard("IsHome", True)}
    assert identity("Role").guards == frozenset()


def test_every_document_is_there_once() -> None:
    found = [f"{policy.at.line} {spelt(policy)}" for policy in fixture().policies]
    assert found == [
        "18 Role Inline",
        f"22 Role Home {HOME}",
        "53 Managed Managed",
        "58 NamedManaged NamedManaged",
        f"63 Attached Attached {HOME}",
        "72 RolePolicy OfRole",
        "78 UserPolicy OfUser",
        "81 GroupPolicy OfGroup",
        "84 Unresolved ?",
        "91 User UserInline",
    ]


MAYBE = """
Conditions: {Some: !Equals [!Ref "AWS::Region", eu-west-1]}
Resources:
  Own:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: !If
        - Some
        - {Statement: [{Sid: Here, Effect: Allow, Action: "kms:Decrypt", Resource: "*"}]}
        - !Ref "AWS::NoValue"
"""


def test_a_policy_that_may_be_missing_allows_nothing_then() -> None:
    """AWS has a default policy for keys, and none for roles."""
    source = Source("maybe.yaml", MAYBE)
    (policy,) = read_stack(read_yaml(source).documents[0], source).policies
    assert policy.document is not None
    assert [str(one.sid) for one in policy.document.statements] == ["Here"]


SERVICE_LINKED = """\
Resources:
  Scaling:
    Type: AWS::IAM::ServiceLinkedRole
    Properties: {AWSServiceName: autoscaling.amazonaws.com, CustomSuffix: web}
  Profile: {Type: "AWS::IAM::InstanceProfile", Properties: {InstanceProfileName: web, Path: /apps/}}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Principal:
              AWS:
                - !Sub "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/${Scaling}"
                - !Sub "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/${Scaling.RoleName}"
                - !GetAtt Scaling.Arn
                - !GetAtt Profile.Arn
"""


def test_what_service_linked_roles_and_instance_profiles_are_called() -> None:
    source = Source("template.yaml", SERVICE_LINKED)
    estate = read_stack(read_yaml(source).documents[0], source)
    assert estate.identities == ()
    document = estate.keys[0].policy.document
    assert document is not None
    principals = document.statements[0].principals or ()
    role = "role/aws-service-role/autoscaling.amazonaws.com/${Scaling}"
    assert [str(principal.value) for principal in principals] == [
        f"arn:aws:iam::111122223333:{role}",
        f"arn:aws:iam::111122223333:{role}",
        f"{IAM}{role}",
        f"{IAM}instance-profile/apps/web",
    ]
    assert list(map(is_service_linked_role, principals)) == [True, True, True, False]
