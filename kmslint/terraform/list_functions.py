"""Terraform's functions on lists. An element that is not known stays an element.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint import limits
from kmslint.terraform import parameters
from kmslint.terraform.arithmetic import calculated
from kmslint.terraform.calls import ELEMENTS, Function, Given
from kmslint.terraform.conversions import collected, converted, loosened
from kmslint.terraform.equality import equal
from kmslint.terraform.kinds import ListItems, TupleItems, Untyped, has_length, in_order
from kmslint.terraform.scalars import is_fraction, of_bool, of_int, truth
from kmslint.terraform.sets import unique
from kmslint.terraform.shapes import Absent, Failure, SetItems, Unordered, spliced
from kmslint.terraform.types import ANY, BOOL, NUMBER, Kind, Type, clashes, is_sure, type_of
from kmslint.terraform.unification import unified
from kmslint.values import ANY_TEXT, Choice, Hole, HoleKind, Items, Null, Text, Unknown, Value

_RANGE = 1024
"""Terraform's own bound on what `range` gives."""


def made(items: tuple[Value, ...], given: Given, kind: type[Items] = ListItems, ordered: bool = True) -> Value:
    """A list of that kind, if it is not too long; in no certain order if it comes from such."""
    if len(items) > limits.ELEMENTS:
        return given.beyond("elements")
    return kind(items, given.at) if ordered else Unordered(items, given.at)


def _kind_of(items: Items) -> type[Items]:
    """What a part of a list is, or the list the other way round."""
    return ListItems if isinstance(items, SetItems) else type(items)


def _concat(given: Given) -> Value:
    lists: list[Items] = []
    for value in given.values:
        elements = None if isinstance(value, SetItems) else spliced(value)
        if elements is None:
            return given.failure()
        lists.append(value if isinstance(value, Items) else Items(elements, given.at))
    items = tuple(item for one in lists for item in one.items)
    if len(items) > limits.ELEMENTS:
        return given.beyond("elements")
    if not all(map(in_order, lists)):
        return Unordered(items, given.at)
    if any(isinstance(one, TupleItems) for one in lists):
        return TupleItems(items, given.at)
    if all(isinstance(one, ListItems) for one in lists):
        return _one_list(lists, items, given)
    types = {type_of(item) for item in items}
    alike = len(types) < 2 and all(map(is_sure, types))
    return Items(items if alike else tuple(loosened(item, given.failure()) for item in items), given.at)


def _one_list(lists: list[Items], items: tuple[Value, ...], given: Given) -> Value:
    """Lists one after the other; a tuple if they have no type in common."""
    refused = given.failure()
    filled = [one for one in lists if one.items]
    wanted = unified([type_of(one) for one in filled or lists])
    if len(filled) < len(lists) and wanted in (Type(Kind.LIST, (NUMBER,)), Type(Kind.LIST, (BOOL,))):
        # An empty list may be one of strings, which all elements then are.
        wanted = Type(Kind.LIST, (ANY,))
    if wanted is not None and clashes(wanted):
        return given.unknown()
    return TupleItems(items, given.at) if wanted is None else converted(ListItems(items, given.at), wanted, refused)


def chained(given: Given) -> Value:
    """`concat(lists...)`, where nobody knows how many lists there are."""
    lists = given.items(0)
    if lists is None:
        return given.failure()
    inner = [elements for elements in map(_inner, lists.items) if elements is not None]
    if len(inner) < len(lists.items):
        return given.failure()
    items = tuple(item for elements in inner for item in elements)
    return made(items, given, Items, in_order(lists) and all(map(_nests_in_order, lists.items)))


def _flatten(given: Given) -> Value:
    items = given.items(0)
    if items is None:
        return given.failure()
    return made(tuple(_flat(items.items, 0)), given, TupleItems, _nests_in_order(items))


def _flat(elements: Iterable[Value], depth: int) -> Iterator[Value]:
    for element in elements:
        inner = _inner(element) if depth < limits.DEPTH else None
        if inner is None:
            yield element
        else:
            yield from _flat(inner, depth + 1)


def _inner(element: Value) -> tuple[Value, ...] | None:
    """What an element of a list of lists contributes; None if it is no list."""
    if isinstance(element, Unknown):
        return None if element.spread else (element._replace(spread=True),)
    return spliced(element)


def _nests_in_order(value: Value) -> bool:
    """Whether Terraform goes through the elements, and those of the lists in it, as they stand here."""
    if isinstance(value, Choice):
        return _nests_in_order(value.when_true) and _nests_in_order(value.when_false)
    return not isinstance(value, Items) or (in_order(value) and all(map(_nests_in_order, value.items)))


