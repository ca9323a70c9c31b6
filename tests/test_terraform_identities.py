"""Roles, users and groups: what is attached to each, and what of it cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kmslint.model.estate import Identity, IdentityPolicy
from kmslint.values import Guards
from terraform_modules import module, spelt

FIXTURE = Path(__file__).parent.parent / "fixtures" / "terraform" / "identities.tf"
TEXT = FIXTURE.read_text(encoding="utf-8")
ESTATE = module(TEXT)


def expected() -> list[str]:
    return [line[2:] for line in TEXT.splitlines() if line.startswith(("# aws_iam_", "# awscc_iam_"))]


def described(identity: Identity) -> str:
    """An identity in the words of the fixture."""
    when = [f"when {_guards(identity.guards)}"] if identity.guards else []
    return f"{identity.address}: {', '.join([*parts(identity), *when])}".rstrip()


def parts(identity: Identity) -> Iterator[str]:
    for policy in identity.policies:
        yield named(policy) + (f" ({_guards(policy.guards)})" if policy.guards else "")
    for unseen in identity.unseen_policies:
        yield f"unseen {unseen.hole.label}"
    if identity.boundary is not None:
        known = identity.boundary.document is not None
        name = named(identity.boundary) if known else identity.boundary.address
        yield f"bounded by {name}" + (f" ({_guards(identity.boundary.guards)})" if identity.boundary.guards else "")
    if identity.groups:
        yield f"groups {', '.join(identity.groups)}"


def named(policy: IdentityPolicy) -> str:
    if policy.managed_by_aws:
        return f"({policy.address})"
    if policy.document is None:
        return f"unreadable {policy.address}"
    return " ".join(str(one.sid) for one in policy.document.statements)


def _guards(guards: Guards) -> str:
    return ", ".join(sorted(map(str, guards)))


@pytest.mark.parametrize("line", expected())
def test_identity(line: str) -> None:
    address = line.partition(":")[0]
    assert described(next(one for one in ESTATE.identities if one.address == address)) == line


def test_every_identity_is_expected() -> None:
    assert len(ESTATE.identities) == len(expected())
    assert ESTATE.problems == ()


def test_every_document_is_in_the_estate_once() -> None:
    sids = [str(one.sid) for policy in ESTATE.policies if policy.document for one in policy.document.statements]
    assert sorted(sids) == [
        "Block",
        "ByName",
        "CloudInline",
        "Direct",
        "First",
        "GroupInline",
        "Guarded",
        "Inline",
        "Nameless",
        "Own",
        "Second",
        "Shared",
        "UserInline",
    ]
    assert [policy.address for policy in ESTATE.policies if policy.document is None] == ["aws_iam_policy.unreadable"]


def test_trust_and_places() -> None:
    role = next(one for one in ESTATE.identities if one.address == "aws_iam_role.plain")
    assert role.trust is not None
    assert [str(principal.value) for one in role.trust.statements for principal in one.principals or ()] == [
        "ec2.amazonaws.com"
    ]
    line = TEXT[: TEXT.index('resource "aws_iam_role" "plain"')].count("\n") + 1
    assert repr(role.at) == f"main.tf:{line}:1-{line}:32"
    assert role.policies[0].at.line == line + 4


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ('resource "aws_iam_policy" "p" {\n  policy = "{"\n}\n', "aws_iam_policy.p"),
        ('resource "aws_iam_role" "r" {\n  inline_policy {\n    policy = "{"\n  }\n}\n', "aws_iam_role.r"),
        ('resource "awscc_iam_user" "u" {\n  policies = [{\n policy_document = "{" }]\n}\n', "awscc_iam_user.u"),
        (
            'resource "aws_iam_role" "r" {\n  assume_role_policy = "{"\n}\n',
            "aws_iam_role.r (who may assume it)",
        ),
    ],
)
def test_policy_that_is_not_json_is_a_problem(text: str, owner: str) -> None:
    (problem,) = module(text).problems
    assert problem.line == text[: text.index('"{"')].count("\n") + 1
    assert problem.reason.startswith(f"the policy of {owner} cannot be read: policy text is not JSON: expected")


def test_places_of_policies_in_identities() -> None:
    """An inline policy is at its block, or at its element; a boundary that nobody sees at its argument."""
    text = (
        'variable "arn" {}\nresource "aws_iam_role" "r" {\n  permissions_boundary = var.arn\n'
        '  inline_policy {\n    policy = "{}"\n  }\n}\n'
        'resource "awscc_iam_group" "g" {\n  policies = [\n    { policy_document = "{}" },\n  ]\n}\n'
    )
    role, group = module(text).identities
    assert role.boundary is not None
    places = [(one.address, repr(one.at)) for one in (*role.policies, *group.policies)]
    assert places == [("aws_iam_role.r", "main.tf:4:3-4:16"), ("awscc_iam_group.g", "main.tf:10:25-10:29")]
    assert repr(role.boundary.at) == "main.tf:3:26-3:33"


def test_a_boundary_may_be_called_one_thing_or_another() -> None:
    by_address = {one.address: [str(arn) for arn in one.boundary_arns] for one in ESTATE.identities}
    before = "arn:${partition}:iam::${account}:policy/"
    own, nameless = f"{before}team/Own", f"{before}${{aws_iam_policy.nameless.name}}"
    assert by_address["aws_iam_role.bounded"] == [own]
    assert by_address["aws_iam_role.bounded_by_either"] == [own, nameless]
    assert by_address["aws_iam_role.bounded_by_something"] == by_address["aws_iam_role.plain"] == []


def test_inline_policies_of_a_dynamic_block_that_terraform_refuses_are_not_seen() -> None:
    estate = module('resource "aws_iam_role" "r" {\n  dynamic "inline_policy" {\n    for_each = [1]\n  }\n}\n')
    assert [policy.document for policy in estate.identities[0].policies] == [None]
    assert [problem.reason for problem in estate.problems] == ['no content block in dynamic "inline_policy"']


@pytest.mark.parametrize("role", ["var.role", "aws_iam_role.here.name", "element(var.roles, 0)"])
def test_policy_of_a_role_that_nobody_can_see_is_in_the_estate(role: str) -> None:
    """Nobody needs to know whose it is to judge what it says."""
    text = """
