"""How ARNs of resources are made, for those whose ARN shows the name that Terraform gives them.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from typing import NamedTuple


class ArnFormat(NamedTuple):
    """`arn:PARTITION:service:REGION:ACCOUNT:prefix NAME`."""

    service: str
    prefix: str
    """What stands before the name: `table/`."""
    name: str = "name"
    """The argument that is the name."""
    suffix: str = ""
    """What AWS puts behind the name before something that it makes up; empty if it puts nothing there."""


RESOURCES: dict[str, ArnFormat] = {
    "aws_athena_workgroup": ArnFormat("athena", "workgroup/"),
    "aws_backup_vault": ArnFormat("backup", "backup-vault:"),
    "aws_cloudtrail": ArnFormat("cloudtrail", "trail/"),
    "aws_cloudwatch_event_bus": ArnFormat("events", "event-bus/"),
    "aws_cloudwatch_log_group": ArnFormat("logs", "log-group:"),
    "aws_cloudwatch_metric_alarm": ArnFormat("cloudwatch", "alarm:", "alarm_name"),
    "aws_codebuild_project": ArnFormat("codebuild", "project/"),
    "aws_codecommit_repository": ArnFormat("codecommit", "", "repository_name"),
    "aws_codepipeline": ArnFormat("codepipeline", ""),
    "aws_db_instance": ArnFormat("rds", "db:", "identifier"),
    "aws_docdb_cluster": ArnFormat("rds", "cluster:", "cluster_identifier"),
    "aws_dynamodb_table": ArnFormat("dynamodb", "table/"),
    "aws_ecr_repository": ArnFormat("ecr", "repository/"),
    "aws_ecs_cluster": ArnFormat("ecs", "cluster/"),
    "aws_eks_cluster": ArnFormat("eks", "cluster/"),
    "aws_elasticsearch_domain": ArnFormat("es", "domain/", "domain_name"),
    "aws_glue_job": ArnFormat("glue", "job/"),
    "aws_kinesis_firehose_delivery_stream": ArnFormat("firehose", "deliverystream/"),
    "aws_kinesis_stream": ArnFormat("kinesis", "stream/"),
    "aws_lambda_function": ArnFormat("lambda", "function:", "function_name"),
    "aws_neptune_cluster": ArnFormat("rds", "cluster:", "cluster_identifier"),
    "aws_opensearch_domain": ArnFormat("es", "domain/", "domain_name"),
    "aws_rds_cluster": ArnFormat("rds", "cluster:", "cluster_identifier"),
    "aws_redshift_cluster": ArnFormat("redshift", "cluster:", "cluster_identifier"),
    "aws_scheduler_schedule_group": ArnFormat("scheduler", "schedule-group/"),
    "aws_secretsmanager_secret": ArnFormat("secretsmanager", "secret:", suffix="-"),
    "aws_sfn_state_machine": ArnFormat("states", "stateMachine:"),
    "aws_sns_topic": ArnFormat("sns", ""),
    "aws_sqs_queue": ArnFormat("sqs", ""),
    "aws_ssm_parameter": ArnFormat("ssm", "parameter/"),
}

DATA_SOURCES: dict[str, ArnFormat] = {
    "aws_cloudwatch_log_group": RESOURCES["aws_cloudwatch_log_group"],
    "aws_dynamodb_table": RESOURCES["aws_dynamodb_table"],
    "aws_ecr_repository": RESOURCES["aws_ecr_repository"],
    "aws_ecs_cluster": RESOURCES["aws_ecs_cluster"]._replace(name="cluster_name"),
    "aws_eks_cluster": RESOURCES["aws_eks_cluster"],
    "aws_kinesis_stream": RESOURCES["aws_kinesis_stream"],
    "aws_lambda_function": RESOURCES["aws_lambda_function"],
    "aws_secretsmanager_secret": RESOURCES["aws_secretsmanager_secret"],
    "aws_sfn_state_machine": RESOURCES["aws_sfn_state_machine"],
    "aws_sns_topic": RESOURCES["aws_sns_topic"],
    "aws_sqs_queue": RESOURCES["aws_sqs_queue"],
    "aws_ssm_parameter": RESOURCES["aws_ssm_parameter"],
}
"""Those that are looked up by name in the account and Region of their provider."""
