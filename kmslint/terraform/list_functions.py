"""Terraform's functions on lists. An element that is not known stays an element.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint import limits
from kmslint.terraform.calls import ELEMENTS, MANY, Function, Given, certain_items
from kmslint.terraform.equality import equal
from kmslint.terraform.scalars import as_text, integer, of_bool, of_int, truth
from kmslint.terraform.shapes import (
    Absent,
    Each,
    SetItems,
    Unordered,
    as_list,
    is_certain,
    may_be_absent,
    members,
    spliced,
)
from kmslint.values import Choice, Encoded, Fields, Items, Null, Text, Unknown, Value, text

_RANGE = 1024
"""Terraform's own bound on what `range` gives."""


def _bounded(given: Given, items: tuple[Value, ...]) -> Value:
    return given.unknown() if len(items) > limits.ELEMENTS else Items(items, given.at)


def _concat(given: Given) -> Value:
    items: list[Value] = []
    for value in given.values:
        elements = None if isinstance(value, SetItems) else spliced(value)
        if elements is None:
            return given.failure()
        items.extend(elements)
    return _bounded(given, tuple(items))


def chained(given: Given) -> Value:
    """`concat(lists...)`, where nobody knows how many lists there are."""
    lists = given.items(0)
    inner = [_inner(element) for element in lists.items] if lists is not None else [None]
    if None in inner:
        return given.failure()
    return _bounded(given, tuple(item for elements in inner if elements is not None for item in elements))


def _flatten(given: Given) -> Value:
    items = given.items(0)
    return given.failure() if items is None else _bounded(given, tuple(_flat(items.items, 0)))


def _flat(elements: Iterable[Value], depth: int) -> Iterator[Value]:
    for element in elements:
        inner = _inner(element) if depth < limits.DEPTH else None
        if inner is None:
            yield element
        else:
            yield from _flat(inner, depth + 1)


def _inner(element: Value) -> tuple[Value, ...] | None:
    """What an element of a list of lists contributes; None if it is no list."""
    if isinstance(element, Each):
        nested = spliced(element.when_true)
        return None if nested is None else tuple(element._replace(when_true=one) for one in nested)
    if isinstance(element, Unknown):
        return None if element.spread else (element._replace(spread=True),)
    return spliced(element) if not isinstance(element, Absent) else ()


def _compact(given: Given) -> Value:
    items = given.items(0)
    if items is None:
        return given.failure()
    kept = (_nonempty(item) for item in items.items)
    return Items(tuple(item for item in kept if not isinstance(item, Absent)), given.at)


def _nonempty(element: Value) -> Value:
    if isinstance(element, Choice):
        when_true, when_false = _nonempty(element.when_true), _nonempty(element.when_false)
        gone = isinstance(when_true, Absent) and isinstance(when_false, Absent)
        return when_true if gone else element._replace(when_true=when_true, when_false=when_false)
    if isinstance(element, Null) or (isinstance(element, Text) and element.literal == ""):
        return Absent(element.at)
    return element._replace(spread=True) if isinstance(element, Unknown) else element


def _length(given: Given) -> Value:
    value = given.values[0]
    if isinstance(value, Items):
        return of_int(len(value.items), given.at) if is_certain(value) else given.unknown()
    if isinstance(value, Fields):
        named = members(value)
        uncertain = named is None or value.spread or any(may_be_absent(field.value) for field in value.fields)
        return given.unknown() if uncertain or named is None else of_int(len(named), given.at)
    if isinstance(value, Text) and value.typed:
        return given.failure()
    if isinstance(value, (Text, Encoded)):
        whole = as_text(value)
        literal = whole.literal if whole is not None else None
        return of_int(len(literal), given.at) if literal is not None and literal.isascii() else given.unknown()
    return given.unknown() if isinstance(value, Unknown) else given.failure()


def _contains(given: Given) -> Value:
    items, wanted = given.items(0), given.values[1]
    if items is None:
        return given.failure()
    answers = [None if may_be_absent(item) else equal(item, wanted) for item in items.items]
    if True in answers:
        return of_bool(True, given.at)
    return given.unknown() if None in answers else of_bool(False, given.at)


