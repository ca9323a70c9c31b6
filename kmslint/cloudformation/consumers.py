"""The resources of a template that encrypt with a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.aws.consumers import CONSUMER_KEYS
from kmslint.cloudformation.resources import Evaluated
from kmslint.model.estate import Consumer


def read_consumers(resources: Iterable[Evaluated]) -> Iterator[Consumer]:
    """Those whose property with the key is known, each with what it says."""
    for resource in resources:
        if resource.type in CONSUMER_KEYS:
            yield Consumer(resource.address, resource.type, resource.at, resource.get(CONSUMER_KEYS[resource.type]))
