"""Types of values, and values converted to a type, where not all of either is known."""

from __future__ import annotations

import pytest

from kmslint.location import Location, Source
from kmslint.terraform.conversions import converted, loosened
from kmslint.terraform.shapes import Absent, Each, Failure
from kmslint.terraform.types import (
    ANY,
    BOOL,
    CLASH,
    NULL,
    NUMBER,
    STRING,
    Kind,
    Type,
    clashes,
    is_settled,
    is_sure,
    type_of,
    weight,
)
from kmslint.values import Choice, Hole, HoleKind, Value
from terraform_modules import spelt, spelt_type, value_of
from terraform_surroundings import AROUND

REFUSED = Failure(Hole(HoleKind.EXPRESSION, "this"), Location(Source("it.tf", ""), 0, 0))


def type_(kind: str, *inner: Type, names: tuple[str, ...] = ()) -> Type:
    return Type(Kind(kind), inner, names)


@pytest.mark.parametrize(
    ("given", "sure", "settled", "element"),
    [
        (type_("list", STRING), True, True, STRING),
        (type_("list", ANY), False, False, ANY),
        (type_("list or tuple", STRING), False, True, STRING),
        (type_("list or tuple", STRING, NUMBER), False, False, ANY),
        (type_("list or tuple", type_("tuple", ANY)), False, False, type_("tuple", ANY)),
        (type_("list or tuple"), False, False, ANY),
        (type_("map or object", BOOL), False, True, BOOL),
        (type_("map or object"), False, False, ANY),
        (type_("tuple"), True, True, NULL),
        (type_("tuple", NULL, STRING), True, True, STRING),
        (type_("tuple", CLASH), False, False, CLASH),
        (type_("tuple", type_("map or object", STRING)), False, True, type_("map or object", STRING)),
    ],
)
def test_what_is_open_about_a_type(given: Type, sure: bool, settled: bool, element: Type) -> None:
    assert (is_sure(given), is_settled(given), given.element) == (sure, settled, element)


def test_a_clash_is_found_inside() -> None:
    assert clashes(CLASH)
    assert clashes(type_("list", type_("tuple", STRING, CLASH)))
    assert not clashes(type_("list", type_("tuple", STRING, ANY)))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", 1),
        ("[]", 1),
        ("[1, [2, 3]]", 5),
        ("{ a = 1, b = [2] }", 4),
        ("[var.flag ? 1 : 2]", 4),
        ("(var.flag ? [1] : [2, 3])", 6),
    ],
)
def test_how_many_values_are_in_a_value(expression: str, expected: int) -> None:
    assert weight(value_of(expression, AROUND)) == expected


@pytest.mark.parametrize(
    ("opening", "closing", "kind"), [("[", "]", "tuple"), ("{ a = ", "}", "object"), ("tolist([", "])", "list")]
)
def test_a_type_is_open_below_some_levels(opening: str, closing: str, kind: str) -> None:
    """Nobody nests values like that, but whoever wants to see what breaks."""
    for levels, known in ((20, STRING), (21, ANY)):
        found = type_of(value_of(opening * levels + '["x"]' + closing * levels))
        for _ in range(levels):
            assert found.kind is Kind(kind)
            (found,) = found.inner
        assert found == (type_("tuple", known) if levels == 20 else ANY)


def test_a_type_is_open_below_some_choices() -> None:
    value = first = value_of('["x"]')
    for levels in range(21):
        assert type_of(value) == type_("tuple", STRING), levels
        value = Choice("it", value, first, value.at)
    assert type_of(value) == ANY


def test_the_type_of_what_may_be_there_several_times_is_that_of_each() -> None:
    one = value_of("1")
    several = value_of("[0]")._replace(items=(Each("it", one, Absent(one.at), one.at),))  # type: ignore[call-arg]
    assert type_of(several) == type_("list or tuple", NUMBER)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # A string that may have been a number or a boolean, and back.
        ('"x"', '"x" string'),
        ('"5"', '"5" any'),
        ('"true"', '"true" any'),
        ('"1x"', '"1x" string'),
        ("5", "5 any"),
        ("true", "true any"),
        ('"a${var.open}"', '"a${var.open}" string'),
        ("jsonencode(1)", "json 1 string"),
        ("null", "null any"),
        ("var.open", "${var.open} any"),
        # A tuple may become a list, or a set: that has another order, and no element twice.
        ("[]", "[] list or tuple"),
        ('["x"]', '["x"] list or tuple(string)'),
        ('["x", "y"]', '["x", "y"] list or tuple(string, string)'),
        ('["y", "x"]', '["y", "x"] any'),
        ('["x", "x"]', "${this} any"),
        ("[1, 2]", "[1, 2] any"),
        ('["y", var.open]', '["y", ${var.open}] any'),
        ('["y", "a${var.open}"]', '["y", "a${var.open}"] any'),
        ('[null, "x"]', '[null, "x"] list or tuple(any, string)'),
        ('["x", null]', '["x", null] any'),
        ("[null, null]", "${this} any"),
        ('[for v in ["x", "y"] : v if var.flag]', '[(var.flag ? "x" : -), (var.flag ? "y" : -)] any'),
        ('toset(["x"])', '["x"] any'),
        ('{ a = "x", b = 1 }', '{a: "x", b: 1} map or object(string, any)'),
        ('tomap({ a = "x" })', '{a: "x"} map or object(string)'),
        ('(var.flag ? "x" : 1)', '(var.flag ? "x" : "1") any'),
        ("(var.flag ? [2, 1] : [])", "(var.flag ? [2, 1] : []) any"),
    ],
)
def test_a_value_of_which_the_type_is_open(expression: str, expected: str) -> None:
    value = loosened(value_of(expression, AROUND), REFUSED)
    assert f"{spelt(value)} {spelt_type(type_of(value))}" == expected


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{ a = ", "}")])
def test_below_some_levels_nothing_is_known_of_it(opening: str, closing: str) -> None:
    for levels, known in ((39, True), (40, False)):
        value = loosened(value_of(opening * levels + '["x"]' + closing * levels), REFUSED)
        assert ("x" in spelt(value)) is known
    value = first = value_of('"x"')
    for _ in range(40):
        value = Choice("it", value, first, value.at)
    assert "${this}" not in spelt(loosened(value, REFUSED))
    assert "${this}" in spelt(loosened(Choice("it", value, first, value.at), REFUSED))


