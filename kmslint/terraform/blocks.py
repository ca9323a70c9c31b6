"""The nested blocks of a body, those of `dynamic` blocks written out.

https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.syntax.tree import Block, Body, Scalar, Variable
from kmslint.terraform.iteration import Evaluate
from kmslint.terraform.presence import Way, ways
from kmslint.terraform.scope import Scope, here, round_of
from kmslint.terraform.shapes import Absent, Binding, Each, bindings
from kmslint.values import Field, Fields, Null, Value, text, unknown


class Nested(NamedTuple):
    """One nested block, perhaps one that is there only if conditions hold."""

    block: Block
    scope: Scope
    way: Way

    @property
    def body(self) -> Body:
        return self.block.body

    def wrap(self, value: Value) -> Value:
        """What was read from the block, as uncertain as the block is."""
        return self.way.wrap(value, self.block.at)


def nested(body: Body, kind: str, evaluate: Evaluate, scope: Scope) -> Iterator[Nested]:
    """The blocks of that type in their order."""
    for block in body.blocks:
        if block.type.text == kind:
            yield Nested(block, scope, Way((), Null(block.at)))
        elif block.type.text == "dynamic" and [label.text for label in block.labels] == [kind]:
            yield from _dynamic(block, kind, evaluate, scope)


def _dynamic(block: Block, kind: str, evaluate: Evaluate, scope: Scope) -> Iterator[Nested]:
    content = next(block.body.all("content"), None)
    source = block.body.get("for_each")
    if content is None or source is None:
        # Terraform refuses it: whoever reads the block finds it, without what it lacks.
        yield Nested(content or block, scope, Way((), Null(block.at)))
        return
    iterator = block.body.get("iterator")
    name = iterator.name if isinstance(iterator, Variable) else iterator.text if isinstance(iterator, Scalar) else kind
    collection = evaluate(source, scope)
    rounds = bindings(collection)
    if rounds is None:
        rounds = [_unreadable(block, kind)]
    for index, (key, element) in enumerate(rounds):
        for way in ways(element):
            bound = _object(key, way.value, block)
            yield Nested(content, scope.bind(round_of(name, key, index), {name: bound}), way)


def _unreadable(block: Block, kind: str) -> Binding:
    """A `for_each` that is no collection: whether there are such blocks is a condition of its own."""
    condition = f'dynamic "{kind}" at {here(block.at)}'
    element = unknown(condition, block.at)
    return Binding(element, Each(condition, element, Absent(block.at), block.at))


def _object(key: Value, value: Value, block: Block) -> Fields:
    at = block.header
    return Fields((Field(text("key", at), key), Field(text("value", at), value)), at)
