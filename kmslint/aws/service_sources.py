"""The services that AWS's own key policies limit to the account, or the resources, on whose behalf they call.

A service that is not here is never asked to: of Amazon EventBridge to encrypted topics and of event data stores of
CloudTrail Lake AWS says that key policies do not support aws:SourceArn and aws:SourceAccount, and of others its own
policies have no condition.
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kmslint.model.consumers import Purpose


class ServiceSource(NamedTuple):
    """What AWS writes into the policy of a key for a service."""

    service: str
    """The beginning of its name: `logs` of `logs.eu-west-1.amazonaws.com`."""
    keys: tuple[str, ...]
    """The condition keys in AWS's own policy."""
    page: str
    """Where that policy stands."""
    consumers: frozenset[Purpose] = frozenset()
    """The resources it holds for, where the service has others for which it does not; empty if it has none."""
    elsewhere: tuple[frozenset[str], ...] = ()
    """The actions that a statement of AWS's own gives the service all together, without a condition."""
    unlike: frozenset[Purpose] = frozenset()
    """The resources for which the service has no such policy."""
    regional: bool = False
    """Whether the service calls in the name that it has in its Region: what the other name does, AWS does not say."""


SERVICE_SOURCES: Final = (
    ServiceSource(
        "cloudtrail",
        ("aws:SourceArn", "kms:EncryptionContext:aws:cloudtrail:arn"),
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",
        frozenset({Purpose.TRAIL}),
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-permissions-for-sns-notifications.html
        (frozenset({"kms:Decrypt", "kms:GenerateDataKey"}),),
    ),
    ServiceSource(
        "logs",
        ("kms:EncryptionContext:aws:logs:arn",),
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        regional=True,
    ),
    ServiceSource(
        "config",
        ("aws:SourceAccount",),
        "https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html",
        # "AWS Config does not support encrypted Amazon SNS topics."
        # https://docs.aws.amazon.com/config/latest/developerguide/sns-topic-policy.html
        unlike=frozenset({Purpose.TOPIC}),
    ),
    ServiceSource(
        "guardduty",
        ("aws:SourceAccount", "aws:SourceArn"),
        "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html",
    ),
    ServiceSource(
        "storage-lens.s3",
        ("aws:SourceAccount", "aws:SourceArn"),
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage_lens_encrypt_permissions.html",
    ),
    ServiceSource(
        "cognito-idp",
        ("aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:userpool-id"),
        "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-email-sender.html",
    ),
    ServiceSource(
        "ssm",
        ("aws:SourceAccount",),
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-create-resource-data-sync.html",
    ),
    ServiceSource(
        "cloudfront",
        ("aws:SourceArn",),
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
    ),
)


def service_source(name: str) -> ServiceSource | None:
    """The row of a service principal; holes in its name are spelt `${...}`: `logs.${AWS::Region}.amazonaws.com`."""
    row = next((row for row in SERVICE_SOURCES if name.startswith(f"{row.service}.")), None)
    return None if row is not None and row.regional and name.startswith(f"{row.service}.amazonaws.") else row
