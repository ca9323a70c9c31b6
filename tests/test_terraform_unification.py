"""Which type several types become, and which converts to which.

What is open is a list or a tuple, a map or an object, or anything at all: Terraform never says so, and the fixtures
that hold kmslint against it have expressions for the types that are certain.
"""

from __future__ import annotations

import pytest

from kmslint.terraform.types import ANY, BOOL, CLASH, NULL, NUMBER, STRING, Kind, Type
from kmslint.terraform.unification import convertible, unified


def list_of(element: Type) -> Type:
    return Type(Kind.LIST, (element,))


def set_of(element: Type) -> Type:
    return Type(Kind.SET, (element,))


def map_of(element: Type) -> Type:
    return Type(Kind.MAP, (element,))


def tuple_of(*parts: Type) -> Type:
    return Type(Kind.TUPLE, parts)


def object_of(**parts: Type) -> Type:
    return Type(Kind.OBJECT, tuple(parts.values()), tuple(parts))


def sequence_of(*parts: Type) -> Type:
    """A list or a tuple."""
    return Type(Kind.SEQUENCE, parts)


def record_of(*parts: Type) -> Type:
    """A map or an object."""
    return Type(Kind.RECORD, parts)


STRINGS, NUMBERS = list_of(STRING), list_of(NUMBER)

UNIFIED = [
    # Nulls and what is not known.
    ([], NULL),
    ([NULL, NULL], NULL),
    ([NULL, STRING], STRING),
    ([ANY, NULL], ANY),
    ([NULL, STRINGS], CLASH),
    ([NULL, ANY, STRINGS], CLASH),
    ([NULL, BOOL, NUMBER], CLASH),
    ([BOOL, NUMBER], None),
    ([STRING, ANY], STRING),
    ([NUMBER, ANY], ANY),
    ([STRINGS, ANY], ANY),
    ([STRINGS, STRING, ANY], CLASH),
    # What may be a list or a tuple.
    ([sequence_of(STRING, NUMBER)], sequence_of(STRING, NUMBER)),
    ([sequence_of(STRING, STRINGS)], CLASH),
    ([sequence_of()], sequence_of(ANY)),
    ([sequence_of(), STRINGS], sequence_of(STRING, ANY)),
    ([sequence_of(STRING), tuple_of(NUMBER)], sequence_of(STRING, NUMBER)),
    ([sequence_of(STRING), set_of(STRING)], ANY),
    ([sequence_of(STRING), STRINGS, tuple_of(STRING), set_of(STRING)], ANY),
    # What may be a map or an object.
    ([record_of(STRING, NUMBER)], record_of(STRING, NUMBER)),
    ([record_of(STRING, STRINGS)], CLASH),
    ([record_of()], record_of(ANY)),
    ([record_of(), map_of(STRING)], record_of(STRING, ANY)),
    ([record_of(STRING), map_of(STRING), object_of(a=STRING)], record_of(STRING, STRING, STRING)),
    # Collections of one kind.
    ([STRINGS, NUMBERS], STRINGS),
    ([set_of(STRING), set_of(NUMBER)], set_of(STRING)),
    ([NUMBERS, list_of(BOOL)], None),
    ([map_of(STRING), map_of(NUMBER)], map_of(STRING)),
    ([map_of(STRING), map_of(STRINGS)], None),
    ([STRINGS, map_of(STRING)], None),
    # Tuples and objects.
    ([tuple_of(STRING, NUMBER), tuple_of(NUMBER, NUMBER)], tuple_of(STRING, NUMBER)),
    ([tuple_of(STRING, NUMBER), tuple_of(STRINGS, NUMBER)], None),
    ([tuple_of(STRING), tuple_of(NUMBER, NUMBER)], STRINGS),
    ([tuple_of(STRING), tuple_of(STRINGS, NUMBER)], None),
    ([object_of(a=STRING, b=NUMBER), object_of(a=NUMBER, b=NUMBER)], object_of(a=STRING, b=NUMBER)),
    ([object_of(a=STRING, b=NUMBER), object_of(a=STRINGS, b=NUMBER)], None),
    ([object_of(a=STRING), object_of(b=NUMBER)], map_of(STRING)),
    ([object_of(a=STRING), object_of(b=STRINGS)], None),
    # Tuples among lists, objects among maps.
    ([NUMBERS, tuple_of(STRING, NUMBER)], STRINGS),
    ([STRINGS, tuple_of()], STRINGS),
    ([list_of(STRINGS), tuple_of()], list_of(STRINGS)),
    ([STRINGS, tuple_of(NULL)], STRINGS),
    ([list_of(STRINGS), tuple_of(NUMBERS)], ANY),
    ([list_of(STRINGS), tuple_of(STRINGS)], list_of(STRINGS)),
    ([map_of(NUMBER), object_of(a=STRING)], map_of(STRING)),
    ([map_of(NUMBER), object_of()], map_of(NUMBER)),
    ([map_of(STRINGS), object_of(a=STRING)], None),
    ([map_of(STRINGS), object_of(a=NUMBERS)], ANY),
    # One of the types, if the others convert to it.
    ([set_of(NUMBER), STRINGS], STRINGS),
    ([set_of(STRING), NUMBERS], NUMBERS),
    ([set_of(STRING), tuple_of(NUMBER)], set_of(STRING)),
    ([set_of(STRING), tuple_of(STRINGS)], None),
    ([STRINGS, set_of(NUMBER), tuple_of(NUMBER)], ANY),
    ([STRINGS, set_of(NUMBER), tuple_of(STRINGS)], None),
    ([STRINGS, set_of(ANY)], ANY),
]


