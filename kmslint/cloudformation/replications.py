"""`ReplicationConfiguration` of buckets.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-replicationconfiguration.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kmslint.cloudformation.properties import Properties, literal, member, possible
from kmslint.model.consumers import Name, Replication, ReplicationRule
from kmslint.values import Fields, Guards, Value

_CONFIGURATION: Final = "ReplicationConfiguration"


def read_replications(properties: Properties, names: Callable[[Properties], tuple[Name, ...]]) -> Iterator[Replication]:
    """The replication of a bucket, for each role that it may have; `names` are those of the bucket."""
    if properties.resource.type == "AWS::S3::Bucket":
        for configuration, guards in properties.values((_CONFIGURATION,)):
            if isinstance(configuration, Fields):
                at = properties.inside(_CONFIGURATION, configuration.at)
                rules = tuple(_rules(properties, configuration, guards))
                for role, met in possible(member(configuration, "Role"), guards):
                    yield Replication(properties.address, at, names(properties), role, rules, guards=met)


def _rules(properties: Properties, configuration: Fields, guards: Guards) -> Iterator[ReplicationRule]:
    for rule, met in possible(configuration.get("Rules"), guards):
        enabled = rule.get("Status") if isinstance(rule, Fields) else None
        if enabled is not None and literal(enabled) == "Enabled":
            status = _inner(rule, "SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status")
            key = _inner(rule, "Destination", "EncryptionConfiguration", "ReplicaKmsKeyID")
            yield ReplicationRule(properties.inside(_CONFIGURATION, enabled.at), status, key, met)


def _inner(value: Value | None, *path: str) -> Value | None:
    """What a path leads to; None if some part of it is absent, and what cannot be seen through as it is."""
    for name in path:
        if not isinstance(value, Fields):
            return value
        value = member(value, name)
    return value
