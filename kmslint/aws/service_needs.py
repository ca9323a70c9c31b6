"""Which services a key policy has to name, for what: AWS services that use a key in their own name, or by a role that
is theirs.

A service has no IAM policy, and nobody can give one to a service-linked role, so that the account principal does
nothing for them. Only what AWS's page asks for is here,
and of that the actions without which nothing works at all.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kmslint.model.consumers import Purpose, Sender


class Need(NamedTuple):
    """What a service must be allowed."""

    service: str
    """Before `.amazonaws.com`."""
    regional: bool
    """The name of its Region stands behind it: `logs.eu-west-1.amazonaws.com`."""
    actions: tuple[str, ...]
    without: str
    """What happens otherwise, as the end of a sentence."""
    page: str
    role: str = ""
    """The service-linked role that it works with, if it does not call in its own name."""
    if_linked: bool = False
    """It calls in its own name only where the resource has the service-linked role."""

    @property
    def principal(self) -> str:
        """Who calls, as messages name it: `logs.REGION.amazonaws.com`, or the role."""
        return self.role or f"{self.service}{'.REGION' if self.regional else ''}.amazonaws.com"


_DATA_KEYS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_SNS: Final = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
_SNS_TO_SQS: Final = (
    "https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html"
)
_S3: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"
_SQS: Final = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
_ALARMS: Final = "https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns"
_CLOUDTRAIL: Final = (
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html"
)

OF_RESOURCES: Final = {
    Purpose.LOG_GROUP: Need(
        "logs",
        True,
        ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
        "CloudWatch Logs refuses the key for it",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    ),
    Purpose.TRAIL: Need(
        "cloudtrail", False, ("kms:GenerateDataKey",), "CloudTrail cannot write its log files", _CLOUDTRAIL
    ),
    Purpose.EVENT_DATA_STORE: Need("cloudtrail", False, _DATA_KEYS, "CloudTrail cannot store its events", _CLOUDTRAIL),
    Purpose.CONFIG_DELIVERIES: Need(
        "config",
        False,
        ("kms:GenerateDataKey",),
        "AWS Config cannot write it",
        "https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html",
        if_linked=True,
    ),
    Purpose.EVENT_BUS: Need(
        "events",
        False,
        _DATA_KEYS,
        "EventBridge cannot encrypt its events",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html",
    ),
    Purpose.KEY_SIGNING_KEY: Need(
        "dnssec-route53",
        False,
        ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"),
        "Route 53 cannot sign the zone with it",
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateKeySigningKey.html",
    ),
    Purpose.FINDINGS_EXPORT: Need(
        "guardduty",
        False,
        ("kms:GenerateDataKey",),
        "GuardDuty cannot export its findings",
        "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html",
    ),
}
"""By what a resource is that is encrypted under the key."""

_GLUE: Final = Need(
    "logs",
    True,
    ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
    "its logs cannot be written",
    "https://docs.aws.amazon.com/glue/latest/dg/encryption-security-configuration.html",
)

OF_DELIVERIES: Final = {
    (Purpose.GLUE_LOGS, Sender.GLUE_CRAWLER): _GLUE,
    (Purpose.GLUE_LOGS, Sender.GLUE_JOB): _GLUE,
    (Purpose.TOPIC, Sender.ALARM): Need("cloudwatch", False, _DATA_KEYS, "no alarm reaches the topic", _ALARMS),
    (Purpose.TOPIC, Sender.RULE): Need("events", False, _DATA_KEYS, "no event reaches the topic", _SNS),
    (Purpose.TOPIC, Sender.BUCKET): Need("s3", False, _DATA_KEYS, "S3 cannot notify the topic", _S3),
    (Purpose.TOPIC, Sender.DATABASE_EVENTS): Need("events.rds", False, _DATA_KEYS, "no event reaches the topic", _SNS),
    (Purpose.QUEUE, Sender.SUBSCRIPTION): Need("sns", False, _DATA_KEYS, "no message reaches the queue", _SNS_TO_SQS),
    (Purpose.QUEUE, Sender.RULE): Need("events", False, _DATA_KEYS, "no event reaches the queue", _SQS),
    (Purpose.QUEUE, Sender.BUCKET): Need("s3", False, _DATA_KEYS, "S3 cannot notify the queue", _S3),
    (Purpose.LAUNCH_TEMPLATE, Sender.SCALING_GROUP): Need(
        "autoscaling",
        False,
        ("kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"),
        "its instances are terminated as soon as they start",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html",
        "AWSServiceRoleForAutoScaling",
    ),
    (Purpose.BUCKET, Sender.DISTRIBUTION): Need(
        "cloudfront",
        False,
        ("kms:Decrypt",),
        "CloudFront cannot serve what lies there",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
    ),
}
"""By what is encrypted under the key, and what sends to it, or uses it."""

OF_LOGS: Final = {
    Sender.ACCESS_LOGS: Need(
        "logging.s3",
        False,
        ("kms:GenerateDataKey",),
        "no log can be written",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
    ),
    Sender.LOAD_BALANCER_LOGS: Need(
        "logdelivery.elasticloadbalancing",
        False,
        ("kms:GenerateDataKey",),
        "no log can be written",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
    ),
}
"""Logs for which AWS says that the bucket must not use SSE-KMS; and yet a key policy may name who writes them."""
