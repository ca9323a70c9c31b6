"""Terraform's functions on sets.

https://developer.hashicorp.com/terraform/language/functions/toset
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod

from kmslint import limits
from kmslint.terraform import parameters
from kmslint.terraform.calls import ELEMENTS, Function, Given
from kmslint.terraform.conversions import collected, converted
from kmslint.terraform.kinds import ListItems, TupleItems, has_length, in_order
from kmslint.terraform.sets import key_of, set_of
from kmslint.terraform.shapes import Failure, SetItems, Unordered, as_list
from kmslint.terraform.types import Kind, Type, clashes, type_of
from kmslint.terraform.unification import unified
from kmslint.values import Items, Null, Unknown, Value


def _toset(given: Given) -> Value:
    value, items = given.values[0], given.items(0)
    if isinstance(value, Null):
        return Null(value.at)
    if isinstance(value, Unknown):
        return SetItems((value._replace(spread=True),), given.at)
    return given.failure() if items is None else collected(items, Kind.SET, given.failure())


def _sets(given: Given) -> list[Items] | Value:
    """The arguments as sets of one type, or what the call comes to if they are none."""
    lists: list[Items] = []
    for value in given.values:
        items = as_list(value)
        if items is None:
            return given.failure()
        lists.append(items)
    if sum(len(items.items) for items in lists) > limits.ELEMENTS:
        return given.beyond("elements")
    types = [_element_types(items) for items in lists]
    wanted = unified([one for inner in types for one in inner])
    if wanted is None or any(unified(inner) is None for inner in types):
        return given.failure()
    if clashes(wanted):
        return given.unknown()
    found = [converted(items, Type(Kind.SET, (wanted,)), given.failure()) for items in lists]
    sets = [one for one in found if isinstance(one, Items)]
    return sets if len(sets) == len(found) else given.failure()


def _element_types(items: Items) -> list[Type]:
    if isinstance(items, (ListItems, SetItems)) or (not items.items and not isinstance(items, TupleItems)):
        return [type_of(items).element]
    return [type_of(item) for item in items.items]


def _setunion(given: Given) -> Value:
    sets = _sets(given)
    if not isinstance(sets, list):
        return sets
    return set_of(Items(tuple(item for one in sets for item in one.items), given.at))


def _setintersection(given: Given) -> Value:
    return _filtered(given, lambda key, others: all(key in other for other in others))


def _setsubtract(given: Given) -> Value:
    return _filtered(given, lambda key, others: key not in others[0])


def _filtered(given: Given, keep: Callable[[str, list[set[str]]], bool]) -> Value:
    """Elements of the first set, by whether the others have them; only where all of them are known."""
    sets = _sets(given)
    if not isinstance(sets, list):
        return sets
    keys = [[key_of(item) for item in one.items] for one in sets]
    known = [{key for key in one if key is not None} for one in keys]
    if any(None in one for one in keys):
        return given.unknown()
    kept = [item for item, key in zip(sets[0].items, keys[0], strict=True) if key is not None and keep(key, known[1:])]
    return set_of(Items(tuple(kept), given.at))


def _setproduct(given: Given) -> Value:
    if len(given.values) < 2:
        return given.failure()
    # A tuple becomes a list, whose elements are of one type.
    lists = [
        value if isinstance(value, SetItems) else parameters.list_(value, given.failure()) for value in given.values
    ]
    if any(isinstance(items, Failure) for items in lists):
        return given.failure()
    known = [items for items in lists if isinstance(items, Items) and has_length(items)]
    if len(known) < len(lists):
        return given.unknown()
    if prod(len(items.items) for items in known) * len(known) > limits.ELEMENTS:
        return given.beyond("elements")
    rows = tuple(TupleItems(one, given.at) for one in product(*(items.items for items in known)))
    if any(isinstance(items, SetItems) for items in known):
        # It has an order of Terraform's own. A list it is only of lists.
        return set_of(Items(rows, given.at))
    return ListItems(rows, given.at) if all(map(in_order, known)) else Unordered(rows, given.at)


SET_FUNCTIONS: dict[str, Function] = {
    "setintersection": Function(_setintersection, (parameters.value,), more=parameters.value, decide=ELEMENTS),
    "setproduct": Function(_setproduct, (), more=parameters.value, decide=ELEMENTS),
    "setsubtract": Function(_setsubtract, (parameters.value, parameters.value), decide=ELEMENTS),
    "setunion": Function(_setunion, (parameters.value,), more=parameters.value, decide=None),
    "toset": Function(_toset, (parameters.nullable,), decide=None),
}
