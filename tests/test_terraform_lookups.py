"""Attributes of resources and data sources that follow from their names: ARNs, keys behind aliases, accounts of AWS."""

from __future__ import annotations

import pytest

from terraform_modules import spelt, value_of

OWN = "${partition}:%s:${region}:${account}"

AROUND = """
variable "open" {}
resource "aws_iam_role" "without_a_name" {
  name = var.none
}
variable "none" {
  default = []
}
variable "called" {
  default = "ByVariable"
}
provider "aws" {
  alias  = "far"
  region = "eu-west-1"
}
resource "aws_iam_role" "admin" {
  name = "Admin"
  path = "/team/"
}
resource "aws_iam_role" "by_variable" {
  name = var.called
  path = "/v/"
}
resource "aws_iam_role" "maybe" {
  count = var.open ? 1 : 0
  name  = "Maybe"
}
resource "aws_iam_role" "circular" {
  name = "${data.aws_iam_role.admin.arn}-x"
}
resource "aws_iam_policy" "mine" {
  name = "Mine"
}
resource "aws_kms_key" "k" {}
resource "aws_kms_alias" "k" {
  name          = "alias/k"
  target_key_id = aws_kms_key.k.key_id
}
resource "aws_kms_alias" "by_arn" {
  name          = "alias/by-arn"
  target_key_id = aws_kms_key.k.arn
}
resource "aws_kms_alias" "open" {
  name          = "alias/open"
  target_key_id = var.open
}
resource "aws_dynamodb_table" "t" {
  name = "orders"
}
resource "aws_sns_topic" "t" {
  name_prefix = "alerts-"
}
resource "aws_secretsmanager_secret" "s" {
  name = "db"
}
resource "aws_ssm_parameter" "slash" {
  name = "/a/b"
}
resource "aws_ssm_parameter" "plain" {
  name = "b"
}
resource "aws_ssm_parameter" "open" {
  name = "${var.open}/b"
}
resource "aws_cloudwatch_log_group" "elsewhere" {
  name   = "logs"
  region = "eu-west-3"
}
resource "aws_sqs_queue" "far" {
  provider = aws.far
  name     = "q"
}
resource "aws_s3_bucket" "b" {
  bucket_prefix = "logs-"
}
resource "aws_iam_openid_connect_provider" "github" {
  url = "https://token.actions.githubusercontent.com"
}
resource "aws_iam_openid_connect_provider" "open" {
  url = var.open
}
resource "aws_iam_instance_profile" "p" {
  name = "web"
  path = "/x/"
}
resource "aws_iam_service_linked_role" "s" {
  aws_service_name = "autoscaling.amazonaws.com"
}
"""

RESOURCES = {
    "aws_dynamodb_table.t.arn": f"arn:{OWN % 'dynamodb'}:table/orders",
    "aws_sns_topic.t.arn": f"arn:{OWN % 'sns'}:alerts-${{aws_sns_topic.t.name}}",
    "aws_secretsmanager_secret.s.arn": f"arn:{OWN % 'secretsmanager'}:secret:db-${{aws_secretsmanager_secret.s.arn}}",
    "aws_ssm_parameter.slash.arn": f"arn:{OWN % 'ssm'}:parameter/a/b",
    "aws_ssm_parameter.plain.arn": f"arn:{OWN % 'ssm'}:parameter/b",
    "aws_ssm_parameter.open.arn": f"arn:{OWN % 'ssm'}:parameter${{var.open}}/b",
    "aws_cloudwatch_log_group.elsewhere.arn": "arn:${partition}:logs:eu-west-3:${account}:log-group:logs",
    "aws_s3_bucket.b.arn": "arn:${partition}:s3:::logs-${aws_s3_bucket.b.bucket}",
    "aws_iam_openid_connect_provider.github.arn": (
        "arn:${partition}:iam::${account}:oidc-provider/token.actions.githubusercontent.com"
    ),
    "aws_iam_openid_connect_provider.open.arn": "${aws_iam_openid_connect_provider.open.arn}",
    "aws_iam_instance_profile.p.arn": "arn:${partition}:iam::${account}:instance-profile/x/web",
    "aws_iam_service_linked_role.s.arn": (
        "arn:${partition}:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/"
        "${aws_iam_service_linked_role.s.name}"
    ),
    "aws_kms_alias.by_arn.target_key_arn": f"arn:{OWN % 'kms'}:key/${{aws_kms_key.k.key_id}}",
}


@pytest.mark.parametrize(("expression", "expected"), RESOURCES.items())
def test_resource(expression: str, expected: str) -> None:
    assert spelt(value_of(expression, AROUND)) == f'"{expected}"'


