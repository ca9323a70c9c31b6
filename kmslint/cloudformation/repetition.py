"""The body of a loop as it is one time: its identifier replaced by a value.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kmslint.cloudformation.calls import read_call
from kmslint.cloudformation.repeated import Repeated
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.excerpts import ExcerptBuilder
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence, Style

_OTHERS = re.compile("[^0-9A-Za-z]")
_CHARACTERS = 64
"""Characters that count for one node."""


class TooMuchError(Exception):
    """The loops of a template make more of it than is read."""


class Repetition:
    """One time that the body of a loop stands there."""

    def __init__(self, identifier: str, value: str, spend: Callable[[int], None]) -> None:
        """`spend` is told of each node that is made, and raises TooMuchError in the end."""
        self._identifier = identifier
        self._value = value
        self._variable = re.compile(rf"([$&])\{{{re.escape(identifier)}\}}")
        self._values = {"$": value, "&": _OTHERS.sub("", value)}
        self._spend = spend
        self._sources: dict[Source, Repeated] = {}

    def mapping(self, node: Mapping) -> Mapping:
        """The map with `${Identifier}` and `&{Identifier}` replaced in its names and texts, and `Ref` to it.

        AWS says so of all texts, whether or not they are those of `Fn::Sub`.
        """
        self._spend(1)
        entries = tuple(Entry(self.node(entry.key), self.node(entry.value)) for entry in node.entries)
        return Mapping(entries, self._at(node.at), node.tag)

    def node(self, node: Node) -> Node:
        """The node, replaced alike."""
        if isinstance(node, (Scalar, Mapping)) and self._is_reference(node):
            return self._text(node.at)
        if isinstance(node, Scalar):
            return self._scalar(node)
        if isinstance(node, Mapping):
            return self.mapping(node)
        assert isinstance(node, Sequence)
        self._spend(1)
        return Sequence(tuple(self.node(item) for item in node.items), self._at(node.at), node.tag)

    def _is_reference(self, node: Scalar | Mapping) -> bool:
        if not node.tag and not (isinstance(node, Mapping) and len(node.entries) == 1):
            return False
        call = read_call(node)
        if call is None or call.name != "Ref" or not isinstance(call.argument, Scalar):
            return False
        return not call.argument.tag and call.argument.text == self._identifier

    def _text(self, at: Location) -> Scalar:
        """The value, where it is referred to."""
        self._spend(1 + len(self._value) // _CHARACTERS)
        at = self._at(at)
        excerpt = Excerpt(at.source, self._value, (at.start,) * (len(self._value) + 1))
        return Scalar(self._value, at, Style.QUOTED, excerpt)

    def _scalar(self, node: Scalar) -> Scalar:
        at, source = self._at(node.at), self._source(node.excerpt.source)
        self._spend(1 + len(node.text) // _CHARACTERS)
        found = list(self._variable.finditer(node.text)) if "{" in node.text else []
        self._spend(len(found) * len(self._value) // _CHARACTERS)
        if not found:
            return node._replace(at=at, excerpt=node.excerpt._replace(source=source))
        builder, end = ExcerptBuilder(), 0
        for match in found:
            builder.copy(node.excerpt, end, match.start())
            for character in self._values[match[1]]:
                builder.add(character, node.excerpt.offsets[match.start()])
            end = match.end()
        builder.copy(node.excerpt, end, len(node.text))
        excerpt = builder.finish(source, node.excerpt.offsets[-1])
        style = Style.QUOTED if node.style is Style.PLAIN else node.style
        return Scalar(excerpt.text, at, style, excerpt, node.tag)

    def _at(self, at: Location) -> Location:
        return at._replace(source=self._source(at.source))

    def _source(self, source: Source) -> Repeated:
        if source not in self._sources:
            self._sources[source] = Repeated(source, self._identifier, self._value)
        return self._sources[source]
