"""Keys: which are there, where their policies come from, and where both stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kmslint.location import Source
from kmslint.model.estate import Key, KeyKind
from kmslint.syntax.hcl import read_hcl
from kmslint.values import Guards
from terraform_modules import module, reasons, spelt, statements_of, the_key

FIXTURE = Path(__file__).parent.parent / "fixtures" / "terraform" / "keys.tf"
TEXT = FIXTURE.read_text(encoding="utf-8")
ESTATE = module(TEXT)


def cases() -> Iterator[tuple[str, str]]:
    """The blocks of the fixture by address, each with what the comment above it says of the key."""
    file = read_hcl(Source(FIXTURE.name, TEXT))
    comments = {comment.at.line: comment.text.strip() for comment in file.comments}
    for block in file.body.blocks:
        address = ".".join(label.text for label in block.labels)
        if block.at.line - 1 in comments:
            yield f"module.{address}" if block.type.text == "module" else address, comments[block.at.line - 1]


def described(key: Key) -> str:
    """A key in the words of the fixture."""
    words = key.policy.origin.value
    if key.policy.document is not None:
        sids = (f"{one.sid}{when(one.guards, ' if ')}" for one in key.policy.document.statements)
        words += ": " + "; ".join(sids)
    elif key.policy.missing is not None:
        words += f": {key.policy.missing.hole.label}"
    if key.policy.address:
        words += f" (from {key.policy.address})"
    return words + when(key.guards, ", when ")


def when(guards: Guards, introduction: str) -> str:
    return introduction + ", ".join(sorted(map(str, guards))) if guards else ""


@pytest.mark.parametrize(("address", "expected"), list(cases()))
def test_key(address: str, expected: str) -> None:
    found = [described(key) for key in ESTATE.keys if key.address.partition("[")[0] == address]
    assert found == ([] if expected == "absent" else [expected])


def key_named(name: str) -> Key:
    return next(key for key in ESTATE.keys if key.address.partition("[")[0] == name)


def test_nothing_is_wrong_with_the_fixture() -> None:
    assert ESTATE.problems == ()


@pytest.mark.parametrize(
    ("address", "kind", "provider", "arn"),
    [
        ("aws_kms_key.written", KeyKind.KEY, "", "key/${aws_kms_key.written.key_id}"),
        ("aws_kms_external_key.imported", KeyKind.EXTERNAL, "", "key/${aws_kms_external_key.imported.key_id}"),
        ("aws_kms_replica_key.replica", KeyKind.REPLICA, "far", "key/${aws_kms_replica_key.replica.key_id}"),
        (
            "aws_kms_replica_external_key.imported_replica",
            KeyKind.REPLICA_EXTERNAL,
            "",
            "key/${aws_kms_replica_external_key.imported_replica.key_id}",
        ),
        ("aws_kms_key_policy.elsewhere", KeyKind.ELSEWHERE, "", "key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ],
)
def test_kind_and_arn(address: str, kind: KeyKind, provider: str, arn: str) -> None:
    key = key_named(address)
    assert (key.kind, key.provider) == (kind, provider)
    assert str(key.arn) == "arn:${partition}:kms:${region}:${account}:" + arn


@pytest.mark.parametrize(
    ("replica", "primary"),
    [
        ("aws_kms_replica_key.replica", "aws_kms_key.written"),
        ("aws_kms_replica_external_key.imported_replica", "aws_kms_external_key.imported"),
        ("aws_kms_key.written", None),
    ],
)
def test_the_primary_key_of_a_replica(replica: str, primary: str | None) -> None:
    found = ESTATE.primary_of(key_named(replica))
    assert (found.address if found else None) == primary


def test_settings() -> None:
    settings = key_named("aws_kms_key.written").settings
    assert [spelt(value) for value in settings] == [
        "true",
        '"RSA_2048"',
        '"SIGN_VERIFY"',
        "nothing",
        '"cks-1"',
        "true",
        "false",
        "7",
        "true",
        *["nothing"] * 4,
    ]
    assert set(key_named("aws_kms_key.no_policy").settings) == {None}


def test_bypass_flag_of_a_policy_that_stands_apart() -> None:
    assert spelt(key_named("aws_kms_key.policy_apart").settings.bypass_lockout_check) == "true"
    assert key_named("aws_kms_key.policy_by_arn").settings.bypass_lockout_check is None


def test_places() -> None:
    key = the_key(module('\nresource "aws_kms_key" "k" {\n  policy = jsonencode({ Statement = [] })\n}\n'))
    assert (repr(key.at), repr(key.policy.at)) == ("main.tf:2:1-2:27", "main.tf:3:12-3:42")
    default = the_key(module('resource "aws_kms_key" "k" {}\n'))
    assert repr(default.policy.at) == "main.tf:1:1-1:27"


APART = """
resource "aws_kms_key_policy" "p" {
  key_id = aws_kms_key.k.id
  policy = jsonencode({ Statement = [{ Sid = "There" }] })
}
"""


def test_policy_of_another_file() -> None:
    key = the_key(module('resource "aws_kms_key" "k" {}\n', {"policy.tf": APART}))
    assert [one.sid for one in statements_of(key)] == ["There"]
    assert repr(key.policy.at) == "policy.tf:4:12-4:59"


def test_aliases_and_grants() -> None:
    (alias,) = ESTATE.aliases
    assert (alias.address, spelt(alias.name)) == ("aws_kms_alias.written", '"alias/written"')
    assert spelt(alias.key) == '"${aws_kms_key.written.key_id}"'
    constrained, free = ESTATE.grants
    assert (constrained.constrained, free.constrained) == (True, False)
    assert spelt(free.grantee) == '"arn:${partition}:iam::${account}:role/app"'
    assert spelt(free.operations) == '["Decrypt", "CreateGrant"]'


def test_problems() -> None:
    others = {
        "broken.tf": 'resource "aws_kms_key" {{\n',
        "twin.tf": '\nresource "aws_kms_key" "k" {}\n',
    }
    estate = module('resource "aws_kms_key" "k" {\n  policy = "a"\n  policy = "b"\n}\n', others)
    broken, *rest = reasons(estate)
    assert broken.startswith("broken.tf:1: ")
    assert rest == [
        'main.tf:3: duplicate argument "policy"',
        "twin.tf:2: aws_kms_key.k is declared twice",
    ]
    assert [key.at.path for key in estate.keys] == ["main.tf", "twin.tf"]


TWIN = """
locals {
  sid = "SID"
}
resource "aws_kms_key" "SID" {
  policy = jsonencode({ Statement = [{ Sid = local.sid }] })
}
"""


def test_twins_mean_the_names_of_their_own_file() -> None:
    """Directories of examples declare the same names over and over; Terraform takes none of them."""
    estate = module(TWIN.replace("SID", "One"), {"other.tf": TWIN.replace("SID", "Other")})
    assert [statements_of(key)[0].sid for key in estate.keys] == ["One", "Other"]


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ('provider "aws" {\n  allowed_account_ids = ["111122223333"]\n}', "111122223333"),
        ('provider "aws" {\n  allowed_account_ids = ["111122223333", "444455556666"]\n}', "None"),
        ('provider "aws" {\n  allowed_account_ids = [var.account]\n}', "${var.account}"),
        (
            'provider "aws" {\n  assume_role {\n    role_arn = "arn:aws:iam::444455556666:role/ci"\n  }\n}',
            "444455556666",
        ),
        ('provider "aws" {\n  alias = "x"\n  allowed_account_ids = ["111122223333"]\n}', "None"),
        ('provider "aws" {\n  region = "eu-west-1"\n}', "None"),
    ],
)
def test_configured_account(provider: str, expected: str) -> None:
    text = f'variable "account" {{\n  type = string\n}}\n{provider}\n'
    assert str(module(text).accounts.configured) == expected


@pytest.mark.parametrize(
    ("providers", "scope"),
    [
        ('provider "aws" {\n  alias = "far"\n  region = "x"\n}\n', ""),
        ('provider "aws" {\n  alias = "far"\n  profile = "other"\n}\n', "far"),
        ('provider "aws" {\n  alias = "far"\n  assume_role {\n    role_arn = "x"\n  }\n}\n', "far"),
        ('provider "aws" {\n  alias = "far"\n  dynamic "assume_role" {\n    for_each = var.roles\n  }\n}\n', "far"),
        ("", "far"),
    ],
)
def test_account_of_a_provider_alias(providers: str, scope: str) -> None:
    """An alias that differs by its region alone works in the same account."""
    key = the_key(module(f'{providers}resource "aws_kms_key" "k" {{\n  provider = aws.far\n}}\n'))
    assert [hole.scope for hole in key.arn.holes] == [scope, "far", scope, ""]


def test_a_policy_for_one_of_two_keys_is_perhaps_that_of_each() -> None:
    estate = module(
        'variable "flag" {}\nresource "aws_kms_key" "a" {}\nresource "aws_kms_key" "b" {}\n'
        'resource "aws_kms_key_policy" "p" {\n  key_id = var.flag ? aws_kms_key.a.id : aws_kms_key.b.id\n'
        '  policy = jsonencode({ Statement = [{ Sid = "One" }] })\n}\n'
    )
    other = "Enable IAM User Permissions"
    assert [described(key) for key in estate.keys] == [
        f"explicit: One if var.flag is true; {other} if var.flag is false (from aws_kms_key_policy.p)",
        f"explicit: {other} if var.flag is true; One if var.flag is false (from aws_kms_key_policy.p)",
    ]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("count = -1", "count is not a whole number from 0 on"),
        ('count = "two"', "count is not a whole number from 0 on"),
        ("count = 1\n  for_each = {}", "count and for_each in one block"),
        ('for_each = ["a", "b"]', "for_each is neither a map nor a set of texts"),
        ('for_each = "a"', "for_each is neither a map nor a set of texts"),
        ("for_each = toset([1, 2])", "for_each is neither a map nor a set of texts"),
        ("for_each = toset([true])", "for_each is neither a map nor a set of texts"),
        ('for_each = toset([["a"]])', "for_each is neither a map nor a set of texts"),
        ('for_each = toset([{ a = "b" }])', "for_each is neither a map nor a set of texts"),
        ('for_each = toset(["a", null])', "for_each is neither a map nor a set of texts"),
    ],
)
def test_instances_that_terraform_refuses(arguments: str, reason: str) -> None:
    estate = module(f'resource "aws_kms_key" "k" {{\n  {arguments}\n}}\n')
    assert [problem.reason for problem in estate.problems] == [f"aws_kms_key.k: {reason}"]


@pytest.mark.parametrize(
    ("for_each", "instances"),
    [
        ('toset([1, "a"])', ['["1"]', '["a"]']),
        ("{ a = null }", ['["a"]']),
        ("tomap({ a = [1] })", ['["a"]']),
        ("toset([])", []),
        ("toset([var.open, 1])", ['["${var.open}"]', '["1"]']),
        ("var.flag ? toset([1]) : toset([])", ['["1"]']),
        ("toset(compact([var.open, null]))", [""]),
        ('{ for v in var.flag ? ["a"] : [] : "k" => v... if !var.flag }', []),
        # Which key it is that both have, only the condition tells.
        ("var.flag ? { a = 1 } : { a = 2, b = 3 }", [""]),
        ("var.flag ? { a = 1 } : { b = 3 }", ['["a"]', '["b"]']),
    ],
)
def test_instances_that_terraform_may_take(for_each: str, instances: list[str]) -> None:
    around = 'variable "open" {}\nvariable "flag" {\n  type = bool\n}\n'
    estate = module(f'{around}resource "aws_kms_key" "k" {{\n  for_each = {for_each}\n}}\n')
    assert estate.problems == ()
    assert [key.address.removeprefix("aws_kms_key.k") for key in estate.keys] == instances


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("count = 0", []),
        ("count = 200", [""]),
        ("count = var.open", [" if var.open > 0 is true"]),
        ("count = var.flag ? 1 : 1", ["[0]"]),
        ("count = var.flag ? 2 : 1", ["[0]", "[1] if var.flag is true"]),
        ("count = var.flag ? 200 : 0", [" if var.flag is true"]),
        ("count = var.flag ? 0 : 200", [" if var.flag is false"]),
        ("count = var.flag ? var.open : 0", [" if var.flag is true, var.open > 0 is true"]),
        ("count = var.flag ? var.open : 200", [" if aws_kms_key.k has instances is true"]),
        ("for_each = {}", []),
        ("for_each = var.open", [" if length(var.open) > 0 is true"]),
        ("for_each = toset(var.open)", [" if length(var.open) > 0 is true"]),
        ("for_each = merge({ a = 1 }, var.open)", [""]),
        ("for_each = var.flag ? { a = 1 } : { b = 1 }", ['["a"] if var.flag is true', '["b"] if var.flag is false']),
        ("for_each = var.flag ? {} : var.open", [" if length(var.open) > 0 is true, var.flag is false"]),
        ("for_each = var.flag ? var.open : {}", [" if length(var.open) > 0 is true, var.flag is true"]),
        ("for_each = var.flag ? var.open : { b = 1 }", [" if aws_kms_key.k has instances is true"]),
    ],
)
def test_how_many_keys_there_are(arguments: str, found: list[str]) -> None:
    """Where nobody can tell them apart one stands for all; what that hangs on is said if it is one condition."""
    keys = module(f'variable "flag" {{}}\nvariable "open" {{}}\nresource "aws_kms_key" "k" {{\n{arguments}\n}}\n').keys
    assert [key.address.removeprefix("aws_kms_key.k") + when(key.guards, " if ") for key in keys] == found


@pytest.mark.parametrize(
    ("key_id", "expected"),
    [
        ("var.open", "${aws_kms_key_policy.p.key_id}"),
        ("null", "${aws_kms_key_policy.p.key_id}"),
        ('"x-${var.open}"', "x-${var.open}"),
    ],
)
def test_the_key_of_a_policy_that_is_elsewhere(key_id: str, expected: str) -> None:
    text = f'variable "open" {{}}\nresource "aws_kms_key_policy" "p" {{\n  key_id = {key_id}\n  policy = "{{}}"\n}}\n'
    (key,) = module(text).keys
    assert str(key.arn) == "arn:${partition}:kms:${region}:${account}:key/" + expected


POLICY = 'jsonencode({ Statement = [{ Sid = "One" }] })'


@pytest.mark.parametrize(
    ("own", "apart", "rivals"),
    [
        (f"policy = {POLICY}", f"policy = {POLICY}", [""]),
        (f"policy = {POLICY}", f"count = var.flag ? 1 : 0\npolicy = {POLICY}", [" when var.flag is true"]),
        (
            f"policy = var.flag ? {POLICY} : null",
            f"count = var.flag ? 1 : 0\npolicy = {POLICY}",
            [" when var.flag is true"],
        ),
        (f"policy = var.flag ? null : {POLICY}", f"count = var.flag ? 1 : 0\npolicy = {POLICY}", []),
        (f"policy = var.flag ? {POLICY} : null", f"policy = {POLICY}", []),
        (f'policy = var.flag ? {POLICY} : "{{}}"', f"policy = {POLICY}", [""]),
        ("policy = null", f"policy = {POLICY}", []),
        ("policy = var.open", f"policy = {POLICY}", []),
        ('policy = "{${var.open}}"', f"policy = {POLICY}", [""]),
        (f"policy = {POLICY}", "policy = var.open", []),
        ("", f"policy = {POLICY}", []),
        *(
            (f"policy = {POLICY}\nlifecycle {{\nignore_changes = {ignored}\n}}", f"policy = {POLICY}", [])
            for ignored in ("all", "[policy]", "[tags, policy]", '["policy"]')
        ),
        (f"policy = {POLICY}\nlifecycle {{\nignore_changes = [tags]\n}}", f"policy = {POLICY}", [""]),
        (f"policy = {POLICY}\nlifecycle {{\nprevent_destroy = true\n}}", f"policy = {POLICY}", [""]),
        (f"policy = {POLICY}", f"policy = {POLICY}\nlifecycle {{\nignore_changes = [policy]\n}}", []),
    ],
)
def test_policies_of_one_key_in_two_places(own: str, apart: str, rivals: list[str]) -> None:
    """Both are certainly there, and the one takes the place of the other again and again."""
    estate = module(
        f'variable "flag" {{}}\nvariable "open" {{}}\nresource "aws_kms_key" "k" {{\n{own}\n}}\n'
        f'resource "aws_kms_key_policy" "p" {{\nkey_id = aws_kms_key.k.id\n{apart}\n}}\n'
    )
    (key,) = estate.keys
    assert [when(one.guards, " when ") for one in key.policy.rivals] == rivals
    assert {(one.address.partition("[")[0], one.other_address) for one in key.policy.rivals} <= {
        ("aws_kms_key_policy.p", "aws_kms_key.k")
    }


def test_two_policies_apart_from_one_key() -> None:
    policy = f'resource "aws_kms_key_policy" "%s" {{\nkey_id = aws_kms_key.k.id\npolicy = {POLICY}\n%s\n}}\n'
    key = 'resource "aws_kms_key" "k" {}\nvariable "flag" {}\n'
    (found,) = module(key + policy % ("p", "") + policy % ("q", "")).keys
    (rival,) = found.policy.rivals
    assert [at.line for at in (rival.at, rival.other_at)] == [8, 3]
    assert [(one.address, one.other_address) for one in found.policy.rivals] == [
        ("aws_kms_key_policy.q", "aws_kms_key_policy.p")
    ]
    counted = (policy % (name, f"count = var.flag ? {number}") for name, number in (("p", "1 : 0"), ("q", "0 : 1")))
    (found,) = module(key + "".join(counted)).keys
    assert found.policy.rivals == ()