@pytest.mark.parametrize(("types", "expected"), UNIFIED)
def test_several_types_become_one(types: list[Type], expected: Type | None) -> None:
    assert unified(types) == expected


CONVERTIBLE = [
    (STRING, NUMBER, True),
    (NUMBER, STRING, True),
    (NUMBER, BOOL, False),
    (NULL, STRINGS, True),
    (STRINGS, NULL, True),
    (STRINGS, STRING, False),
    (STRING, STRINGS, False),
    (tuple_of(BOOL, STRING), STRINGS, True),
    (tuple_of(BOOL, STRING), set_of(NUMBER), False),
    (list_of(tuple_of(STRING)), list_of(STRINGS), True),
    (list_of(STRINGS), list_of(tuple_of(STRING)), False),
    (object_of(a=BOOL), map_of(STRING), True),
    (object_of(a=BOOL, b=STRING), map_of(NUMBER), False),
    (object_of(a=tuple_of(STRING)), map_of(STRINGS), True),
    (STRINGS, map_of(STRING), False),
    (map_of(NUMBER), object_of(a=STRING, b=NUMBER), True),
    (map_of(NUMBER), object_of(a=BOOL, b=NUMBER), False),
    (map_of(STRINGS), object_of(a=set_of(STRING)), True),
    (map_of(set_of(STRING)), object_of(a=tuple_of(STRING)), False),
    (map_of(STRING), tuple_of(STRING), False),
    (tuple_of(STRING), map_of(STRING), False),
    (tuple_of(STRING), object_of(a=STRING), False),
    (STRINGS, tuple_of(STRING), False),
    (object_of(a=NUMBER, b=BOOL), object_of(a=STRING), True),
    (object_of(a=NUMBER), object_of(a=STRING, b=BOOL), False),
    (object_of(a=NUMBER, b=NUMBER), object_of(a=STRING, b=BOOL), False),
    (object_of(a=tuple_of(STRING)), object_of(a=STRINGS), True),
    (object_of(a=STRINGS), object_of(a=tuple_of(STRING)), False),
    (tuple_of(NUMBER, tuple_of(STRING)), tuple_of(STRING, STRINGS), True),
    (tuple_of(NUMBER), tuple_of(STRING, STRING), False),
    (tuple_of(NUMBER, NUMBER), tuple_of(STRING, BOOL), False),
    (tuple_of(STRINGS), tuple_of(tuple_of(STRING)), False),
]


@pytest.mark.parametrize(("given", "wanted", "expected"), CONVERTIBLE)
def test_one_type_converts_to_another(given: Type, wanted: Type, expected: bool) -> None:
    assert convertible(given, wanted) is expected
