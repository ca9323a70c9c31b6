"""The names an expression may use besides those of the module, and how its holes are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from kmslint.location import Location
from kmslint.syntax.tree import Node
from kmslint.terraform.shapes import Failure
from kmslint.values import Hole, HoleKind, Text, Unknown, Value

_LABEL = 90
"""Characters of an expression that a label shows."""

_SEARCHED = 2_000
"""Characters of an expression that are looked through for the names in it."""

_BLANK = re.compile(r"\s+")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_NO_NAMES: Mapping[str, Value] = {}
_NO_OWNERS: Mapping[str, str] = {}


class Scope(NamedTuple):
    """What is bound around an expression: loop variables, iterators, `each`, `count`, `self`."""

    names: Mapping[str, Value] = _NO_NAMES
    owners: Mapping[str, str] = _NO_OWNERS
    """For each name what it belongs to: the address of the resource, or the round of the loop."""
    attempt: bool = False
    """Inside `try` or `can`, where an instance that may not exist matters."""
    module: str = ""
    """The address of the module around it; empty for the root module. No two modules mean the same by a name."""

    def bind(self, owner: str, names: Mapping[str, Value]) -> Scope:
        """The scope inside, with more names."""
        inner = {**self.names, **names}
        owners = {**self.owners, **dict.fromkeys(names, owner)}
        return self._replace(names=inner, owners=owners)

    def bind_more(self, names: Mapping[str, Value]) -> Scope:
        """The same scope, with other values for some of its names."""
        return self._replace(names={**self.names, **names})

    def owner_of(self, at: Location) -> str:
        """What the names in an expression belong to; empty if it means the same everywhere in the root module."""
        if not self.owners:
            return self.module
        words = dict.fromkeys(_WORD.findall(at.source.text[at.start : min(at.end, at.start + _SEARCHED)]))
        owners = list(dict.fromkeys(self.owners[word] for word in words if word in self.owners))
        if self.module and not any(owner.startswith(self.module) for owner in owners):
            owners.append(self.module)
        return ", ".join(owners)


def here(at: Location) -> str:
    """A place, to tell unknowns apart that are called the same."""
    line, column = at.source.position(at.start)
    return f"{at.source.path}:{line}:{column}"


def out_of_bounds(reason: str, at: Location) -> Unknown:
    """What an expression comes to that costs too much."""
    return Unknown(Hole(HoleKind.OUT_OF_BOUNDS, reason, here(at)), at)


def hole_at(at: Location, scope: Scope) -> Hole:
    """The hole that is left where an expression cannot be known, called as the source spells it on one line.

    Of a long expression the beginning is shown, and its place tells it apart from others.
    """
    written = _BLANK.sub(" ", at.source.text[at.start : min(at.end, at.start + 4 * _LABEL)]).strip()
    owner = scope.owner_of(at)
    if len(written) > _LABEL or at.end - at.start > 4 * _LABEL:
        written, owner = f"{written[: _LABEL - 1]}…", f"{owner}, {here(at)}" if owner else here(at)
    return Hole(HoleKind.EXPRESSION, written, owner)


def hole_for(node: Node, scope: Scope) -> Hole:
    """The hole an expression leaves that cannot be known."""
    return hole_at(node.at, scope)


def unknown_for(node: Node, scope: Scope) -> Unknown:
    """The value of an expression that cannot be known."""
    return Unknown(hole_for(node, scope), node.at)


def failure_for(node: Node, scope: Scope) -> Failure:
    """The value of an expression that Terraform refuses."""
    return Failure(hole_for(node, scope), node.at)


def round_of(variable: str, key: Value, index: int) -> str:
    """How one round of a loop is called: `role = "admin"`."""
    literal = key.literal if isinstance(key, Text) and not key.typed else None
    return f"{variable} = {literal!r}" if literal is not None else f"{variable} = element {index + 1}"
