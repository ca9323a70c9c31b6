"""What a value becomes on the way through JSON: only tuples and objects come back.

https://developer.hashicorp.com/terraform/language/functions/jsondecode
"""

from __future__ import annotations

from kmslint import limits
from kmslint.terraform.calls import is_normal
from kmslint.terraform.kinds import ObjectFields, TupleItems, Untyped, in_order
from kmslint.terraform.scalars import number
from kmslint.terraform.shapes import Absent, Unordered
from kmslint.values import Choice, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value


def decoded(value: Value, depth: int = 0) -> Value:
    """The value as `jsondecode` gives it, from what was encoded or read from JSON."""
    if isinstance(value, Text):
        return _scalar(value)
    if depth > limits.DEPTH:
        return _left(limits.named(f"JSON nested deeper than {limits.DEPTH} levels", "depth"), value)
    if isinstance(value, Items):
        kind = TupleItems if in_order(value) else Unordered
        return kind(tuple(decoded(item, depth + 1) for item in value.items), value.at)
    if isinstance(value, Fields):
        fields = (field._replace(value=decoded(field.value, depth + 1)) for field in value.fields)
        return ObjectFields(tuple(fields), value.at, value.spread)
    if isinstance(value, Choice):
        first, second = decoded(value.when_true, depth + 1), decoded(value.when_false, depth + 1)
        return value._replace(when_true=first, when_false=second)
    return Untyped(value.at) if isinstance(value, Null) and not isinstance(value, Absent) else value


def _scalar(value: Text) -> Value:
    literal = value.literal
    if not value.typed or literal in ("true", "false") or literal is None:
        return value if is_normal(value) else _left("a text that Terraform writes otherwise", value)
    spelt = number(literal)
    return _left("a number of many digits", value) if spelt is None else value._replace(parts=(spelt,))


def _left(reason: str, value: Value) -> Unknown:
    return Unknown(Hole(HoleKind.EXPRESSION, reason, repr(value.at)), value.at)
