"""How intrinsic functions are spelt: `{"Fn::Sub": x}`, `!Sub x`, and the short tags inside the long form.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from typing import NamedTuple

from kmslint.location import Location
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style

_UNPREFIXED = frozenset({"Ref", "Condition"})
_YAML_TYPES = frozenset(f"!!{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp"))

LOOP = "Fn::ForEach::"
"""How the members of a map begin that are loops; their names follow."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

ELSEWHERE = frozenset(f"Fn::{name}" for name in ("ForEach", "GetAZs", "GetStackOutput", "ImportValue", "Transform"))
"""Functions whose value is made outside the template, or is of no concern to a policy."""


class Call(NamedTuple):
    """A call of an intrinsic function."""

    name: str
    """In the long form: `Ref`, `Condition`, `Fn::Sub`; a tag that is no function as it stands there."""
    argument: Node
    at: Location

    @property
    def arguments(self) -> tuple[Node, ...]:
        """The entries of its list; empty if it does not take one."""
        return self.argument.items if isinstance(self.argument, Sequence) and not self.argument.tag else ()


def read_call(node: Node) -> Call | None:
    """The call a node spells; None if it is plain data."""
    if isinstance(node, (Scalar, Sequence, Mapping)) and node.tag:
        name = _function_of(node.tag)
        if name:
            return Call(name, _untagged(node), node.at)
    if isinstance(node, Mapping) and len(node.entries) == 1:
        name, argument = node.entries[0].name.text, node.entries[0].value
        if _is_long_form(name, argument):
            return Call(name, argument, node.at)
    return None


def _untagged(node: Scalar | Sequence | Mapping) -> Node:
    """What stands behind a tag: a scalar there is a text, whatever it looks like."""
    if isinstance(node, Mapping):
        return Mapping(node.entries, node.at)
    if isinstance(node, Sequence):
        return Sequence(node.items, node.at)
    return node._replace(tag="", style=Style.QUOTED if node.style is Style.PLAIN else node.style)


def is_function(name: str) -> bool:
    """Whether a name is a function's. Among other members it brings in more: `Fn::Transform`, `Fn::ForEach::Name`."""
    return name.startswith("Fn::")


def is_null(node: Node) -> bool:
    """Whether a node is JSON's or YAML's null."""
    if not isinstance(node, Scalar):
        return False
    return node.tag == "!!null" or (node.style is Style.PLAIN and not node.tag and node.text in _NULLS)


def _is_long_form(name: str, argument: Node) -> bool:
    if name == "Condition":
        # A policy statement has a member of that name; there it holds a map.
        return isinstance(argument, Scalar)
    # A loop that is the only member of a map adds members to it.
    return name == "Ref" or (is_function(name) and not name.startswith(LOOP))


def _function_of(tag: str) -> str:
    """The function a YAML tag stands for; empty for YAML's own types."""
    if tag == "!" or tag in _YAML_TYPES:
        return ""
    if tag.startswith("!!") or not tag.startswith("!"):
        return tag
    name = tag[1:]
    return name if name in _UNPREFIXED or is_function(name) else f"Fn::{name}"
