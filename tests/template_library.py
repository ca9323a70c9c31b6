"""Files beside a template that are in memory alone."""

from __future__ import annotations

from collections.abc import Callable

from kmslint.cloudformation.library import Refused
from kmslint.cloudformation.nested import Stack, stack_of
from kmslint.cloudformation.parameters import NO_INPUTS
from kmslint.location import Source
from kmslint.syntax.tree import DataFile
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Value


def _nothing(_name: str, _importer: str) -> Value | None:
    return None


class InMemory:
    """The files by what is written to name them, wherever the caller stands."""

    def __init__(self, files: dict[str, str], exported: Callable[[str, str], Value | None] = _nothing) -> None:
        self._files = files
        self.exported = exported
        self.asked: list[tuple[str, str]] = []
        """Which files were asked for, by whom."""

    def load(self, caller: str, written: str) -> DataFile | Refused:
        self.asked.append((caller, written))
        if written not in self._files:
            return Refused("is not here")
        return read_yaml(Source(written, self._files[written]))

    def stack(self, path: str) -> Stack:
        """The stack of one of the files."""
        source = Source(path, self._files[path])
        return stack_of(read_yaml(source).documents[0], source, NO_INPUTS, self)
