"""A YAML or JSON text inside another file's string -> located tree, every node at its place in that file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from kmslint.errors import InputError
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.json import parse_json
from kmslint.syntax.tree import Node

Tree = TypeVar("Tree")


def parse_embedded(excerpt: Excerpt) -> tuple[Node, ...]:
    """The documents that a text spells. Raises InputError at the place where it is neither YAML nor JSON."""
    if excerpt.text.lstrip().startswith(("{", "[")):
        return (parse_json(excerpt),)
    from kmslint.syntax.yaml import read_yaml  # 15 ms: only where there is YAML

    placed = _Placed(excerpt)
    try:
        documents = read_yaml(Source(excerpt.source.path, excerpt.text)).documents
    except InputError as error:
        raise InputError(placed.tree(error.problem)) from None
    return placed.tree(documents)


class _Placed:
    """What was read from a text, located where the text stands."""

    def __init__(self, excerpt: Excerpt) -> None:
        self._source, self._text, self._offsets = excerpt
        self._done: dict[int, object] = {}
        """Anchored nodes are shared wherever an alias stands, and stay so."""

    def tree(self, tree: Tree) -> Tree:
        return cast(Tree, self._member(tree))

    def _member(self, node: object) -> object:
        if not isinstance(node, tuple):
            return node
        if id(node) not in self._done:
            self._done[id(node)] = self._placed(node)
        return self._done[id(node)]

    def _placed(self, node: tuple[object, ...]) -> object:
        if isinstance(node, Location):
            return self._location(node)
        if isinstance(node, Excerpt):
            return Excerpt(self._source, node.text, tuple(self._offsets[offset] for offset in node.offsets))
        members = [self._member(member) for member in cast(Iterable[object], node)]
        if not hasattr(node, "_fields"):
            return tuple(members)
        named: Callable[..., object] = type(node)
        return named(*members)

    def _location(self, at: Location) -> Location:
        start = self._offsets[at.start]
        end = self._offsets[at.end - 1] + 1 if at.end > at.start else start
        return Location(self._source, start, max(start, end))
