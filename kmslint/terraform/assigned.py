"""Values that the caller of kmslint gives to variables of the root module.

https://developer.hashicorp.com/terraform/cli/commands/plan#input-variables-on-the-command-line
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from kmslint.errors import UsageError
from kmslint.location import Location, Source
from kmslint.syntax.tree import Block, Call, Node, Scalar, Variable
from kmslint.terraform.free_names import is_constant
from kmslint.values import Field, Fields, Items, Text, Value, text


class Assigned(NamedTuple):
    """The values by the names of the variables; a text wins over a file."""

    texts: Mapping[str, str] = {}
    nodes: Mapping[str, Node] = {}

    def value(self, name: str, block: Block, evaluate: Callable[[Node], Value]) -> Value | None:
        """The value of a variable; None if none is given. Raises UsageError for a text that is no expression.

        A text is taken as it is where the type of the variable is a primitive one or none is written, else as an
        expression. It stands in no file: its place is the declaration of the variable.
        """
        spelt = self.texts.get(name)
        if spelt is None:
            node = self.nodes.get(name)
            return None if node is None else evaluate(node)
        if not _wants_expression(block.body.get("type")):
            return text(spelt, block.header)
        return _moved(evaluate(_expression(name, spelt)), block.header)


NOTHING_ASSIGNED = Assigned()


def _wants_expression(type_: Node | None) -> bool:
    """Whether Terraform reads a value from the command line as an expression: for lists, maps and objects."""
    name = type_.text if isinstance(type_, Scalar) else type_.name if isinstance(type_, Variable) else ""
    return name in ("any", "list", "map", "set") or isinstance(type_, Call)


def _expression(name: str, spelt: str) -> Node:
    from kmslint.syntax.hcl import read_hcl  # the module may be all JSON

    file = read_hcl(Source(f"--var {name}", f"{name} = {spelt}\n"))
    node = file.body.get(name)
    if node is None or file.problems or len(file.body.arguments) != 1 or file.body.blocks or not is_constant(node):
        raise UsageError(f"--var {name}={spelt}: not a constant expression, which the type of the variable wants")
    return node


def _moved(value: Value, at: Location) -> Value:
    """The same value, all of it at one place. A constant is no choice, and nothing in it is encoded."""
    if isinstance(value, Items):
        return value._replace(at=at, items=tuple(_moved(item, at) for item in value.items))
    if isinstance(value, Fields):
        fields = (Field(_text(field.name, at), _moved(field.value, at)) for field in value.fields)
        return value._replace(at=at, fields=tuple(fields))
    return _text(value, at) if isinstance(value, Text) else value._replace(at=at)


def _text(value: Text, at: Location) -> Text:
    return value._replace(at=at, pieces=())
