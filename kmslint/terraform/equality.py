"""Whether two values are the same to Terraform, as far as that is certain.

https://developer.hashicorp.com/terraform/language/expressions/operators#equality-operators
"""

from __future__ import annotations

from collections.abc import Iterable

from kmslint.terraform.kinds import (
    ListItems,
    Loose,
    MapFields,
    ObjectFields,
    TupleItems,
    Untyped,
    has_length,
    in_order,
)
from kmslint.terraform.scalars import number, to_json
from kmslint.terraform.shapes import SetItems, Unordered, is_instance, may_be_absent, members
from kmslint.values import Choice, Encoded, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are the same to Terraform: for values of different types, they never are."""
    if (isinstance(left, Null) and _is_instance(right)) or (isinstance(right, Null) and _is_instance(left)):
        return False
    if isinstance(left, (Unknown, Choice)) or isinstance(right, (Unknown, Choice)):
        return None
    if isinstance(left, Null) or isinstance(right, Null):
        return None if _may_be_null(left) or _may_be_null(right) else isinstance(left, Null) and isinstance(right, Null)
    if isinstance(left, Text) and isinstance(right, Text):
        return _same_text(left, right)
    if isinstance(left, Items) and isinstance(right, Items):
        return _same_items(left, right)
    if isinstance(left, Fields) and isinstance(right, Fields):
        return _same_fields(left, right)
    return _same_encoded(left, right)


def _is_instance(value: Value) -> bool:
    """Whether it is a resource or a module as a whole, which is never null."""
    return isinstance(value, Unknown) and is_instance(value.hole)


def _may_be_null(value: Value) -> bool:
    """Whether it is the set of what nobody knows: `toset(null)` is null."""
    return isinstance(value, SetItems) and any(isinstance(item, Unknown) and item.spread for item in value.items)


def _part(left: Value, right: Value) -> bool | None:
    """As `equal`; but two nulls inside of lists or maps may differ in the type they have."""
    if isinstance(left, Null) and isinstance(right, Null):
        return True if isinstance(left, Untyped) and isinstance(right, Untyped) else None
    return equal(left, right)


def _same_text(left: Text, right: Text) -> bool | None:
    if isinstance(left, Loose) or isinstance(right, Loose):
        return None
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
    if known.typed:
        # What is put together of several parts is a string.
        return False
    first, last = other.parts[0], other.parts[-1]
    if not literal and any(isinstance(part, Hole) and part.kind is HoleKind.RESOURCE for part in other.parts):
        return False
    return (isinstance(first, Hole) or literal.startswith(first)) and (isinstance(last, Hole) or literal.endswith(last))


def _same_items(left: Items, right: Items) -> bool | None:
    kinds = {type(left), type(right)}
    if len(kinds) == 2 and kinds <= {TupleItems, ListItems, SetItems}:
        return False
    if has_length(left) and has_length(right) and len(left.items) != len(right.items):
        return False
    if not (has_length(left) and has_length(right) and in_order(left) and in_order(right)):
        return None
    answer = _all(_part(one, other) for one, other in zip(left.items, right.items, strict=True))
    if answer is False:
        return False
    # An empty list is of some type too, which nobody knows.
    sure = kinds.isdisjoint((Unordered, Items))
    return answer if sure and (left.items or kinds == {TupleItems}) else None


def _same_fields(left: Fields, right: Fields) -> bool | None:
    kinds = {type(left), type(right)}
    if kinds == {ObjectFields, MapFields}:
        return False
    first, second = members(left), members(right)
    if first is None or second is None or left.spread or right.spread:
        return None
    if any(may_be_absent(field.value) for field in (*left.fields, *right.fields)):
        return None
    if first.keys() != second.keys():
        return False
    answer = _all(_part(first[name].value, second[name].value) for name in first)
    if answer is False:
        return False
    return answer if Fields not in kinds and (first or kinds == {ObjectFields}) else None


def _all(answers: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        result = result and answer
    return result


def _same_encoded(left: Value, right: Value) -> bool | None:
    """Of values of two kinds. The text of an encoded one is never empty, and never that of another kind of value."""
    spelt = [_encoded_text(one) for one in (left, right)]
    if None not in spelt:
        return spelt[0] == spelt[1]
    for one in (left, right):
        if not isinstance(one, (Encoded, Text)) or (isinstance(one, Text) and (one.literal == "" or one.typed)):
            return False
    return None


def _encoded_text(value: Value) -> str | None:
    if isinstance(value, Encoded):
        return to_json(value.value)
    return value.literal if isinstance(value, Text) and not value.typed and not isinstance(value, Loose) else None