def _compact(given: Given) -> Value:
    items = given.items(0)
    assert items is not None  # its parameter is a list
    kept = (_nonempty(item) for item in items.items)
    return made(tuple(item for item in kept if not isinstance(item, Absent)), given, ordered=in_order(items))


def _nonempty(element: Value) -> Value:
    if isinstance(element, Choice):
        when_true, when_false = _nonempty(element.when_true), _nonempty(element.when_false)
        gone = isinstance(when_true, Absent) and isinstance(when_false, Absent)
        return when_true if gone else element._replace(when_true=when_true, when_false=when_false)
    if isinstance(element, Null) or (isinstance(element, Text) and element.literal == ""):
        return Absent(element.at)
    if isinstance(element, Text) and may_be_empty(element):
        return Unknown(Hole(HoleKind.EXPRESSION, str(element)), element.at, spread=True)
    return element._replace(spread=True) if isinstance(element, Unknown) else element


def may_be_empty(value: Text) -> bool:
    """Whether there may be no text: nobody knows whether a variable is empty."""
    return not any(isinstance(part, str) or part.kind not in ANY_TEXT for part in value.parts)


def _contains(given: Given) -> Value:
    items, wanted = given.items(0), given.values[1]
    if items is None:
        return given.failure()
    answers = [equal(item, wanted) for item in items.items]
    if True in answers:
        return of_bool(True, given.at)
    return given.unknown() if None in answers else of_bool(False, given.at)


def _element(given: Given) -> Value:
    value, index = given.values[0], given.integer(1)
    if not isinstance(value, (Items, Unknown)) or isinstance(value, SetItems):
        return given.failure()
    items = given.certain(0)
    if items is None or index is None:
        return given.failure() if is_fraction(given.values[1]) else given.unknown()
    # A negative index is refused up to Terraform 1.11 and counts from the end afterwards.
    return given.unknown() if index < 0 else items[index % len(items)] if items else given.failure()


def _index(given: Given) -> Value:
    items, wanted = given.items(0), given.values[1]
    if items is None or isinstance(items, SetItems):
        return given.failure()
    if not in_order(items):
        return given.unknown()
    for position, item in enumerate(items.items):
        same = equal(item, wanted)
        if same is not False:
            return of_int(position, given.at) if same else given.unknown()
    return given.failure()


def _one(given: Given) -> Value:
    items = given.items(0)
    if items is None:
        return given.failure()
    if not has_length(items):
        return given.unknown()
    if not items.items:
        return Untyped(given.at) if isinstance(items, TupleItems) else Null(given.at)
    return items.items[0] if len(items.items) == 1 else given.failure()


def _reverse(given: Given) -> Value:
    items = given.items(0)
    return given.failure() if items is None else made(items.items[::-1], given, _kind_of(items), in_order(items))


def _slice(given: Given) -> Value:
    items, start, end = given.items(0), given.integer(1), given.integer(2)
    if items is None or isinstance(items, SetItems):
        return given.failure()
    certain = given.certain(0)
    if certain is None or start is None or end is None:
        fraction = is_fraction(given.values[1]) or is_fraction(given.values[2])
        return given.failure() if fraction else given.unknown()
    return made(certain[start:end], given, _kind_of(items)) if 0 <= start <= end <= len(certain) else given.failure()


def _chunklist(given: Given) -> Value:
    items, size = given.certain(0), given.integer(1)
    if items is None or size is None:
        return given.failure() if is_fraction(given.values[1]) else given.unknown()
    if size < 0:
        return given.failure()
    step = size or max(len(items), 1)
    chunks = (ListItems(items[start : start + step], given.at) for start in range(0, len(items), step))
    return ListItems(tuple(chunks), given.at)


def _matchkeys(given: Given) -> Value:
    refused = given.failure()
    values, keys, wanted = (given.certain(index) for index in range(3))
    if values is None or keys is None or wanted is None:
        return given.unknown()
    element = unified([type_of(one) for one in (*keys, *wanted)])
    if element is None or len(values) != len(keys):
        return refused
    if clashes(element):
        return given.unknown()
    same = [converted(one, element, refused) for one in (*keys, *wanted)]
    found: list[Value] = []
    for value, key in zip(values, same[: len(keys)], strict=True):
        answers = [equal(key, one) for one in same[len(keys) :]]
        if True not in answers and None in answers:
            return given.unknown()
        found += [value] if True in answers else []
    return ListItems(tuple(found), given.at)


def _coalescelist(given: Given) -> Value:
    if any(isinstance(value, SetItems) or not isinstance(value, (Items, Unknown)) for value in given.values):
        return given.failure()
    for value in given.values:
        if not isinstance(value, Items) or not has_length(value):
            return given.unknown()
        if value.items:
            return value
    return given.failure()


