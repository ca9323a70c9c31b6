"""The arguments of a resource, and of the blocks inside its blocks, where they are there or may be.

https://developer.hashicorp.com/terraform/language/syntax/configuration#blocks
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.terraform.blocks import Nested, nested
from kmslint.terraform.resources import Instance
from kmslint.values import Guards, Null, Text, Value, contradictory


class Around(NamedTuple):
    """The arguments of a resource, or of a block in it."""

    instance: Instance
    block: Nested | None
    guards: Guards

    def get(self, name: str) -> Value | None:
        """An argument; None if it is absent or null."""
        if self.block is None:
            value = self.instance.argument(name)
        else:
            node = self.block.body.get(name)
            value = None if node is None else self.instance.module.evaluate(node, self.block.scope)
        return None if isinstance(value, Null) else value


def arguments_of(instance: Instance) -> Around:
    """The arguments of the resource itself."""
    return Around(instance, None, instance.guards)


def within(around: Around, kinds: tuple[str, ...]) -> Iterator[Around]:
    """The blocks inside blocks of those types that may be there."""
    if not kinds:
        yield around
        return
    instance, block = around.instance, around.block
    found = instance.blocks(kinds[0])
    if block is not None:
        found = list(nested(block.body, kinds[0], instance.module.evaluate, block.scope))
    for inner in found:
        guards = around.guards | frozenset(inner.way.guards)
        if not contradictory(guards):
            yield from within(Around(instance, inner, guards), kinds[1:])


def literal(value: Value | None) -> str | None:
    """The text, if all of it is known."""
    return value.literal if isinstance(value, Text) else None


def is_or_absent(value: Value | None, wanted: str) -> bool:
    """Whether an argument is not there, or is that text."""
    return value is None or isinstance(value, Null) or literal(value) == wanted


def is_on(value: Value | None) -> bool:
    """Whether what is on if nothing is said certainly is: `true`, `ENABLED`."""
    if value is None or isinstance(value, Null):
        return True
    return (literal(value) or "").lower().startswith(("true", "enabled"))
