"""A tree as if it stood in another source of the same text: a file that is read for several purposes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from kmslint.location import Source

Tree = TypeVar("Tree")


def in_source(tree: Tree, source: Source) -> Tree:
    """The tree with everything in it located in that source, which must have the same text."""
    return cast(Tree, _located(tree, source, {}))


def _located(node: object, source: Source, done: dict[int, object]) -> object:
    """`done` keeps what is in the tree several times, by an alias, one."""
    if isinstance(node, Source):
        return source
    if not isinstance(node, tuple):
        return node
    if id(node) not in done:
        done[id(node)] = _located_tuple(node, source, done)
    return done[id(node)]


def _located_tuple(node: tuple[object, ...], source: Source, done: dict[int, object]) -> object:
    members = [_located(member, source, done) for member in node]
    if not hasattr(node, "_fields"):
        return tuple(members)
    named: Callable[..., object] = type(node)
    return named(*members)
