"""Whether a value, of which parts may not be known, fits what Terraform came to."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from kmslint.terraform.kinds import Loose, in_order
from kmslint.terraform.shapes import Absent, Each, Failure, SetItems, is_shadowed, may_be_absent
from kmslint.values import Choice, Encoded, Fields, Items, Null, Text, Unknown, Value

Data = Any
"""What JSON's reader gives, numbers as Decimals."""


def read(document: str) -> Data:
    return json.loads(document, parse_float=Decimal, parse_int=Decimal)


def fits(value: Value, data: Data) -> bool:
    """Whether what is known of the value is true of the data."""
    if isinstance(value, Failure):
        return False
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Choice):
        return fits(value.when_true, data) or fits(value.when_false, data)
    if isinstance(value, Text):
        return _text(value, data)
    if isinstance(value, Null):
        return data is None and not isinstance(value, Absent)
    if isinstance(value, Encoded):
        return isinstance(data, str) and _is_json(data) and fits(value.value, read(data))
    if isinstance(value, Items):
        if data is None:
            # `toset(null)` is null.
            is_set = isinstance(value, SetItems) or len(value.items) == 1
            return is_set and any(isinstance(item, Unknown) and item.spread for item in value.items)
        return isinstance(data, list) and _items(value, data)
    return isinstance(data, dict) and _fields(value, data)


def _is_json(document: str) -> bool:
    try:
        json.loads(document)
    except ValueError:
        return False
    return True


def _text(value: Text, data: Data) -> bool:
    literal = value.literal
    if isinstance(value, Loose):
        spelt = str(data).lower() if isinstance(data, bool) else data
        return isinstance(data, (str, bool, Decimal)) and (spelt == literal or _same_number(literal, data))
    if value.typed:
        if isinstance(data, bool):
            return literal == str(data).lower()
        return isinstance(data, Decimal) and _same_number(literal, data)
    if literal is not None:
        return bool(data == literal)
    pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in value.parts)
    return isinstance(data, str) and re.fullmatch(pattern, data, re.DOTALL) is not None


def _same_number(literal: str | None, data: Data) -> bool:
    try:
        return Decimal(literal or "x") == Decimal(str(data))
    except ArithmeticError:
        return False


def _items(value: Items, data: list[Data]) -> bool:
    if not in_order(value):
        return _unordered(value, data)
    # Which stretches of the data the elements so far may have come to.
    ends = {0}
    for item in value.items:
        ends = {end for start in ends for end in _after(item, data, start)}
    return len(data) in ends


def _after(item: Value, data: list[Data], start: int) -> set[int]:
    """Where an element may end that begins at a place of the data."""
    if isinstance(item, Unknown) and item.spread:
        return set(range(start, len(data) + 1))
    if isinstance(item, Each):
        body = item.when_false if isinstance(item.when_true, Absent) else item.when_true
        ends = {start}
        while start < len(data) and fits(body, data[start]):
            start += 1
            ends.add(start)
        return ends
    if isinstance(item, Choice) and may_be_absent(item):
        return _after(item.when_true, data, start) | _after(item.when_false, data, start)
    if isinstance(item, Absent):
        return {start}
    return {start + 1} if start < len(data) and fits(item, data[start]) else set()


def _unordered(value: Items, data: list[Data]) -> bool:
    """Two elements that are not known may be one: every element is there, and nothing else is."""
    bodies = [_body(item) for item in value.items]
    certain = [item for item in value.items if not may_be_absent(item)]
    present = all(any(fits(item, one) for one in data) for item in certain)
    return present and all(any(fits(body, one) for body in bodies) for one in data) and len(data) <= _most(value)


def _body(item: Value) -> Value:
    """What an element is if it is there."""
    if isinstance(item, Unknown):
        return item._replace(spread=False)
    return item


def _most(value: Items) -> float:
    several = any(isinstance(item, Each) or (isinstance(item, Unknown) and item.spread) for item in value.items)
    return float("inf") if several else len(value.items)


def _fields(value: Fields, data: dict[str, Data]) -> bool:
    named = {str(field.name): field.value for field in value.fields if field.name.literal is not None}
    for name, member in named.items():
        if name not in data:
            if not may_be_absent(member):
                return False
        elif not fits(_body(member), data[name]) and not _comes_from_another(value, name, member):
            return False
    extra = set(data) - set(named)
    return not extra or bool(value.spread) or any(field.name.literal is None for field in value.fields)


def _comes_from_another(value: Fields, name: str, member: Value) -> bool:
    """Whether the member of that name may be another one: of an unknown map if it is absent, or of unknown name."""
    return is_shadowed(value, name) or (bool(value.spread) and isinstance(member, Absent))
