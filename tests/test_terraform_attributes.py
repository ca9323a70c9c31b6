"""Attributes that AWS computes: names, ids and ARNs as far as their shape is known, and what is not known of them."""

from __future__ import annotations

import pytest

from kmslint.values import HoleKind, Text, Unknown
from terraform_modules import spelt, value_of

AROUND = """
variable "open" {}
variable "flag" {}
provider "aws" {
  alias   = "far"
  profile = "other"
}
resource "aws_kms_key" "k" {}
resource "aws_iam_role" "r" {}
"""

# `IT` is the resource that is asked; None: nothing is known of the attribute.
KNOWN: list[tuple[str, str, dict[str, str | None]]] = [
    (
        "aws_kms_key",
        "",
        {
            "arn": "arn:${partition}:kms:${region}:${account}:key/${IT.key_id}",
            "id": "${IT.key_id}",
            "key_id": "${IT.key_id}",
            "policy": None,
            "x": None,
        },
    ),
    ("aws_kms_key", "provider = aws.far", {"arn": "arn:${partition}:kms:${region}:${account}:key/${IT.key_id}"}),
    ("aws_kms_key", 'region = "eu-west-3"', {"arn": "arn:${partition}:kms:eu-west-3:${account}:key/${IT.key_id}"}),
    ("aws_kms_external_key", "", {"arn": "arn:${partition}:kms:${region}:${account}:key/${IT.key_id}"}),
    (
        "awscc_kms_key",
        "",
        {
            "arn": "arn:${partition}:kms:${region}:${account}:key/${IT.key_id}",
            "key_id": "${IT.key_id}",
            "id": "${IT.key_id}",
        },
    ),
    (
        "aws_iam_role",
        "",
        {
            "arn": "arn:${partition}:iam::${account}:role/${IT.name}",
            "id": "${IT.name}",
            "name": "${IT.name}",
            "unique_id": None,
        },
    ),
    (
        "aws_iam_role",
        'name = "r"\npath = "/p/"',
        {"arn": "arn:${partition}:iam::${account}:role/p/r", "id": "r", "name": "r"},
    ),
    (
        "aws_iam_role",
        'name = ""\npath = ""',
        {"arn": "arn:${partition}:iam::${account}:role${IT.path}${IT.name}", "name": "${IT.name}"},
    ),
    (
        "aws_iam_role",
        'name = null\nname_prefix = "r-"',
        {"arn": "arn:${partition}:iam::${account}:role/r-${IT.name}", "name": "r-${IT.name}"},
    ),
    (
        "aws_iam_role",
        'name = var.flag ? "a" : "b"',
        {"arn": "arn:${partition}:iam::${account}:role/${IT.name}", "name": "${IT.name}"},
    ),
    (
        "aws_iam_user",
        'name = "u-${var.open}"',
        {"arn": "arn:${partition}:iam::${account}:user/u-${var.open}", "id": "u-${var.open}"},
    ),
    (
        "aws_iam_policy",
        'name = "p"\npath = "/a/b/"',
        {
            "arn": "arn:${partition}:iam::${account}:policy/a/b/p",
            "id": "arn:${partition}:iam::${account}:policy/a/b/p",
            "name": "p",
        },
    ),
    ("aws_iam_policy", 'name_prefix = "p"', {"arn": "arn:${partition}:iam::${account}:policy/p${IT.name}"}),
    (
        "awscc_iam_role",
        'role_name = "r"\nname_prefix = "x"',
        {"arn": "arn:${partition}:iam::${account}:role/r", "role_name": "r", "id": "r", "name": None},
    ),
    ("awscc_iam_role", 'name_prefix = "x"', {"arn": "arn:${partition}:iam::${account}:role/${IT.role_name}"}),
    (
        "awscc_iam_managed_policy",
        'managed_policy_name = "m"\npath="/p/"',
        {
            "policy_arn": "arn:${partition}:iam::${account}:policy/p/m",
            "id": "arn:${partition}:iam::${account}:policy/p/m",
            "arn": None,
            "managed_policy_name": "m",
        },
    ),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = aws_kms_key.k.key_id',
        {
            "arn": "arn:${partition}:kms:${region}:${account}:alias/a",
            "id": "alias/a",
            "name": "alias/a",
            "target_key_arn": "arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}",
            "target_key_id": "${aws_kms_key.k.key_id}",
        },
    ),
    (
        "aws_kms_alias",
        'name_prefix = "alias/p"\ntarget_key_id = aws_kms_key.k.arn',
        {
            "arn": "arn:${partition}:kms:${region}:${account}:alias/p${IT.name}",
            "id": "alias/p${IT.name}",
            "name": "alias/p${IT.name}",
            "target_key_arn": "arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}",
        },
    ),
    (
        "aws_kms_alias",
        "",
        {"arn": "arn:${partition}:kms:${region}:${account}:${IT.name}", "target_key_arn": "${IT.target_key_arn}"},
    ),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"',
        {"target_key_arn": "arn:${partition}:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
    ),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = "mrk-1234abcd12ab34cd56ef1234567890ab"',
        {"target_key_arn": "arn:${partition}:kms:${region}:${account}:key/mrk-1234abcd12ab34cd56ef1234567890ab"},
    ),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1"',
        {"target_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1"},
    ),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = "arn:aws:kms:eu-west-1:111122223333:alias/x"',
        {"target_key_arn": "${IT.target_key_arn}"},
    ),
    ("aws_kms_alias", 'name = "alias/a"\ntarget_key_id = "alias/x"', {"target_key_arn": "${IT.target_key_arn}"}),
    ("aws_kms_alias", 'name = "alias/a"\ntarget_key_id = var.open', {"target_key_arn": "${IT.target_key_arn}"}),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = "1234abcd-12ab-34cd-56ef-123456789${var.open}"',
        {"target_key_arn": "${IT.target_key_arn}"},
    ),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = "${aws_kms_key.k.key_id}x"',
        {"target_key_arn": "${IT.target_key_arn}"},
    ),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = aws_kms_key.k.id',
        {"target_key_arn": "arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}"},
    ),
    ("aws_kms_alias", 'name = "alias/a"\ntarget_key_id = "1234abcd"', {"target_key_arn": "${IT.target_key_arn}"}),
    (
        "aws_kms_alias",
        'name = "alias/a"\ntarget_key_id = "${aws_iam_role.r.name}"',
        {"target_key_arn": "${IT.target_key_arn}"},
    ),
    ("aws_kms_alias", 'name = "alias/a"\ntarget_key_id = ""', {"target_key_arn": "${IT.target_key_arn}"}),
    ("awscc_kms_alias", 'alias_name = "alias/a"', {"alias_name": "alias/a", "id": "alias/a", "arn": None}),
    (
        "aws_s3_bucket",
        'bucket = "b"',
        {
            "arn": "arn:${partition}:s3:::b",
            "bucket": "b",
            "id": "b",
            "bucket_domain_name": "b.s3.${IT.endpoint}",
            "bucket_regional_domain_name": "b.s3.${IT.endpoint}",
            "region": None,
        },
    ),
    ("aws_s3_bucket", 'bucket_prefix = "b-"', {"arn": "arn:${partition}:s3:::b-${IT.bucket}", "id": "b-${IT.bucket}"}),
    ("aws_s3_bucket", "provider = aws.far", {"arn": "arn:${partition}:s3:::${IT.bucket}", "bucket": "${IT.bucket}"}),
    (
        "aws_iam_instance_profile",
        'name = "i"\npath = "/p/"',
        {"arn": "arn:${partition}:iam::${account}:instance-profile/p/i", "id": "i", "name": "i"},
    ),
    ("aws_iam_instance_profile", "", {"arn": "arn:${partition}:iam::${account}:instance-profile/${IT.name}"}),
    ("aws_iam_instance_profile", 'name_prefix = "i-"', {"name": "i-${IT.name}", "id": "i-${IT.name}"}),
    (
        "aws_iam_openid_connect_provider",
        'url = "https://example.com/x"',
        {"arn": "arn:${partition}:iam::${account}:oidc-provider/example.com/x"},
    ),
    (
        "aws_iam_openid_connect_provider",
        'url = "https://${var.open}"',
        {"arn": "arn:${partition}:iam::${account}:oidc-provider/${var.open}"},
    ),
    ("aws_iam_openid_connect_provider", 'url = "http://example.com"', {"arn": "${IT.arn}"}),
    ("aws_iam_openid_connect_provider", "url = var.open", {"arn": "${IT.arn}"}),
    ("aws_iam_openid_connect_provider", 'url = "${var.open}https://"', {"arn": "${IT.arn}"}),
    ("aws_iam_openid_connect_provider", "", {"arn": "${IT.arn}"}),
    ("aws_iam_saml_provider", 'name = "s"', {"arn": "arn:${partition}:iam::${account}:saml-provider/s"}),
    (
        "aws_iam_service_linked_role",
        'aws_service_name = "rds.amazonaws.com"',
        {
            "arn": "arn:${partition}:iam::${account}:role/aws-service-role/rds.amazonaws.com/${IT.name}",
            "id": "arn:${partition}:iam::${account}:role/aws-service-role/rds.amazonaws.com/${IT.name}",
            "name": None,
        },
    ),
    (
        "aws_iam_service_linked_role",
        "",
        {"arn": "arn:${partition}:iam::${account}:role/aws-service-role/${IT.aws_service_name}/${IT.name}"},
    ),
    ("aws_sqs_queue", 'name = "q"', {"arn": "arn:${partition}:sqs:${region}:${account}:q", "url": None}),
    ("aws_sqs_queue", "", {"arn": "arn:${partition}:sqs:${region}:${account}:${IT.name}"}),
    (
        "aws_sqs_queue",
        'name_prefix = "q"\nregion="eu-west-3"',
        {"arn": "arn:${partition}:sqs:eu-west-3:${account}:q${IT.name}"},
    ),
    (
        "aws_secretsmanager_secret",
        'name = "q"',
        {"arn": "arn:${partition}:secretsmanager:${region}:${account}:secret:q-${IT.arn}"},
    ),
    ("aws_ssm_parameter", 'name = "p"', {"arn": "arn:${partition}:ssm:${region}:${account}:parameter/p"}),
    ("aws_ssm_parameter", 'name = "/p"', {"arn": "arn:${partition}:ssm:${region}:${account}:parameter/p"}),
    (
        "aws_ssm_parameter",
        'name = "/p/${var.open}"',
        {"arn": "arn:${partition}:ssm:${region}:${account}:parameter/p/${var.open}"},
    ),
    ("aws_ssm_parameter", "name = var.open", {"arn": "arn:${partition}:ssm:${region}:${account}:parameter${var.open}"}),
    (
        "aws_ssm_parameter",
        'name = "${var.open}/p"',
        {"arn": "arn:${partition}:ssm:${region}:${account}:parameter${var.open}/p"},
    ),
    ("aws_ssm_parameter", 'name = ""', {"arn": "arn:${partition}:ssm:${region}:${account}:parameter${IT.name}"}),
]


