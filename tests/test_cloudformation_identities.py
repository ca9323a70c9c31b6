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


def estate_of(resources: str) -> Estate:
    source = Source("t.yaml", f"Conditions: {{Some: !Equals [!Ref 'AWS::Region', x]}}\nResources:\n{resources}")
    return read_stack(read_yaml(source).documents[0], source)


TRUST = "AssumeRolePolicyDocument: {Statement: [{Sid: Trust}]}"


def inline(sid: str) -> str:
    return f"Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [{{Sid: {sid}}}]}}}}]"


def twice(kind: str, first: str, last: str) -> Identity:
    """What is made of one that is declared a second time in line 4."""
    each = "".join(f"  One: {{Type: 'AWS::IAM::{kind}', Properties: {{{given}}}}}\n" for given in (first, last))
    (found,) = estate_of(each).identities
    return found


FIRST, LAST = 'the first "One" (line 3) counts', 'the first "One" (line 3) does not count'


def test_a_role_that_stands_twice_has_the_policies_of_both() -> None:
    role = twice(
        "Role",
        f"RoleName: one, {TRUST}, {inline('A')}, ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/a']",
        f"RoleName: one, {TRUST}, {inline('B')}, ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/b']",
    )
    assert [spelt(policy) for policy in role.policies] == [f"One A {FIRST}", f"One B {LAST}"]
    assert [str(unseen.hole.label)[-8:] for unseen in role.unseen_policies] == ["policy/a", "policy/b"]
    assert (role.at.line, role.guards, role.boundary) == (4, frozenset(), None)
    assert str(role.arn).endswith("role/one")


@pytest.mark.parametrize(
    ("first", "last", "boundary"),
    [
        ("PermissionsBoundary: '{}a', {}", "PermissionsBoundary: '{}b', {}", "b ?"),
        ("PermissionsBoundary: '{}a', {}", "RoleName: b, {}", "a ?"),
        ("RoleName: a, {}", "PermissionsBoundary: '{}b', {}", "b ?"),
    ],
)
def test_a_boundary_that_counts_at_times_is_not_known(first: str, last: str, boundary: str) -> None:
    """A document would be taken to be there always."""
    prefix = "arn:aws:iam::aws:policy/"
    each = [text.format(*([prefix] if text.count("{}") == 2 else []), TRUST) for text in (first, last)]
    found = twice("Role", *each)
    assert found.boundary is not None
    assert spelt(found.boundary) == f"{prefix}{boundary}"
    assert {str(arn) for arn in found.boundary_arns} == {
        f"{prefix}{text.partition('{}')[2][0]}" for text in (first, last) if "Boundary" in text
    }


def test_the_trust_policy_of_a_role_that_stands_twice() -> None:
    other = TRUST.replace("Trust", "Other")
    assert twice("Role", f"RoleName: a, {TRUST}", f"RoleName: b, {other}").trust is None


def test_a_user_that_stands_twice_is_in_the_groups_of_both() -> None:
    groups = "  A: {Type: 'AWS::IAM::Group'}\n  B: {Type: 'AWS::IAM::Group'}\n  C: {Type: 'AWS::IAM::Group'}\n"
    each = "".join(
        f"  One: {{Type: 'AWS::IAM::User', Properties: {{Groups: {listed}}}}}\n"
        for listed in ("[!Ref A, !Ref B]", "[!Ref B, !Ref C]")
    )
    user = estate_of(each + groups).identity("One")
    assert user is not None
    assert user.groups == ("A", "B", "C")


def test_a_managed_policy_that_stands_twice_says_what_both_say() -> None:
    def declared(document: str) -> str:
        properties = f"ManagedPolicyName: m, Roles: [!Ref R], PolicyDocument: {document}"
        return f"  M: {{Type: 'AWS::IAM::ManagedPolicy', Properties: {{{properties}}}}}\n"

    role = f"  R: {{Type: 'AWS::IAM::Role', Properties: {{ManagedPolicyArns: [!Ref M], {TRUST}}}}}\n"
    both = estate_of(declared("{Statement: [{Sid: A}]}") + declared("{Statement: [{Sid: B}]}") + role)
    (listed, *_) = both.identities[0].policies
    assert listed.document is not None
    assert [(str(one.sid), *map(str, one.guards)) for one in listed.document.statements] == [
        ("A", 'the first "M" (line 3) counts'),
        ("B", 'the first "M" (line 3) does not count'),
    ]
    for documents in (("{Statement: [{Sid: A}]}", "!Ref Nothing"), ("!Ref Nothing", "{Statement: [{Sid: A}]}")):
        (listed, *_) = estate_of("".join(map(declared, documents)) + role).identities[0].policies
        assert listed.document is None


def test_a_managed_policy_of_another_account_is_not_here() -> None:
    properties = "ManagedPolicyName: m, PolicyDocument: {Statement: [{Sid: A}]}"
    estate = estate_of(
        f"  M: {{Type: 'AWS::IAM::ManagedPolicy', Properties: {{{properties}}}}}\n"
        "  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {Statement: []}\n"
        "      ManagedPolicyArns:\n      - arn:aws:iam::111122223333:policy/m\n"
        "      - !Sub 'arn:aws:iam::${AWS::AccountId}:policy/m'\n"
    )
    (role,) = estate.identities
    assert [spelt(policy) for policy in role.policies] == ["M A"]
    assert [unseen.hole.label for unseen in role.unseen_policies] == ["arn:aws:iam::111122223333:policy/m"]


def test_a_policy_that_a_macro_brings_in_is_not_missing() -> None:
    policies = "Policies: [{PolicyName: p, 'Fn::Transform': {Name: M}}]"
    estate = estate_of(f"  R: {{Type: 'AWS::IAM::Role', Properties: {{{TRUST}, {policies}}}}}\n")
    assert estate.problems == ()
    assert [policy.document for policy in estate.policies] == [None]


def test_a_service_linked_role_of_a_service_that_is_not_known() -> None:
    estate = estate_of(
        "  S: {Type: 'AWS::IAM::ServiceLinkedRole', Properties: {AWSServiceName: !If [Some, a, b]}}\n"
        "  T: {Type: 'AWS::IAM::ServiceLinkedRole'}\n"
        "  K:\n    Type: AWS::KMS::Key\n"
        "    Properties: {KeyPolicy: {Statement: [{Principal: {AWS: [!GetAtt S.Arn, !GetAtt T.Arn]}}]}}\n"
    )
    document = estate.keys[0].policy.document
    assert document is not None
    role = f"{IAM}role/aws-service-role/"
    assert [str(one.value) for one in document.statements[0].principals or ()] == [
        f"{role}${{{name}.AWSServiceName}}/${{{name}}}" for name in "ST"
    ]


@pytest.mark.parametrize("type_", ["Role", "User", "InstanceProfile"])
def test_a_group_is_none_of_the_same_name(type_: str) -> None:
    """Its policies are not in the template."""
    name = f"{type_}Name"
    text = (
        f"Resources:\n  Other: {{Type: 'AWS::IAM::{type_}', Properties: {{{name}: team}}}}\n"
        "  Member: {Type: 'AWS::IAM::User', Properties: {Groups: [team]}}\n"
    )
    source = Source("t.yaml", text)
    member = read_stack(read_yaml(source).documents[0], source).identity("Member")
    assert member is not None
    assert (member.groups, [unseen.hole.label for unseen in member.unseen_policies]) == ((), ["group team"])
