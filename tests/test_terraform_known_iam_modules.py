"""The users, groups, roles and policies of terraform-aws-modules/iam, where its modules are not on disk."""

from __future__ import annotations

import pytest

from kmslint.access.identities import software
from kmslint.location import Source
from kmslint.model.estate import Estate, Identity
from kmslint.model.policy import Document
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.known_modules import known_module
from terraform_modules import module, reasons, the_key

IAM = "terraform-aws-modules/iam/aws//modules/"
AROUND = """
variable "unset" {}
variable "unset_list" { type = list(string) }
variable "yes" { type = bool }
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Statement = [{ Sid = "Use", Effect = "Allow", Action = "kms:Decrypt", Resource = "*" }] })
}
"""
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
READER = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALLOWED = '{ A = { actions = ["kms:Decrypt"], resources = ["*"] } }'


def called(name: str, inputs: str, version: str = "", others: str = "") -> Estate:
    """The estate of one call, which nothing is wrong with."""
    pinned = f'  version = "{version}"\n' if version else ""
    estate = module(f'module "m" {{\n  source = "{IAM}{name}"\n{pinned}  {inputs}\n}}\n{AROUND}{others}')
    assert reasons(estate) == []
    return estate


def made(estate: Estate) -> list[Identity]:
    return [identity for identity in estate.identities if identity.address.startswith("module.m.")]


def described(identity: Identity) -> tuple[str, list[str]]:
    """What an identity is by its ARN, and its policies; those that are not seen in brackets."""
    policies = [policy.address + "".join(f" if {guard}" for guard in policy.guards) for policy in identity.policies]
    unseen = [f"({policy})" for policy in identity.unseen_policies]
    return str(identity.arn).rpartition("::${account}:")[2], [*sorted(policies), *unseen]


@pytest.mark.parametrize(
    ("name", "version", "inputs", "expected"),
    [
        ("iam-user", "", 'name = "n"', [("user/n", [])]),
        ("iam-user", "4.2.0", 'name = "n"\npath = "/x/"\npgp_key = "keybase:a"', [("user/x/n", [])]),
        ("iam-user", "~> 5.0", 'name = "n"\ncreate_user = false', []),
        ("iam-user", "", 'name = "n"\ncreate = false', []),
        (
            "iam-user",
            "~> 5.28",
            f'name = "n"\npolicy_arns = ["{ADMINISTRATOR}", aws_iam_policy.p.arn, var.unset]',
            [("user/n", [ADMINISTRATOR, "aws_iam_policy.p", "(${var.unset})"])],
        ),
        (
            "iam-user",
            "6.1.0",
            'name = "n"\npolicies = { a = aws_iam_policy.p.arn }',
            [("user/n", ["aws_iam_policy.p"])],
        ),
        (
            "iam-user",
            "",
            f'name = "n"\ncreate_inline_policy = true\ninline_policy_permissions = {ALLOWED}',
            [("user/n", ["module.m.aws_iam_user_policy.inline[0]"])],
        ),
        (
            "iam-group-with-policies",
            "",
            (
                f'name = "n"\npath = "/x/"\ncustom_group_policy_arns = ["{ADMINISTRATOR}"]\n'
                'custom_group_policies = [{ name = "c", policy = aws_iam_policy.p.policy }]'
            ),
            [
                (
                    "group/x/n",
                    [
                        ADMINISTRATOR,
                        "module.m.aws_iam_policy.custom[0]",
                        "module.m.aws_iam_policy.iam_self_management[0]",
                    ],
                )
            ],
        ),
        (
            "iam-group-with-policies",
            "4.0.0",
            'name = "n"\nattach_iam_self_management_policy = var.yes\ncustom_group_policy_arns = var.unset_list',
            [
                (
                    "group/n",
                    [
                        "module.m.aws_iam_policy.iam_self_management[0] if var.yes is true",
                        "(${var.unset_list[count.index]})",
                    ],
                )
            ],
        ),
        ("iam-group-with-policies", "", 'name = "n"\ncreate_group = false', []),
        (
            "iam-group",
            "",
            f'name = "n"\npolicies = {{ a = "{ADMINISTRATOR}" }}',
            [("group/n", [ADMINISTRATOR, "module.m.aws_iam_policy.this[0]"])],
        ),
        ("iam-group", "6.0.0", 'name = "n"\nenable_self_management_permissions = false', [("group/n", [])]),
        ("iam-group", "", 'name = "n"\ncreate_policy = false', [("group/n", [])]),
        ("iam-group", "", 'name = "n"\ncreate = false', []),
        (
            "iam-group-with-assumable-roles-policy",
            "",
            'name = "n"\npath = "/x/"\nassumable_roles = [var.unset]',
            [("group/x/n", ["module.m.aws_iam_policy.this"])],
        ),
        (
            "iam-assumable-roles",
            "",
            "create_admin_role = true\ncreate_poweruser_role = true\ncreate_readonly_role = true",
            [("role/admin", [ADMINISTRATOR]), ("role/poweruser", [POWER_USER]), ("role/readonly", [READER])],
        ),
        (
            "iam-assumable-roles",
            "4.0.0",
            'create_admin_role = true\nadmin_role_name = "n"\nadmin_role_path = "/x/"\nadmin_role_policy_arns = []',
            [("role/x/n", [])],
        ),
        ("iam-assumable-roles", "", 'admin_role_name = "n"', []),
        (
            "iam-assumable-roles-with-saml",
            "",
            'provider_id = "p"\ncreate_readonly_role = true\nreadonly_role_policy_arns = [aws_iam_policy.p.arn]',
            [("role/readonly", ["aws_iam_policy.p"])],
        ),
        (
            "iam-assumable-role-with-saml",
            "~> 4.0",
            'create_role = true\nrole_name = "n"\nrole_policy_arns = [aws_iam_policy.p.arn]',
            [("role/n", ["aws_iam_policy.p"])],
        ),
        ("iam-assumable-role-with-saml", "", 'role_name = "n"', []),
        (
            "iam-eks-role",
            "",
            'role_name = "n"\nrole_policy_arns = { a = aws_iam_policy.p.arn }',
            [("role/n", ["aws_iam_policy.p"])],
        ),
        (
            "iam-eks-role",
            "4.23.0",
            'role_name = "n"\nrole_policy_arns = [aws_iam_policy.p.arn, var.unset]',
            [("role/n", ["aws_iam_policy.p", "(${var.unset})"])],
        ),
        ("iam-eks-role", "", 'role_name = "n"\ncreate_role = false', []),
        (
            "iam-github-oidc-role",
            "",
            'name = "n"\npath = "/x/"\npolicies = { a = aws_iam_policy.p.arn }',
            [("role/x/n", ["aws_iam_policy.p"])],
        ),
        ("iam-github-oidc-role", "5.6.0", 'name = "n"\ncreate = false', []),
    ],
)
def test_identities(name: str, version: str, inputs: str, expected: list[tuple[str, list[str]]]) -> None:
    assert [described(identity) for identity in made(called(name, inputs, version))] == expected