def around(type_: str, arguments: str) -> str:
    return f'{AROUND}resource "{type_}" "it" {{\n{arguments}\n}}\n'


@pytest.mark.parametrize(("type_", "arguments", "attributes"), KNOWN)
def test_what_is_known_of_an_attribute(type_: str, arguments: str, attributes: dict[str, str | None]) -> None:
    for name, expected in attributes.items():
        value = value_of(f"{type_}.it.{name}", around(type_, arguments))
        if expected is None:
            assert isinstance(value, Unknown)
            assert str(value) == f"${{{type_}.it.{name}}}"
        else:
            assert spelt(value) == f'"{expected.replace("IT.", f"{type_}.it.")}"'


@pytest.mark.parametrize(
    ("type_", "name", "holes"),
    [
        (
            "aws_kms_key",
            "arn",
            [
                (HoleKind.PARTITION, "far", ""),
                (HoleKind.REGION, "far", ""),
                (HoleKind.OWN_ACCOUNT, "far", "aws_kms_key.it"),
                (HoleKind.RESOURCE, "", "aws_kms_key.it"),
            ],
        ),
        ("aws_s3_bucket", "arn", [(HoleKind.PARTITION, "far", ""), (HoleKind.RESOURCE, "", "aws_s3_bucket.it")]),
        ("aws_iam_role", "name", [(HoleKind.RESOURCE, "", "aws_iam_role.it")]),
    ],
)
def test_of_whose_account_and_resource_a_hole_is(type_: str, name: str, holes: list[tuple[HoleKind, str, str]]) -> None:
    value = value_of(f"{type_}.it.{name}", around(type_, "provider = aws.far"))
    assert isinstance(value, Text)
    assert [(hole.kind, hole.scope, hole.resource) for hole in value.holes] == holes


def test_a_name_that_comes_to_no_one_text_is_not_of_the_resource() -> None:
    """Two of them may well be the same."""
    value = value_of("aws_iam_role.it.name", around("aws_iam_role", 'name = var.flag ? "a" : "b"'))
    assert isinstance(value, Text)
    assert [(hole.kind, hole.resource) for hole in value.holes] == [(HoleKind.EXPRESSION, "")]
