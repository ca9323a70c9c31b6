"""Questions to the file system that tell "no" from "nobody knows".

`os.path` says that a file is not there where a disk or a network has failed. A run would then pass over a
configuration, a called module or a link, and say nothing.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

_ABSENT: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
"""There is no such thing, there cannot be, or only a link that leads nowhere."""


def is_absence(error: OSError) -> bool:
    """Whether an operation failed because there is no such thing, rather than on what is there."""
    return error.errno in _ABSENT


def real_path(path: str) -> str:
    """Where a path leads, links followed, as far as there is anything. Raises OSError where that cannot be told,
    and ValueError for what is no path."""
    try:
        return os.path.realpath(path, strict=True)
    except OSError as error:
        if not is_absence(error):
            raise
    return os.path.realpath(path)


def is_there(path: str) -> bool:
    """Whether there is anything, if only a link that leads nowhere. Raises OSError where that cannot be told."""
    return _mode(path, follow=False) is not None


def is_directory(path: str) -> bool:
    """Whether a directory is there, or a link to one. Raises OSError where that cannot be told."""
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def is_file(path: str) -> bool:
    """Whether a regular file is there, or a link to one. Raises OSError where that cannot be told."""
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def _mode(path: str, follow: bool = True) -> int | None:
    try:
        return (os.stat(path) if follow else os.lstat(path)).st_mode
    except OSError as error:
        if is_absence(error):
            return None
        raise
    except ValueError:  # a null character
        return None
