"""An operating system of which one operation fails: the nth of those that concern a tree."""

from __future__ import annotations

import builtins
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn

ON_PATHS: Final = (
    "open",
    "stat",
    "lstat",
    "scandir",
    "listdir",
    "readlink",
    "access",
    "replace",
    "unlink",
    "chmod",
    "mkdir",
)
"""Functions of `os` that take a path first. `os.path` is built on them; imports are not."""
ON_DESCRIPTORS: Final = ("fstat", "fsync")
OUTPUT: Final = "<standard output>"
OUT_OF_MEMORY: Final = 0
"""In the place of an error number: Python has no memory left."""
_ON_FILES: Final = ("read", "write", "flush", "close")


class FailingSystem:
    """What stands between the program and the operating system."""

    def __init__(self, tree: str, nth: int, error: int) -> None:
        """Of the operations on the tree, from 1, the nth one fails with that error number; with 0 none does."""
        self.tree = tree
        self.nth = nth
        self.error = error
        self.done: list[str] = []
        """The operations that were asked for: `open a.yaml`."""
        self._open = open
        self._scandir = os.scandir
        self._descriptors: dict[int, str] = {}

    def install(self) -> None:
        """Take the place of the operating system, for the rest of the process."""
        for name in ON_PATHS:
            setattr(os, name, self._on_path(name, getattr(os, name)))
        for name in ON_DESCRIPTORS:
            setattr(os, name, self._on_descriptor(name, getattr(os, name)))
        builtins.open = self._opened  # type: ignore[assignment]
        output = io.BufferedWriter(_Output(self, sys.stdout.fileno()))
        sys.stdout = io.TextIOWrapper(output, encoding="utf-8", newline="\n")

    def asked(self, operation: str, path: str) -> None:
        """An operation is asked for: it is counted, and fails if it is its turn."""
        shown = path if path == OUTPUT else os.path.relpath(path, self.tree)
        self.done.append(f"{operation} {shown}")
        if len(self.done) == self.nth:
            self._fail(path)

    def _fail(self, path: str) -> NoReturn:
        if self.error == OUT_OF_MEMORY:
            raise MemoryError
        raise OSError(self.error, os.strerror(self.error), path)

    def _concerns(self, path: object) -> str | None:
        """The path, if it lies in the tree."""
        if isinstance(path, int):
            return self._descriptors.get(path)
        if not isinstance(path, str | bytes | os.PathLike):
            return None
        full = os.path.abspath(os.fsdecode(path))
        return full if full == self.tree or full.startswith(self.tree + os.sep) else None

    def _on_path(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: object = ".", *arguments: object, **options: object) -> object:
            concerned = self._concerns(path)
            if concerned is not None:
                self.asked(name, concerned)
            result = function(path, *arguments, **options)
            if concerned is not None and name == "open":
                self._descriptors[result] = concerned
            return _Entries(self, result) if concerned is not None and name == "scandir" else result

        return call

    def _on_descriptor(self, name: str, function: Callable[[int], object]) -> Callable[[int], object]:
        def call(descriptor: int) -> object:
            concerned = self._descriptors.get(descriptor)
            if concerned is not None:
                self.asked(name, concerned)
            return function(descriptor)

        return call

    def _opened(self, file: object, *arguments: Any, **options: Any) -> object:
        concerned = self._concerns(file)
        if concerned is None:
            return self._open(file, *arguments, **options)  # type: ignore[call-overload]
        self.asked("open", concerned)
        stream = self._open(file, *arguments, **options)  # type: ignore[call-overload]
        self._descriptors[stream.fileno()] = concerned
        return _File(self, stream, concerned)


class _File:
    """An open file."""

    def __init__(self, system: FailingSystem, stream: Any, path: str) -> None:
        self._system = system
        self._stream = stream
        self._path = path

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._stream, name)
        if name not in _ON_FILES:
            return found

        def call(*arguments: object) -> object:
            if name == "close":
                found()  # what fails to close is closed all the same
            self._system.asked(name, self._path)
            return None if name == "close" else found(*arguments)

        return call

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Entries:
    """What a directory holds."""

    def __init__(self, system: FailingSystem, entries: Any) -> None:
        self._system = system
        self._entries = entries

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        return iter(self._entries)

    def __enter__(self) -> _Entries:
        return self

    def __exit__(self, *_: object) -> None:
        self._entries.close()


class _Output(io.RawIOBase):
    """Standard output."""

    def __init__(self, system: FailingSystem, descriptor: int) -> None:
        self._system = system
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: Any) -> int:
        self._system.asked("write", OUTPUT)
        return os.write(self._descriptor, data)


NAMES: Final = ("EIO", "EACCES", "ENOENT", "EMFILE", "ENOSPC", "EPERM", "ELOOP", "memory")


def error_number(name: str) -> int:
    """The number of an error by its name; `memory` for none left."""
    found = OUT_OF_MEMORY if name == "memory" else getattr(errno, name, errno.EIO)
    assert isinstance(found, int)
    return found
