"""What a role needs on a key because of what else it may do: services that use the key in the name of the caller.

S3, SQS, SNS, Secrets Manager, Parameter Store and Kinesis ask KMS with the credentials of whoever calls them, so that
permission on the resource is half of what is needed. Only what AWS's page asks for is here. Services that work by
grants, as DynamoDB, EBS, RDS and the environment of Lambda functions, are not.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kmslint.model.consumers import Purpose


class RoleNeed(NamedTuple):
    """What a role must be allowed on the key for one action on what is encrypted with it."""

    action: str
    """The action of the other service."""
    needs: tuple[str, ...]
    """The actions on the key."""
    page: str
    one_will_do: bool = False
    """The page lists more than may be needed: a role lacks it that has none of them."""


_ENCRYPT: Final = ("kms:GenerateDataKey",)
_DECRYPT: Final = ("kms:Decrypt",)
_SEND: Final = ("kms:GenerateDataKey", "kms:Decrypt")
"""Decrypt verifies the new data key before it is used."""

_S3: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
_SQS: Final = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
_SQS_TO_LAMBDA: Final = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html"
_SNS: Final = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
_SECRETS: Final = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"
_PARAMETERS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html"
_KINESIS: Final = "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html"
_REPLICATION: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html"

BY_PERMISSION: Final = {
    Purpose.BUCKET: (RoleNeed("s3:GetObject", _DECRYPT, _S3), RoleNeed("s3:PutObject", _ENCRYPT, _S3)),
    Purpose.QUEUE: (RoleNeed("sqs:SendMessage", _SEND, _SQS), RoleNeed("sqs:ReceiveMessage", _DECRYPT, _SQS)),
    Purpose.TOPIC: (RoleNeed("sns:Publish", _SEND, _SNS),),
    Purpose.SECRET: (
        RoleNeed("secretsmanager:GetSecretValue", _DECRYPT, _SECRETS),
        RoleNeed("secretsmanager:PutSecretValue", _ENCRYPT, _SECRETS),
    ),
    Purpose.PARAMETER: (
        RoleNeed("ssm:GetParameter", _DECRYPT, _PARAMETERS),
        RoleNeed("ssm:GetParameters", _DECRYPT, _PARAMETERS),
    ),
    Purpose.STREAM: (
        RoleNeed("kinesis:GetRecords", _DECRYPT, _KINESIS),
        RoleNeed("kinesis:PutRecord", _ENCRYPT, _KINESIS),
        RoleNeed("kinesis:PutRecords", _ENCRYPT, _KINESIS),
    ),
}
"""By what is encrypted: the actions of its service that need the key."""

OF_EVENT_SOURCES: Final = {
    Purpose.QUEUE: RoleNeed("sqs:ReceiveMessage", _DECRYPT, _SQS_TO_LAMBDA),
    Purpose.STREAM: RoleNeed("kinesis:GetRecords", _DECRYPT, _KINESIS),
}
"""What the role of a function needs for what Lambda reads for it."""

OF_OWN_ROLES: Final = {
    Purpose.BUILD_PROJECT: RoleNeed(
        "codebuild:StartBuild",
        ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
        "https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-kms.html",
        one_will_do=True,
    ),
    Purpose.DELIVERED: RoleNeed(
        "s3:PutObject",
        _ENCRYPT,
        "https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3",
    ),
    Purpose.PIPELINE: RoleNeed(
        "codepipeline:StartPipelineExecution",
        ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"),
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html",
        one_will_do=True,
    ),
    Purpose.STATE_MACHINE: RoleNeed(
        "states:StartExecution",
        _DECRYPT,
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
    ),
}
"""What the role needs that a resource itself works with."""

SOURCE_OF_REPLICATION: Final = RoleNeed("s3:GetObjectVersionForReplication", _DECRYPT, _REPLICATION)
REPLICA: Final = RoleNeed("s3:ReplicateObject", ("kms:Encrypt",), _REPLICATION)
INSTEAD_OF_ENCRYPT: Final = ("kms:GenerateDataKey", "kms:ReEncryptTo")
"""A role with one of these may replicate all the same: AWS's page does not say that it cannot."""

SECOND_TRIES: Final = {
    "config.amazonaws.com": "https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html"
}
"""Services that try again in their own name where the role they were given may not."""
