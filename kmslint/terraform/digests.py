"""Base64 and digests of bytes, as texts: of what a text is in UTF-8, and of what a file holds.

https://developer.hashicorp.com/terraform/language/functions/sha256
"""

from __future__ import annotations

from collections.abc import Callable

Change = Callable[[bytes], str]


def base64_of(data: bytes) -> str:
    from base64 import b64encode  # few modules encode anything

    return b64encode(data).decode("ascii")


def _digest(algorithm: str, data: bytes) -> bytes:
    import hashlib  # 3 ms, and few modules digest anything

    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _hex(algorithm: str) -> Change:
    return lambda data: _digest(algorithm, data).hex()


DIGESTS: dict[str, Change] = {
    "base64sha256": lambda data: base64_of(_digest("sha256", data)),
    "base64sha512": lambda data: base64_of(_digest("sha512", data)),
    "md5": _hex("md5"),
    "sha1": _hex("sha1"),
    "sha256": _hex("sha256"),
    "sha512": _hex("sha512"),
}
"""By the function of a text; that of a file has the same name behind `file`."""
