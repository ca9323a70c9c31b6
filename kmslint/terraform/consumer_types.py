"""The resource types that use keys, and those that have a service send to topics and queues: their arguments.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kmslint.model.consumers import Purpose, Sender


class Use(NamedTuple):
    """What a resource is that uses a key."""

    purpose: Purpose
    key: str
    """The argument that names the key."""
    blocks: tuple[str, ...] = ()
    """The blocks in which it stands, from the outside in."""
    beside: tuple[str, str] = ("", "")
    """An argument beside it, and what it must be."""
    role: str = ""
    """The argument that names the role that uses the key, beside it or of the resource."""


class Sending(NamedTuple):
    """What has a service send to topics or queues."""

    sender: Sender
    targets: tuple[tuple[str, str], ...]
    """The arguments that name them, each behind the type of the block it stands in; empty for none."""
    switch: str = ""
    """The argument that may switch it off."""
    role: str = ""
    """The argument that has a role send, and not the service."""
    beside: tuple[str, str] = ("", "")
    """An argument beside the target, and what it must be."""
    kind: tuple[str, str] = ("", "")
    """An argument of the resource, and what it must be if it is there."""


USES: Final = {
    "aws_backup_vault": (Use(Purpose.BACKUP_VAULT, "kms_key_arn"),),
    "aws_cloudtrail": (Use(Purpose.TRAIL, "kms_key_id"),),
    "aws_cloudtrail_event_data_store": (Use(Purpose.EVENT_DATA_STORE, "kms_key_id"),),
    "aws_cloudwatch_event_bus": (Use(Purpose.EVENT_BUS, "kms_key_identifier"),),
    "aws_cloudwatch_log_group": (Use(Purpose.LOG_GROUP, "kms_key_id"),),
    "aws_db_instance": (Use(Purpose.DATABASE, "kms_key_id"),),
    "aws_codepipeline": (Use(Purpose.PIPELINE, "id", ("artifact_store", "encryption_key"), role="role_arn"),),
    "aws_config_delivery_channel": (Use(Purpose.CONFIG_DELIVERIES, "s3_kms_key_arn"),),
    "aws_docdb_cluster": (Use(Purpose.DATABASE, "kms_key_id"),),
    "aws_dynamodb_table": (Use(Purpose.TABLE, "kms_key_arn", ("server_side_encryption",)),),
    "aws_ebs_volume": (Use(Purpose.VOLUME, "kms_key_id"),),
    "aws_ecr_repository": (Use(Purpose.REPOSITORY, "kms_key", ("encryption_configuration",)),),
    "aws_efs_file_system": (Use(Purpose.FILE_SYSTEM, "kms_key_id"),),
    "aws_codebuild_project": (Use(Purpose.BUILD_PROJECT, "encryption_key", role="service_role"),),
    "aws_eks_cluster": (Use(Purpose.CLUSTER, "key_arn", ("encryption_config", "provider")),),
    "aws_fsx_lustre_file_system": (Use(Purpose.FILE_SYSTEM, "kms_key_id"),),
    "aws_fsx_ontap_file_system": (Use(Purpose.FILE_SYSTEM, "kms_key_id"),),
    "aws_fsx_openzfs_file_system": (Use(Purpose.FILE_SYSTEM, "kms_key_id"),),
    "aws_fsx_windows_file_system": (Use(Purpose.FILE_SYSTEM, "kms_key_id"),),
    "aws_glue_data_catalog_encryption_settings": (
        Use(
            Purpose.DATA_CATALOG,
            "sse_aws_kms_key_id",
            ("data_catalog_encryption_settings", "encryption_at_rest"),
            ("catalog_encryption_mode", "SSE-KMS"),
        ),
    ),
    "aws_glue_security_configuration": (
        Use(
            Purpose.GLUE_OUTPUT,
            "kms_key_arn",
            ("encryption_configuration", "s3_encryption"),
            ("s3_encryption_mode", "SSE-KMS"),
        ),
        Use(
            Purpose.GLUE_OUTPUT,
            "kms_key_arn",
            ("encryption_configuration", "job_bookmarks_encryption"),
            ("job_bookmarks_encryption_mode", "CSE-KMS"),
        ),
        Use(
            Purpose.GLUE_LOGS,
            "kms_key_arn",
            ("encryption_configuration", "cloudwatch_encryption"),
            ("cloudwatch_encryption_mode", "SSE-KMS"),
        ),
    ),
    "aws_guardduty_publishing_destination": (Use(Purpose.FINDINGS_EXPORT, "kms_key_arn"),),
    "aws_kinesis_firehose_delivery_stream": (
        Use(
            Purpose.DELIVERY_STREAM, "key_arn", ("server_side_encryption",), beside=("key_type", "CUSTOMER_MANAGED_CMK")
        ),
        Use(Purpose.DELIVERED, "kms_key_arn", ("extended_s3_configuration",), role="role_arn"),
    ),
    "aws_kinesis_stream": (Use(Purpose.STREAM, "kms_key_id", beside=("encryption_type", "KMS")),),
    "aws_lambda_function": (Use(Purpose.FUNCTION, "kms_key_arn"),),
    "aws_neptune_cluster": (Use(Purpose.DATABASE, "kms_key_arn"),),
    "aws_opensearch_domain": (Use(Purpose.SEARCH_DOMAIN, "kms_key_id", ("encrypt_at_rest",)),),
    "aws_rds_cluster": (Use(Purpose.DATABASE, "kms_key_id"),),
    "aws_redshift_cluster": (Use(Purpose.WAREHOUSE, "kms_key_id"),),
    "aws_route53_key_signing_key": (Use(Purpose.KEY_SIGNING_KEY, "key_management_service_arn"),),
    "aws_secretsmanager_secret": (Use(Purpose.SECRET, "kms_key_id"),),
    "aws_sfn_state_machine": (
        Use(
            Purpose.STATE_MACHINE,
            "kms_key_id",
            ("encryption_configuration",),
            ("type", "CUSTOMER_MANAGED_KMS_KEY"),
            "role_arn",
        ),
    ),
    "aws_sns_topic": (Use(Purpose.TOPIC, "kms_master_key_id"),),
    "aws_sqs_queue": (Use(Purpose.QUEUE, "kms_master_key_id"),),
    "aws_ssm_parameter": (Use(Purpose.PARAMETER, "key_id", beside=("type", "SecureString")),),
}

_ALARM: Final = Sending(
    Sender.ALARM, (("", "alarm_actions"), ("", "ok_actions"), ("", "insufficient_data_actions")), "actions_enabled"
)

_LOAD_BALANCER: Final = Sending(
    Sender.LOAD_BALANCER_LOGS,
    (("access_logs", "bucket"),),
    beside=("enabled", "true"),
    kind=("load_balancer_type", "application"),
)

SENDINGS: Final = {
    "aws_alb": _LOAD_BALANCER,
    "aws_cloudtrail": Sending(Sender.TRAIL, (("", "s3_bucket_name"),)),
    "aws_cloudwatch_composite_alarm": _ALARM,
    "aws_cloudwatch_event_target": Sending(Sender.RULE, (("", "arn"),), role="role_arn"),
    "aws_cloudwatch_metric_alarm": _ALARM,
    "aws_db_event_subscription": Sending(Sender.DATABASE_EVENTS, (("", "sns_topic"),), "enabled"),
    "aws_glue_crawler": Sending(Sender.GLUE_CRAWLER, (("", "security_configuration"),)),
    "aws_glue_job": Sending(Sender.GLUE_JOB, (("", "security_configuration"),)),
    "aws_lb": _LOAD_BALANCER,
    "aws_s3_bucket": Sending(Sender.ACCESS_LOGS, (("logging", "target_bucket"),)),
    "aws_s3_bucket_logging": Sending(Sender.ACCESS_LOGS, (("", "target_bucket"),)),
    "aws_s3_bucket_notification": Sending(Sender.BUCKET, (("topic", "topic_arn"), ("queue", "queue_arn"))),
    "aws_sns_topic_subscription": Sending(Sender.SUBSCRIPTION, (("", "endpoint"),), beside=("protocol", "sqs")),
}

RULES: Final = ("aws_cloudwatch_event_rule",)
"""What targets belong to."""

ARNS: Final = {
    "aws_glue_security_configuration": ("id", "name"),
    "aws_kinesis_stream": ("arn", "id"),
    "aws_secretsmanager_secret": ("arn", "id"),
    "aws_sns_topic": ("arn", "id"),
    "aws_sqs_queue": ("arn",),
    "aws_ssm_parameter": ("arn",),
}
"""The attributes that are the ARN, or what else others name it by."""

ENCRYPTIONS: Final = {
    "aws_s3_bucket": ("server_side_encryption_configuration", "rule", "apply_server_side_encryption_by_default"),
    "aws_s3_bucket_server_side_encryption_configuration": ("rule", "apply_server_side_encryption_by_default"),
}
"""What sets the default encryption of a bucket, and the blocks in which it does, from the outside in."""

FUNCTIONS: Final = ("aws_lambda_function",)
FUNCTION_ALIASES: Final = ("aws_lambda_alias",)
EVENT_SOURCES: Final = ("aws_lambda_event_source_mapping",)

IN_PLANS: Final = frozenset(
    {
        *(type_ for type_, uses in USES.items() if not all(use.blocks for use in uses)),
        *RULES,
        *FUNCTIONS,
        *FUNCTION_ALIASES,
        *EVENT_SOURCES,
        *(type_ for type_, one in SENDINGS.items() if not any(block for block, _ in one.targets)),
    }
)
"""The types that are looked for in plans: those without blocks."""
