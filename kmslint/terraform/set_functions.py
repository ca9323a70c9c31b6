"""Sets, and what makes elements alike: Terraform's functions on them, and on lists that are sorted.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kmslint import limits
from kmslint.terraform.calls import ELEMENTS, MANY, Function, Given
from kmslint.terraform.scalars import integer, to_json
from kmslint.terraform.shapes import SetItems, Unordered, as_list, is_certain, spliced
from kmslint.values import Fields, Items, Null, Text, Value


def set_of(items: Items) -> SetItems:
    """The elements as a set, in the order in which Terraform goes through it."""
    kept = _unique(_uniform(items.items))
    numbers = [integer(element) if isinstance(element, Text) and element.typed else None for element in kept]
    if None not in numbers:
        kept.sort(key=lambda element: integer(element) or 0)
    elif all(isinstance(element, Text) and element.literal is not None for element in kept):
        kept.sort(key=str)
    return SetItems(tuple(kept), items.at)


def _toset(given: Given) -> Value:
    value = given.values[0]
    items = given.items(0)
    if items is None:
        return value if isinstance(value, Null) else given.failure()
    return set_of(items)


def _tolist(given: Given) -> Value:
    value = given.values[0]
    items = given.items(0)
    if items is None:
        return value if isinstance(value, Null) else given.failure()
    kind = Unordered if isinstance(items, SetItems) and not _is_sorted(items) else Items
    return kind(_uniform(items.items), items.at)


def _distinct(given: Given) -> Value:
    items = given.items(0)
    return given.failure() if items is None else Items(tuple(_unique(_uniform(items.items))), given.at)


def _sort(given: Given) -> Value:
    items = given.items(0)
    if items is None:
        return given.failure()
    if _is_sorted(items):
        return Items(tuple(sorted(_uniform(items.items), key=str)), given.at)
    return Unordered(items.items, given.at)


def _is_sorted(items: Items) -> bool:
    return is_certain(items) and all(isinstance(item, Text) and item.literal is not None for item in items.items)


def _setunion(given: Given) -> Value:
    elements: list[Value] = []
    for value in given.values:
        inner = spliced(value)
        if inner is None:
            return given.failure()
        elements.extend(inner)
    return given.unknown() if len(elements) > limits.ELEMENTS else set_of(Items(tuple(elements), given.at))


def _setintersection(given: Given) -> Value:
    return _filtered(given, lambda key, others: all(key in other for other in others))


def _setsubtract(given: Given) -> Value:
    return _filtered(given, lambda key, others: key not in others[0])


def _filtered(given: Given, keep: Callable[[str, list[set[str]]], bool]) -> Value:
    """Elements of the first set, by whether the others have them; only where all of them are known."""
    keyed: list[dict[str, Value]] = []
    for value in given.values:
        items = as_list(value)
        keys = [_key(item) for item in items.items] if items is not None and is_certain(items) else [None]
        if items is None or None in keys:
            return given.unknown()
        keyed.append({key: item for key, item in zip(keys, items.items, strict=True) if key is not None})
    others = [set(keys) for keys in keyed[1:]]
    return set_of(Items(tuple(item for key, item in keyed[0].items() if keep(key, others)), given.at))


def _uniform(elements: Iterable[Value]) -> tuple[Value, ...]:
    """Elements of a list of one type: a text among numbers makes all of them texts."""
    listed = tuple(elements)
    mixed = any(isinstance(one, Text) and not one.typed for one in listed)
    if not mixed:
        return listed
    return tuple(one._replace(typed=False) if isinstance(one, Text) else one for one in listed)


def _unique(elements: Iterable[Value]) -> list[Value]:
    seen: set[tuple[bool, str]] = set()
    kept: list[Value] = []
    for element in elements:
        key = _key(element)
        mark = (isinstance(element, Text), key or "")
        if key is None or mark not in seen:
            kept.append(element)
        if key is not None:
            seen.add(mark)
    return kept


def _key(element: Value) -> str | None:
    """What tells a known element from others of a set; a number is its text, as in a set of strings."""
    if isinstance(element, Text) and element.literal is not None:
        return element.literal
    return to_json(element) if isinstance(element, (Items, Fields, Null)) else None


SET_FUNCTIONS: dict[str, Function] = {
    "distinct": Function(_distinct, decide=None),
    "setintersection": Function(_setintersection, most=MANY, decide=ELEMENTS),
    "setsubtract": Function(_setsubtract, 2, 2, ELEMENTS),
    "setunion": Function(_setunion, most=MANY, decide=None),
    "sort": Function(_sort, decide=None),
    "tolist": Function(_tolist, decide=None),
    "toset": Function(_toset, decide=None),
}