OBJECT = type_("object", STRING, NUMBER, names=("a", "b"))
PAIR = type_("tuple", STRING, NUMBER)


@pytest.mark.parametrize(
    ("expression", "wanted", "expected"),
    [
        ("[1, 2]", PAIR, '["1", 2] tuple([string, number])'),
        ("[1]", PAIR, "refused ${this} any"),
        ('[1, "x"]', PAIR, "refused ${this} any"),
        ("tolist([1, 2])", PAIR, "refused ${this} any"),
        ("{ a = 1, b = 2, c = 3 }", OBJECT, '{a: "1", b: 2} object({a = string, b = number})'),
        ("{ a = 1 }", OBJECT, "refused ${this} any"),
        ('{ a = 1, b = "x" }', OBJECT, "refused ${this} any"),
        ("[1]", OBJECT, "refused ${this} any"),
        ("{ a = 1, (var.open) = 2 }", OBJECT, "${this} any"),
        ("merge({ a = 1 }, var.open)", OBJECT, "{a: ${var.open.a}, b: ${var.open.b}} object({a = any, b = any})"),
        ("merge(var.list, var.open)", OBJECT, "{a: ${var.open.a}, b: ${var.open.b}} object({a = any, b = any})"),
        ("[1, true]", type_("set", STRING), '<"1", "true"> set(string)'),
        ("{}", type_("set", STRING), "refused ${this} any"),
        ("[[]]", type_("set", STRING), "refused ${this} any"),
        ("{}", type_("list", STRING), "refused ${this} any"),
        ("[[]]", type_("list", STRING), "refused ${this} any"),
        ("toset([[1], [2]])", type_("list", type_("tuple", STRING)), '[["1"], ["2"]] any'),
        ('["x", 1]', type_("list or tuple", STRING), '["x", "1"] list or tuple(string, string)'),
        ("[[]]", type_("list or tuple", STRING), "refused ${this} any"),
        ("{}", type_("list or tuple", STRING), "refused ${this} any"),
        ('toset(["x"])', type_("list or tuple", STRING), '["x"] any'),
        ("{ a = 1 }", type_("map or object", STRING), '{a: "1"} map or object(string)'),
        ("{ a = [] }", type_("map or object", STRING), "refused ${this} any"),
        ("[]", type_("map or object", STRING), "refused ${this} any"),
        ("{ a = 1 }", type_("map", STRING), '{a: "1"} map(string)'),
        ("{ a = [] }", type_("map", STRING), "refused ${this} any"),
        ("[]", type_("map", STRING), "refused ${this} any"),
        ("1", CLASH, "${this} any"),
        ("1", ANY, "1 any"),
        ("1", NULL, "1 number"),
        ("null", STRING, "null any"),
        ("var.open", STRING, "${var.open} any"),
        ("true", NUMBER, "refused ${this} any"),
        ('"a${var.open}"', NUMBER, "${this} any"),
        ('"1e9999"', NUMBER, "${this} any"),
        ("[]", NUMBER, "refused ${this} any"),
        ('"x"', BOOL, "refused ${this} any"),
        ('"${var.open}"', BOOL, "${var.open} any"),
        ('"a${var.open}"', BOOL, "${this} any"),
        ("jsonencode([])", STRING, "json [] string"),
        ("[]", STRING, "refused ${this} any"),
        ('(var.flag ? 1 : "x")', NUMBER, "(var.flag ? 1 : refused ${this}) any"),
    ],
)
def test_a_value_converted_to_a_type(expression: str, wanted: Type, expected: str) -> None:
    value: Value = converted(value_of(expression, AROUND), wanted, REFUSED)
    assert f"{spelt(value)} {spelt_type(type_of(value))}" == expected
