"""Where a configuration is looked for. Where there is none this costs three looks at a directory, and no import."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kmslint.errors import ConfigError, Problem
from kmslint.looking import is_directory, is_file, is_there, real_path
from kmslint.reading import is_inside, read_bytes, reason_of
from kmslint.settings import CONFIG_FILE

PROJECT_FILE: Final = "pyproject.toml"
_OTHER_SPELLING: Final = ".kmslint.yml"


class Found(NamedTuple):
    """A file that holds a configuration, or may hold one."""

    path: str
    shown: str
    """As messages name it."""
    data: bytes


def find_config(paths: Sequence[str], root: str) -> Iterator[Found]:
    """What is beside the given paths or above them, the nearest first; nothing above the root.

    Raises ConfigError for a file that cannot be read or leads out of the root, and where nobody can tell of one.
    """
    directory = _start(paths, root)
    while True:
        try:
            yield from _in(directory, root)
        except OSError as error:
            there = _shown(os.path.join(directory, CONFIG_FILE), root)
            raise ConfigError((Problem(there, f"nobody can tell whether it is there: {reason_of(error)}"),)) from None
        if directory == root or directory == os.path.dirname(directory):
            return
        directory = os.path.dirname(directory)


def named_config(path: str, root: str) -> Found:
    """The file that `--config` names, wherever it lies; but what is named in the tree lies there.

    Raises ConfigError if it cannot be read, or is a link out of the tree: mistakes in it would show what it holds.
    """
    try:
        real = real_path(path)
        leads_out = not is_inside(real, root) and any(is_inside(real_path(one), root) for one in _above(path))
    except (OSError, ValueError) as error:
        raise ConfigError((Problem(path, f"cannot be read: {reason_of(error)}"),)) from None
    if leads_out:
        raise ConfigError((Problem(path, "is a link that leads out of the tree"),))
    return Found(real, path, _read(real, path))


def _above(path: str) -> Iterator[str]:
    """The directories that a path leads through, as it is spelt."""
    directory = os.path.dirname(os.path.abspath(path))
    while directory != os.path.dirname(directory):
        yield directory
        directory = os.path.dirname(directory)


def _start(paths: Sequence[str], root: str) -> str:
    """The directory that all of the paths are in, whatever their order."""
    try:
        real = [real_path(path) for path in paths if path != "-"] or [root]
        common = os.path.commonpath([one if is_directory(one) else os.path.dirname(one) for one in real])
    except (OSError, ValueError):  # on several drives, or it will be said that a path cannot be read
        return root
    return common if is_inside(common, root) else root


def _in(directory: str, root: str) -> Iterator[Found]:
    own, project = os.path.join(directory, CONFIG_FILE), os.path.join(directory, PROJECT_FILE)
    if is_there(own):
        yield _inside(own, root)
    elif is_there(os.path.join(directory, _OTHER_SPELLING)):
        other = _shown(os.path.join(directory, _OTHER_SPELLING), root)
        raise ConfigError((Problem(other, f"is not read: call it {CONFIG_FILE}"),))
    if is_file(project) and is_inside(real_path(project), root):
        found = _inside(project, root)
        if b"kmslint" in found.data:
            yield found


def _inside(path: str, root: str) -> Found:
    shown = _shown(path, root)
    real = real_path(path)
    if not is_inside(real, root):
        raise ConfigError((Problem(shown, "is a link that leads out of the tree"),))
    return Found(path, shown, _read(real, shown))


def _shown(path: str, root: str) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


def _read(path: str, shown: str) -> bytes:
    try:
        return read_bytes(path, "config-bytes")
    except (OSError, ValueError) as error:
        raise ConfigError((Problem(shown, f"cannot be read: {reason_of(error)}"),)) from None
