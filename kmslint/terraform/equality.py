"""Whether two values are the same to Terraform, as far as that is certain."""

from __future__ import annotations

from collections.abc import Iterable

from kmslint.terraform.scalars import number
from kmslint.terraform.shapes import Absent, SetItems, Unordered, is_certain, members
from kmslint.values import Choice, Encoded, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are the same to Terraform, as far as that is certain."""
    if isinstance(left, (Unknown, Choice, Absent)) or isinstance(right, (Unknown, Choice, Absent)):
        return None
    if isinstance(left, Null) or isinstance(right, Null):
        return isinstance(left, Null) and isinstance(right, Null)
    if isinstance(left, Text) and isinstance(right, Text):
        return _same_text(left, right)
    if isinstance(left, Items) and isinstance(right, Items):
        return _same_items(left, right)
    if isinstance(left, Fields) and isinstance(right, Fields):
        return _same_fields(left, right)
    if isinstance(left, Encoded) or isinstance(right, Encoded):
        return _same_encoded(left, right)
    return False


def _same_text(left: Text, right: Text) -> bool | None:
    if left.literal is not None and right.literal is not None:
        if left.typed != right.typed:
            return False
        return left.literal == right.literal or (
            left.typed and number(left.literal) == number(right.literal) is not None
        )
    if len(left.parts) == len(right.parts) and all(map(_same_part, left.parts, right.parts)):
        return True
    return None if _may_agree(left, right) and _may_agree(right, left) else False


def _same_part(left: str | Hole, right: str | Hole) -> bool:
    return left.same(right) if isinstance(left, Hole) and isinstance(right, Hole) else left == right


def _may_agree(known: Text, other: Text) -> bool:
    """Whether what stands literally at the ends of the one may be that of the other."""
    literal = known.literal
    if literal is None:
        return True
    first, last = other.parts[0], other.parts[-1]
    if not literal and any(isinstance(part, Hole) and part.kind is HoleKind.RESOURCE for part in other.parts):
        return False
    return (isinstance(first, Hole) or literal.startswith(first)) and (isinstance(last, Hole) or literal.endswith(last))


def _same_items(left: Items, right: Items) -> bool | None:
    if isinstance(left, Unordered) or isinstance(right, Unordered) or not (is_certain(left) and is_certain(right)):
        sets = isinstance(left, SetItems) and isinstance(right, SetItems)
        return True if sets and left.items == right.items and is_certain(left) else None
    if len(left.items) != len(right.items):
        return False
    return _all(equal(one, other) for one, other in zip(left.items, right.items, strict=True))


def _same_fields(left: Fields, right: Fields) -> bool | None:
    first, second = members(left), members(right)
    if first is None or second is None or left.spread or right.spread:
        return None
    if first.keys() != second.keys():
        return False
    return _all(equal(first[name].value, second[name].value) for name in first)


def _all(answers: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        result = result and answer
    return result


def _same_encoded(left: Value, right: Value) -> bool | None:
    """The text of an encoded value is never empty, and never that of another kind of value."""
    for one in (left, right):
        if not isinstance(one, (Encoded, Text)) or (isinstance(one, Text) and one.literal == ""):
            return False
    return None
