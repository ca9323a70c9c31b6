"""What one input is: the files of it, and what kmslint is told beside them."""

from __future__ import annotations

from typing import NamedTuple, Union

Value = Union[None, bool, int, float, str, list["Value"], dict[str, "Value"]]
"""What JSON can say."""


class File(NamedTuple):
    """A file of an input."""

    path: str
    data: bytes


class Input(NamedTuple):
    """One input. Where it is no tree, it is one text, and no disk is needed."""

    kind: str
    made: str
    """How: what was mutated, and by what."""
    files: tuple[File, ...]
    is_tree: bool = False
    options: tuple[tuple[str, Value], ...] = ()
    """Options of the command line by the fields of `Settings`; lists for those that are repeated."""

    @property
    def text(self) -> File:
        """The file of an input that is no tree."""
        return self.files[0]