def _range(given: Given) -> Value:
    zero, one = of_int(0, given.at), of_int(1, given.at)
    start, limit = (zero, given.values[0]) if len(given.values) == 1 else given.values[:2]
    step = given.values[2] if len(given.values) == 3 else one
    falling = truth(calculated("<", limit, start, given.unknown()))
    if len(given.values) < 3 and falling:
        step = of_int(-1, given.at)
    # A step that leads away from the limit, or nowhere, is refused as one that takes too many.
    return _counted(start, limit, step, ">" if falling else "<", given)


def _counted(value: Value, limit: Value, step: Value, goes_on: str, given: Given) -> Value:
    numbers: list[Value] = []
    while True:
        going = truth(calculated(goes_on, value, limit, given.unknown()))
        if going is None:
            return given.unknown()
        if not going:
            return ListItems(tuple(numbers), given.at)
        if len(numbers) == _RANGE:
            return given.failure()
        numbers.append(value)
        value = calculated("+", value, step, given.unknown())


def _all_true(given: Given) -> Value:
    items = given.items(0)
    assert items is not None  # its parameter is a list
    answers = [truth(item) for item in items.items]
    if False in answers or any(isinstance(item, Null) for item in items.items):
        return of_bool(False, given.at)
    return given.unknown() if None in answers else of_bool(True, given.at)


def _any_true(given: Given) -> Value:
    items = given.items(0)
    assert items is not None  # its parameter is a list
    answers = [truth(item) for item in items.items if not isinstance(item, Null)]
    if True in answers:
        return of_bool(True, given.at)
    return given.unknown() if None in answers else of_bool(False, given.at)


def _sum(given: Given) -> Value:
    items = given.items(0)
    if items is None or not items.items:
        return given.failure()
    if not has_length(items):
        return given.unknown()
    refused = given.failure()
    numbers = [parameters.number(item, refused) for item in items.items]
    if any(isinstance(one, Failure) for one in numbers):
        return refused
    total = numbers[0]
    for one in numbers[1:]:
        total = calculated("+", total, one, given.unknown())
    return total if isinstance(total, Text) else given.unknown()


def _distinct(given: Given) -> Value:
    items = given.items(0)
    assert items is not None  # its parameter is a list
    kept = tuple(unique(items.items))
    ordered = in_order(items) and has_length(Unordered(kept, given.at))
    return made(kept, given, ordered=ordered)


def _sort(given: Given) -> Value:
    items = given.items(0)
    if items is None or any(isinstance(item, Null) and not isinstance(item, Absent) for item in items.items):
        return given.failure()
    if all(isinstance(item, Text) and item.literal is not None for item in items.items):
        return ListItems(tuple(sorted(items.items, key=str)), given.at)
    return Unordered(items.items, given.at)


def _tolist(given: Given) -> Value:
    value, items = given.values[0], given.items(0)
    if isinstance(value, Null):
        return Null(value.at)
    if isinstance(value, Unknown):
        return value
    return given.failure() if items is None else collected(items, Kind.LIST, given.failure())


_LISTS, _ANY, _NUMBER = parameters.list_, parameters.value, parameters.number

LIST_FUNCTIONS: dict[str, Function] = {
    "alltrue": Function(_all_true, (parameters.booleans,), decide=ELEMENTS),
    "anytrue": Function(_any_true, (parameters.booleans,), decide=ELEMENTS),
    "chunklist": Function(_chunklist, (_LISTS, _NUMBER), decide=ELEMENTS),
    "coalescelist": Function(_coalescelist, more=_ANY, decide=ELEMENTS),
    "compact": Function(_compact, (parameters.strings,), decide=None),
    "concat": Function(_concat, more=_ANY, decide=None),
    "contains": Function(_contains, (_ANY, _ANY), decide=ELEMENTS),
    "distinct": Function(_distinct, (_LISTS,), decide=None),
    "element": Function(_element, (_ANY, _NUMBER), decide=ELEMENTS),
    "flatten": Function(_flatten, decide=None),
    "index": Function(_index, (_ANY, _ANY), decide=ELEMENTS),
    "matchkeys": Function(_matchkeys, (_LISTS, _LISTS, _LISTS), decide=ELEMENTS),
    "one": Function(_one, decide=ELEMENTS),
    "range": Function(_range, (_NUMBER, _NUMBER, _NUMBER), optional=2),
    "reverse": Function(_reverse, decide=None),
    "slice": Function(_slice, (_ANY, _NUMBER, _NUMBER), decide=ELEMENTS),
    "sort": Function(_sort, (parameters.strings,), decide=None),
    "sum": Function(_sum, decide=ELEMENTS),
    "tolist": Function(_tolist, (parameters.nullable,), decide=None),
}
