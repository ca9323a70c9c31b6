"""The resources of a module that encrypt with a key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.aws.consumers import CONSUMER_KEYS
from kmslint.model.estate import Consumer
from kmslint.terraform.resources import Inventory


def read_consumers(inventory: Inventory) -> Iterator[Consumer]:
    """Those whose argument with the key is known, each with what it says."""
    for instance in inventory.of_type(*CONSUMER_KEYS):
        key = instance.argument(CONSUMER_KEYS[instance.type])
        yield Consumer(instance.address, instance.type, instance.at, key)
