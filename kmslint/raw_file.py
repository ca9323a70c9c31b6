"""A file as it is on disk."""

from typing import NamedTuple


class RawFile(NamedTuple):
    """A file's bytes, read once."""

    path: str
    """Relative to the root, POSIX."""
    data: bytes
    named: bool
    """Given on the command line, rather than found below a directory."""
