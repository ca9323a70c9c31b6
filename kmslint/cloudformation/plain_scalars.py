"""Scalars without quotes, as CloudFormation's YAML 1.1 reads them: booleans, and numbers that look like others.

`yes`, `No` and `ON` are booleans, written again as `true` and `false`. A number that begins with a zero is octal, and
an underscore is no part of a number. An account id with a zero before it and an 8 or a 9 in it is no octal number, and
CloudFormation takes it for a floating point number, which it writes in Java's notation: `1.2345678901E10`. Dates stay
texts.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
https://yaml.org/type/bool.html
https://yaml.org/type/int.html
"""

from __future__ import annotations

import re

from kmslint.model.lost_zeros import LostZero
from kmslint.syntax.tree import Scalar, Style

_WORDS = {"true": ("true", "yes", "on"), "false": ("false", "no", "off")}
_BOOLEANS = {
    spelt: truth for truth, words in _WORDS.items() for word in words for spelt in (word, word.title(), word.upper())
}
_DIGITS = re.compile("[0-9][0-9_]+\\Z")
_OCTAL = re.compile("0[0-7]{1,30}\\Z")
_ID = re.compile("[0-9]{12}\\Z")


def as_read(node: Scalar) -> str:
    """The text of a scalar, as CloudFormation reads it."""
    if node.style is not Style.PLAIN or node.tag:
        return node.text
    if node.text in _BOOLEANS:
        return _BOOLEANS[node.text]
    if not _DIGITS.match(node.text):
        return node.text
    digits = node.text.replace("_", "")
    if _OCTAL.match(digits):
        return str(int(digits, 8))
    if not digits.startswith("0"):
        return digits
    return _floating(digits.lstrip("0")) if _ID.match(digits) else node.text


def lost_zero(node: Scalar) -> LostZero | None:
    """The account id that a scalar is written as, if another number is read."""
    written = node.text.replace("_", "")
    read = as_read(node)
    if read == node.text or not (_ID.match(written) and written.startswith("0")):
        return None
    kind = "an octal" if _OCTAL.match(written) else "a floating point"
    return LostZero(written, read, f"YAML reads it as {kind} number", node.at)


def _floating(digits: str) -> str:
    """As Java writes a floating point number: https://docs.oracle.com/javase/8/docs/api/java/lang/Double.html"""
    if len(digits) < 8:
        return f"{digits}.0"
    return f"{digits[0]}.{digits[1:].rstrip('0') or '0'}E{len(digits) - 1}"