def test_whether_an_identity_is_made_hangs_on_the_caller() -> None:
    (user,) = made(called("iam-user", 'name = "n"\ncreate = var.yes'))
    assert [str(guard) for guard in user.guards] == ["var.yes is true"]


@pytest.mark.parametrize(
    ("name", "users", "group"),
    [
        ("iam-group-with-policies", "group_users", "this[0]"),
        ("iam-group-with-assumable-roles-policy", "group_users", "this"),
        ("iam-group", "users", "this[0]"),
    ],
)
def test_users_are_in_the_group(name: str, users: str, group: str) -> None:
    estate = called(name, f'name = "n"\n{users} = [aws_iam_user.u.name]')
    (user,) = (identity for identity in estate.identities if identity.address == "aws_iam_user.u")
    assert user.groups == (f"module.m.aws_iam_group.{group}",)


def test_a_boundary_of_a_user() -> None:
    inputs = 'name = "n"\npermissions_boundary = '
    (bound,) = made(called("iam-user", f"{inputs}aws_iam_policy.p.arn"))
    (free,) = made(called("iam-user", f'{inputs}""', "5.0.0"))
    assert bound.boundary is not None
    assert (bound.boundary.address, free.boundary) == ("aws_iam_policy.p", None)


def test_policies_went_to_a_role_called_like_the_user_before_6_1() -> None:
    role = 'resource "aws_iam_role" "r" {\n  name = "n"\n  assume_role_policy = "{}"\n}\n'
    estate = called("iam-user", 'name = "n"\npolicies = { a = aws_iam_policy.p.arn }', "6.0.1", role)
    policies = {identity.address: len(identity.policies) for identity in estate.identities}
    assert policies == {"aws_iam_user.u": 0, "module.m.aws_iam_user.this[0]": 0, "aws_iam_role.r": 1}


def effects(document: Document | None) -> list[str]:
    """What the statements of a policy do, in the words of the policy where it says them."""
    assert document is not None
    assert document.unseen == ()
    return [
        f"{one.effect.value} {', '.join(map(str, one.actions or [f'not {it}' for it in one.not_actions or ()]))}"
        for one in document.statements
    ]


