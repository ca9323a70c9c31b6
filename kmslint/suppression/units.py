"""What a suppression may stand in or above: resources and other blocks of a file, and the statements in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.tree import Block, DataFile, HclFile, Mapping, Node, Scalar, Sequence
from kmslint.terraform.block_types import LABELS

_EFFECT = "Effect"
_STATEMENT = "statement"
_PERHAPS = frozenset({"count", "for_each", "Condition"})
"""With them a resource may be there or not."""


class Unit(NamedTuple):
    """A stretch of a file that suppressions speak of as a whole."""

    start: int
    end: int
    is_statement: bool
    name: str = ""
    """Of a resource: its logical id, or the type and labels of its block."""
    is_optional: bool = False
    """It may be left out: what nobody finds in it may be there some other time."""


class Units:
    """The units of one file: every two are one inside the other, or apart."""

    def __init__(self, source: Source, units: Iterator[Unit]) -> None:
        self.source = source
        self.all: list[Unit] = []
        self._starts: list[int] = []
        self._parents: list[int] = []
        """For each unit the place of the one around it; -1: there is none."""
        self._on_line: dict[int, int] = {}
        around: list[int] = []
        for unit in sorted(dict.fromkeys(units), key=lambda one: (one.start, -one.end)):
            while around and self.all[around[-1]].end <= unit.start:
                around.pop()
            self.all.append(unit)
            self._parents.append(around[-1] if around else -1)
            self._starts.append(unit.start)
            self._on_line.setdefault(self.line(unit.start), len(self.all) - 1)
            around.append(len(self.all) - 1)

    def line(self, offset: int) -> int:
        return self.source.position(offset)[0]

    def beginning_on(self, line: int) -> int:
        """The place of the first unit that begins on the line; -1 if none does."""
        return self._on_line.get(line, -1)

    def around(self, offset: int) -> Iterator[int]:
        """The places of the units around an offset, from the innermost outwards."""
        place = bisect_right(self._starts, offset) - 1
        while place >= 0 and self.all[place].end <= offset:
            place = self._parents[place]
        while place >= 0:
            yield place
            place = self._parents[place]

    def innermost(self, offset: int) -> int:
        """The place of the innermost unit around an offset; -1 if there is none."""
        return next(self.around(offset), -1)

    def resource(self, offset: int) -> int:
        """The place of the outermost unit around an offset; -1 if there is none."""
        return max(self.around(offset), key=lambda place: -self.all[place].start, default=-1)


def units_of(file: DataFile | HclFile) -> Units:
    """The units of a file of either language."""
    if isinstance(file, HclFile):
        return Units(file.source, _of_blocks(file))
    if file.source.path.endswith((".tf.json", ".tofu.json")):
        return Units(file.source, _of_json(file))
    return Units(file.source, _of_template(file))


def _of_blocks(file: HclFile) -> Iterator[Unit]:
    for block in file.body.blocks:
        name = ".".join((block.type.text, *(label.text for label in block.labels)))
        perhaps = any(argument.name.text in _PERHAPS for argument in block.body.arguments)
        yield Unit(block.at.start, block.at.end, False, name.removeprefix("resource."), perhaps)
    for node in walk(file.body):
        if (isinstance(node, Block) and _makes_statements(node)) or (isinstance(node, Mapping) and _has_effect(node)):
            yield Unit(node.at.start, node.at.end, True)


def _makes_statements(block: Block) -> bool:
    named = block.labels[0].text if block.type.text == "dynamic" and block.labels else block.type.text
    return named == _STATEMENT


def _has_effect(node: Mapping) -> bool:
    return any(isinstance(entry.key, Scalar) and entry.key.text == _EFFECT for entry in node.entries)


def _of_template(file: DataFile) -> Iterator[Unit]:
    """The members of the sections: a resource, a parameter, a mapping."""
    for document in file.documents:
        for _, section in members(document):
            for name, member in members(section):
                perhaps = any(key.text in _PERHAPS for key, _ in members(member))
                end = max(name.at.end, member.at.end)  # what an alias stands for is above it, and no part of it
                yield Unit(name.at.start, end, False, name.text, perhaps)
        for node in walk(document):
            if isinstance(node, Mapping) and _has_effect(node):
                yield Unit(node.at.start, node.at.end, True)


def _of_json(file: DataFile) -> Iterator[Unit]:
    for root in _objects(file.documents):
        for kind, value in members(root):
            if kind.text in LABELS:
                yield from _labelled(kind.text, kind, value, LABELS[kind.text])
    for node in walk(file.documents):
        for name, value in members(node):
            if name.text == _STATEMENT:
                yield from (Unit(one.at.start, one.at.end, True) for one in _objects((value,)))


def _labelled(address: str, name: Scalar, node: Node, left: int) -> Iterator[Unit]:
    for one in _objects((node,)):
        if left:
            for label, value in members(one):
                yield from _labelled(f"{address}.{label.text}", label, value, left - 1)
        else:
            perhaps = any(key.text in _PERHAPS for key, _ in members(one))
            yield Unit(name.at.start, one.at.end, False, address.removeprefix("resource."), perhaps)


def _objects(nodes: tuple[Node, ...]) -> Iterator[Mapping]:
    for node in nodes:
        for one in node.items if isinstance(node, Sequence) else (node,):
            if isinstance(one, Mapping):
                yield one


def members(node: object) -> Iterator[tuple[Scalar, Node]]:
    """The names and values of an object of YAML or JSON, where every key is a name; of anything else none."""
    if isinstance(node, Mapping):
        yield from ((entry.key, entry.value) for entry in node.entries if isinstance(entry.key, Scalar))


def walk(tree: object) -> Iterator[object]:
    """Everything in a tree, once, however many aliases stand for it."""
    seen: set[int] = set()
    left = [tree]
    while left:
        node = left.pop()
        if not isinstance(node, tuple) or isinstance(node, Location | Excerpt) or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        left.extend(node)
