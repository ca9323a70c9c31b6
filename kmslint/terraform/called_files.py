"""The files of a module that is not the user's to change: each call of it has them as its own.

So whatever is found in them can be shown where the user calls the module.
"""

from __future__ import annotations

from typing import TypeVar

from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.syntax.in_source import in_source
from kmslint.syntax.tree import DataFile, HclFile

File = TypeVar("File", bound="HclFile | DataFile")


def called_from(file: File, at: Location) -> File:
    """The file with everything in it located in a source of this call."""
    source = Source(file.source.path, file.source.text, at)
    if isinstance(file, HclFile):
        problems = (Problem(at.path, f"{one.path}:{one.line}: {one.reason}", at) for one in file.problems)
        return in_source(file, source)._replace(problems=tuple(problems))
    return in_source(file, source)
