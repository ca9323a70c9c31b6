"""The text that HCL parsers are shown: as long as the source's, and ASCII, so that their offsets are the source's."""

from __future__ import annotations

import re

_FOREIGN = re.compile("[^\x01-\x7f]")


def twin(text: str) -> str:
    """The text with each character beyond ASCII replaced by one of the same use.

    A letter that may stand in a name becomes `x`, a blank becomes a blank (HCL allows every blank behind
    the end marker of a heredoc); anything else becomes `@`, which HCL takes in strings and comments
    only, as it does NUL. What the characters were is read from the source.
    """
    return text if text.isascii() and "\0" not in text else _FOREIGN.sub(_substitute, text)


def _substitute(match: re.Match[str]) -> str:
    if match[0].isspace():
        return " "
    return "x" if ("x" + match[0]).isidentifier() else "@"
