"""Texts, numbers and booleans: Terraform's conversions between them, and values as JSON text.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints#conversion-of-primitive-types
"""

from __future__ import annotations

import json
import re

from kmslint import limits
from kmslint.location import Location
from kmslint.terraform.scope import here
from kmslint.terraform.shapes import Absent, Failure, Unordered, is_certain, members
from kmslint.values import Encoded, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value, text

_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?\Z")
_DIGITS = 300
"""Longer numbers are left alone: nobody's policy hangs on one."""

_HTML = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def number(spelt: str) -> str | None:
    """A number as Terraform prints it: `1.0` is `1`, `1e3` is `1000`; None if it is none or too long."""
    match = _NUMBER.match(spelt)
    if match is None or len(spelt) > _DIGITS:
        return None
    sign, whole, fraction, exponent = match.group(1), match.group(2), match.group(3) or "", int(match.group(4) or 0)
    if abs(exponent) > _DIGITS:
        return None
    point = len(whole) + exponent
    digits = (whole + fraction).rjust(len(whole) + len(fraction) + max(0, -point), "0")
    point = max(point, 0) if point >= 0 else 0
    digits = digits.ljust(point, "0")
    head, tail = digits[:point].lstrip("0") or "0", digits[point:].rstrip("0")
    result = f"{head}.{tail}" if tail else head
    return result if result == "0" else sign + result


def integer(value: Value) -> int | None:
    """The whole number a value is, if it certainly is one."""
    literal = value.literal if isinstance(value, Text) else None
    spelt = number(literal) if literal is not None else None
    return int(spelt) if spelt is not None and "." not in spelt else None


def truth(value: Value) -> bool | None:
    """True or False, if the value certainly is one or converts to one."""
    literal = value.literal if isinstance(value, Text) else None
    return {"true": True, "false": False}.get(literal) if literal is not None else None


def of_bool(answer: bool, at: Location) -> Text:
    return text("true" if answer else "false", at, typed=True)


def of_int(count: int, at: Location) -> Text:
    return text(str(count), at, typed=True)


def as_text(value: Value) -> Text | None:
    """A scalar as a string, an unknown one as its hole; None if it certainly does not convert to one."""
    if isinstance(value, Text):
        return value._replace(typed=False) if value.typed else value
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
        return inner is not None and _put(_quoted(inner), pieces, room)
    if isinstance(value, Items):
        return is_certain(value) and not _unordered(value) and _write_list(value, pieces, room)
    if isinstance(value, Fields):
        return _write_map(value, pieces, room)
    return False


def _unordered(items: Items) -> bool:
    """Whether Terraform goes through the elements in an order of its own."""
    return isinstance(items, Unordered) and not all(isinstance(item, Text) for item in items.items)


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
        pieces.append(f"{',' if index else ''}{_quoted(name)}:")
        if not _put("", pieces, room) or not _write(named[name].value, pieces, room):
            return False
    return _put("}", pieces, room)


def _scalar(value: Text) -> str | None:
    literal = value.literal
    if literal is None or not value.typed:
        return _quoted(literal) if literal is not None else None
    return literal if literal in ("true", "false") else number(literal)


def _quoted(literal: str) -> str:
    return json.dumps(literal, ensure_ascii=False).translate(_HTML)