def test_what_cannot_be_told_of_an_alias() -> None:
    nowhere = 'resource "aws_kms_alias" "x" {\n  name = "alias/x"\n}\n'
    assert spelt(value_of("aws_kms_alias.x.target_key_arn", nowhere)) == '"${aws_kms_alias.x.target_key_arn}"'
    # It may be an ARN, or an id.
    assert spelt(value_of("aws_kms_alias.open.target_key_arn", AROUND)) == '"${aws_kms_alias.open.target_key_arn}"'


KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:${partition}:iam::${account}:role/"
LOOKED_UP = {
    ("aws_iam_role", 'name = "Admin"', "arn"): ROLE + "team/Admin",
    ("aws_iam_role", "name = var.called", "arn"): ROLE + "v/ByVariable",
    ("aws_iam_role", 'name = "Other"', "arn"): ROLE + "${data.aws_iam_role.it.path}Other",
    ("aws_iam_role", 'name = "NoName"', "arn"): ROLE + "${data.aws_iam_role.it.path}NoName",
    ("aws_iam_role", 'name = "Maybe"', "arn"): ROLE + "${data.aws_iam_role.it.path}Maybe",
    ("aws_iam_role", 'name = "Admin"\nprovider = aws.far', "arn"): ROLE + "team/Admin",
    ("aws_iam_role", 'name = "Admin"', "id"): "Admin",
    # Of these any may be a role that a service owns.
    ("aws_iam_role", "name = var.open", "arn"): "${data.aws_iam_role.it.arn}",
    ("aws_iam_role", 'name = "AWS${var.open}"', "arn"): "${data.aws_iam_role.it.arn}",
    ("aws_iam_role", 'name = "AWSServiceRoleForAutoScaling"', "arn"): "${data.aws_iam_role.it.arn}",
    ("aws_iam_role", 'name = "app-${var.open}"', "arn"): ROLE + "${data.aws_iam_role.it.path}app-${var.open}",
    ("aws_iam_user", 'user_name = "u"', "arn"): ("arn:${partition}:iam::${account}:user/${data.aws_iam_user.it.path}u"),
    ("aws_iam_policy", 'name = "Mine"', "arn"): "arn:${partition}:iam::${account}:policy/Mine",
    ("aws_iam_policy", 'name = "AdministratorAccess"', "arn"): ("arn:${partition}:iam::aws:policy/AdministratorAccess"),
    ("aws_kms_alias", 'name = "alias/k"', "target_key_arn"): f"arn:{OWN % 'kms'}:key/${{aws_kms_key.k.key_id}}",
    ("aws_kms_alias", 'name = "alias/k"', "target_key_id"): "${aws_kms_key.k.key_id}",
    ("aws_kms_alias", 'name = "alias/by-arn"', "target_key_id"): "${aws_kms_key.k.key_id}",
    ("aws_kms_alias", 'name = "alias/k"', "arn"): f"arn:{OWN % 'kms'}:alias/k",
    ("aws_kms_alias", 'name = "alias/aws/s3"', "target_key_arn"): (
        f"arn:{OWN % 'kms'}:key/${{data.aws_kms_alias.it.target_key_id}}"
    ),
    ("aws_kms_alias", 'name = "alias/k"\nprovider = aws.far', "target_key_id"): (
        "${data.aws_kms_alias.it.target_key_id}"
    ),
    ("aws_kms_key", 'key_id = "alias/k"', "arn"): f"arn:{OWN % 'kms'}:key/${{aws_kms_key.k.key_id}}",
    ("aws_kms_key", 'key_id = "alias/k"', "key_id"): "alias/k",
    ("aws_kms_key", "key_id = aws_kms_key.k.arn", "id"): "${aws_kms_key.k.key_id}",
    ("aws_kms_key", f'key_id = "{KEY}"', "arn"): f"arn:{OWN % 'kms'}:key/{KEY}",
    ("aws_kms_key", f'key_id = "arn:aws:kms:eu-west-1:111122223333:key/{KEY}"', "id"): KEY,
    ("aws_kms_key", 'key_id = "arn:aws:kms:eu-west-1:111122223333:alias/x"', "arn"): (
        "arn:aws:kms:eu-west-1:111122223333:key/${data.aws_kms_key.it.target_key_id}"
    ),
    ("aws_iam_session_context", 'arn = "arn:aws:sts::111122223333:assumed-role/R/s"', "issuer_arn"): (
        "arn:aws:iam::111122223333:role/${data.aws_iam_session_context.it.path}R"
    ),
    ("aws_iam_session_context", 'arn = "arn:aws:sts::111122223333:assumed-role/R/s"', "issuer_name"): "R",
    ("aws_iam_session_context", 'arn = "arn:aws:sts::111122223333:assumed-role/R/s"', "session_name"): "s",
    ("aws_arn", 'arn = "arn:aws:rds:eu-west-1:111122223333:db:d"', "account"): "111122223333",
    ("aws_arn", 'arn = "arn:aws:rds:eu-west-1:111122223333:db:d"', "resource"): "db:d",
    ("aws_billing_service_account", "", "arn"): "arn:${partition}:iam::386209384616:root",
    ("aws_elb_service_account", "", "arn"): "arn:${partition}:iam::${data.aws_elb_service_account.it.id}:root",
    ("aws_service_principal", 'service_name = "s3"', "name"): "s3.${data.aws_service_principal.it.suffix}",
    ("aws_service_principal", 'service_name = "s3"\nregion = "eu-west-1"', "name"): "s3.amazonaws.com",
    ("aws_service_principal", 'service_name = "s3"\nregion = "us-gov-west-1"', "name"): (
        "s3.${data.aws_service_principal.it.suffix}"
    ),
    ("aws_dynamodb_table", 'name = "orders"', "arn"): f"arn:{OWN % 'dynamodb'}:table/orders",
    ("aws_dynamodb_table", 'name = "${var.open}.orders"', "arn"): f"arn:{OWN % 'dynamodb'}:table/${{var.open}}.orders",
    ("aws_s3_bucket", 'bucket = "b"', "arn"): "arn:${partition}:s3:::b",
    ("aws_iam_openid_connect_provider", 'url = "https://o.example"', "arn"): (
        "arn:${partition}:iam::${account}:oidc-provider/o.example"
    ),
}


