"""Bytes of a file -> its text. Whatever is not certainly text is refused, at the byte or line where it is not."""

from __future__ import annotations

import codecs

from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""In the order in which they have to be looked for: UTF-32's begins with UTF-16's."""


def encoding_of(data: bytes) -> tuple[bytes, str]:
    """The byte order mark that a text begins with, which may be empty, and the encoding of the rest."""
    return next(((mark, name) for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), (b"", "utf-8"))


def decode(path: str, data: bytes) -> Source:
    """The source whose bytes these are: UTF-8, or what a byte order mark says; the mark is left out.

    Raises InputError where the bytes are not text in that encoding, or the text holds a NUL character.
    """
    mark, encoding = encoding_of(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"not {encoding.upper()} text: byte {len(mark) + error.start} does not belong there"
        raise InputError(Problem(path, reason)) from error
    source = Source(path, text)
    nul = text.find("\0")
    if nul >= 0:
        raise InputError(Problem(path, "a NUL character in the text", Location(source, nul, nul + 1)))
    return source
