"""The names that a template wants to be given: Terraform asks for all of them before it renders anything.

https://developer.hashicorp.com/terraform/language/functions/templatefile
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kmslint.location import Location
from kmslint.syntax import tree

_ELEMENT = "*"
"""How the tree calls the element of a splat."""


def free_names(node: tree.Node) -> Iterator[str]:
    """The names in an expression or template that no loop in it binds; one may come several times."""
    waiting: list[tuple[Any, frozenset[str]]] = [(node, frozenset({_ELEMENT}))]
    while waiting:
        one, bound = waiting.pop()
        if isinstance(one, tree.Variable):
            if one.name not in bound:
                yield one.name
        elif isinstance(one, (tree.For, tree.TemplateFor)):
            inside = bound | {one.key_variable, one.value_variable}
            waiting.append((one.of, bound))
            inner = (one.body,) if isinstance(one, tree.TemplateFor) else (one.name, one.result, one.condition)
            waiting += ((part, inside) for part in inner)
        elif isinstance(one, tuple):
            waiting += ((part, bound) for part in one)


def is_constant(node: tree.Node) -> bool:
    """Whether an expression names nothing and calls nothing, as those for variables have to."""
    waiting: list[Any] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tree.Call):
            return False
        if isinstance(one, tuple) and not isinstance(one, (tree.Scalar, Location)):
            waiting += one
    return next(free_names(node), None) is None
