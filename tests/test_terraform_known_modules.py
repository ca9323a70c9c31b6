"""Modules that are not on disk: known by their documentation, or unknown by their name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import kmslint.terraform
from kmslint import limits
from kmslint.lint import lint
from kmslint.location import Location, Source
from kmslint.model.estate import Estate, Key, KeyKind
from kmslint.settings import Settings
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.known_modules import known_module, known_sources
from kmslint.terraform.remote_sources import remote_source
from kmslint.terraform.versions import Version, chosen
from kmslint.values import Guards, Text
from terraform_modules import module, spelt, statements_of, the_key

KNOWN = Path(kmslint.terraform.__file__).parent / "known"
FIXTURE = Path(__file__).parent.parent / "fixtures" / "terraform" / "known_modules.tf"
TEXT = FIXTURE.read_text(encoding="utf-8")
ESTATE = module(TEXT)
KMS = 'module "kms" {\n  source = "terraform-aws-modules/kms/aws"\n'


def cases() -> Iterator[tuple[str, str]]:
    """The calls of the fixture by address, each with what the comment above it says of the key."""
    file = read_hcl(Source(FIXTURE.name, TEXT))
    comments = {comment.at.line: comment.text.strip() for comment in file.comments}
    for block in file.body.blocks:
        if block.at.line - 1 in comments:
            yield f"module.{block.labels[0].text}", comments[block.at.line - 1]


def described(key: Key) -> str:
    """A key in the words of the fixture."""
    words = f"{key.address}, {key.policy.origin.value}"
    if key.policy.document is not None:
        words += ": " + "; ".join(f"{one.sid}{when(one.guards, ' if ')}" for one in statements_of(key))
    elif key.policy.missing is not None:
        words += f": {key.policy.missing.hole.label}"
    return words + when(key.guards, ", when ")


def when(guards: Guards, introduction: str) -> str:
    return introduction + ", ".join(sorted(map(str, guards))) if guards else ""


@pytest.mark.parametrize(("address", "expected"), list(cases()))
def test_key(address: str, expected: str) -> None:
    found = [described(key) for key in ESTATE.keys if key.address.startswith((f"{address}.", f"{address}["))]
    found += [described(key) for key in ESTATE.keys if key.address == address]
    assert found == ([] if expected == "nothing" else [expected])


def test_a_known_key_is_a_key_and_an_unknown_one_a_module() -> None:
    kinds = {key.address: key.kind for key in ESTATE.keys}
    assert kinds["module.plain.aws_kms_key.this[0]"] is KeyKind.KEY
    assert kinds["module.external.aws_kms_external_key.this[0]"] is KeyKind.EXTERNAL
    assert kinds["module.input"] is KeyKind.MODULE


def test_a_call_without_a_key_is_listed_once() -> None:
    addresses = [key.address for key in ESTATE.switched_off]
    assert addresses == ["module.off.aws_kms_key.this", "module.disabled.aws_kms_key.default"]


def test_settings_are_those_of_the_call_or_the_documented_defaults() -> None:
    key = the_key(module(KMS + "  deletion_window_in_days = 7\n}\n"))
    assert (spelt(key.settings.rotation), spelt(key.settings.deletion_window)) == ("true", "7")
    assert key.settings.spec is None


def test_outputs_lead_to_the_key() -> None:
    given = f'{KMS}}}\nresource "aws_kms_key_policy" "p" {{\n  key_id = module.kms.key_id\n  policy = "{{}}"\n}}\n'
    (key,) = module(given).keys
    assert (key.address, key.policy.address) == ("module.kms.aws_kms_key.this[0]", "aws_kms_key_policy.p")


@pytest.mark.parametrize(
    ("version", "actions"),
    [("2.0.0", False), ("2.0.1", True), ("~> 1.0", False), ("~> 2.0", True), (">= 1.0", True), ("", True)],
)
def test_administrators_of_special_keys_came_with_2_0_1(version: str, actions: bool) -> None:
    written = f'  version = "{version}"\n' if version else ""
    key = the_key(module(f'{KMS}{written}  key_administrators = ["arn:aws:iam::111122223333:role/a"]\n}}\n'))
    statement = next(one for one in statements_of(key) if one.sid == "KeyAdministration")
    assert ("kms:ReplicateKey" in [str(action) for action in statement.actions or ()]) is actions


@pytest.mark.parametrize(
    ("version", "name", "conditions"),
    [("3.1.1", "conditions", 1), ("3.1.1", "condition", 0), ("4.0.0", "conditions", 0), ("4.0.0", "condition", 1)],
)
def test_conditions_of_statements_were_renamed_in_4_0(version: str, name: str, conditions: int) -> None:
    statement = f"""
        sid        = "Org"
        actions    = ["kms:Decrypt"]
        resources  = ["*"]
        principals = [{{ type = "AWS", identifiers = ["*"] }}]
        {name}     = [{{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-1"] }}]
    """
    key = the_key(module(f'{KMS}  version = "{version}"\n  key_statements = [{{{statement}}}]\n}}\n'))
    assert len(statements_of(key)[1].conditions) == conditions


def places(value: object) -> Iterator[Location]:
    if isinstance(value, Location):
        yield value
    elif isinstance(value, (tuple, frozenset)):
        for member in value:
            yield from places(member)


def test_nothing_points_into_a_description() -> None:
    shown = {at.path for at in places((ESTATE.keys, ESTATE.switched_off, ESTATE.calls, ESTATE.aliases))}
    assert shown == {"main.tf"}


def test_a_key_stands_at_the_call_and_what_the_call_gives_at_its_argument() -> None:
    text = f'{KMS}  key_users = ["*"]\n}}\n'
    key = the_key(module(text))
    assert (key.at.line, key.at.shown.source.text[key.at.shown.start : key.at.shown.end]) == (1, 'module "kms"')
    usage = statements_of(key)[1]
    assert (usage.at.line, usage.at.path) == (1, "main.tf")
    principals = [one.value for one in usage.principals or ()]
    assert [(str(one), one.at.line) for one in principals if isinstance(one, Text)] == [("*", 3)]


def test_two_statements_at_one_call_are_two_places() -> None:
    first, second = statements_of(the_key(module(f'{KMS}  key_users = ["*"]\n}}\n')))
    assert first.at != second.at
    assert first.at.shown == second.at.shown


PRINCIPAL_INPUTS = [
    "key_owners",
    "key_administrators",
    "key_users",
    "key_service_users",
    "key_service_roles_for_autoscaling",
    "key_symmetric_encryption_users",
    "key_hmac_users",
    "key_asymmetric_public_encryption_users",
    "key_asymmetric_sign_verify_users",
]


def test_all_statements_of_a_call_are_places_of_their_own() -> None:
    given = "".join(f'  {name} = ["*"]\n' for name in PRINCIPAL_INPUTS)
    statements = statements_of(the_key(module(f"{KMS}{given}  enable_route53_dnssec = true\n}}\n")))
    assert len(statements) == len(PRINCIPAL_INPUTS) + 4
    assert len({(one.at.start, one.at.end) for one in statements}) == len(statements)


@pytest.mark.parametrize(("public", "gone"), list(pairwise([*PRINCIPAL_INPUTS, PRINCIPAL_INPUTS[0]])))
def test_a_finding_in_one_statement_does_not_silence_one_in_another(tmp_path: Path, public: str, gone: str) -> None:
    (tmp_path / "main.tf").write_text(f'{KMS}  {public} = ["*"]\n  {gone} = ["AIDAQ3EGPDNJ2MIJFCHBE"]\n}}\n')
    found = {finding.rule_id for finding in lint([str(tmp_path)], Settings(root=str(tmp_path))).findings}
    assert "KMS405" in found
    assert found & {"KMS201", "KMS202"}


def test_findings_stand_at_the_call(tmp_path: Path) -> None:
    calls = f'{KMS}  enable_default_policy = false\n}}\n\nmodule "m" {{\n  source = "./m"\n}}\n'
    (tmp_path / "main.tf").write_text(calls)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(f"\n{KMS}  enable_key_rotation = false\n}}\n")
    outcome = lint([str(tmp_path)], Settings(root=str(tmp_path)))
    assert outcome.problems == ()
    assert [(key.address, key.path, key.line) for key in outcome.keys] == [
        ("module.m.module.kms.aws_kms_key.this[0]", "m/main.tf", 2),
        ("module.kms.aws_kms_key.this[0]", "main.tf", 1),
    ]
    rotation = next(finding for finding in outcome.findings if finding.rule_id == "KMS501")
    assert (rotation.at.path, rotation.at.line) == ("m/main.tf", 4)
    assert [(related.at.path, related.at.line) for related in rotation.related] == [("main.tf", 6), ("m/main.tf", 2)]


def test_what_hangs_on_the_caller_is_unknown_and_says_so() -> None:
    key = the_key(module(KMS + "  policy = var.policy\n}\n"))
    assert key.policy.missing is not None
    assert "var.policy" in key.policy.missing.hole.label


def named(estate: Estate, address: str) -> tuple[list[str], list[str]]:
    """The policies of an identity, and those that are not seen."""
    (identity,) = (one for one in estate.identities if one.address == address)
    return [one.address for one in identity.policies], [str(one) for one in identity.unseen_policies]


def test_a_role_with_its_policies() -> None:
    text = """
    module "role" {
      source              = "cloudposse/iam-role/aws"
      role_description    = "x"
      principals          = { Service = ["ec2.amazonaws.com"] }
      policy_documents    = [jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:*", Resource = "*" }] })]
      managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    }
    """
    seen, unseen = named(module(text), "module.role.aws_iam_role.default[0]")
    assert sorted(seen) == ["arn:aws:iam::aws:policy/AdministratorAccess", "module.role.aws_iam_policy.default[0]"]
    assert unseen == []


IAM = "terraform-aws-modules/iam/aws//modules/"
POLICIES = f'''
module "policy" {{
  source = "{IAM}iam-policy"
  name   = "p"
  policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "kms:*", Resource = "*" }}] }})
}}
'''
POLICY = "module.policy.aws_iam_policy.policy[0]"
INLINE = "module.role.aws_iam_role_policy.inline[0]"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize(
    ("source", "inputs", "name", "policies", "unseen"),
    [
        ("iam-role", 'name = "r"\nuse_name_prefix = false\npolicies = { a = module.policy.arn }', "r", [POLICY], []),
        ("iam-role", 'name = "r"\npath = "/x/"', "x/r-${module.role.aws_iam_role.this[0].name}", [], []),
        (
            "iam-role",
            (
                'name = "r"\nuse_name_prefix = false\ncreate_inline_policy = true\n'
                'inline_policy_permissions = { A = { actions = ["kms:Decrypt"], resources = ["*"] } }'
            ),
            "r",
            [INLINE],
            [],
        ),
        (
            "iam-role-for-service-accounts",
            (
                'name = "r"\nuse_name_prefix = false\n'
                'permissions = { A = { actions = ["kms:Decrypt"], resources = ["*"] } }'
            ),
            "r",
            ["module.role.aws_iam_policy.this[0]"],
            [],
        ),
        (
            "iam-role-for-service-accounts",
            'name = "r"\nuse_name_prefix = false\nattach_cloudwatch_observability_policy = true',
            "r",
            [],
            ["${local.policies_of_the_observability_agent}"],
        ),
        (
            "iam-role-for-service-accounts-eks",
            'role_name = "r"\nattach_ebs_csi_policy = true\nrole_policy_arns = { a = module.policy.arn }',
            "r",
            [POLICY],
            ["${local.policy_of_the_controller}"],
        ),
        (
            "iam-assumable-role",
            (
                'create_role = true\nrole_name = "r"\nattach_admin_policy = true\n'
                "custom_role_policy_arns = [module.policy.arn]"
            ),
            "r",
            [ADMINISTRATOR, POLICY],
            [],
        ),
        (
            "iam-assumable-role",
            'create_role = true\nrole_name = "r"\ninline_policy_statements = [{}]',
            "r",
            [INLINE],
            [],
        ),
        (
            "iam-assumable-role-with-oidc",
            'create_role = true\nrole_name = "r"\nrole_policy_arns = [module.policy.arn]',
            "r",
            [POLICY],
            [],
        ),
    ],
)
def test_roles_of_terraform_aws_modules(
    source: str, inputs: str, name: str, policies: list[str], unseen: list[str]
) -> None:
    estate = module(f'{POLICIES}\nmodule "role" {{\n  source = "{IAM}{source}"\n{inputs}\n}}\n')
    assert estate.problems == ()
    (role,) = estate.identities
    assert str(role.arn).partition(":role/")[2] == name
    assert role.at.shown.source.path == "main.tf"
    found, not_found = named(estate, role.address)
    assert (sorted(found), not_found) == (policies, unseen)


@pytest.mark.parametrize("source", ["iam-assumable-role", "iam-assumable-role-with-oidc"])
def test_roles_are_not_made_unless_asked_for(source: str) -> None:
    assert module(f'module "role" {{\n  source = "{IAM}{source}"\n  role_name = "r"\n}}\n').identities == ()


def test_a_role_of_a_module_is_the_one_that_its_output_names() -> None:
    text = f'''
    module "role" {{
      source          = "{IAM}iam-role"
      name            = "r"
    }}
    resource "aws_iam_role_policy" "more" {{
      role   = module.role.name
      policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "kms:*", Resource = "*" }}] }})
    }}
    '''
    assert named(module(text), "module.role.aws_iam_role.this[0]") == (["aws_iam_role_policy.more"], [])


@pytest.mark.parametrize(
    ("source", "name", "version"),
    [
        ("terraform-aws-modules/kms/aws", "terraform-aws-modules/kms/aws", ""),
        ("Registry.Terraform.io/a/b/c", "", None),
        ("registry.opentofu.org/a/b/c//modules/d", "a/b/c//modules/d", ""),
        ("app.terraform.io/a/b/c", "", None),
        ("github.com/a/terraform-aws-kms-key", "a/kms-key/aws", ""),
        ("git::https://github.com/a/terraform-aws-kms.git?ref=v1.2.3", "a/kms/aws", "1.2.3"),
        ("git::https://github.com/a/terraform-aws-kms.git?depth=1&ref=tags/0.3.1", "a/kms/aws", "0.3.1"),
        ("git@github.com:a/terraform-aws-iam.git//modules/iam-role?ref=v6.0.0", "a/iam/aws//modules/iam-role", "6.0.0"),
        ("git::ssh://git@github.com/a/terraform-aws-kms.git?ref=main", "a/kms/aws", None),
        ("github.com/a/terraform-aws-kms?ref=0a1b2c3", "a/kms/aws", None),
        ("github.com/a/kms", "", None),
        ("./kms", "", None),
        ("a/b", "", None),
        ("", "", None),
    ],
)
def test_source(source: str, name: str, version: str | None) -> None:
    remote = remote_source(source)
    found = (remote.name, remote.version) if remote else ("", None)
    assert found == (name, version)


RELEASES: tuple[Version, ...] = ((1, 0, 2), (1, 5, 0), (2, 2, 1), (4, 1, 0))


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("", (4, 1, 0)),
        (">= 1.0", (4, 1, 0)),
        ("~> 1.0", (1, 5, 0)),
        ("~> 1.5.0", (1, 5, 0)),
        ("~>1.3.0", (1, 3, 0)),
        ("1.4.7", (1, 4, 7)),
        ("= v2.0.0", (2, 0, 0)),
        (">= 2.0, != 4.1.0, < 4.2", (2, 2, 1)),
        ("> 4.1.0", None),
        (">= 4.3", (4, 3, 0)),
        ("~> 4.9", (4, 9, 0)),
        ("< 1.0", None),
        ("1.0.1", None),
        ("3.0.0", None),
        ("5.0.0", None),
        ("4.0.0-rc1", None),
        ("latest", None),
        (",", None),
        ("1.2.3.4", None),
        ("9" * 10_000, None),
    ],
)
def test_version(constraint: str, expected: Version | None) -> None:
    assert chosen(constraint, RELEASES) == expected


@pytest.mark.parametrize(
    ("source", "release"), [(source, one) for source, known in known_sources().items() for one in dict.fromkeys(known)]
)
def test_every_description_can_be_read(source: str, release: Version) -> None:
    version = ".".join(map(str, release))
    text = f'module "m" {{\n  source  = "{source}"\n  version = "{version}"\n}}\n'
    known = known_module(read_hcl(Source("main.tf", text)).body.blocks[0])
    assert known.declared is not None
    assert known.declared.problems == []
    assert known.declared.outputs


@pytest.mark.parametrize("path", sorted(KNOWN.glob("shared/*.tf")), ids=lambda path: path.stem)
def test_what_is_shared_is_part_of_several_descriptions(path: Path) -> None:
    descriptions = [one.read_text(encoding="utf-8") for one in KNOWN.glob("*.tf")]
    assert sum(f'"shared/{path.name}"' in text for text in descriptions) > 1


def test_the_instances_of_a_call_are_keys_of_their_own() -> None:
    estate = module(KMS + '  for_each = toset(["a", "b"])\n  policy   = jsonencode({ Statement = [] })\n}\n')
    assert estate.problems == ()
    keys = [key.address.partition(".aws_kms_key")[0] for key in estate.keys]
    assert keys == ['module.kms["a"]', 'module.kms["b"]']


def test_known_modules_count_as_modules() -> None:
    with limits.within({"modules": 1}):
        estate = module(f"{KMS}}}\n{KMS.replace('kms', 'second', 1)}}}\n")
    # Of the second it is known that it makes a key, and not which.
    assert [key.address.partition("[")[0] for key in estate.keys] == ["module.kms.aws_kms_key.this", "module.second"]
    assert [(problem.line, problem.reason) for problem in estate.problems] == [
        (4, 'module "second": more than 1 modules; --limit modules=N raises this')
    ]


def test_a_role_of_a_module_may_be_handed_over_to_another() -> None:
    """By its name the other module may attach policies to it; by its ARN it cannot."""
    source = f'  source = "{IAM}iam-assumable-role"\n  create_role = true\n  role_name = "r"\n'
    for output, handed_over in (("iam_role_name", True), ("iam_role_arn", False), ("policy", False)):
        call = f'module "grants" {{\n  source = "x/y/aws"\n  to = [module.role.{output}]\n}}\n'
        (role,) = module(f'module "role" {{\n{source}}}\n{call}').identities
        assert role.handed_over is handed_over, output