def _element(given: Given) -> Value:
    items, index = certain_items(given, 0), integer(given.values[1])
    if items is None or index is None or isinstance(items, Unordered):
        return given.unknown()
    # A negative index is refused up to Terraform 1.11 and counts from the end afterwards.
    return given.unknown() if index < 0 else items.items[index % len(items.items)] if items.items else given.failure()


def _index(given: Given) -> Value:
    items, wanted = given.items(0), given.values[1]
    if items is None or isinstance(items, Unordered):
        return given.unknown()
    for position, item in enumerate(items.items):
        same = None if may_be_absent(item) else equal(item, wanted)
        if same is not False:
            return of_int(position, given.at) if same else given.unknown()
    return given.failure()


def _one(given: Given) -> Value:
    items = given.items(0)
    if items is None:
        return given.failure()
    if not is_certain(items):
        return given.unknown()
    if not items.items:
        return Null(given.at)
    return items.items[0] if len(items.items) == 1 else given.failure()


def _reverse(given: Given) -> Value:
    items = given.items(0)
    return given.failure() if items is None else items._replace(items=items.items[::-1])


def _slice(given: Given) -> Value:
    items, start, end = certain_items(given, 0), integer(given.values[1]), integer(given.values[2])
    if items is None or start is None or end is None or isinstance(items, Unordered):
        return given.unknown()
    return Items(items.items[start:end], given.at) if 0 <= start <= end <= len(items.items) else given.failure()


def _coalescelist(given: Given) -> Value:
    if len({isinstance(value, SetItems) for value in given.values}) > 1:
        return given.failure()
    for value in given.values:
        items = as_list(value)
        if items is None or not is_certain(items):
            return given.unknown()
        if items.items:
            return items
    return given.failure()


def _range(given: Given) -> Value:
    numbers = [integer(value) for value in given.values]
    known = [value for value in numbers if value is not None]
    if len(known) < len(numbers):
        return given.unknown()
    start, limit = (0, known[0]) if len(known) == 1 else (known[0], known[1])
    step = known[2] if len(known) == 3 else 1 if start <= limit else -1
    if step == 0:
        return given.failure()
    numbered = range(start, limit, step)
    if len(numbered) > _RANGE:
        return given.failure()
    return Items(tuple(of_int(value, given.at) for value in numbered), given.at)


def _all_true(given: Given, neutral: bool) -> Value:
    items = given.items(0)
    if items is None:
        return given.failure()
    answers = [None if may_be_absent(item) else truth(item) for item in items.items]
    if (not neutral) in answers:
        return of_bool(not neutral, given.at)
    return given.unknown() if None in answers else of_bool(neutral, given.at)


def _sum(given: Given) -> Value:
    items = certain_items(given, 0)
    numbers = [integer(item) for item in items.items] if items is not None else [None]
    if None in numbers or not numbers:
        return given.unknown()
    return text(str(sum(value or 0 for value in numbers)), given.at, typed=True)


LIST_FUNCTIONS: dict[str, Function] = {
    "alltrue": Function(lambda given: _all_true(given, True), decide=ELEMENTS),
    "anytrue": Function(lambda given: _all_true(given, False), decide=ELEMENTS),
    "coalescelist": Function(_coalescelist, most=MANY, decide=ELEMENTS),
    "compact": Function(_compact, decide=None),
    "concat": Function(_concat, most=MANY, decide=None),
    "contains": Function(_contains, 2, 2, ELEMENTS),
    "element": Function(_element, 2, 2, ELEMENTS),
    "flatten": Function(_flatten, decide=None),
    "index": Function(_index, 2, 2, ELEMENTS),
    "length": Function(_length, decide=ELEMENTS),
    "one": Function(_one, decide=ELEMENTS),
    "range": Function(_range, most=3),
    "reverse": Function(_reverse, decide=None),
    "slice": Function(_slice, 3, 3, ELEMENTS),
    "sum": Function(_sum, decide=ELEMENTS),
}
