"""Blocks of Terraform on one line: what a test says of those that another syntax, or a plan, stands for."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.location import Location
from kmslint.syntax.tree import Attribute, Body, Call, Mapping, Node, Scalar, Sequence, Style, Variable


def text_at(at: Location) -> str:
    """What stands at a place."""
    return at.source.text[at.start : at.end]


def outline(body: Body) -> Iterator[str]:
    """Arguments with their values, then blocks with what is in them."""
    for argument in body.arguments:
        yield f"{argument.name.text} = {shown(argument.value)}"
    for block in body.blocks:
        words = [block.type.text, *(label.text for label in block.labels)]
        yield f"{' '.join(words)} {{{', '.join(outline(block.body))}}}"


def shown(node: Node) -> str:
    """A value; a reference or template in angle brackets; what nobody can evaluate with its text."""
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{shown(entry.key)}: {shown(entry.value)}" for entry in node.entries) + "}"
    if isinstance(node, Sequence):
        return "[" + ", ".join(map(shown, node.items)) + "]"
    if isinstance(node, Scalar):
        return f"'{node.text}'" if node.style is Style.QUOTED else node.text
    if isinstance(node, Variable):
        return f"<{node.name}>"
    if isinstance(node, Attribute):
        return f"<{shown(node.of).strip('<>')}.{node.name}>"
    return f"refused {text_at(node.at)}" if isinstance(node, Call) else f"<{text_at(node.at)}>"