OWN = "Allow iam:${local.what_concerns_the_own_credentials}"
SECOND_FACTOR = "not iam:${local.what_sets_up_a_second_factor}, not sts:GetSessionToken"


@pytest.mark.parametrize(
    ("name", "version", "inputs", "expected"),
    [
        ("iam-group-with-assumable-roles-policy", "", "", ["Allow sts:AssumeRole"]),
        ("iam-group-with-policies", "4.0.0", "", [OWN]),
        ("iam-group-with-policies", "5.10.0", "", [OWN]),
        ("iam-group-with-policies", "5.11.0", "", [OWN, f"Deny {SECOND_FACTOR}"]),
        ("iam-group-with-policies", "~> 5.0, < 5.14.3", "", [OWN, f"Deny {SECOND_FACTOR}"]),
        ("iam-group-with-policies", "5.14.3", "enable_mfa_enforcment = false", [OWN]),
        ("iam-group-with-policies", "5.27.0", "enable_mfa_enforcement = false", [OWN]),
        ("iam-group-with-policies", "", "", [OWN, f"Deny {SECOND_FACTOR}"]),
        ("iam-group", "", "", [OWN, f"unknown {SECOND_FACTOR}"]),
        ("iam-group", "6.2.0", "enable_mfa_enforcment = false", [OWN]),
        ("iam-group", "6.2.1", f"enable_mfa_enforcement = false\npermissions = {ALLOWED}", [OWN, "Allow kms:Decrypt"]),
        (
            "iam-group",
            "",
            f"enable_self_management_permissions = false\npermissions = {ALLOWED}",
            ["Allow kms:Decrypt"],
        ),
    ],
)
def test_the_own_policy_of_a_group(name: str, version: str, inputs: str, expected: list[str]) -> None:
    (group,) = made(called(name, f'name = "n"\n{inputs}', version))
    (policy,) = group.policies
    assert effects(policy.document) == expected


READING = "Allow kms:List*, kms:Get*, kms:Describe*, kms:View*"
READING_MORE = "Allow kms:List*, kms:Get*, kms:BatchGet*, kms:Describe*, kms:View*"
NOTHING_ELSE = "\n".join(
    f"{name} = false"
    for name in ("allow_cloudwatch_logs_query", "allow_predefined_sts_actions", "allow_web_console_services")
)


@pytest.mark.parametrize(
    ("version", "inputs", "expected"),
    [
        ("4.8.0", "", [READING]),
        ("5.50.0", "", [READING]),
        ("5.51.0", "", [READING_MORE]),
        ("", "", [READING_MORE]),
        ("~> 5.0", "additional_policy_json = aws_iam_policy.p.policy", [READING_MORE, "Allow kms:Decrypt"]),
        ("", "override_inline_policy_documents = [aws_iam_policy.p.policy]", [READING_MORE, "Allow kms:Decrypt"]),
    ],
)
def test_what_a_policy_for_reading_allows(version: str, inputs: str, expected: list[str]) -> None:
    inputs = f'name = "n"\nallowed_services = ["kms"]\n{NOTHING_ELSE}\n{inputs}'
    estate = called("iam-read-only-policy", inputs, version)
    (policy,) = (policy for policy in estate.policies if policy.address.startswith("module.m."))
    assert effects(policy.document) == expected


@pytest.mark.parametrize(
    ("version", "services"),
    [
        ("4.10.1", ["health", "resource-groups", "tag"]),
        ("4.11.0", ["ce", "health", "resource-groups", "tag"]),
        ("", ["ce", "health", "resource-groups", "tag"]),
    ],
)
def test_what_a_policy_for_reading_allows_by_default(version: str, services: list[str]) -> None:
    estate = called("iam-read-only-policy", 'name = "n"\nallowed_services = []', version)
    (policy,) = (policy for policy in estate.policies if policy.address.startswith("module.m."))
    allowed = effects(policy.document)
    assert [one.partition(":List*")[0] for one in allowed] == [
        *(f"Allow {service}" for service in services),
        "Allow sts:GetAccessKeyInfo, sts:GetCallerIdentity, sts:GetSessionToken",
        "Allow logs:FilterLogEvents, logs:StartQuery, logs:StopQuery",
    ]


def test_a_statement_twice_in_a_policy_for_reading_is_refused() -> None:
    inputs = 'name = "n"\n  allowed_services = ["ce"]\n'
    estate = module(f'module "m" {{\n  source = "{IAM}iam-read-only-policy"\n  {inputs}}}\n')
    assert reasons(estate) == ['main.tf:1: duplicate Sid "ce" in the statements of aws_iam_policy_document']


