"""Puts words into a file of the user's, and changes nothing else of it: the bytes around them stay what they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from kmslint.looking import real_path
from kmslint.reading import is_inside, read_bytes, reason_of
from kmslint.syntax.bytes import encoding_of
from kmslint.whole_files import replace_whole

_PRIVATE = frozenset({".git", ".terraform", ".terragrunt-cache", "node_modules"})
"""What is in there is not the user's to change."""


class Insertion(NamedTuple):
    """A text that comes to stand before an offset of another."""

    offset: int
    text: str


class UnwritableError(Exception):
    """A file is left as it is; says why, in lower case."""


class UnwrittenError(UnwritableError):
    """The system did not give the file, or did not take it."""


def read_own(root: str, path: str) -> bytes:
    """The bytes of a file that may be changed: below the root, and behind no link. Raises UnwritableError."""
    full = own_path(root, path)
    try:
        data = read_bytes(full)
    except OSError as error:
        raise UnwrittenError(reason_of(error)) from None
    except ValueError as error:
        raise UnwritableError(reason_of(error)) from None
    if not os.access(full, os.W_OK):
        raise UnwritableError("it may not be written")
    return data


def own_path(root: str, path: str) -> str:
    """Where a file is that may be changed, below the root and behind no link. Raises UnwritableError."""
    try:
        real = real_path(root)
        full = os.path.normpath(os.path.join(real, path))
        followed = real_path(full)
    except OSError as error:
        raise UnwrittenError(reason_of(error)) from None
    except ValueError as error:
        raise UnwritableError(reason_of(error)) from None
    if not is_inside(full, real):
        raise UnwritableError("it lies outside of the repository")
    if _PRIVATE & set(full[len(real) :].lower().split(os.sep)):
        raise UnwritableError("it belongs to another program")
    if followed != full:
        raise UnwritableError("a symbolic link leads to it")
    return full


def inserted(data: bytes, text: str, insertions: Sequence[Insertion]) -> bytes:
    """The bytes with the insertions, in the encoding that they have; `text` is what they say, without its mark."""
    mark, encoding = encoding_of(data)
    pieces: list[bytes] = [mark]
    position = 0
    for insertion in sorted(insertions, key=lambda one: one.offset):
        pieces += (text[position : insertion.offset].encode(encoding), insertion.text.encode(encoding))
        position = insertion.offset
    pieces.append(text[position:].encode(encoding))
    return b"".join(pieces)


def replace(root: str, path: str, old: bytes, new: bytes) -> None:
    """Puts new bytes in the place of the old ones in one step: a reader sees either. Raises UnwritableError, if
    only because the system did not take them UnwrittenError."""
    full = own_path(root, path)

    def unchanged() -> None:
        if read_own(root, path) != old:
            raise UnwritableError("it has changed in the meantime")

    try:
        replace_whole(full, new, stat.S_IMODE(os.lstat(full).st_mode), unchanged)
    except OSError as error:
        raise UnwrittenError(reason_of(error)) from None
