"""The resources of a module that encrypt with a key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.aws.consumers import CONSUMER_KEYS
from kmslint.model.estate import Consumer
from kmslint.terraform.blocks import Nested, nested
from kmslint.terraform.resources import Instance, Inventory
from kmslint.values import Value


def read_consumers(inventory: Inventory) -> Iterator[Consumer]:
    """Those whose argument with the key is written, each with what it says."""
    for instance in inventory.of_type(*CONSUMER_KEYS):
        first, *rest = CONSUMER_KEYS[instance.type]
        found = _in_blocks(instance, instance.blocks(first), rest) if rest else [instance.argument(first)]
        for key in found:
            if key is not None:
                yield Consumer(instance.address, instance.type, instance.at, key)


def _in_blocks(instance: Instance, blocks: list[Nested], way: list[str]) -> Iterator[Value | None]:
    """The argument at the end of a way through nested blocks."""
    for block in blocks:
        if len(way) > 1:
            inner = list(nested(block.body, way[0], instance.module.evaluate, block.scope))
            yield from _in_blocks(instance, inner, way[1:])
            continue
        node = block.body.get(way[0])
        yield None if node is None else instance.module.evaluate(node, block.scope)
