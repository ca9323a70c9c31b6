"""Reading a file once, whatever it turns out to be: no pipe is waited for, no device drained."""

from __future__ import annotations

import os
import stat
from typing import Final

from kmslint import limits

_FLAGS: Final = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"))


def is_inside(real: str, directory: str) -> bool:
    """Whether a real path is a real directory or lies below it."""
    return real == directory or real.startswith(directory.rstrip(os.sep) + os.sep)


def over(limit: str) -> str:
    """The words for a file that is larger than that bound."""
    return limits.named(f"larger than {limits.value_of(limit)} bytes", limit)


def read_bytes(path: str, limit: str = "file-bytes") -> bytes:
    """The bytes of a regular file that has no more of them than the bound of that name. `path` is a real one: where a
    link has taken the place of the file since somebody asked where it leads, it is not followed.

    Raises OSError, or ValueError for what is no regular file or too large.
    """
    most = limits.value_of(limit)
    descriptor = os.open(path, _FLAGS)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            # Room is made for all that is asked for: a file that says how long it is gets no more.
            data = file.read(min(found.st_size, most) + 1)
            if len(data) > found.st_size:
                data += file.read(most + 1 - len(data))  # it grew, or never told, as in /proc
    finally:
        os.close(descriptor)
    if len(data) > most:
        raise ValueError(over(limit))
    return data


def reason_of(error: OSError | ValueError) -> str:
    """Why a file could not be read, in lower case."""
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
