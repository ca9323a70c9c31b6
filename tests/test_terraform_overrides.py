"""Override files: what they replace, where the result stands, and what overrides nothing."""

from __future__ import annotations

import pytest

from terraform_modules import files_of, module, read_module, reasons, spelt, statements_of, the_key


def policy(sid: str) -> str:
    return f'jsonencode({{ Statement = [{{ Sid = "{sid}" }}] }})'


BASE = f"""
variable "sid" {{
  type    = string
  default = "FromVariable"
}}
locals {{
  first = "first"
  other = "other"
}}
resource "aws_kms_key" "k" {{
  description = local.first
  policy      = {policy("Base")}
}}
"""


def sids(*overrides: tuple[str, str], base: str = BASE) -> list[str]:
    return [str(one.sid) for one in statements_of(the_key(module(base, dict(overrides))))]


@pytest.mark.parametrize("name", ["override.tf", "policy_override.tf", "override.tofu", "x_override.tofu"])
def test_an_argument_is_replaced(name: str) -> None:
    text = f'\nresource "aws_kms_key" "k" {{\n  policy = {policy("Over")}\n}}\n'
    key = the_key(module(BASE, {name: text}))
    assert [one.sid for one in statements_of(key)] == ["Over"]
    assert (repr(key.at), repr(key.policy.at)) == ("main.tf:10:1-10:27", f"{name}:3:12-3:58")


@pytest.mark.parametrize("name", ["override.tf.json", "x_override.tofu.json"])
def test_in_json(name: str) -> None:
    text = '{"resource": {"aws_kms_key": {"k": {"policy": "{\\"Statement\\": [{\\"Sid\\": \\"Json\\"}]}"}}}}'
    assert sids((name, text)) == ["Json"]


def test_names_that_only_look_like_overrides() -> None:
    assert sids(("overrides.tf", ""), ("my-override.tf", "")) == ["Base"]


def test_the_last_file_by_name_wins() -> None:
    one, other = (f'resource "aws_kms_key" "k" {{\n  policy = {policy(sid)}\n}}\n' for sid in ("A", "B"))
    assert sids(("z_override.tf", other), ("a_override.tf", one)) == ["B"]
    assert sids(("override.tf", one), ("a_override.tf.json", '{"locals": {"first": "x"}}')) == ["A"]
    assert sids(("override.tf", one + other)) == ["B"]


INDIRECT = """
variable "sid" {
  type    = string
  default = "FromVariable"
}
locals {
  sid = "FromLocal"
}
resource "aws_kms_key" "k" {
  policy = jsonencode({ Statement = [{ Sid = var.sid }, { Sid = local.sid }] })
}
"""


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ('variable "sid" {\n  default = "Over"\n}\n', ["Over", "FromLocal"]),
        ('variable "sid" {\n  default = 5\n}\n', ["5", "FromLocal"]),
        ('variable "sid" {\n  description = "x"\n}\n', ["FromVariable", "FromLocal"]),
        ('locals {\n  sid = "Over"\n}\n', ["FromVariable", "Over"]),
        ('locals {\n  sid = "Over"\n}\nlocals {\n  sid = "Last"\n}\n', ["FromVariable", "Last"]),
        ("locals {\n  sid = upper(var.sid)\n}\n", ["FromVariable", "FROMVARIABLE"]),
    ],
)
def test_variables_and_locals(override: str, expected: list[str]) -> None:
    assert sids(("override.tf", override), base=INDIRECT) == expected


