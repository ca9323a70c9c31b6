"""Topics and queues under a key that AWS manages: its policy lets no other service in, and nobody can change it.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.aws.service_needs import OF_DELIVERIES, Need
from kmslint.model.consumers import Consumer, Delivery, Name, Purpose, name_of
from kmslint.model.estate import Estate
from kmslint.model.sharing import is_alias
from kmslint.values import Guards, contradictory

_MANAGED: Final = {Purpose.TOPIC: "alias/aws/sns", Purpose.QUEUE: "alias/aws/sqs"}


class Blocked(NamedTuple):
    """A topic or queue that nothing reaches which a service sends."""

    consumer: Consumer
    alias: str
    deliveries: tuple[tuple[Delivery, Need], ...]
    guards: Guards
    """On what all of it hangs."""


def blocked_by_managed_keys(estate: Estate) -> Iterator[Blocked]:
    """The topics and queues under AWS's own key that services are to send to."""
    senders: dict[Name, list[Delivery]] = {}
    for delivery in estate.uses.deliveries:
        senders.setdefault(name_of(delivery.to), []).append(delivery)
    for consumer in estate.uses.consumers:
        alias = _MANAGED.get(consumer.purpose)
        if alias is None or not is_alias(consumer.key, alias):
            continue
        found = [
            (delivery, OF_DELIVERIES[consumer.purpose, delivery.sender])
            for name in consumer.names
            for delivery in senders.get(name, ())
            if (consumer.purpose, delivery.sender) in OF_DELIVERIES
            and not contradictory(delivery.guards | consumer.guards)
        ]
        if found:
            guards = frozenset.intersection(*(delivery.guards for delivery, _ in found))
            yield Blocked(consumer, alias, tuple(found), consumer.guards | guards)