def test_a_policy_for_reading_that_is_not_made() -> None:
    estate = called("iam-read-only-policy", 'name = "n"\nallowed_services = ["kms"]\ncreate_policy = false')
    assert [policy.address for policy in estate.policies] == ["aws_iam_policy.p"]


@pytest.mark.parametrize(
    ("name", "version", "inputs", "taker"),
    [
        (
            "iam-eks-role",
            "",
            'cluster_service_accounts = { c = ["a:b"] }',
            ":oidc-provider/${local.issuer_of_the_cluster}",
        ),
        ("iam-eks-role", "", "allow_self_assume_role = true", ""),
        ("iam-eks-role", "", "cluster_service_accounts = var.unset", ""),
        ("iam-github-oidc-role", "", 'subjects = ["a/b:*"]', ""),
        (
            "iam-assumable-roles",
            "",
            'create_admin_role = true\ntrusted_role_services = ["ec2.amazonaws.com"]',
            "ec2.amazonaws.com",
        ),
        ("iam-assumable-roles", "4.0.0", "create_admin_role = true\ntrusted_role_arns = [var.unset]", ""),
        ("iam-assumable-role-with-saml", "", "create_role = true", ""),
    ],
)
def test_software_that_takes_a_role(name: str, version: str, inputs: str, taker: str) -> None:
    (role,) = made(called(name, inputs, version))
    found = software(role)
    assert found.endswith(taker)
    assert bool(found) is bool(taker)


def test_people_take_a_role_with_a_second_factor_unless_they_need_none() -> None:
    inputs = "create_admin_role = true\ncreate_readonly_role = true\nreadonly_role_requires_mfa = false\nmfa_age = 60"
    trusts = [role.trust for role in made(called("iam-assumable-roles", inputs))]
    conditions = [[str(test) for test in trust.statements[0].conditions] for trust in trusts if trust is not None]
    assert conditions == [["Bool aws:MultiFactorAuthPresent true", "NumericLessThan aws:MultiFactorAuthAge 60"], []]


GITHUB = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("version", "conditions"),
    [
        (
            "",
            [
                f"ForAllValues:StringEquals {GITHUB}:iss https://{GITHUB}",
                f"ForAllValues:StringEquals {GITHUB}:aud sts.amazonaws.com",
                f"StringLike {GITHUB}:sub repo:a/b:*, repo:c/d:*",
            ],
        ),
        (
            "5.6.0",
            [
                f"ForAllValues:StringEquals {GITHUB}:iss ${{local.issuer}}",
                f"ForAllValues:StringEquals {GITHUB}:aud sts.amazonaws.com",
                f"StringLike {GITHUB}:sub ${{local.subjects}}",
            ],
        ),
    ],
)
def test_workflows_that_take_a_role(version: str, conditions: list[str]) -> None:
    (role,) = made(called("iam-github-oidc-role", 'subjects = ["a/b:*", "repo:c/d:*"]', version))
    assert role.trust is not None
    (statement,) = role.trust.statements
    assert [str(test) for test in statement.conditions] == conditions


USER = "arn:${partition}:iam::${account}:user/n"
GROUP = "arn:${partition}:iam::${account}:group/n"
ROLE = "arn:${partition}:iam::${account}:role/n"
POLICY = "arn:${partition}:iam::${account}:policy/n"


