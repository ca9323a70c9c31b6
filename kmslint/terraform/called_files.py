"""The files of a module that is not the user's to change: each call of it has them as its own.

So whatever is found in them can be shown where the user calls the module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.syntax.tree import DataFile, HclFile

File = TypeVar("File", bound="HclFile | DataFile")


def called_from(file: File, at: Location) -> File:
    """The file with everything in it located in a source of this call."""
    source = Source(file.source.path, file.source.text, at)
    return cast(File, _relocated(file, source))


def _relocated(node: object, source: Source) -> object:
    if isinstance(node, Source):
        return source
    if isinstance(node, Location):
        return node._replace(source=source)
    if isinstance(node, Problem):
        at = source.called_at
        return Problem(at.path if at else node.path, f"{node.path}:{node.line}: {node.reason}", at)
    if not isinstance(node, tuple):
        return node
    members = [_relocated(member, source) for member in cast(Iterable[object], node)]
    if not hasattr(node, "_fields"):
        return tuple(members)
    named: Callable[..., object] = type(node)
    return named(*members)
