"""A tree as if it stood in another source of the same text: a file that is read for several purposes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from kmslint.location import Location, Source

Tree = TypeVar("Tree")


def in_source(tree: Tree, source: Source) -> Tree:
    """The tree with everything in it located in that source, which must have the same text."""
    return cast(Tree, _located(tree, source))


def _located(node: object, source: Source) -> object:
    if isinstance(node, Source):
        return source
    if isinstance(node, Location):
        return node._replace(source=source)
    if not isinstance(node, tuple):
        return node
    members = [_located(member, source) for member in cast(Iterable[object], node)]
    if not hasattr(node, "_fields"):
        return tuple(members)
    named: Callable[..., object] = type(node)
    return named(*members)
