"""Whom the policies of a template are attached to, by each type of resource and each property."""

from __future__ import annotations

import pytest

from kmslint.cloudformation.stack import read_stack
from kmslint.location import Source
from kmslint.model.estate import Estate, IdentityKind, Language
from kmslint.syntax.yaml import read_yaml

WHO = """
  R: {Type: AWS::IAM::Role, Properties: {RoleName: x}}
  U: {Type: AWS::IAM::User, Properties: {UserName: x}}
  G: {Type: AWS::IAM::Group, Properties: {GroupName: x}}
"""
DOCUMENT = "PolicyDocument: {Statement: [{Sid: @, Effect: Allow, Action: a, Resource: r}]}"
ATTACHING = {
    "AWS::IAM::ManagedPolicy": {"Roles: [x]": "R", "Users: [x]": "U", "Groups: [x]": "G", "Roles: [y]": ""},
    "AWS::IAM::Policy": {"Roles: [x]": "R", "Users: [x]": "U", "Groups: [x]": "G", "Roles: [x], Users: [x]": "RU"},
    "AWS::IAM::RolePolicy": {"RoleName: x": "R", "Roles: [x]": ""},
    "AWS::IAM::UserPolicy": {"UserName: x": "U", "UserName: [x]": "U"},
    "AWS::IAM::GroupPolicy": {"GroupName: x": "G", "GroupName: !If [C, x, y]": "G"},
}


def estate_of(resources: str) -> Estate:
    source = Source("t.yaml", f"Conditions: {{C: !Equals [!Ref AWS::Region, a]}}\nResources:{resources}")
    return read_stack(read_yaml(source).documents[0], source)


def written(**properties: str) -> str:
    return DOCUMENT.replace("@", properties.pop("sid", "s")) + "".join(f", {n}: {v}" for n, v in properties.items())


def test_whom_a_policy_is_attached_to() -> None:
    for type_, attaching in ATTACHING.items():
        for properties, who in attaching.items():
            estate = estate_of(f"{WHO}  P: {{Type: {type_}, Properties: {{{written()}, {properties}}}}}\n")
            found = "".join(each.address for each in estate.identities for policy in each.policies)
            assert found == who, (type_, properties)
            (policy,) = estate.policies
            assert policy.attached is (bool(who) or properties == "Roles: [y]")  # to somebody who is not here
            assert (policy.arn is not None) is type_.endswith("ManagedPolicy")
            assert estate.language is Language.CLOUDFORMATION
            assert [each.kind for each in estate.identities] == [
                IdentityKind.ROLE,
                IdentityKind.USER,
                IdentityKind.GROUP,
            ]


@pytest.mark.parametrize(
    ("resources", "attached", "unseen"),
    [
        # A managed policy by its ARN, with the partition spelt out or not.
        ("ManagedPolicyArns: [!Ref M]", ["M"], []),
        ("ManagedPolicyArns: [!Sub 'arn:aws:iam::${AWS::AccountId}:policy/m']", ["M"], []),
        ("ManagedPolicyArns: [!Sub 'arn:aws:iam::${AWS::AccountId}:policy/n']", [], ["policy/n"]),
        ("ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/m']", [], ["policy/m"]),
        (
            "ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']",
            ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            [],
        ),
        ("ManagedPolicyArns: [!Ref Open]", [], ["Open"]),
        ("ManagedPolicyArns: [text]", [], ["text"]),
        ("ManagedPolicyArns: [!Sub 'arn:aws:iam::aws:policy/${Open}']", [], ["arn:aws:iam::aws:policy/${Open}"]),
        ("ManagedPolicyArns: [[a]]", [], ["a"]),
        ("ManagedPolicyArns: [{a: b}]", [], ["a map"]),
        ("Policies: [!Ref Open, {PolicyName: p, Fn::Transform: X}]", ["R"], ["Open"]),
        ("Policies: [text]", [], ["Policies"]),
    ],
)
def test_what_is_attached_to_a_role(resources: str, attached: list[str], unseen: list[str]) -> None:
    managed = f"  M: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: m, {written()}}}}}\n"
    estate = estate_of(f"\n  R: {{Type: AWS::IAM::Role, Properties: {{{resources}}}}}\n{managed}")
    (role,) = estate.identities
    assert [policy.address for policy in role.policies] == attached
    labels = [each.hole.label for each in role.unseen_policies]
    assert len(labels) == len(unseen)
    assert all(label.endswith(end) for label, end in zip(labels, unseen, strict=True))


def sids(estate: Estate) -> list[tuple[str, list[str], list[str]]]:
    return [
        (policy.address, sorted(map(str, policy.guards)), [str(one.sid) for one in policy.document.statements])
        for identity in estate.identities
        for policy in identity.policies
        if policy.document is not None
    ]


def test_a_role_and_a_user_of_one_logical_id_are_two() -> None:
    estate = estate_of("\n  R: {Type: AWS::IAM::Role}\n  R: {Type: AWS::IAM::User}\n")
    assert [(each.address, each.kind.value) for each in estate.identities] == [("R", "role"), ("R", "user")]


def test_two_managed_policies_of_one_name_are_two() -> None:
    """The last one is what the ARN leads to; AWS would refuse the second."""
    managed = "".join(
        f"  {name}: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: m, {written(sid=name)}}}}}\n"
        for name in ("One", "Two")
    )
    role = "\n  R: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref One]}}\n"
    assert sids(estate_of(role + managed)) == [("Two", [], ["Two"])]


def test_a_group_that_is_not_here_may_have_policies() -> None:
    users = "\n  U: {Type: AWS::IAM::User, Properties: {UserName: u, Groups: [!Ref G, other]}}\n"
    added = "  A: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: g, Users: [u, v]}}\n"
    group = "  G: {Type: AWS::IAM::Group, Properties: {GroupName: g}}\n"
    user, _ = estate_of(users + added + group).identities
    assert user.groups == ("G",)
    assert [each.hole.label for each in user.unseen_policies] == ["group other"]


@pytest.mark.parametrize(
    ("boundary", "address", "is_known", "guards"),
    [
        ("!Ref M", "M", True, []),
        ("!Ref Open", "${Open}", False, []),
        ("!If [C, !Ref M, !Ref AWS::NoValue]", "M", True, ["C is true"]),
        ("!If [C, !Ref M, !Ref Open]", "", False, []),
        ("!If [C, !Ref Open, !Ref AWS::NoValue]", "${Open}", False, ["C is true"]),
    ],
)
def test_the_boundary_of_a_role(boundary: str, address: str, is_known: bool, guards: list[str]) -> None:
    managed = f"  M: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: m, {written()}}}}}\n"
    (role,) = estate_of(
        f"\n  R: {{Type: AWS::IAM::Role, Properties: {{PermissionsBoundary: {boundary}}}}}\n{managed}"
    ).identities
    assert role.boundary is not None
    assert (role.boundary.document is not None) is is_known
    assert sorted(map(str, role.boundary.guards)) == guards
    assert role.boundary.address == address or not address
