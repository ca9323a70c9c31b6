"""The functions of the AWS provider: ARNs taken apart and put together, as far as it is certain where their parts end.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_parse
"""

from __future__ import annotations

import pytest

from terraform_modules import spelt, value_of

AROUND = """
variable "open" {}
variable "flag" {
  type = bool
}
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "one" {
  name = "One"
  path = "/team/"
}
resource "aws_iam_role" "nameless" {}
resource "aws_kms_key" "k" {}
"""

KNOWN = {
    'provider::aws::arn_build("aws", "iam", "", "111122223333", "role/x")': '"arn:aws:iam::111122223333:role/x"',
    'provider::aws::arn_build("aws", "s3", "", "", var.open)': '"arn:aws:s3:::${var.open}"',
    'provider::aws::arn_build("aws", "s3", "", "", var.flag ? "a" : "b")': (
        '(var.flag ? "arn:aws:s3:::a" : "arn:aws:s3:::b")'
    ),
    'provider::aws::arn_parse("arn:aws:s3:::${var.open}").resource': '"${var.open}"',
    'provider::aws::arn_parse("arn:aws:iam::${data.aws_caller_identity.me.id}:role/x").account_id': (
        '"${data.aws_caller_identity.me.account_id}"'
    ),
    "provider::aws::arn_parse(aws_iam_role.one.arn).resource": '"role/team/One"',
    "provider::aws::arn_parse(aws_kms_key.k.arn).region": '"${region}"',
    "provider::aws::arn_parse(aws_kms_key.k.arn).service": '"kms"',
    "provider::aws::arn_parse(aws_kms_key.k.arn).account_id": '"${account}"',
    'provider::aws::arn_parse(var.flag ? "arn:aws:s3:::a" : "arn:aws:s3:::b").resource': '(var.flag ? "a" : "b")',
    'provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role/a/b/c")': ('"arn:aws:iam::111122223333:role/c"'),
    'provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role/c")': '"arn:aws:iam::111122223333:role/c"',
    "provider::aws::trim_iam_role_path(aws_iam_role.one.arn)": '"arn:${partition}:iam::${account}:role/One"',
    "provider::aws::trim_iam_role_path(aws_iam_role.nameless.arn)": (
        '"arn:${partition}:iam::${account}:role/${aws_iam_role.nameless.name}"'
    ),
    'provider::aws::trim_iam_role_path("arn:aws:iam::1:role/a/${data.aws_caller_identity.me.id}")': (
        '"arn:aws:iam::1:role/${data.aws_caller_identity.me.account_id}"'
    ),
}

NOT_KNOWN = [
    "provider::aws::arn_parse(var.open)",
    'provider::aws::arn_parse("arn:aws:iam::${var.open}:root")',
    'provider::aws::arn_parse("arn:aws:iam::${var.open}:root").resource',
    "provider::aws::trim_iam_role_path(var.open)",
    'provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role/${var.open}/x")',
    'provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:${var.open}/x")',
    'provider::aws::trim_iam_role_path("arn:aws:iam::${var.open}:role/a/b")',
    'provider::aws::nowhere("x")',
    'provider::other::f("x")',
]

REFUSED = [
    'provider::aws::arn_build("aws", "s3", "", "", [])',
    'provider::aws::arn_build("aws", "s3")',
    'provider::aws::arn_parse("x")',
    "provider::aws::arn_parse(jsonencode({}))",
    'provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:user/a/c")',
    'provider::aws::trim_iam_role_path("arn:aws:iam:eu-west-1:111122223333:role/a/c")',
    'provider::aws::trim_iam_role_path("arn:aws:sts::111122223333:role/a/c")',
    'provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role")',
    'provider::aws::trim_iam_role_path("x")',
]


@pytest.mark.parametrize(("expression", "expected"), KNOWN.items())
def test_value(expression: str, expected: str) -> None:
    assert spelt(value_of(expression, AROUND)) == expected


@pytest.mark.parametrize("expression", NOT_KNOWN)
def test_what_hangs_on_an_unknown_is_unknown(expression: str) -> None:
    assert spelt(value_of(expression, AROUND)) == f"${{{expression}}}"


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_no_such_arn_is_refused(expression: str) -> None:
    assert spelt(value_of(expression, AROUND)) == f"refused ${{{expression}}}"
