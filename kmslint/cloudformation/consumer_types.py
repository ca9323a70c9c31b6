"""The resource types that use keys, and those that have a service send to topics and queues: their properties.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kmslint.model.consumers import Purpose, Sender


class Use(NamedTuple):
    """What a resource is that uses a key."""

    purpose: Purpose
    key: tuple[str, ...]
    """The property that names the key, from the outside in."""
    role: tuple[str, ...] = ()
    """The property that names the role that uses the key, from the outside in."""
    beside: tuple[str, str] = ("", "")
    """A member beside the key, and what it must be."""


class Sending(NamedTuple):
    """What has a service send to topics or queues."""

    sender: Sender
    targets: tuple[tuple[str, ...], ...]
    """The properties that name them."""
    switch: str = ""
    """The property that may switch it off."""
    role: str = ""
    """The member beside the target that has a role send, and not the service."""
    beside: tuple[str, str] = ("", "")
    """A member beside the target, and what it must be."""


USES: Final = {
    "AWS::Backup::BackupVault": (Use(Purpose.BACKUP_VAULT, ("EncryptionKeyArn",)),),
    "AWS::CodeBuild::Project": (Use(Purpose.BUILD_PROJECT, ("EncryptionKey",), ("ServiceRole",)),),
    "AWS::CloudTrail::EventDataStore": (Use(Purpose.EVENT_DATA_STORE, ("KmsKeyId",)),),
    "AWS::CloudTrail::Trail": (Use(Purpose.TRAIL, ("KMSKeyId",)),),
    "AWS::CodePipeline::Pipeline": (
        Use(Purpose.PIPELINE, ("ArtifactStore", "EncryptionKey", "Id"), ("RoleArn",)),
        Use(Purpose.PIPELINE, ("ArtifactStores", "ArtifactStore", "EncryptionKey", "Id"), ("RoleArn",)),
    ),
    "AWS::Cognito::UserPool": (Use(Purpose.USER_POOL, ("LambdaConfig", "KMSKeyID")),),
    "AWS::Config::DeliveryChannel": (Use(Purpose.CONFIG_DELIVERIES, ("S3KmsKeyArn",)),),
    "AWS::DocDB::DBCluster": (Use(Purpose.DATABASE, ("KmsKeyId",)),),
    "AWS::DynamoDB::Table": (Use(Purpose.TABLE, ("SSESpecification", "KMSMasterKeyId")),),
    "AWS::EC2::Volume": (Use(Purpose.VOLUME, ("KmsKeyId",)),),
    "AWS::ECR::Repository": (Use(Purpose.REPOSITORY, ("EncryptionConfiguration", "KmsKey")),),
    "AWS::EFS::FileSystem": (Use(Purpose.FILE_SYSTEM, ("KmsKeyId",)),),
    "AWS::EKS::Cluster": (Use(Purpose.CLUSTER, ("EncryptionConfig", "Provider", "KeyArn")),),
    "AWS::Events::EventBus": (Use(Purpose.EVENT_BUS, ("KmsKeyIdentifier",)),),
    "AWS::FSx::FileSystem": (Use(Purpose.FILE_SYSTEM, ("KmsKeyId",)),),
    "AWS::Glue::DataCatalogEncryptionSettings": (
        Use(
            Purpose.DATA_CATALOG,
            ("DataCatalogEncryptionSettings", "EncryptionAtRest", "SseAwsKmsKeyId"),
            beside=("CatalogEncryptionMode", "SSE-KMS"),
        ),
    ),
    "AWS::Glue::SecurityConfiguration": (
        Use(
            Purpose.GLUE_OUTPUT,
            ("EncryptionConfiguration", "S3Encryptions", "KmsKeyArn"),
            beside=("S3EncryptionMode", "SSE-KMS"),
        ),
        Use(
            Purpose.GLUE_OUTPUT,
            ("EncryptionConfiguration", "JobBookmarksEncryption", "KmsKeyArn"),
            beside=("JobBookmarksEncryptionMode", "CSE-KMS"),
        ),
        Use(
            Purpose.GLUE_LOGS,
            ("EncryptionConfiguration", "CloudWatchEncryption", "KmsKeyArn"),
            beside=("CloudWatchEncryptionMode", "SSE-KMS"),
        ),
    ),
    "AWS::GuardDuty::PublishingDestination": (Use(Purpose.FINDINGS_EXPORT, ("DestinationProperties", "KmsKeyArn")),),
    "AWS::Kinesis::Stream": (Use(Purpose.STREAM, ("StreamEncryption", "KeyId")),),
    "AWS::KinesisFirehose::DeliveryStream": (
        Use(
            Purpose.DELIVERY_STREAM,
            ("DeliveryStreamEncryptionConfigurationInput", "KeyARN"),
            beside=("KeyType", "CUSTOMER_MANAGED_CMK"),
        ),
        *(
            Use(
                Purpose.DELIVERED,
                (destination, "EncryptionConfiguration", "KMSEncryptionConfig", "AWSKMSKeyARN"),
                (destination, "RoleARN"),
            )
            for destination in ("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration")
        ),
    ),
    "AWS::Lambda::Function": (Use(Purpose.FUNCTION, ("KmsKeyArn",)),),
    "AWS::Logs::LogGroup": (Use(Purpose.LOG_GROUP, ("KmsKeyId",)),),
    "AWS::Neptune::DBCluster": (Use(Purpose.DATABASE, ("KmsKeyId",)),),
    "AWS::OpenSearchService::Domain": (Use(Purpose.SEARCH_DOMAIN, ("EncryptionAtRestOptions", "KmsKeyId")),),
    "AWS::RDS::DBCluster": (Use(Purpose.DATABASE, ("KmsKeyId",)),),
    "AWS::RDS::DBInstance": (Use(Purpose.DATABASE, ("KmsKeyId",)),),
    "AWS::Redshift::Cluster": (Use(Purpose.WAREHOUSE, ("KmsKeyId",)),),
    "AWS::Route53::KeySigningKey": (Use(Purpose.KEY_SIGNING_KEY, ("KeyManagementServiceArn",)),),
    "AWS::SecretsManager::Secret": (Use(Purpose.SECRET, ("KmsKeyId",)),),
    "AWS::Serverless::Function": (Use(Purpose.FUNCTION, ("KmsKeyArn",)),),
    "AWS::StepFunctions::StateMachine": (
        Use(
            Purpose.STATE_MACHINE,
            ("EncryptionConfiguration", "KmsKeyId"),
            ("RoleArn",),
            ("Type", "CUSTOMER_MANAGED_KMS_KEY"),
        ),
    ),
    "AWS::SNS::Topic": (Use(Purpose.TOPIC, ("KmsMasterKeyId",)),),
    "AWS::SQS::Queue": (Use(Purpose.QUEUE, ("KmsMasterKeyId",)),),
}

_ALARM: Final = Sending(
    Sender.ALARM, (("AlarmActions",), ("OKActions",), ("InsufficientDataActions",)), "ActionsEnabled"
)
SENDINGS: Final = {
    "AWS::CloudTrail::Trail": (Sending(Sender.TRAIL, (("S3BucketName",),)),),
    "AWS::CloudWatch::Alarm": (_ALARM,),
    "AWS::CloudWatch::CompositeAlarm": (_ALARM,),
    "AWS::Events::Rule": (Sending(Sender.RULE, (("Targets", "Arn"),), "State", role="RoleArn"),),
    "AWS::Glue::Crawler": (Sending(Sender.GLUE_CRAWLER, (("CrawlerSecurityConfiguration",),)),),
    "AWS::Glue::Job": (Sending(Sender.GLUE_JOB, (("SecurityConfiguration",),)),),
    "AWS::RDS::EventSubscription": (Sending(Sender.DATABASE_EVENTS, (("SnsTopicArn",),), "Enabled"),),
    "AWS::S3::Bucket": (
        Sending(
            Sender.BUCKET,
            (
                ("NotificationConfiguration", "TopicConfigurations", "Topic"),
                ("NotificationConfiguration", "QueueConfigurations", "Queue"),
            ),
        ),
        Sending(Sender.ACCESS_LOGS, (("LoggingConfiguration", "DestinationBucketName"),)),
    ),
    "AWS::SNS::Subscription": (Sending(Sender.SUBSCRIPTION, (("Endpoint",),), beside=("Protocol", "sqs")),),
    "AWS::SNS::Topic": (Sending(Sender.SUBSCRIPTION, (("Subscription", "Endpoint"),), beside=("Protocol", "sqs")),),
}
