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


def read_bytes(path: str, most: int = limits.FILE_BYTES) -> bytes:
    """The bytes of a regular file that has no more than `most` of them. `path` is a real one: where a link has taken
    the place of the file since somebody asked where it leads, it is not followed.

    Raises OSError, or ValueError for what is no regular file or too large.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(most + 1)
    finally:
        os.close(descriptor)
    if len(data) > most:
        raise ValueError(f"larger than {most} bytes")
    return data


def reason_of(error: OSError | ValueError) -> str:
    """Why a file could not be read, in lower case."""
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).lower()