variable "role" {}
variable "roles" {}
resource "aws_iam_role_policy" "p" {
  role   = ROLE
  policy = jsonencode({ Statement = [{ Sid = "Here" }] })
}
"""
    estate = module(text.replace("ROLE", role))
    assert [named(policy) for policy in estate.policies] == ["Here"]
    assert estate.identities == ()


GRANTS = """
variable "arns" {}
resource "aws_kms_key" "k" {}
resource "aws_kms_alias" "a" {
  name          = "alias/a"
  target_key_id = aws_kms_key.k.id
}
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("key_id = aws_kms_key.k.key_id", ['"${aws_kms_key.k.key_id}"']),
        ("key_id = aws_kms_key.k.arn", ['"arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}"']),
        ("key_id = aws_kms_alias.a.target_key_id", ['"${aws_kms_key.k.key_id}"']),
        ("count = 0", []),
        ("count = 2\n  key_id = aws_kms_key.k.key_id", ['"${aws_kms_key.k.key_id}"'] * 2),
    ],
)
def test_keys_of_grants(arguments: str, expected: list[str]) -> None:
    text = f'{GRANTS}resource "aws_kms_grant" "g" {{\n  {arguments}\n  grantee_principal = var.arns\n}}\n'
    assert [spelt(grant.key) for grant in module(text).grants] == expected


def test_a_policy_that_may_be_missing_allows_nothing_then() -> None:
    """AWS has a default policy for keys, and none for roles."""
    estate = module(
        'variable "flag" {}\nresource "aws_iam_role_policy" "p" {\n  role = "r"\n'
        '  policy = var.flag ? jsonencode({ Statement = [{ Sid = "Here" }] }) : null\n}\n'
    )
    (policy,) = estate.policies
    assert policy.document is not None
    assert [str(one.sid) for one in policy.document.statements] == ["Here"]


def test_of_two_policies_of_one_name_nobody_knows_which_is_attached() -> None:
    policy = (
        'resource "aws_iam_policy" "%s" {\n  name = "p"\n  policy = jsonencode({ Statement = [{ Sid = "%s" }] })\n}\n'
    )
    role = (
        'resource "aws_iam_role" "r" {\n  name = "r"\n}\nresource "aws_iam_role_policy_attachment" "r" {\n'
        "  role       = aws_iam_role.r.name\n  policy_arn = aws_iam_policy.a.arn\n}\n"
    )
    (found,) = module(policy % ("a", "A") + policy % ("b", "B") + role).identities
    assert found.policies == ()
    assert len(found.unseen_policies) == 1


@pytest.mark.parametrize(("guard", "sure"), [("", True), ("  count = var.flag ? 1 : 0\n", False)])
def test_whether_a_user_is_in_a_group_may_be_open(guard: str, sure: bool) -> None:
    estate = module(
        'variable "flag" {}\nresource "aws_iam_user" "u" {\n  name = "u"\n}\n'
        'resource "aws_iam_group" "g" {\n  name = "g"\n}\n'
        f'resource "aws_iam_user_group_membership" "m" {{\n{guard}'
        "  user   = aws_iam_user.u.name\n  groups = [aws_iam_group.g.name]\n}\n"
    )
    user = next(identity for identity in estate.identities if identity.address == "aws_iam_user.u")
    assert (user.groups, len(user.unseen_policies)) == ((("aws_iam_group.g",), 0) if sure else ((), 1))


@pytest.mark.parametrize(
    ("provider", "owners"),
    [("", ["here"]), ("provider = aws.far", ["there"]), ("provider = aws.else", ["here", "there"])],
)
def test_of_two_roles_of_one_name_that_of_the_same_account_is_meant(provider: str, owners: list[str]) -> None:
    roles = 'resource "aws_iam_role" "here" {\n  name = "r"\n}\n'
    roles += 'resource "aws_iam_role" "there" {\n  provider = aws.far\n  name = "r"\n}\n'
    policy = f'resource "aws_iam_role_policy" "p" {{\n  {provider}\n  role = "r"\n  policy = "{{}}"\n}}\n'
    providers = "".join(
        f'provider "aws" {{\n  alias = "{name}"\n  profile = "{name}"\n}}\n' for name in ("far", "else")
    )
    found = module(providers + roles + policy).identities
    assert [one.address.rpartition(".")[2] for one in found if one.policies] == owners
