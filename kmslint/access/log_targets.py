"""Buckets that receive logs which S3 or a load balancer writes, and cannot write under a KMS key.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.key_names import KeyNames
from kmslint.access.service_use import ServiceUse, missing_actions
from kmslint.aws.service_needs import OF_LOGS, Need
from kmslint.model.consumers import ALIAS_OF_S3, Consumer, Delivery, Name, Purpose, name_of
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Estate, Key
from kmslint.values import Guards, Text, contradictory


class LogTarget(NamedTuple):
    """A bucket under SSE-KMS to which logs are to be written that only SSE-S3 takes."""

    bucket: Consumer
    deliveries: tuple[tuple[Delivery, Need], ...]
    guards: Guards
    """On what all of it hangs."""
    under_alias_of_s3: bool
    """No key is named, or alias/aws/s3: whoever writes uses the key of that name in his own account.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html
    """


def log_targets(estate: Estate) -> Iterator[LogTarget]:
    """The buckets that certainly receive such logs, and whose key certainly keeps out who writes them."""
    found: dict[Name, list[Delivery]] = {}
    for delivery in estate.uses.deliveries:
        if delivery.sender in OF_LOGS:
            found.setdefault(name_of(delivery.to), []).append(delivery)
    names = KeyNames(estate)
    for bucket in estate.uses.consumers:
        if bucket.purpose is Purpose.BUCKET:
            named = {(one.address, one.guards): one for name in bucket.names for one in found.get(name, ())}
            key = names.key_of(bucket)
            lost = [(one, OF_LOGS[one.sender]) for one in named.values() if _is_kept_out(one, bucket, key, estate)]
            if lost:
                guards = frozenset.intersection(*(one.guards for one, _ in lost))
                yield LogTarget(bucket, tuple(lost), bucket.guards | guards, key is None)


def _is_kept_out(delivery: Delivery, bucket: Consumer, key: Key | None, estate: Estate) -> bool:
    """Whether the key lets whoever writes the logs in for nothing. AWS says that no key does, and names the writer in
    the key policies of its own solutions all the same."""
    together = delivery.guards | bucket.guards | (key.guards if key is not None else frozenset())
    if contradictory(together):
        return False
    if key is None:
        return isinstance(bucket.key, Text) and bucket.key.literal == ALIAS_OF_S3
    document = key_document(key)
    use = ServiceUse(key, OF_LOGS[delivery.sender], bucket, delivery, together - key.guards)
    return document is not None and bool(missing_actions(document, use, estate))
