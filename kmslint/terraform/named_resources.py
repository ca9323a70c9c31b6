"""The resources of a module by the name that they have in AWS: what a data source that looks it up finds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from kmslint.syntax.tree import Node, Scalar
from kmslint.terraform.attributes import Subject
from kmslint.terraform.declarations import Declarations, Resource
from kmslint.terraform.scalars import as_text
from kmslint.values import Part

_ROOT = re.compile(r"([A-Za-z_][\w-]*)\s*[.\[]")

_Names = defaultdict[tuple[Part, ...], list[Subject]]


class NamedResources:
    """Those that are certainly there, once, with a name that is a literal or made of variables."""

    def __init__(self, declared: Declarations, subject: Callable[[Resource], Subject]) -> None:
        self._declared = declared
        self._subject = subject
        self._found: dict[str, _Names] = {}

    def find(self, type_: str, name: tuple[Part, ...]) -> list[Subject]:
        """The resources of that type and name, whatever their provider."""
        if type_ not in self._found:
            self._found[type_] = self._named(type_)
        return self._found[type_].get(name, [])

    def _named(self, type_: str) -> _Names:
        found: _Names = defaultdict(list)
        for resource in self._declared.of_type(type_):
            node = resource.body.get("name")
            several = resource.body.get("count") or resource.body.get("for_each")
            if node is None or several is not None or not _is_plain(node):
                continue
            subject = self._subject(resource)
            value = subject.argument("name")
            name = as_text(value) if value is not None else None
            if name is not None:
                found[name.parts].append(subject)
        return found


def _is_plain(node: Node) -> bool:
    """Whether nothing but variables goes into it: working it out leads to no data source."""
    if isinstance(node, Scalar):
        return True
    at = node.at
    return set(_ROOT.findall(at.source.text[at.start : at.end])) <= {"var"}
