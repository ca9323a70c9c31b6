"""Which resources CloudFormation makes before another one: those that it names, and those that `DependsOn` lists.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmslint.cloudformation.template import Resource, Template
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence

_IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


class Dependencies:
    """The order in which the resources of a template are made, as far as it is certain.

    Every text that is a logical id, or begins with one and a dot, is taken to name the resource: rather one too many
    than one too few, for where nothing is named the order is left to chance.
    """

    def __init__(self, template: Template) -> None:
        self._resources = {resource.name: resource for resource in template.resources}
        self._named: dict[str, frozenset[str]] = {}

    def made_before(self, resource: Resource) -> frozenset[str]:
        """The addresses of the resources that are there before this one is made."""
        found: set[str] = set()
        waiting = [resource.name]
        while waiting:
            for name in self._names_in(waiting.pop()):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return frozenset(self._resources[name].address for name in found)

    def _names_in(self, name: str) -> frozenset[str]:
        if name not in self._named:
            words = (word for text in _texts(self._resources[name].body) for word in _words(text))
            self._named[name] = frozenset(word for word in words if word in self._resources and word != name)
        return self._named[name]


def _words(text: str) -> Iterator[str]:
    yield text.partition(".")[0]
    if "${" in text:
        yield from _IN_TEXT.findall(text)


def _texts(body: Node) -> Iterator[str]:
    """Every text in a node, once for each node: YAML's aliases may lead to one many times."""
    seen: set[int] = set()
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Scalar):
            yield node.text
        elif isinstance(node, Sequence):
            waiting.extend(node.items)
        else:
            assert isinstance(node, Mapping)
            waiting.extend(entry.value for entry in node.entries)
