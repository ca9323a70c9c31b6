"""Nodes that a macro writes into a template: no file holds them, so they stand where what brings them in stands."""

from __future__ import annotations

from collections.abc import Callable

from kmslint import limits
from kmslint.location import Excerpt, Location
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence, Style


class Allowance:
    """How much may be written into one template."""

    def __init__(self, report: Callable[[str, Location], None]) -> None:
        self._report = report
        self._written = 0

    def spend(self, nodes: int, at: Location) -> bool:
        """Whether so many nodes more may be written; that they may not is reported once."""
        within = self._written <= limits.NODES
        self._written += nodes
        if within and self._written > limits.NODES:
            self._report(limits.named(f"more than {limits.NODES} values that SAM would write", "nodes"), at)
        return self._written <= limits.NODES


def scalar(text: str, at: Location) -> Scalar:
    """A text in quotes."""
    return Scalar(text, at, Style.QUOTED, Excerpt(at.source, text, (at.start,) * (len(text) + 1)))


def sequence(at: Location, *items: Node) -> Sequence:
    """A list of those elements."""
    return Sequence(items, at)


def mapping(at: Location, **members: Node | None) -> Mapping:
    """A map of those members; one that is None is left out."""
    return Mapping(tuple(entry(name, node, at) for name, node in members.items() if node is not None), at)


def entry(name: str, node: Node, at: Location) -> Entry:
    """A member of a map."""
    return Entry(scalar(name, at), node)


def call(function: str, argument: Node, at: Location) -> Mapping:
    """A call of an intrinsic function, in the long form."""
    return Mapping((entry(function, argument, at),), at)


def no_value(at: Location) -> Mapping:
    """`AWS::NoValue`."""
    return call("Ref", scalar("AWS::NoValue", at), at)
