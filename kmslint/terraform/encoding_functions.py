"""Terraform's functions that encode texts, and digest them.

https://developer.hashicorp.com/terraform/language/functions/base64encode
"""

from __future__ import annotations

import re

from kmslint import limits
from kmslint.terraform import parameters
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.digests import DIGESTS, Change, base64_of
from kmslint.terraform.text_functions import known_text
from kmslint.values import Value, text

_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*\Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_NAMESPACES = {
    "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}
_ENCODINGS = {"utf-8": "utf-8", "utf-16le": "utf-16-le"}
"""Of the many encodings that Terraform knows, those of which nobody doubts what they mean."""


def _of_bytes(change: Change) -> Function:
    """A function of the UTF-8 of a text."""

    def body(given: Given) -> Value:
        known = known_text(given, 0)
        result = None if known is None else change(known.encode())
        if result is None:
            return given.unknown()
        return given.beyond("text") if len(result) > limits.TEXT else text(result, given.at)

    return Function(body, (parameters.string,))


def _base64decode(given: Given) -> Value:
    return _decoded(given, "utf-8")


def _textdecode(given: Given) -> Value:
    encoding = _ENCODINGS.get((known_text(given, 1) or "").lower())
    return given.unknown() if encoding is None else _decoded(given, encoding)


def _decoded(given: Given, encoding: str) -> Value:
    """The text that Base64 hides. Where it is none, it is left to Terraform to say so."""
    known = known_text(given, 0)
    if known is None or not _BASE64.match(known):
        return given.unknown()
    from base64 import b64decode  # few modules decode anything

    written = known.replace("\r", "").replace("\n", "")
    if len(written) % 4:  # until 3.12 Python takes a "=" too many
        return given.unknown()
    try:
        data = b64decode(written, validate=True)
        return text(data.decode(encoding), given.at)
    except ValueError:
        return given.unknown()


def _textencode(given: Given) -> Value:
    known, encoding = known_text(given, 0), _ENCODINGS.get((known_text(given, 1) or "").lower())
    if known is None or encoding is None:
        return given.unknown()
    result = base64_of(known.encode(encoding))
    return text(result, given.at) if len(result) <= limits.TEXT else given.beyond("text")


def _uuidv5(given: Given) -> Value:
    space, name = known_text(given, 0), known_text(given, 1)
    if space is None or name is None:
        return given.unknown()
    # Other spellings of a UUID are left to Terraform.
    spelt = _NAMESPACES.get(space, space.lower())
    if not _UUID.match(spelt):
        return given.unknown()
    from uuid import UUID, uuid5  # few modules make names of this kind

    return text(str(uuid5(UUID(spelt), name)), given.at)


def _urlencoded(data: bytes) -> str:
    from urllib.parse import quote_plus  # 2 ms, and few modules make addresses

    return quote_plus(data)


_TWO_STRINGS = (parameters.string, parameters.string)

ENCODING_FUNCTIONS: dict[str, Function] = {
    "base64decode": Function(_base64decode, (parameters.string,)),
    "base64encode": _of_bytes(base64_of),
    **{name: _of_bytes(change) for name, change in DIGESTS.items()},
    "textdecodebase64": Function(_textdecode, _TWO_STRINGS),
    "textencodebase64": Function(_textencode, _TWO_STRINGS),
    "urlencode": _of_bytes(_urlencoded),
    "uuidv5": Function(_uuidv5, _TWO_STRINGS),
}
