"""What a data source gives without asking AWS: parts of what it is given, ARNs by name, and holes of a kind."""

from __future__ import annotations

import pytest

from kmslint.terraform.arn_formats import DATA_SOURCES, RESOURCES
from terraform_modules import spelt, value_of

AROUND = """
variable "open" {}
provider "aws" {
  alias  = "far"
  region = "eu-west-1"
}
resource "aws_iam_policy" "mine" {
  name = "Mine"
}
resource "aws_kms_key" "k" {}
resource "aws_kms_alias" "k" {
  name          = "alias/k"
  target_key_id = aws_kms_key.k.key_id
}
resource "aws_kms_alias" "open" {
  name          = "alias/open"
  target_key_id = var.open
}
"""

KNOWN = [
    ("aws_caller_identity", "", "account_id", "${data.aws_caller_identity.it.account_id}"),
    ("aws_caller_identity", "", "id", "${data.aws_caller_identity.it.account_id}"),
    ("aws_caller_identity", "", "arn", "${data.aws_caller_identity.it.arn}"),
    ("aws_partition", "", "partition", "${data.aws_partition.it.partition}"),
    ("aws_partition", "", "id", "${data.aws_partition.it.partition}"),
    ("aws_partition", "", "dns_suffix", "${data.aws_partition.it.dns_suffix}"),
    ("aws_region", "", "name", "${data.aws_region.it.region}"),
    ("aws_region", "", "region", "${data.aws_region.it.region}"),
    ("aws_region", "", "id", "${data.aws_region.it.region}"),
    ("aws_region", 'name = "eu-west-3"', "region", "eu-west-3"),
    ("aws_region", 'region = "eu-west-3"', "id", "eu-west-3"),
    ("aws_region", "provider = aws.far", "name", "${data.aws_region.it.region}"),
    (
        "aws_iam_session_context",
        'arn = "arn:aws:iam::111122223333:user/u"',
        "issuer_arn",
        "arn:aws:iam::111122223333:user/u",
    ),
    ("aws_iam_session_context", 'arn = "arn:aws:iam::111122223333:user/u"', "issuer_id", ""),
    ("aws_iam_session_context", 'arn = "arn:aws:iam::111122223333:user/u"', "session_name", ""),
    (
        "aws_iam_session_context",
        'arn = "arn:aws:sts::111122223333:assumed-role/R"',
        "issuer_arn",
        "arn:aws:sts::111122223333:assumed-role/R",
    ),
    (
        "aws_iam_session_context",
        'arn = "arn:aws:sts::111122223333:assumed-role/R/s"',
        "arn",
        "arn:aws:sts::111122223333:assumed-role/R/s",
    ),
    ("aws_iam_role", 'name = "Other"', "name", "Other"),
    ("aws_iam_user", 'user_name = "u"', "user_name", "u"),
    (
        "aws_iam_group",
        'group_name = "g"',
        "arn",
        "arn:${partition}:iam::${account}:group/${data.aws_iam_group.it.path}g",
    ),
    ("aws_iam_group", 'group_name = "g"', "group_name", "g"),
    (
        "aws_iam_role",
        'name = "AWSSer"',
        "arn",
        "arn:${partition}:iam::${account}:role/${data.aws_iam_role.it.path}AWSSer",
    ),
    (
        "aws_iam_user",
        "user_name = var.open",
        "arn",
        "arn:${partition}:iam::${account}:user/${data.aws_iam_user.it.path}${var.open}",
    ),
    ("aws_iam_policy", 'arn = "arn:aws:iam::aws:policy/job-function/Billing"', "name", "Billing"),
    (
        "aws_iam_policy",
        'arn = "arn:aws:iam::aws:policy/job-function/Billing"',
        "arn",
        "arn:aws:iam::aws:policy/job-function/Billing",
    ),
    (
        "aws_iam_policy",
        'arn = "arn:aws:iam::aws:policy/job-function/Billing"',
        "id",
        "arn:aws:iam::aws:policy/job-function/Billing",
    ),
    ("aws_iam_policy", 'name = "Mine"', "name", "Mine"),
    ("aws_iam_policy", 'name = "Mine"', "id", "arn:${partition}:iam::${account}:policy/Mine"),
    ("aws_arn", 'arn = "arn:aws:rds:eu-west-1:111122223333:db:d"', "service", "rds"),
    ("aws_arn", 'arn = "arn:aws:rds:eu-west-1:111122223333:db:d"', "partition", "aws"),
    ("aws_arn", 'arn = "arn:aws:rds:eu-west-1:111122223333:db:d"', "region", "eu-west-1"),
    ("aws_billing_service_account", "", "id", "386209384616"),
    ("aws_elb_service_account", "", "id", "${data.aws_elb_service_account.it.id}"),
    (
        "aws_redshift_service_account",
        "",
        "arn",
        "arn:${partition}:iam::${data.aws_redshift_service_account.it.id}:user/logs",
    ),
    (
        "aws_cloudtrail_service_account",
        "",
        "arn",
        "arn:${partition}:iam::${data.aws_cloudtrail_service_account.it.id}:root",
    ),
    ("aws_service_principal", 'service_name = "s3"\nregion = "eu-west-1"', "suffix", "amazonaws.com"),
    ("aws_service_principal", 'service_name = "s3"', "suffix", "${data.aws_service_principal.it.suffix}"),
    (
        "aws_service_principal",
        'service_name = "s3"\nregion = var.open',
        "name",
        "s3.${data.aws_service_principal.it.suffix}",
    ),
    ("aws_s3_bucket", 'bucket = "b"', "id", "b"),
    ("aws_s3_bucket", 'bucket = "b"', "bucket", "b"),
    ("aws_s3_bucket", "bucket = var.open", "arn", "arn:${partition}:s3:::${var.open}"),
    (
        "aws_iam_openid_connect_provider",
        'url = "o.example"',
        "arn",
        "arn:${partition}:iam::${account}:oidc-provider/o.example",
    ),
    (
        "aws_iam_openid_connect_provider",
        'arn = "arn:aws:iam::1:oidc-provider/o"',
        "arn",
        "arn:aws:iam::1:oidc-provider/o",
    ),
    ("aws_iam_openid_connect_provider", 'url = "https://o.example"', "url", "https://o.example"),
    ("aws_kms_alias", "name = var.open", "arn", "arn:${partition}:kms:${region}:${account}:${var.open}"),
    ("aws_kms_alias", 'name = "alias/k"', "id", "arn:${partition}:kms:${region}:${account}:alias/k"),
    ("aws_kms_alias", 'name = "alias/open"', "target_key_arn", "${aws_kms_alias.open.target_key_arn}"),
    (
        "aws_kms_alias",
        'name = "alias/k"\nregion = "eu-west-3"',
        "target_key_arn",
        "arn:${partition}:kms:eu-west-3:${account}:key/${data.aws_kms_alias.it.target_key_id}",
    ),
    ("aws_kms_key", 'key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"', "id", "1234abcd-12ab-34cd-56ef-1234567890ab"),
    (
        "aws_kms_key",
        'key_id = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"',
        "arn",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    (
        "aws_kms_key",
        'key_id = "arn:aws:kms:eu-west-1:111122223333:alias/x"',
        "id",
        "${data.aws_kms_key.it.target_key_id}",
    ),
    (
        "aws_kms_key",
        'key_id = "alias/none"',
        "arn",
        "arn:${partition}:kms:${region}:${account}:key/${data.aws_kms_key.it.target_key_id}",
    ),
    ("aws_kms_key", 'key_id = "alias/none"', "id", "${data.aws_kms_key.it.target_key_id}"),
    (
        "aws_kms_key",
        'key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"\nregion = "eu-west-3"',
        "arn",
        "arn:${partition}:kms:eu-west-3:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    (
        "aws_kms_key",
        "key_id = aws_kms_key.k.key_id",
        "arn",
        "arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}",
    ),
    (
        "aws_kms_public_key",
        'key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"',
        "arn",
        "arn:${partition}:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]

ONLY_AWS_CAN_TELL = [
    ("aws_caller_identity", "", "user_id"),
    ("aws_partition", "", "reverse_dns_prefix"),
    ("aws_region", "", "description"),
    ("aws_region", 'endpoint = "ec2.eu-west-3.amazonaws.com"', "name"),
    ("aws_iam_session_context", 'arn = "x"', "issuer_arn"),
    ("aws_iam_session_context", 'arn = "arn:aws:sts::111122223333:assumed-role/R/s"', "issuer_id"),
    ("aws_iam_session_context", 'arn = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s"', "issuer_arn"),
    ("aws_iam_session_context", 'arn = "arn:aws:sts::111122223333:assumed-role/${var.open}/s"', "issuer_arn"),
    ("aws_iam_role", 'name = "Other"', "path"),
    ("aws_iam_user", 'user_name = "u"', "id"),
    ("aws_iam_group", 'group_name = "g"', "id"),
    ("aws_iam_role", 'name = "AWSSer${var.open}"', "arn"),
    ("aws_iam_policy", 'name = "Billing"', "arn"),
    ("aws_iam_policy", "arn = var.open", "name"),
    ("aws_iam_policy", "", "arn"),
    ("aws_iam_policy", "name = var.open", "arn"),
    ("aws_iam_policy", 'arn = "arn:aws:iam::aws:policy/job-function/Billing"', "path"),
    ("aws_arn", 'arn = "arn:aws:rds:eu-west-1:111122223333:db:d"', "nowhere"),
    ("aws_arn", 'arn = "x"', "service"),
    ("aws_arn", "", "service"),
    ("aws_billing_service_account", "", "nowhere"),
    ("aws_elb_service_account", "", "region"),
    ("aws_service_principal", 'service_name = "s3"', "id"),
    ("aws_service_principal", "", "name"),
    ("aws_s3_bucket", 'bucket = "b"', "region"),
    ("aws_s3_bucket", "", "arn"),
    ("aws_iam_openid_connect_provider", "url = var.open", "arn"),
    ("aws_iam_openid_connect_provider", "", "arn"),
    ("aws_kms_alias", "", "arn"),
    ("aws_kms_alias", 'name = "alias/k"', "name_prefix"),
    ("aws_kms_alias", 'name = "alias/open"', "target_key_id"),
    ("aws_kms_key", "", "arn"),
    ("aws_kms_key", 'key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"', "multi_region"),
    ("aws_kms_key", 'key_id = "mrk-1234abcd12ab34cd56ef12345678"', "arn"),
    ("aws_kms_key", 'key_id = "x"', "arn"),
    ("aws_kms_key", 'key_id = "arn:aws:kms:eu-west-1:111122223333:x"', "arn"),
    ("aws_kms_key", 'key_id = "arn:aws:kms:alias/x:alias/y"', "arn"),
    ("aws_kms_key", 'key_id = "x-${aws_kms_key.k.key_id}"', "arn"),
]

ARNS = {
    "aws_athena_workgroup": ("name", "athena:${region}:${account}:workgroup/x"),
    "aws_backup_vault": ("name", "backup:${region}:${account}:backup-vault:x"),
    "aws_cloudtrail": ("name", "cloudtrail:${region}:${account}:trail/x"),
    "aws_cloudwatch_event_bus": ("name", "events:${region}:${account}:event-bus/x"),
    "aws_cloudwatch_log_group": ("name", "logs:${region}:${account}:log-group:x"),
    "aws_cloudwatch_metric_alarm": ("alarm_name", "cloudwatch:${region}:${account}:alarm:x"),
    "aws_codebuild_project": ("name", "codebuild:${region}:${account}:project/x"),
    "aws_codecommit_repository": ("repository_name", "codecommit:${region}:${account}:x"),
    "aws_codepipeline": ("name", "codepipeline:${region}:${account}:x"),
    "aws_db_instance": ("identifier", "rds:${region}:${account}:db:x"),
    "aws_docdb_cluster": ("cluster_identifier", "rds:${region}:${account}:cluster:x"),
    "aws_dynamodb_table": ("name", "dynamodb:${region}:${account}:table/x"),
    "aws_ecr_repository": ("name", "ecr:${region}:${account}:repository/x"),
    "aws_ecs_cluster": ("name", "ecs:${region}:${account}:cluster/x"),
    "aws_eks_cluster": ("name", "eks:${region}:${account}:cluster/x"),
    "aws_elasticsearch_domain": ("domain_name", "es:${region}:${account}:domain/x"),
    "aws_glue_job": ("name", "glue:${region}:${account}:job/x"),
    "aws_kinesis_firehose_delivery_stream": ("name", "firehose:${region}:${account}:deliverystream/x"),
    "aws_kinesis_stream": ("name", "kinesis:${region}:${account}:stream/x"),
    "aws_lambda_function": ("function_name", "lambda:${region}:${account}:function:x"),
    "aws_neptune_cluster": ("cluster_identifier", "rds:${region}:${account}:cluster:x"),
    "aws_opensearch_domain": ("domain_name", "es:${region}:${account}:domain/x"),
    "aws_rds_cluster": ("cluster_identifier", "rds:${region}:${account}:cluster:x"),
    "aws_redshift_cluster": ("cluster_identifier", "redshift:${region}:${account}:cluster:x"),
    "aws_scheduler_schedule_group": ("name", "scheduler:${region}:${account}:schedule-group/x"),
    "aws_secretsmanager_secret": (
        "name",
        "secretsmanager:${region}:${account}:secret:x-${aws_secretsmanager_secret.it.arn}",
    ),
    "aws_sfn_state_machine": ("name", "states:${region}:${account}:stateMachine:x"),
    "aws_sns_topic": ("name", "sns:${region}:${account}:x"),
    "aws_sqs_queue": ("name", "sqs:${region}:${account}:x"),
    "aws_ssm_parameter": ("name", "ssm:${region}:${account}:parameter/x"),
}
"""By type the argument that is the name, and the ARN as the Service Authorization Reference has it."""

LOOKED_UP_BY = {
    "aws_cloudwatch_log_group": "name",
    "aws_dynamodb_table": "name",
    "aws_ecr_repository": "name",
    "aws_ecs_cluster": "cluster_name",
    "aws_eks_cluster": "name",
    "aws_kinesis_stream": "name",
    "aws_lambda_function": "function_name",
    "aws_secretsmanager_secret": "name",
    "aws_sfn_state_machine": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
    "aws_ssm_parameter": "name",
}


def attribute(type_: str, arguments: str, name: str) -> str:
    around = f'{AROUND}data "{type_}" "it" {{\n{arguments}\n}}\n'
    return spelt(value_of(f"data.{type_}.it.{name}", around))


@pytest.mark.parametrize(("type_", "arguments", "name", "expected"), KNOWN)
def test_attribute(type_: str, arguments: str, name: str, expected: str) -> None:
    assert attribute(type_, arguments, name) == f'"{expected}"'


@pytest.mark.parametrize(("type_", "arguments", "name"), ONLY_AWS_CAN_TELL)
def test_what_only_aws_can_tell(type_: str, arguments: str, name: str) -> None:
    assert attribute(type_, arguments, name) == f"${{data.{type_}.it.{name}}}"


@pytest.mark.parametrize(("type_", "name", "arn"), [(type_, *one) for type_, one in ARNS.items()])
def test_arn_by_name(type_: str, name: str, arn: str) -> None:
    around = f'resource "{type_}" "it" {{\n  {name} = "x"\n}}\n'
    assert spelt(value_of(f"{type_}.it.arn", around)) == f'"arn:${{partition}}:{arn}"'
    assert ARNS.keys() == RESOURCES.keys()


@pytest.mark.parametrize(("type_", "name"), LOOKED_UP_BY.items())
def test_arn_of_what_is_looked_up_by_name(type_: str, name: str) -> None:
    _, arn = ARNS[type_]
    made_up = arn.replace(f"{type_}.it", f"data.{type_}.it")
    assert attribute(type_, f'  {name} = "x"', "arn") == f'"arn:${{partition}}:{made_up}"'
    assert LOOKED_UP_BY.keys() == DATA_SOURCES.keys()
