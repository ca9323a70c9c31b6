"""Arguments that stand in a block twice: Terraform refuses them, so nobody can tell which one is meant."""

from __future__ import annotations

from kmslint.location import Location
from kmslint.syntax.tree import Argument, Block, Body, Call


def without_duplicates(body: Body) -> Body:
    """The body, where an argument that stands twice comes to nothing that anybody could evaluate."""
    last = {argument.name.text: argument for argument in body.arguments}
    if len(last) == len(body.arguments):
        arguments = body.arguments
    else:
        count: dict[str, int] = {}
        for argument in body.arguments:
            count[argument.name.text] = count.get(argument.name.text, 0) + 1
        arguments = tuple(one if count[name] == 1 else _ambiguous(one) for name, one in last.items())
    return Body(arguments, tuple(map(_block, body.blocks)), body.at)


def _block(block: Block) -> Block:
    return block._replace(body=without_duplicates(block.body))


def _ambiguous(argument: Argument) -> Argument:
    """Named by its text, from the name on."""
    value = argument.value.at
    return argument._replace(value=Call("duplicate", (), False, Location(value.source, argument.at.start, value.end)))