DOCUMENT = """
data "aws_iam_policy_document" "d" {
  statement {
    sid = "One"
  }
  dynamic "statement" {
    for_each = ["Two"]
    content {
      sid = statement.value
    }
  }
}
resource "aws_kms_key" "k" {
  count  = 1
  policy = data.aws_iam_policy_document.d.json
}
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('statement {\n    sid = "Over"\n  }\n', ["Over"]),
        (
            'dynamic "statement" {\n for_each = ["A", "B"]\n content {\n sid = statement.value\n }\n }\n',
            ["A", "B"],
        ),
        ('version = "2012-10-17"\n', ["One", "Two"]),
    ],
)
def test_nested_blocks_replace_all_of_their_type(body: str, expected: list[str]) -> None:
    override = f'data "aws_iam_policy_document" "d" {{\n  {body}}}\n'
    assert sids(("override.tf", override), base=DOCUMENT) == expected


def test_a_key_is_switched_off() -> None:
    estate = module(DOCUMENT, {"override.tf": 'resource "aws_kms_key" "k" {\n  count = 0\n}\n'})
    assert estate.keys == ()
    assert [key.address for key in estate.switched_off] == ["aws_kms_key.k"]


@pytest.mark.parametrize(
    ("base", "override", "expected"),
    [
        ('provider "aws" {\n  region = "x"\n}\n', 'provider "aws" {\n', "111122223333"),
        ("", 'provider "aws" {\n', "111122223333"),
        (
            'provider "aws" {\n  alias = "far"\n}\n',
            'provider "aws" {\n  alias = "far"\n',
            "None",
        ),
    ],
)
def test_providers(base: str, override: str, expected: str) -> None:
    estate = module(base, {"override.tf": f'{override}  allowed_account_ids = ["111122223333"]\n}}\n'})
    assert reasons(estate) == []
    assert str(estate.accounts.configured) == expected


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ('resource "aws_kms_key" "x" {}\n', "nothing to override: there is no resource aws_kms_key.x"),
        ('data "aws_region" "x" {}\n', "nothing to override: there is no data aws_region.x"),
        ('variable "x" {}\n', "nothing to override: there is no variable x"),
        ('output "x" {}\n', "nothing to override: there is no output x"),
        ('module "x" {}\n', "nothing to override: there is no module x"),
        ("locals {\n  x = 1\n}\n", "nothing to override: there is no local.x"),
        ('provider "aws" {\n  alias = "x"\n}\n', "nothing to override: there is no provider aws.x"),
        ("moved {}\n", "moved in an override file"),
        ("import {}\n", "import in an override file"),
        ('check "x" {}\n', "check in an override file"),
        ("resource {}\n", "resource needs a type and a name"),
    ],
)
def test_what_terraform_refuses(override: str, reason: str) -> None:
    estate = module(BASE, {"override.tf": override})
    line = 2 if override.startswith("locals") else 1
    assert reasons(estate) == [f"override.tf:{line}: {reason}"]
    assert [key.address for key in estate.keys] == ["aws_kms_key.k"]


@pytest.mark.parametrize("override", ["terraform {}\n", "removed {}\n", "", 'provider "google" {}\n'])
def test_what_changes_nothing(override: str) -> None:
    assert sids(("override.tf", override)) == ["Base"]


def test_many_overrides_take_linear_time() -> None:
    many = "".join(f"  a{number} = 1\n" for number in range(2_000))
    override = f'resource "aws_kms_key" "k" {{\n{many}}}\n'
    overrides = {f"{number}_override.tf": override for number in range(10)}
    base = BASE.replace("  description = local.first\n", many)
    assert module(base, overrides).problems == ()


def test_opentofu_reads_its_own_file_instead() -> None:
    own = f'resource "aws_kms_key" "k" {{\n  policy = {policy("Tofu")}\n}}\n'
    assert sids(("main.tofu", own)) == ["Tofu"]
    text = '{"resource": {"aws_kms_key": {"k": {"policy": "%s"}}}}'
    files = {"a.tf.json": text % "x", "a.tofu.json": text % "", "b.tofu": ""}
    assert the_key(read_module(".", files_of(files))).at.path == "a.tofu.json"
    assert spelt(the_key(module(own, {"other.tofu": ""})).settings.enabled) == "nothing"