@pytest.mark.parametrize(("source", "expected"), LOOKED_UP.items(), ids=lambda one: " ".join(one[:2]))
def test_data_source(source: tuple[str, str, str], expected: str) -> None:
    type_, arguments, name = source
    around = f'{AROUND}data "aws_iam_role" "admin" {{\n  name = "Admin"\n}}\ndata "{type_}" "it" {{\n{arguments}\n}}\n'
    value = spelt(value_of(f'"${{data.{type_}.it.{name}}}"', around))
    assert value.strip('"') == expected


UNKNOWN = {
    ("aws_iam_policy", 'name = "NobodyKnows"', "data.aws_iam_policy.it.arn"): "${data.aws_iam_policy.it.arn}",
    ("aws_kms_key", "key_id = var.open", "data.aws_kms_key.it.arn"): "${data.aws_kms_key.it.arn}",
    ("aws_ssm_parameter", "name = var.open", "data.aws_ssm_parameter.it.arn"): "${data.aws_ssm_parameter.it.arn}",
    # It is found by its ARN, or by tags.
    ("aws_secretsmanager_secret", 'arn = "arn:aws:x"', "data.aws_secretsmanager_secret.it.arn"): '"arn:aws:x"',
    ("aws_dynamodb_table", "", "data.aws_dynamodb_table.it.arn"): "${data.aws_dynamodb_table.it.arn}",
    ("aws_iam_roles", "", "tolist(data.aws_iam_roles.it.arns)[0]"): "${data.aws_iam_roles.it.arns[0]}",
    ("aws_iam_roles", "", "[for arn in data.aws_iam_roles.it.arns : arn]"): (
        "[(length(data.aws_iam_roles.it.arns) > 0 ? ${data.aws_iam_roles.it.arns[*]} : -)...]"
    ),
    ("terraform_remote_state", "", "data.terraform_remote_state.it.outputs.key.arn"): (
        "${data.terraform_remote_state.it.outputs.key.arn}"
    ),
    ("aws_canonical_user_id", "", "data.aws_canonical_user_id.it.id"): "${data.aws_canonical_user_id.it.id}",
    ("aws_organizations_organization", "", "data.aws_organizations_organization.it.id"): (
        "${data.aws_organizations_organization.it.id}"
    ),
}


@pytest.mark.parametrize(("source", "expected"), UNKNOWN.items(), ids=lambda one: one[2] if len(one) == 3 else "")
def test_what_only_aws_can_tell(source: tuple[str, str, str], expected: str) -> None:
    type_, arguments, expression = source
    assert spelt(value_of(expression, f'{AROUND}data "{type_}" "it" {{\n{arguments}\n}}\n')) == expected
