"""The files that lie beside a template."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from kmslint.syntax.tree import DataFile
from kmslint.values import Value


class Refused(NamedTuple):
    """A file that cannot be had, and why not."""

    reason: str


class Library(Protocol):
    """The files that lie beside a template."""

    def load(self, caller: str, written: str) -> DataFile | Refused:
        """The file that a path leads to which is written in the template of the caller."""

    def exported(self, name: str, importer: str) -> Value | None:
        """What another template of the run exports; None if that is not known."""
