"""Roles whose names are given to modules that are not here; and what `lifecycle` says of a key."""

from __future__ import annotations

import pytest

from terraform_modules import files_of, module, read_module, spelt, the_key

ROLES = """
variable "flag" {}
resource "aws_iam_role" "r" {
  name = "r"
}
resource "aws_iam_role" "each" {
  for_each = { a = 1, b = 2 }
  name     = each.key
}
resource "aws_iam_user" "u" {
  name = "u"
}
resource "awscc_iam_role" "c" {
  role_name = "c"
}
resource "aws_iam_policy" "p" {
  name = "p"
}
module "known" {
  source      = "terraform-aws-modules/iam/aws//modules/iam-assumable-role"
  version     = "5.39.0"
  create_role = true
  role_name   = "k"
}
"""
R, U, C = "aws_iam_role.r", "aws_iam_user.u", "awscc_iam_role.c"
EACH = ['aws_iam_role.each["a"]', 'aws_iam_role.each["b"]']


def handed(call: str, source: str = "example/policies/aws") -> list[str]:
    estate = module(f'{ROLES}module "m" {{\n  source = "{source}"\n  {call}\n}}\n')
    return [one.address for one in estate.identities if one.handed_over]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("x = aws_iam_role.r.name", [R]),
        ("x = aws_iam_role.r.id", [R]),
        ("x = aws_iam_role.r.arn", []),
        ("x = aws_iam_role.r", []),
        ("x = aws_iam_user.u.name", [U]),
        ("x = awscc_iam_role.c.role_name", [C]),
        ("x = aws_iam_policy.p.name", []),
        ("x = [aws_iam_role.r.name, aws_iam_user.u.id]", [R, U]),
        ('x = { a = "x-${aws_iam_role.r.name}" }', [R]),
        ("x = var.flag ? aws_iam_role.r.name : null\ny = upper(aws_iam_user.u.name)", [R, U]),
        ('x = aws_iam_role.each["a"].name', EACH),
        ("x = aws_iam_role.each[var.flag].name", EACH),
        ("x = aws_iam_role.r.name\ncount = 0", []),
        ("x = aws_iam_role.r.name\ncount = var.flag ? 1 : 0", [R]),
        ("x = module.known.iam_role_name", ["module.known.aws_iam_role.this[0]"]),
        ("x = module.known.iam_role_arn", []),
        ("x = module.known.name", []),
        ("x = 1", []),
    ],
)
def test_identities_whose_names_a_module_elsewhere_is_given(call: str, expected: list[str]) -> None:
    """Nobody attaches a policy by an ARN; of an instance all are meant."""
    assert handed(call) == expected


@pytest.mark.parametrize("source", ["./m", "../m", "."])
def test_modules_on_disk_are_read_themselves(source: str) -> None:
    assert handed("x = aws_iam_role.r.name", source) == []


@pytest.mark.parametrize(
    ("lifecycle", "expected"),
    [
        ("", "nothing"),
        ("lifecycle {}", "nothing"),
        ("lifecycle {\nprevent_destroy = true\n}", "true"),
        ("lifecycle {\nprevent_destroy = false\n}", "false"),
        ("lifecycle {\nignore_changes = all\n}\nlifecycle {\nprevent_destroy = true\n}", "true"),
        ("timeouts {\nprevent_destroy = true\n}", "nothing"),
    ],
)
def test_whether_terraform_refuses_to_destroy_a_key(lifecycle: str, expected: str) -> None:
    key = module(f'resource "aws_kms_key" "k" {{\n{lifecycle}\n}}\n').keys[0]
    assert spelt(key.settings.prevent_destroy) == expected


def test_what_json_says_of_destroying_a_key_is_not_known() -> None:
    text = '{"resource": {"aws_kms_key": {"k": {"lifecycle": {"prevent_destroy": true}}}}}'
    key = the_key(read_module(".", files_of({"main.tf.json": text})))
    assert spelt(key.settings.prevent_destroy) == "${prevent_destroy}"
