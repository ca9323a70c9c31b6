"""The one type that values of several types are given: in a conditional, a list, `coalesce`.

https://developer.hashicorp.com/terraform/language/expressions/conditionals#result-types
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from kmslint.terraform.types import (
    ANY,
    CLASH,
    NULL,
    RECORDS,
    SCALARS,
    SEQUENCES,
    STRING,
    Kind,
    Type,
    is_sure,
)


def unified(types: Sequence[Type]) -> Type | None:
    """The type that all of them become; None if there certainly is none, with ANY in it where that is open."""
    rest = list(dict.fromkeys(one for one in types if one.kind is not Kind.NULL))
    if not rest:
        return NULL
    has_null = any(one.kind is Kind.NULL for one in types)
    if has_null and any(one.kind not in {*SCALARS, Kind.ANY} for one in rest):
        return CLASH
    known = [one for one in rest if one.kind is not Kind.ANY]
    found = _unified(known) if known else ANY
    if len(known) == len(rest):
        return CLASH if found is None and has_null else found
    # Whatever is not known has to be a scalar where a string is.
    return CLASH if found is None else STRING if found == STRING else ANY


def _unified(rest: list[Type]) -> Type | None:
    """Of several types that are known."""
    if len(rest) == 1 and rest[0].kind not in (Kind.SEQUENCE, Kind.RECORD):
        return rest[0]
    kinds = {one.kind for one in rest}
    if kinds <= SCALARS:
        return STRING if Kind.STRING in kinds else None
    if kinds <= SEQUENCES:
        return _sequences(rest, kinds)
    return _records(rest, kinds) if kinds <= RECORDS else None


def convertible(given: Type, wanted: Type) -> bool:
    """Whether Terraform tries to convert values of the one type to the other, of which nothing is open."""
    if given == wanted or Kind.NULL in (given.kind, wanted.kind):
        return True
    if wanted.kind in SCALARS:
        return given.kind in SCALARS and STRING in (given, wanted)
    if wanted.kind in (Kind.LIST, Kind.SET):
        return given.kind in SEQUENCES and all(convertible(one, wanted.element) for one in given.inner)
    if wanted.kind is Kind.MAP:
        return given.kind in RECORDS and all(convertible(one, wanted.element) for one in given.inner)
    if given.kind is Kind.MAP and wanted.kind is Kind.OBJECT:
        return all(convertible(given.element, one) for one in wanted.inner)
    if given.kind is not wanted.kind:
        return False
    if wanted.kind is Kind.OBJECT:
        parts = dict(zip(given.names, given.inner, strict=True))
        return all(
            name in parts and convertible(parts[name], one)
            for name, one in zip(wanted.names, wanted.inner, strict=True)
        )
    return len(given.inner) == len(wanted.inner) and all(map(convertible, given.inner, wanted.inner))


def _inner(types: Sequence[Type], *kinds: Kind) -> list[Type]:
    """The types of all parts; of an empty list that may be of any type, ANY."""
    chosen = [one for one in types if one.kind in kinds]
    unseen = [ANY for one in chosen if not one.inner and one.kind in (Kind.SEQUENCE, Kind.RECORD)]
    return [*chain.from_iterable(one.inner for one in chosen), *unseen]


def _sequences(types: list[Type], kinds: set[Kind]) -> Type | None:
    if Kind.SEQUENCE in kinds:
        return ANY if Kind.SET in kinds else _either(Kind.SEQUENCE, _inner(types, *kinds))
    if kinds == {Kind.TUPLE}:
        return _tuples(types)
    if kinds in ({Kind.LIST}, {Kind.SET}):
        element = unified(_inner(types, *kinds))
        return None if element is None else Type(kinds.pop(), (element,))
    if kinds == {Kind.LIST, Kind.TUPLE}:
        found = _collected(types, Kind.LIST, Kind.TUPLE)
        if found is not None:
            return found
    return _preferred(types, (Kind.LIST, Kind.SET))


def _records(types: list[Type], kinds: set[Kind]) -> Type | None:
    if Kind.RECORD in kinds:
        return _either(Kind.RECORD, _inner(types, *kinds))
    if kinds == {Kind.OBJECT}:
        return _objects(types)
    if kinds == {Kind.MAP}:
        element = unified(_inner(types, Kind.MAP))
        return None if element is None else Type(Kind.MAP, (element,))
    return _collected(types, Kind.MAP, Kind.OBJECT) or _preferred(types, (Kind.MAP,))


def _either(kind: Kind, inner: list[Type]) -> Type:
    """What is a list or a tuple, a map or an object; a clash if only one of them takes parts of these types."""
    return CLASH if unified(inner) is None else Type(kind, tuple(inner))


def _tuples(types: list[Type]) -> Type | None:
    """Element by element if they are of one length, else a list."""
    if len({len(one.inner) for one in types}) > 1:
        element = unified(_inner(types, Kind.TUPLE))
        return None if element is None else Type(Kind.LIST, (element,))
    inner = [unified(parts) for parts in zip(*(one.inner for one in types), strict=True)]
    known = tuple(one for one in inner if one is not None)
    return Type(Kind.TUPLE, known) if len(known) == len(inner) else None


def _objects(types: list[Type]) -> Type | None:
    """Attribute by attribute if they have the same ones, else a map."""
    names = {one.names for one in types}
    if len(names) > 1:
        element = unified(_inner(types, Kind.OBJECT))
        return None if element is None else Type(Kind.MAP, (element,))
    inner = [unified(parts) for parts in zip(*(one.inner for one in types), strict=True)]
    known = tuple(one for one in inner if one is not None)
    return Type(Kind.OBJECT, known, names.pop()) if len(known) == len(inner) else None


def _collected(types: list[Type], collection: Kind, structure: Kind) -> Type | None:
    """Tuples as a list among lists, objects as a map among maps; None if they do not fit together so."""
    parts = _inner(types, structure)
    part = unified(parts)
    if not parts or part is None:
        return None
    element = unified([part, *_inner(types, collection)])
    if element is None:
        return None
    if part != element and part.kind not in SCALARS and part is not NULL:
        # Terraform converts such parts twice, and the second time not from what the first one made of them.
        return ANY
    return Type(collection, (element,))


def _preferred(types: list[Type], kinds: tuple[Kind, ...]) -> Type | None:
    """One of the types, if all others convert to it."""
    if not all(map(is_sure, types)):
        return ANY
    wanted = sorted((one for one in types if one.kind in kinds), key=lambda one: kinds.index(one.kind))
    found = next((one for one in wanted if all(convertible(other, one) for other in types)), None)
    return ANY if found is not None and len(types) > 2 else found
