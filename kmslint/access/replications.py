"""Replication of what is encrypted by SSE-KMS: whether S3 does it at all, and whether its role may use the keys.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.key_names import KeyNames
from kmslint.access.lacking import Lacking
from kmslint.access.role_uses import role_named, roles_by_arn, spelt
from kmslint.aws.actions import Action
from kmslint.aws.role_needs import INSTEAD_OF_ENCRYPT, REPLICA, SOURCE_OF_REPLICATION, RoleNeed
from kmslint.model.consumers import Consumer, Purpose, Replication, ReplicationRule
from kmslint.model.estate import Estate, Identity, IdentityKind, Key
from kmslint.values import Guards, Text, TextIdentity, contradictory

_ENABLED: Final = "Enabled"


class NotReplicated(NamedTuple):
    """A rule that leaves out what the bucket encrypts by SSE-KMS, and says nothing of it."""

    replication: Replication
    rule: ReplicationRule
    source: Consumer
    key: Key | None
    """The key of the bucket, if it is one of the estate."""
    guards: Guards


class KeyLacked(NamedTuple):
    """A key that replication needs and its role may not use."""

    replication: Replication
    rule: ReplicationRule
    role: Identity
    key: Key
    need: RoleNeed
    actions: tuple[Action, ...]
    guards: Guards


def failing_replications(estate: Estate) -> Iterator[NotReplicated | KeyLacked]:
    """The rules of which it is certain that nothing under SSE-KMS is replicated, and why."""
    if estate.uses.replications:
        reader = _Reader(estate)
        for replication in estate.uses.replications:
            for rule in replication.rules:
                yield from reader.failures(replication, rule)


class _Reader:
    def __init__(self, estate: Estate) -> None:
        self._keys = KeyNames(estate)
        self._lacking = Lacking(estate)
        self._roles = roles_by_arn([one for one in estate.identities if one.kind is IdentityKind.ROLE])
        self._buckets: dict[TextIdentity, list[Consumer]] = defaultdict(list)
        for consumer in estate.uses.consumers:
            if consumer.purpose is Purpose.BUCKET:
                for name in consumer.names:
                    self._buckets[spelt(name)].append(consumer)

    def failures(self, replication: Replication, rule: ReplicationRule) -> Iterator[NotReplicated | KeyLacked]:
        sources = {id(one): one for name in replication.bucket for one in self._buckets.get(spelt(name), ())}
        for source in sources.values():
            guards = replication.guards | rule.guards | source.guards
            key = self._keys.key_of(source)
            if contradictory(guards):
                continue
            if rule.kms_objects is None:
                yield NotReplicated(replication, rule, source, key, guards)
            elif key is not None:
                yield from self._lacked(replication, rule, key, SOURCE_OF_REPLICATION, guards)
        if rule.replica_key is not None:
            replica = Consumer(
                replication.address, replication.at, Purpose.BUCKET, rule.replica_key, rule.at, (), replication.provider
            )
            key = self._keys.key_of(replica)
            if key is not None:
                yield from self._lacked(replication, rule, key, REPLICA, replication.guards | rule.guards)

    def _lacked(
        self, replication: Replication, rule: ReplicationRule, key: Key, need: RoleNeed, guards: Guards
    ) -> Iterator[KeyLacked]:
        role = role_named(replication.role, self._roles)
        status = rule.kms_objects
        if role is None or not isinstance(status, Text) or status.literal != _ENABLED:
            return
        together = guards | role.guards | key.guards
        lacked = self._lacking.actions(role, key, need.needs, together, delegated=False)
        if need is REPLICA and len(
            self._lacking.actions(role, key, INSTEAD_OF_ENCRYPT, together, delegated=False)
        ) < len(INSTEAD_OF_ENCRYPT):
            return
        if lacked:
            yield KeyLacked(replication, rule, role, key, need, lacked, guards - key.guards - role.guards)
