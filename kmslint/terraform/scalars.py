"""Texts, numbers and booleans: Terraform's conversions between them, and values as JSON text.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints#conversion-of-primitive-types
"""

from __future__ import annotations

import json
import re

from kmslint import limits
from kmslint.location import Location
from kmslint.terraform.kinds import Loose, in_order
from kmslint.terraform.scope import here
from kmslint.terraform.shapes import Absent, Failure, is_certain, members
from kmslint.values import Encoded, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value, text

_NUMBER = re.compile(r"([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?\Z")
_NO_NUMBER = re.compile(r"[^0-9]*\Z|.*[^0-9.+eEpP_-]|.*[0-9][+-]", re.DOTALL)
"""Certainly none: without a digit, or with a character that no spelling of a number has."""

_DIGITS = 150
"""Terraform keeps 512 bits of a number. Longer ones are left alone: nobody's policy hangs on one."""

_HTML = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_VERSIONED = re.compile("[\b\f]")
"""Terraform writes these in JSON as `\\u0008` or as `\\b`, depending on its version."""


def number(spelt: str) -> str | None:
    """A number as Terraform prints it: `1.0` is `1`, `1e3` is `1000`.

    None if it is none, or if it is too long, or the negative zero that Terraform has.
    """
    match = _NUMBER.match(spelt) if len(spelt) <= 2 * _DIGITS else None
    if match is None:
        return None
    sign, whole, fraction = match[1].replace("+", ""), match[2] or "", match[3] or match[4] or ""
    exponent = int(match[5] or 0)
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return None if sign else "0"
    point = len(digits) - len(fraction) + exponent
    if max(len(digits), abs(point), len(digits) - point) > _DIGITS:
        return None
    digits = digits.ljust(point, "0")
    head, tail = (digits[:point], digits[point:]) if point > 0 else ("0", digits.rjust(len(digits) - point, "0"))
    tail = tail.rstrip("0")
    return f"{sign}{head}.{tail}" if tail else f"{sign}{head}"


def is_numeral(spelt: str) -> bool | None:
    """Whether a text converts to a number; None where that is not certain."""
    if number(spelt) is not None:
        return True
    return False if _NO_NUMBER.match(spelt) else None


def integer(value: Value) -> int | None:
    """The whole number a value is, if it certainly is one."""
    literal = value.literal if isinstance(value, Text) else None
    spelt = number(literal) if literal is not None else None
    return int(spelt) if spelt is not None and "." not in spelt else None


def is_fraction(value: Value) -> bool:
    """Whether a value certainly is a number, and not a whole one."""
    spelt = number(value.literal) if isinstance(value, Text) and value.literal else None
    return spelt is not None and "." in spelt


def truth(value: Value) -> bool | None:
    """True or False, if the value certainly is one or is spelt like one."""
    literal = value.literal if isinstance(value, Text) else None
    return {"true": True, "false": False}.get(literal) if literal is not None else None


def as_bool(value: Value) -> bool | None:
    """True or False, if the value certainly converts to one: a condition may be `"1"` too."""
    if isinstance(value, Encoded):  # the text of `true` is one of these, too
        return as_bool(as_text(value) or value.value)
    known = truth(value)
    if known is None and isinstance(value, Text) and (not value.typed or isinstance(value, Loose)):
        return {"1": True, "0": False}.get(value.literal or "")
    return known


def of_bool(answer: bool, at: Location) -> Text:
    return text("true" if answer else "false", at, typed=True)


def of_int(count: int, at: Location) -> Text:
    return text(str(count), at, typed=True)


def as_text(value: Value) -> Text | None:
    """A scalar as a string, an unknown one as its hole; None if it certainly does not convert to one."""
    if isinstance(value, Text):
        return Text(value.parts, value.at, False, value.pieces) if value.typed or isinstance(value, Loose) else value
    if isinstance(value, Failure):
        return None
    if isinstance(value, Unknown):
        return Text((value.hole,), value.at)
    if isinstance(value, Encoded):
        spelt = to_json(value.value)
        part = spelt if spelt is not None else Hole(HoleKind.EXPRESSION, "jsonencode(...)", here(value.at))
        return Text((part,), value.at, False, (value,))
    return None


def to_json(value: Value) -> str | None:
    """The text that `jsonencode` gives, if all of the value is known and it is not too long."""
    pieces: list[str] = []
    return "".join(pieces) if _write(value, pieces, [limits.TEXT]) else None


def _write(value: Value, pieces: list[str], room: list[int]) -> bool:
    if isinstance(value, Text):
        spelt = _scalar(value)
        return spelt is not None and _put(spelt, pieces, room)
    if isinstance(value, Null):
        return not isinstance(value, Absent) and _put("null", pieces, room)
    if isinstance(value, Encoded):
        inner = to_json(value.value)
        spelt = None if inner is None else quoted(inner)
        return spelt is not None and _put(spelt, pieces, room)
    if isinstance(value, Items):
        return is_certain(value) and in_order(value) and _write_list(value, pieces, room)
    if isinstance(value, Fields):
        return _write_map(value, pieces, room)
    return False


def _put(spelt: str, pieces: list[str], room: list[int]) -> bool:
    pieces.append(spelt)
    room[0] -= len(spelt)
    return room[0] >= 0


def _write_list(items: Items, pieces: list[str], room: list[int]) -> bool:
    pieces.append("[")
    for index, item in enumerate(items.items):
        if index:
            pieces.append(",")
        if not _write(item, pieces, room):
            return False
    return _put("]", pieces, room)


def _write_map(fields: Fields, pieces: list[str], room: list[int]) -> bool:
    named = members(fields)
    if named is None or fields.spread:
        return False
    pieces.append("{")
    for index, name in enumerate(sorted(named)):
        spelt = quoted(name)
        if spelt is None or not _put(f"{',' if index else ''}{spelt}:", pieces, room):
            return False
        if not _write(named[name].value, pieces, room):
            return False
    return _put("}", pieces, room)


def _scalar(value: Text) -> str | None:
    literal = value.literal
    if literal is None or isinstance(value, Loose):
        return None
    if not value.typed:
        return quoted(literal)
    return literal if literal in ("true", "false") else number(literal)


def quoted(literal: str) -> str | None:
    """A text in JSON's quotes; None where that differs between versions of Terraform."""
    if _VERSIONED.search(literal):
        return None
    return json.dumps(literal, ensure_ascii=False).translate(_HTML)