@pytest.mark.parametrize(
    ("name", "version", "inputs", "output", "expected"),
    [
        ("iam-user", "5.0.0", 'name = "n"', "iam_user_arn", USER),
        ("iam-user", "5.0.0", 'name = "n"', "iam_user_name", "n"),
        ("iam-user", "", 'name = "n"', "arn", USER),
        ("iam-user", "", 'name = "n"', "name", "n"),
        ("iam-user", "", 'name = "n"', "unique_id", "${module.m.unique_id}"),
        ("iam-group-with-policies", "4.6.0", 'name = "n"', "group_arn", GROUP),
        ("iam-group-with-policies", "4.5.0", 'name = "n"', "group_arn", "${module.m.group_arn}"),
        ("iam-group-with-policies", "", 'name = "n"\ncreate_group = false', "group_name", "n"),
        ("iam-group-with-assumable-roles-policy", "5.0.0", 'name = "n"', "policy_arn", POLICY),
        (
            "iam-group-with-assumable-roles-policy",
            "",
            'name = "n"\nassumable_roles_policy_name_suffix = "-x"',
            "policy_arn",
            f"{POLICY}-x",
        ),
        ("iam-group", "", 'name = "n"', "arn", GROUP),
        ("iam-group", "", 'name = "n"\nusers = ["a"]', "users[0]", "a"),
        ("iam-group", "", 'name = "n"\npolicy_use_name_prefix = false', "policy_arn", POLICY),
        ("iam-read-only-policy", "5.0.0", 'name = "n"\nallowed_services = []', "arn", POLICY),
        ("iam-read-only-policy", "", 'name = "n"\nuse_name_prefix = false', "id", POLICY),
        ("iam-assumable-roles", "", 'create_admin_role = true\nadmin_role_name = "n"', "admin_iam_role_arn", ROLE),
        ("iam-assumable-roles", "", "create_poweruser_role = true", "poweruser_iam_role_name", "poweruser"),
        ("iam-assumable-roles-with-saml", "", "create_readonly_role = true", "readonly_iam_role_name", "readonly"),
        ("iam-assumable-role-with-saml", "", 'create_role = true\nrole_name = "n"', "iam_role_arn", ROLE),
        ("iam-eks-role", "", 'role_name = "n"', "iam_role_arn", ROLE),
        ("iam-eks-role", "", 'role_name = "n"\nrole_path = "/x/"', "iam_role_path", "/x/"),
        ("iam-github-oidc-role", "", 'name = "n"', "arn", ROLE),
    ],
)
def test_outputs(name: str, version: str, inputs: str, output: str, expected: str) -> None:
    statement = f'{{ Effect = "Allow", Principal = {{ AWS = module.m.{output} }}, Action = "kms:*", Resource = "*" }}'
    key = f'resource "aws_kms_key" "k" {{\n  policy = jsonencode({{ Statement = [{statement}] }})\n}}\n'
    document = the_key(called(name, inputs, version, key)).policy.document
    assert document is not None
    (principal,) = document.statements[0].principals or ()
    assert str(principal.value) == expected


@pytest.mark.parametrize(
    ("name", "version", "inputs", "reason"),
    [
        ("iam-user", "3.16.0", "", "version 3.16.0 is not known"),
        ("iam-user", "~> 7.0", "", "version ~> 7.0 is not known"),
        ("iam-user", "5.27.0", "policy_arns = []", "input policy_arns is not known"),
        ("iam-user", "5.60.0", "policies = {}", "input policies is not known"),
        ("iam-user", "5.60.0", "create_inline_policy = true", "input create_inline_policy is not known"),
        ("iam-user", "6.0.0", "create_user = true", "input create_user is not known"),
        ("iam-group-with-policies", "6.0.0", "", "version 6.0.0 is not known"),
        (
            "iam-group-with-policies",
            "5.26.0",
            "enable_mfa_enforcement = true",
            "input enable_mfa_enforcement is not known",
        ),
        ("iam-group-with-policies", "5.13.0", 'path = "/"', "input path is not known"),
        ("iam-group", "5.60.0", "", "version 5.60.0 is not known"),
        ("iam-group", "6.2.0", "enable_mfa_enforcement = true", "input enable_mfa_enforcement is not known"),
        ("iam-read-only-policy", "4.7.0", "", "version 4.7.0 is not known"),
        ("iam-read-only-policy", "6.0.0", 'additional_policy_json = "{}"', "input additional_policy_json is not known"),
        ("iam-assumable-roles", "~> 6.0", "", "version ~> 6.0 is not known"),
        ("iam-assumable-roles", "5.51.0", "trust_policy_conditions = []", "input trust_policy_conditions is not known"),
        ("iam-assumable-roles-with-saml", "", "assume_role_policy = null", "input assume_role_policy is not known"),
        ("iam-assumable-role-with-saml", "6.0.0", "", "version 6.0.0 is not known"),
        ("iam-eks-role", "4.22.1", "", "version 4.22.1 is not known"),
        ("iam-eks-role", "", "provider_url_sa_pairs = {}", "input provider_url_sa_pairs is not known"),
        ("iam-github-oidc-role", "5.5.7", "", "version 5.5.7 is not known"),
        ("iam-github-oidc-role", "5.44.0", 'subject_condition = "x"', "input subject_condition is not known"),
        ("iam-group-with-assumable-roles-policy", "5.12.0", 'path = "/"', "input path is not known"),
        ("iam-oidc-provider", "", "", ""),
    ],
)
def test_what_is_not_known(name: str, version: str, inputs: str, reason: str) -> None:
    call = f'module "m" {{\n  source = "{IAM}{name}"\n  version = "{version}"\n  {inputs}\n}}\n'
    known = known_module(read_hcl(Source("main.tf", call)).body.blocks[0])
    assert (known.declared, known.reason) == (None, reason)
    assert module(call).identities == ()
