"""The resources of a template that use keys, and those that have a service send to an encrypted topic or queue.

Nothing but the properties that matter here is evaluated.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.nested import Stack
from kmslint.cloudformation.resources import alternatives, guards_of
from kmslint.cloudformation.template import Resource
from kmslint.location import Location
from kmslint.model.consumers import ALIAS_OF_S3, SSE_KMS, Consumer, Delivery, Name, Purpose, Sender, Uses, name_of
from kmslint.values import ALWAYS, Fields, Guards, Null, Text, Value, contradictory, text

_Found = tuple[Value, Guards]


class _Use(NamedTuple):
    """What a resource is that uses a key."""

    purpose: Purpose
    key: tuple[str, ...]
    """The property that names the key, from the outside in."""


class _Sending(NamedTuple):
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


_USES: Final = {
    "AWS::Backup::BackupVault": _Use(Purpose.BACKUP_VAULT, ("EncryptionKeyArn",)),
    "AWS::CloudTrail::EventDataStore": _Use(Purpose.EVENT_DATA_STORE, ("KmsKeyId",)),
    "AWS::CloudTrail::Trail": _Use(Purpose.TRAIL, ("KMSKeyId",)),
    "AWS::Cognito::UserPool": _Use(Purpose.USER_POOL, ("LambdaConfig", "KMSKeyID")),
    "AWS::DocDB::DBCluster": _Use(Purpose.DATABASE, ("KmsKeyId",)),
    "AWS::DynamoDB::Table": _Use(Purpose.TABLE, ("SSESpecification", "KMSMasterKeyId")),
    "AWS::EC2::Volume": _Use(Purpose.VOLUME, ("KmsKeyId",)),
    "AWS::ECR::Repository": _Use(Purpose.REPOSITORY, ("EncryptionConfiguration", "KmsKey")),
    "AWS::EFS::FileSystem": _Use(Purpose.FILE_SYSTEM, ("KmsKeyId",)),
    "AWS::EKS::Cluster": _Use(Purpose.CLUSTER, ("EncryptionConfig", "Provider", "KeyArn")),
    "AWS::Events::EventBus": _Use(Purpose.EVENT_BUS, ("KmsKeyIdentifier",)),
    "AWS::FSx::FileSystem": _Use(Purpose.FILE_SYSTEM, ("KmsKeyId",)),
    "AWS::GuardDuty::PublishingDestination": _Use(Purpose.FINDINGS_EXPORT, ("DestinationProperties", "KmsKeyArn")),
    "AWS::Lambda::Function": _Use(Purpose.FUNCTION, ("KmsKeyArn",)),
    "AWS::Logs::LogGroup": _Use(Purpose.LOG_GROUP, ("KmsKeyId",)),
    "AWS::Neptune::DBCluster": _Use(Purpose.DATABASE, ("KmsKeyId",)),
    "AWS::OpenSearchService::Domain": _Use(Purpose.SEARCH_DOMAIN, ("EncryptionAtRestOptions", "KmsKeyId")),
    "AWS::RDS::DBCluster": _Use(Purpose.DATABASE, ("KmsKeyId",)),
    "AWS::RDS::DBInstance": _Use(Purpose.DATABASE, ("KmsKeyId",)),
    "AWS::Redshift::Cluster": _Use(Purpose.WAREHOUSE, ("KmsKeyId",)),
    "AWS::Route53::KeySigningKey": _Use(Purpose.KEY_SIGNING_KEY, ("KeyManagementServiceArn",)),
    "AWS::SecretsManager::Secret": _Use(Purpose.SECRET, ("KmsKeyId",)),
    "AWS::Serverless::Function": _Use(Purpose.FUNCTION, ("KmsKeyArn",)),
    "AWS::SNS::Topic": _Use(Purpose.TOPIC, ("KmsMasterKeyId",)),
    "AWS::SQS::Queue": _Use(Purpose.QUEUE, ("KmsMasterKeyId",)),
}

_ALARM: Final = _Sending(
    Sender.ALARM, (("AlarmActions",), ("OKActions",), ("InsufficientDataActions",)), "ActionsEnabled"
)
_SENDINGS: Final = {
    "AWS::CloudWatch::Alarm": (_ALARM,),
    "AWS::CloudWatch::CompositeAlarm": (_ALARM,),
    "AWS::Events::Rule": (_Sending(Sender.RULE, (("Targets", "Arn"),), "State", role="RoleArn"),),
    "AWS::RDS::EventSubscription": (_Sending(Sender.DATABASE_EVENTS, (("SnsTopicArn",),), "Enabled"),),
    "AWS::S3::Bucket": (
        _Sending(
            Sender.BUCKET,
            (
                ("NotificationConfiguration", "TopicConfigurations", "Topic"),
                ("NotificationConfiguration", "QueueConfigurations", "Queue"),
            ),
        ),
        _Sending(Sender.ACCESS_LOGS, (("LoggingConfiguration", "DestinationBucketName"),)),
    ),
    "AWS::SNS::Subscription": (_Sending(Sender.SUBSCRIPTION, (("Endpoint",),), beside=("Protocol", "sqs")),),
    "AWS::SNS::Topic": (_Sending(Sender.SUBSCRIPTION, (("Subscription", "Endpoint"),), beside=("Protocol", "sqs")),),
}

_BUCKET: Final = "AWS::S3::Bucket"
_ENCRYPTION: Final = ("BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault")
_ARN: Final = {"AWS::SNS::Topic": "TopicArn", "AWS::SQS::Queue": "Arn"}
"""The attribute that is the ARN."""


def read_uses(stacks: Iterable[Stack]) -> Uses:
    """What the stacks say of the use of keys; of stacks that are not made nothing."""
    consumers: list[Consumer] = []
    deliveries: list[Delivery] = []
    for stack in stacks:
        for resource in stack.template.resources if stack.live else ():
            if resource.type in _USES or resource.type in _SENDINGS:
                read = _Resource(resource, stack.evaluator)
                consumers += read.consumers()
                deliveries += read.deliveries()
    return Uses(tuple(consumers), tuple(deliveries))


class _Resource:
    """One resource, whose properties are evaluated as they are asked for."""

    def __init__(self, resource: Resource, evaluator: Evaluator) -> None:
        self._resource = resource
        self._evaluator = evaluator
        self._guards = guards_of(resource, evaluator)

    def consumers(self) -> Iterator[Consumer]:
        """The resource as one that uses a key, for each that it may name."""
        use = _USES.get(self._resource.type)
        if use is not None:
            at, names = self._resource.at, self._names()
            for key, guards in self._values(use.key):
                key_at = self._inside(use.key[0], key.at)
                yield Consumer(self._resource.address, at, use.purpose, key, key_at, names, guards=guards)

        if self._resource.type == _BUCKET:
            yield from self._bucket()

    def _bucket(self) -> Iterator[Consumer]:
        """A bucket that encrypts by SSE-KMS, for each key that it may use."""
        names = (self._evaluator.references.name(self._resource, self._resource.at).parts,)
        for around, guards in self._around((*_ENCRYPTION, "SSEAlgorithm")):
            algorithm = self._member(around, "SSEAlgorithm")
            if algorithm is not None and _literal(algorithm) in SSE_KMS:
                given = self._member(around, "KMSMasterKeyID") or text(ALIAS_OF_S3, algorithm.at)
                at = self._inside(_ENCRYPTION[0], algorithm.at)
                for key, met in _alternatives(given, guards):
                    yield Consumer(
                        self._resource.address, self._resource.at, Purpose.BUCKET, key, at, names, guards=met
                    )

    def deliveries(self) -> Iterator[Delivery]:
        """The resource as one that has a service send, for each target."""
        for sending in _SENDINGS.get(self._resource.type, ()):
            if sending.switch == "" or _is_on(self._value(sending.switch)):
                yield from self._sent(sending)

    def _sent(self, sending: _Sending) -> Iterator[Delivery]:
        for path in sending.targets:
            for around, guards in self._around(path):
                if sending.role and self._member(around, sending.role) is not None:
                    continue
                name, wanted = sending.beside
                if name and _literal(self._member(around, name)) != wanted:
                    continue
                for to, met in _alternatives(self._member(around, path[-1]), guards):
                    yield Delivery(self._resource.address, self._resource.at, sending.sender, to, met)

    def _names(self) -> tuple[Name, ...]:
        """How `Ref` and `Fn::GetAtt` spell the ARN."""
        attribute = _ARN.get(self._resource.type)
        if attribute is None:
            return ()
        references, at = self._evaluator.references, self._resource.at
        arn = name_of(references.attribute(self._resource.name, attribute, at))
        return (arn, references.name(self._resource, at).parts) if self._resource.type == "AWS::SNS::Topic" else (arn,)

    def _inside(self, name: str, at: Location) -> Location:
        """The place of a value if it stands in the property, or else that of the property."""
        node = self._resource.property(name)
        if node is None or (at.source is node.at.source and node.at.start <= at.start < node.at.end):
            return at
        return node.at

    def _value(self, name: str) -> Value | None:
        node = self._resource.property(name)
        return None if node is None else self._evaluator.evaluate_under(self._guards or ALWAYS, node)

    def _values(self, path: tuple[str, ...]) -> Iterator[_Found]:
        for around, guards in self._around(path):
            yield from _alternatives(self._member(around, path[-1]), guards)

    def _around(self, path: tuple[str, ...]) -> Iterator[tuple[Fields | None, Guards]]:
        """The maps around what a path leads to; None for the properties themselves."""
        if self._guards is None:
            return
        if len(path) == 1:
            yield None, self._guards
            return
        found = list(_alternatives(self._value(path[0]), self._guards))
        for name in path[1:-1]:
            inner = [_alternatives(one.get(name), guards) for one, guards in found if isinstance(one, Fields)]
            found = [each for several in inner for each in several]
        yield from ((one, guards) for one, guards in found if isinstance(one, Fields))

    def _member(self, around: Fields | None, name: str) -> Value | None:
        value = self._value(name) if around is None else around.get(name)
        if value is None and around is not None and around.spread:
            return around.spread[0]
        return None if isinstance(value, Null) else value


def _alternatives(value: Value | None, guards: Guards) -> Iterator[_Found]:
    """What a value may come to, without what no stack is: a condition that comes out both ways."""
    for one, met in alternatives(value, guards):
        if not contradictory(met):
            yield one, met


def _literal(value: Value | None) -> str | None:
    return value.literal if isinstance(value, Text) else None


def _is_on(value: Value | None) -> bool:
    """Whether what is on if nothing is said certainly is: `true`, `ENABLED`."""
    return value is None or (_literal(value) or "").lower().startswith(("true", "enabled"))
