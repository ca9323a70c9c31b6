"""Sets: elements of which none is there twice, in the order in which Terraform goes through them.

https://developer.hashicorp.com/terraform/language/functions/toset
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kmslint.terraform.kinds import Loose
from kmslint.terraform.scalars import number, to_json
from kmslint.terraform.shapes import SetItems
from kmslint.values import Encoded, Fields, Items, Null, Text, Value


def set_of(items: Items) -> SetItems:
    """The elements as a set. They are expected to be of one type, but for a string among numbers."""
    kept = unique(_uniform(items.items))
    if all(isinstance(one, Null) or _is_plain(one) for one in kept):
        kept.sort(key=_rank)
    return SetItems(tuple(kept), items.at)


def unique(elements: Iterable[Value]) -> list[Value]:
    """The elements of one type, those that certainly stand there a second time left out."""
    seen: set[str] = set()
    kept: list[Value] = []
    for element in elements:
        key = key_of(element)
        if key is None or key not in seen:
            kept.append(element)
        if key is not None:
            seen.add(key)
    return kept


def key_of(element: Value) -> str | None:
    """What tells a known element from others of its type."""
    return to_json(element) if isinstance(element, (Text, Items, Fields, Null, Encoded)) else None


def _is_plain(element: Value) -> bool:
    return isinstance(element, Text) and element.literal is not None and not isinstance(element, Loose)


def _rank(element: Value) -> tuple[bool, Fraction, str]:
    """Numbers by size, strings by code point, null last."""
    literal = (element.literal or "") if isinstance(element, Text) else ""
    spelt = number(literal) if isinstance(element, Text) and element.typed else None
    return isinstance(element, Null), Fraction(spelt or 0), literal if spelt is None else ""


def _uniform(elements: Iterable[Value]) -> tuple[Value, ...]:
    listed = tuple(elements)
    if not any(isinstance(one, Text) and not one.typed for one in listed):
        return listed
    return tuple(one._replace(typed=False) if isinstance(one, Text) else one for one in listed)
