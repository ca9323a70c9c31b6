"""The resources of a template that use keys, and those that have a service send to an encrypted topic or queue.

Nothing but the properties that matter here is evaluated.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kmslint.cloudformation.consumer_types import SENDINGS, USES, Sending, Use
from kmslint.cloudformation.distributions import DISTRIBUTING, read_origins, read_signers
from kmslint.cloudformation.event_sources import WORKING, read_event_sources, read_functions
from kmslint.cloudformation.nested import Stack
from kmslint.cloudformation.properties import Properties, is_on, literal, possible
from kmslint.cloudformation.replications import read_replications
from kmslint.cloudformation.scaling import SCALING, read_groups, read_launch_templates
from kmslint.model.consumers import (
    ALIAS_OF_S3,
    BUILT,
    SSE_KMS,
    Consumer,
    Delivery,
    EventSource,
    Function,
    Name,
    Purpose,
    Replication,
    Uses,
    name_of,
    with_recorder,
)
from kmslint.model.origins import Origin, readers
from kmslint.values import Value, text

_BUCKET: Final = "AWS::S3::Bucket"
_ENCRYPTION: Final = ("BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault")
_ARN: Final = {"AWS::Kinesis::Stream": "Arn", "AWS::SNS::Topic": "TopicArn", "AWS::SQS::Queue": "Arn"}
"""The attribute that is the ARN."""
_GLUE: Final = "AWS::Glue::SecurityConfiguration"
"""Its name is what others know it by."""
_OF_BUCKET: Final = ("Arn", "DomainName", "DualStackDomainName", "RegionalDomainName")
_RECORDER: Final = "AWS::Config::ConfigurationRecorder"
_OTHERS: Final = WORKING | DISTRIBUTING | SCALING | {_RECORDER}
_REF_IS_ARN: Final = frozenset({"AWS::SecretsManager::Secret", "AWS::SNS::Topic"})


def read_uses(stacks: Iterable[Stack]) -> Uses:
    """What the stacks say of the use of keys; of stacks that are not made nothing."""
    consumers: list[Consumer] = []
    deliveries: list[Delivery] = []
    functions: list[Function] = []
    event_sources: list[EventSource] = []
    replications: list[Replication] = []
    origins: list[Origin] = []
    signing: list[Name] = []
    recorders: list[Value | None] = []
    for stack in stacks:
        for resource in stack.template.resources if stack.live else ():
            if resource.type in USES or resource.type in SENDINGS or resource.type in _OTHERS:
                properties = Properties(resource, stack.evaluator)
                consumers += (*_consumers(properties), *read_launch_templates(properties))
                deliveries += (*_deliveries(properties), *read_groups(properties))
                functions += read_functions(properties)
                event_sources += read_event_sources(properties)
                replications += read_replications(properties, _names_of_bucket)
                origins += read_origins(properties)
                signing += read_signers(properties)
                recorders += [properties.value("RoleARN")] if resource.type == _RECORDER else []
    deliveries += readers(origins, frozenset(signing))
    consumers = with_recorder(consumers, recorders)
    return Uses(tuple(consumers), tuple(deliveries), tuple(functions), tuple(event_sources), tuple(replications))


def _consumers(properties: Properties) -> Iterator[Consumer]:
    """The resource as one that uses a key, for each that it may name."""
    for use in USES.get(properties.resource.type, ()):
        names, role = _names(properties), _role(use, properties)
        name, wanted = use.beside
        for around, given in properties.around(use.key):
            if name and literal(properties.member(around, name)) != wanted:
                continue
            for key, guards in possible(properties.member(around, use.key[-1]), given):
                at = properties.inside(use.key[0], key.at)
                yield Consumer(properties.address, properties.at, use.purpose, key, at, names, guards=guards, role=role)
    if properties.resource.type == _BUCKET:
        yield from _bucket(properties)


def _role(use: Use, properties: Properties) -> Value | None:
    """The role that uses the key, if one certainly does."""
    found = list(properties.around(use.role)) if use.role else []
    if len(found) != 1 or not _WORKS.get(use.purpose, _always)(properties):
        return None
    return properties.member(found[0][0], use.role[-1])


def _always(_: Properties) -> bool:
    return True


def _acts_itself(properties: Properties) -> bool:
    """Whether no action of a pipeline has a role of its own."""
    found = properties.around(("Stages", "Actions", "RoleArn"))
    return all(properties.member(around, "RoleArn") is None for around, _ in found)


def _has_artifacts(properties: Properties) -> bool:
    """Whether a build project certainly encrypts what it builds."""
    for around, _ in properties.around(("Artifacts", "Type")):
        disabled = properties.member(around, "EncryptionDisabled")
        encrypts = disabled is None or literal(disabled) == "false"
        if literal(properties.member(around, "Type")) not in BUILT or not encrypts:
            return False
    return properties.resource.property("Artifacts") is not None


_WORKS: Final = {Purpose.BUILD_PROJECT: _has_artifacts, Purpose.PIPELINE: _acts_itself}
"""Whether a resource works with the role that it names."""


def _bucket(properties: Properties) -> Iterator[Consumer]:
    """A bucket that encrypts by SSE-KMS, for each key that it may use."""
    names = _names_of_bucket(properties)
    for around, guards in properties.around((*_ENCRYPTION, "SSEAlgorithm")):
        algorithm = properties.member(around, "SSEAlgorithm")
        if algorithm is not None and literal(algorithm) in SSE_KMS:
            given = properties.member(around, "KMSMasterKeyID") or text(ALIAS_OF_S3, algorithm.at)
            at = properties.inside(_ENCRYPTION[0], algorithm.at)
            for key, met in possible(given, guards):
                yield Consumer(properties.address, properties.at, Purpose.BUCKET, key, at, names, guards=met)


def _deliveries(properties: Properties) -> Iterator[Delivery]:
    """The resource as one that has a service send, for each target."""
    for sending in SENDINGS.get(properties.resource.type, ()):
        if is_on(properties.value(sending.switch)):  # no property is called ""
            yield from _sent(properties, sending)


def _sent(properties: Properties, sending: Sending) -> Iterator[Delivery]:
    for path in sending.targets:
        for around, guards in properties.around(path):
            if sending.role and properties.member(around, sending.role) is not None:
                continue
            name, wanted = sending.beside
            if name and literal(properties.member(around, name)) != wanted:
                continue
            for to, met in possible(properties.member(around, path[-1]), guards):
                yield Delivery(properties.address, properties.at, sending.sender, to, met)


def _names(properties: Properties) -> tuple[Name, ...]:
    """How others spell the ARN, or the name."""
    type_ = properties.resource.type
    attribute = _ARN.get(type_)
    names = () if attribute is None else (properties.attribute_name(attribute),)
    if type_ == _GLUE:
        return tuple(name for name in (properties.name(), name_of(properties.value_or_none("Name"))) if name)
    return (*names, properties.name()) if type_ in _REF_IS_ARN else names


def _names_of_bucket(properties: Properties) -> tuple[Name, ...]:
    """How others spell the name of a bucket, its ARN, or its domain name."""
    given = properties.value("BucketName")
    attributes = (properties.attribute_name(name) for name in _OF_BUCKET)
    names = (properties.name(), *attributes, name_of(given))
    return tuple(dict.fromkeys(name for name in names if name))
