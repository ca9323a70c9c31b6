"""Who uses a key beside the identities: resources that are encrypted under it, and what services send to them."""

from enum import Enum
from typing import Final, NamedTuple

from kmslint.location import Location
from kmslint.values import ALWAYS, Guards, Part, Text, Unknown, Value


class Purpose(Enum):
    """What a resource is that uses a key."""

    LOG_GROUP = "log group"
    TOPIC = "SNS topic"
    QUEUE = "SQS queue"
    TRAIL = "trail"
    EVENT_DATA_STORE = "event data store"
    EVENT_BUS = "event bus"
    KEY_SIGNING_KEY = "key-signing key"
    FINDINGS_EXPORT = "export of GuardDuty findings"
    FUNCTION = "Lambda function"
    USER_POOL = "user pool"
    CLUSTER = "EKS cluster"
    """For its secrets."""
    BUCKET = "bucket"
    """One that encrypts what is written to it by SSE-KMS, if nothing else is said."""
    TABLE = "table"
    VOLUME = "volume"
    FILE_SYSTEM = "file system"
    DATABASE = "database"
    WAREHOUSE = "Redshift cluster"
    SEARCH_DOMAIN = "OpenSearch domain"
    BACKUP_VAULT = "backup vault"
    REPOSITORY = "ECR repository"
    SECRET = "secret"  # noqa: S105 - the word, and not one
    PARAMETER = "parameter"
    """A SecureString of Systems Manager."""
    STREAM = "Kinesis stream"
    LAUNCH_TEMPLATE = "launch template"
    """For the volumes of what is launched by it."""
    BUILD_PROJECT = "output of build project"
    PIPELINE = "artifact store of pipeline"
    DELIVERY_STREAM = "delivery stream"
    """For what waits in it."""
    DELIVERED = "output of delivery stream"
    """What Firehose writes to a bucket."""
    STATE_MACHINE = "state machine"
    CONFIG_DELIVERIES = "output of delivery channel"
    """What AWS Config writes to a bucket."""
    DATA_CATALOG = "Glue Data Catalog"
    GLUE_OUTPUT = "output of Glue security configuration"
    """What jobs with it write to buckets, their bookmarks included."""
    GLUE_LOGS = "log of Glue security configuration"


SSE_KMS: Final = frozenset({"aws:kms", "aws:kms:dsse"})
"""The algorithms of a bucket that need a key: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html"""
BUILT: Final = frozenset({"CODEPIPELINE", "S3"})
"""The types of artifacts of a build project that there are any of:
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html"""
RECORDING: Final = ":role/aws-service-role/config.amazonaws.com/"
"""The service-linked role of AWS Config. https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html"""
ALIAS_OF_S3: Final = "alias/aws/s3"
"""The key they use if none is named."""


class Sender(Enum):
    """What has a service send to a topic, a queue or a bucket, or use what is encrypted in another way."""

    ALARM = "alarm"
    RULE = "EventBridge rule"
    BUCKET = "bucket notification"
    SUBSCRIPTION = "SNS subscription"
    DATABASE_EVENTS = "RDS event subscription"
    ACCESS_LOGS = "server access logging"
    LOAD_BALANCER_LOGS = "Application Load Balancer"
    TRAIL = "trail"
    DISTRIBUTION = "CloudFront distribution"
    """It reads, and does not send."""
    GLUE_JOB = "Glue job"
    GLUE_CRAWLER = "Glue crawler"
    SCALING_GROUP = "Auto Scaling group"
    """It launches instances."""


Name = tuple[Part, ...]
"""What a resource is called: the same parts are the same text."""


class Consumer(NamedTuple):
    """A resource that uses a key."""

    address: str
    at: Location
    """The name of the resource, where it is declared."""
    purpose: Purpose
    key: Value
    """The key as the resource names it; a resource that may name several is one consumer for each."""
    key_at: Location
    """Where the resource names it; the value may stand elsewhere."""
    names: tuple[Name, ...] = ()
    """How others call it, if they send to it: its ARN, or the name of the bucket."""
    provider: str = ""
    """Terraform's provider alias, if not the default one."""
    guards: Guards = ALWAYS
    role: Value | None = None
    """The ARN of the role that uses the key for it, if one certainly does."""


class Delivery(NamedTuple):
    """That a service sends to a topic, a queue or a bucket."""

    address: str
    at: Location
    """The name of the resource that has it do so."""
    sender: Sender
    to: Value
    """The ARN of the target, or the name of the bucket, as it is written; of a list each is a delivery of its own."""
    guards: Guards = ALWAYS


class Function(NamedTuple):
    """A Lambda function."""

    address: str
    names: tuple[Name, ...]
    """How others call it: its ARN, or its name."""
    role: Value
    """The ARN of the role it works with."""
    guards: Guards = ALWAYS


class EventSource(NamedTuple):
    """That Lambda reads a queue or a stream for a function, with the role of the function."""

    address: str
    at: Location
    function: Value
    """The name or the ARN."""
    source: Value
    """The ARN of what is read."""
    guards: Guards = ALWAYS


class ReplicationRule(NamedTuple):
    """What a bucket replicates to where; one that is enabled."""

    at: Location
    kms_objects: Value | None
    """Whether objects under SSE-KMS are replicated: `Enabled`; None if nothing is said of them."""
    replica_key: Value | None
    """The key for the replicas."""
    guards: Guards = ALWAYS


class Replication(NamedTuple):
    """The replication of a bucket."""

    address: str
    at: Location
    bucket: tuple[Name, ...]
    """How the bucket that is replicated is called."""
    role: Value
    """The ARN of the role that S3 works with."""
    rules: tuple[ReplicationRule, ...]
    provider: str = ""
    """Terraform's provider alias, if not the default one."""
    guards: Guards = ALWAYS


class Uses(NamedTuple):
    """The consumers of one estate, what is sent to them, and what works with roles."""

    consumers: tuple[Consumer, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    functions: tuple[Function, ...] = ()
    event_sources: tuple[EventSource, ...] = ()
    replications: tuple[Replication, ...] = ()


def name_of(value: Value | None) -> Name:
    """The parts of a text, or the one hole that stands for it; empty for anything else."""
    if isinstance(value, Text):
        return value.parts
    return (value.hole,) if isinstance(value, Unknown) else ()


def with_recorder(consumers: list[Consumer], roles: list[Value | None]) -> list[Consumer]:
    """The same with the role of AWS Config for what it delivers, if all that it records with are of one kind."""
    named = [role for role in roles if isinstance(role, Text) and RECORDING in str(role)]
    if not named or len(named) < len(roles):
        return consumers
    return [one._replace(role=named[0]) if one.purpose is Purpose.CONFIG_DELIVERIES else one for one in consumers]
