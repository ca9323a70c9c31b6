"""Which expressions are types of variables: Terraform refuses a module with any other one.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from typing import Final

from kmslint.syntax.tree import Call, Mapping, Node, Scalar, Sequence, Style, Variable

_WORDS: Final = frozenset({"any", "bool", "number", "string"})
_OF_ANY: Final = frozenset({"list", "map"})
"""Short for `list(any)` and `map(any)`, where nothing stands around them."""
_QUOTED: Final = frozenset({"list", "map", "string"})
"""What Terraform 0.11 took."""
_COLLECTIONS: Final = frozenset({"list", "map", "set"})
_MOST_OF_OPTIONAL: Final = 2
"""The type of the attribute, and its default."""


def is_constraint(node: Node) -> bool:
    """Whether Terraform takes that for the type of a variable."""
    if isinstance(node, Scalar):
        return node.style is Style.QUOTED and node.text in _QUOTED
    return (isinstance(node, Variable) and node.name in _OF_ANY) or _is_type(node)


def _is_type(node: Node) -> bool:
    if isinstance(node, Variable):
        return node.name in _WORDS
    if not isinstance(node, Call) or len(node.arguments) != 1:
        return False
    (inner,) = node.arguments
    if node.name == "object":
        return isinstance(inner, Mapping) and all(_is_attribute(entry.value) for entry in inner.entries)
    if node.name == "tuple":
        return isinstance(inner, Sequence) and all(map(_is_type, inner.items))
    return node.name in _COLLECTIONS and _is_type(inner)


def _is_attribute(node: Node) -> bool:
    """Whether it is the type of an attribute of an object, which may be left out."""
    if not isinstance(node, Call) or node.name != "optional":
        return _is_type(node)
    return 0 < len(node.arguments) <= _MOST_OF_OPTIONAL and _is_type(node.arguments[0])
