"""The files that expressions read. Whoever wrote the expressions is a stranger: nothing outside the repository is read.

https://developer.hashicorp.com/terraform/language/functions/file
"""

from __future__ import annotations

import os
import posixpath
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Source
from kmslint.looking import is_absence, real_path
from kmslint.reading import is_inside, read_bytes, reason_of
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_template_file import read_template
from kmslint.syntax.tree import Scalar, Template

_PRIVATE = ".git"
"""What is in there is nobody's policy, and may be the password of whoever checked the repository out."""

BYTE_ORDER_MARK = "\ufeff"


class Unread(NamedTuple):
    """What cannot be read, and why not."""

    reason: str


class Missing(Unread):
    """There is no such file."""

    __slots__ = ()


Found = TypeVar("Found")


class Tree:
    """What the expressions of a root module, and of those it calls, may read; each file is read once."""

    def __init__(self, root: str, trees: Sequence[str], directory: str) -> None:
        """`directory` is that of the root module, relative to the root. Only the trees, real paths, may be read."""
        self._root = os.path.realpath(root)
        self.directory = directory
        self._trusted = tuple(trees)
        self._data: dict[str, bytes | Unread] = {}
        self._sources: dict[str, Source | Unread] = {}
        self._templates: dict[str, Scalar | Template | Unread] = {}
        self._budget: Budget | None = None
        self.failures: dict[str, Problem] = {}
        """The files that are there and that the system did not give."""

    @property
    def opened(self) -> set[str]:
        """What was read, by paths relative to the root."""
        return {self._shown(real) for real in self._data}

    def data(self, path: str) -> bytes | Unread:
        """The bytes of a file. `path` is relative to the root."""
        real = self._real(path)
        return real if isinstance(real, Unread) else self._read(real)

    def source(self, path: str) -> Source | Unread:
        """The text of a file."""
        return self._kept(path, self._sources, self._source)

    def template(self, path: str) -> Scalar | Template | Unread:
        """The template that a file is, located in it."""
        return self._kept(path, self._templates, self._template)

    def parsed(self, source: Source) -> Scalar | Template | Unread:
        """The template that a text is."""
        if self._budget is None:
            self._budget = Budget()
        try:
            return read_template(source, self._budget)
        except InputError as error:
            return Unread(f"no template: {error.problem.reason}")

    def _kept(
        self, path: str, kept: dict[str, Found | Unread], read: Callable[[str], Found | Unread]
    ) -> Found | Unread:
        real = self._real(path)
        if isinstance(real, Unread):
            return real
        if real not in kept:
            kept[real] = read(real)
        return kept[real]

    def _real(self, path: str) -> str | Unread:
        """Where a path leads, links followed."""
        if path.startswith("~"):
            return Unread("in somebody's home, outside the repository")
        try:
            real = real_path(os.path.join(self._root, path))
        except ValueError:
            return Unread("not a path")
        except OSError as error:
            return self._not_had(posixpath.normpath(path), error)
        around = next((tree for tree in self._trusted if is_inside(real, tree)), None)
        if around is None:
            return Unread("outside the repository")
        if _PRIVATE in real[len(around) :].lower().split(os.sep):
            return Unread("what Git keeps for itself")
        return real

    def _read(self, real: str) -> bytes | Unread:
        if real not in self._data:
            if len(self._data) >= limits.READ_FILES:
                return Unread(limits.named(f"more than {limits.READ_FILES} files read by one module", "read-files"))
            try:
                self._data[real] = read_bytes(real, "read-file-bytes")
            except FileNotFoundError:
                self._data[real] = Missing("no such file")
            except ValueError as error:
                self._data[real] = Unread(reason_of(error))
            except OSError as error:
                self._data[real] = self._not_had(self._shown(real), error)
        return self._data[real]

    def _not_had(self, path: str, error: OSError) -> Unread:
        reason = reason_of(error)
        if not is_absence(error):
            self.failures[path] = Problem(path, f"cannot be read: {reason}")
        return Unread(reason)

    def _source(self, real: str) -> Source | Unread:
        data = self._read(real)
        if isinstance(data, Unread):
            return data
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return Unread("not UTF-8 text")
        if "\0" in text:
            return Unread("a NUL character in the text")
        # Terraform keeps texts in this form. The lines stay what they are.
        return Source(self._shown(real), unicodedata.normalize("NFC", text))

    def _template(self, real: str) -> Scalar | Template | Unread:
        source = self._kept(real, self._sources, self._source)
        if isinstance(source, Source) and source.text.startswith(BYTE_ORDER_MARK):
            # Of a template Terraform leaves the mark out, of a file it does not.
            source = Source(source.path, source.text[1:])
        return source if isinstance(source, Unread) else self.parsed(source)

    def _shown(self, real: str) -> str:
        return os.path.relpath(real, self._root).replace(os.sep, "/")


class Files(NamedTuple):
    """The files as the expressions of one module see them."""

    tree: Tree
    module: str
    """The directory of the module, relative to the root, POSIX."""

    @property
    def path_of_module(self) -> str:
        """`path.module` as Terraform prints it."""
        return posixpath.relpath(self.module, self.tree.directory)

    def place(self, path: str) -> str:
        """A path of an expression, relative to the root: Terraform is taken to be started in the root module."""
        return path if path.startswith("~") else posixpath.join(self.tree.directory, path)
