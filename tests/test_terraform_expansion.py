"""The instances that `count` and `for_each` come to, and when each is there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kmslint.terraform.attempts import fails, is_open, may_fail
from kmslint.terraform.expansion import Index, counted, iterated, refusal
from kmslint.values import Guards
from terraform_modules import spelt, value_of
from terraform_surroundings import AROUND

FEW = 3


def shown(indexes: Sequence[Index] | None) -> list[str] | None:
    """Each as `[key] = value if condition`."""
    return None if indexes is None else [f"{one.spelt} = {spelt(one.value)}{_under(one.guards)}" for one in indexes]


def _under(guards: Guards) -> str:
    conditions = sorted(f"{'' if guard.holds else 'not '}{guard.condition}" for guard in guards)
    return f" if {' and '.join(conditions)}" if conditions else ""


COUNTED = [
    ("0", []),
    ("1", ["[0] = 0"]),
    ('"2"', ["[0] = 0", "[1] = 1"]),
    ("3", ["[0] = 0", "[1] = 1", "[2] = 2"]),
    ("4", None),
    ("-1", []),
    ("1.5", None),
    ("var.open", None),
    ("(var.flag ? 1 : 0)", ["[0] = 0 if var.flag"]),
    ("(var.flag ? 0 : 1)", ["[0] = 0 if not var.flag"]),
    ("(var.flag ? 2 : 1)", ["[0] = 0", "[1] = 1 if var.flag"]),
    ("(var.flag ? 1 : 4)", None),
    ("(var.flag ? var.open : 1)", None),
    ("(var.flag ? 1 : var.open)", None),
    ('(var.flag ? 1 : (var.open == "x" ? 1 : 0))', ["[0] = 0 if k has instances"]),
]


@pytest.mark.parametrize(("count", "expected"), COUNTED)
def test_the_instances_of_a_count(count: str, expected: list[str] | None) -> None:
    assert shown(counted(value_of(count, AROUND), "k", FEW)) == expected


ITERATED = [
    ('toset(["b", "a"])', ['["a"] = "a"', '["b"] = "b"']),
    ("toset([])", []),
    ("toset([2, 1])", ['["1"] = "1"', '["2"] = "2"']),
    ('toset(["a", "b", "c"])', ['["a"] = "a"', '["b"] = "b"', '["c"] = "c"']),
    ('toset(["a", "b", "c", "d"])', None),
    ('toset(["a\\"b", "c${"$"}{d}"])', ['["a\\"b"] = "a"b"', '["c$${d}"] = "c${d}"']),
    ('toset(["%${"{"}x}", "a\\n\\t\\r\\\\"])', ['["%%{x}"] = "%{x}"', '["a\\n\\t\\r\\\\"] = "a\n\t\r\\"']),
    ('toset(["\\u0007\\U000e0001"])', ['["\\u0007\\U000e0001"] = "\x07\U000e0001"']),
    ("toset([var.open])", ['["${var.open}"] = "${var.open}"']),
    ("toset([var.open, var.open])", ['["${var.open}"] = "${var.open}"']),
    ('toset(["a${var.open}", "b"])', ['["a${var.open}"] = "a${var.open}"', '["b"] = "b"']),
    ("toset([[1]])", None),
    ("toset(var.list)", None),
    ("toset([for v in var.list : upper(v)])", None),
    ("var.open", None),
    ("null", None),
    ("{ b = 1, a = [2] }", ['["a"] = [2]', '["b"] = 1']),
    ("tomap({ b = 1 })", ['["b"] = 1']),
    ("{}", []),
    ("{ a = 1, b = 2, c = 3, d = 4 }", None),
    ("{ (var.open) = 1 }", ['["${var.open}"] = 1']),
    ("merge({ a = 1 }, var.open)", None),
    ('{ for v in ["b", "a"] : v => 1 if var.flag }', ['["a"] = 1 if var.flag', '["b"] = 1 if var.flag']),
    ('{ for v in ["a"] : v => v if v == var.open }', ['["a"] = "a" if v == var.open (v = element 1)']),
    ("{ for v in var.list : v => 1 }", None),
    ('toset([for v in ["a", "b"] : v if var.flag])', ['["a"] = "a" if var.flag', '["b"] = "b" if var.flag']),
    ('toset(["a", var.flag ? "a" : "b"])', None),
    ('toset(concat(["a"], var.flag ? ["b"] : []))', ['["a"] = "a"', '["b"] = "b" if var.flag']),
    ('toset(concat(["a"], var.flag ? ["a"] : []))', ['["a"] = "a"']),
    ('toset(concat(var.flag ? ["a"] : [], ["a"]))', ['["a"] = "a"']),
    ('toset(concat(var.flag ? ["a"] : [], var.flag ? ["a"] : []))', ['["a"] = "a" if var.flag']),
    ('(var.flag ? toset(["a"]) : toset([]))', ['["a"] = "a" if var.flag']),
    ("(var.flag ? { a = 1 } : {})", ['["a"] = 1 if var.flag']),
    ("(var.flag ? {} : { a = 1 })", ['["a"] = 1 if not var.flag']),
    ("(var.flag ? { a = 1 } : { a = 2 })", None),
    ("(var.flag ? { a = 1 } : { b = 2 })", ['["a"] = 1 if var.flag', '["b"] = 2 if not var.flag']),
    ("(var.flag ? { a = 1 } : var.open)", None),
    ("(var.flag ? var.open : { a = 1 })", None),
    ("(var.flag ? { a = 1, b = 2, c = 3, d = 4 } : {})", None),
    ("(var.flag ? { (var.open) = 1 } : { (var.open) = 2 })", None),
    ("{ (var.open) = 1, (var.open) = 2 }", None),
    ("{ a = var.flag ? 1 : 2 }", ['["a"] = (var.flag ? 1 : 2)']),
    ('toset(concat(var.flag ? ["a"] : [], var.open == "x" ? ["a"] : []))', None),
    ('toset([for v in ["a"] : v if var.flag || var.open == "x"])', None),
    ('(var.flag ? toset(["a"]) : toset(["a"]))', ['["a"] = "a"']),
]


@pytest.mark.parametrize(("for_each", "expected"), ITERATED)
def test_the_instances_of_a_for_each(for_each: str, expected: list[str] | None) -> None:
    assert shown(iterated(value_of(for_each, AROUND), FEW)) == expected


COUNT = "count is not a whole number from 0 on"
FOR_EACH = "for_each is neither a map nor a set of texts"
REFUSED = [
    ("1", "{}", "count and for_each in one block"),
    ("0", "", ""),
    ("-1", "", COUNT),
    ("1.5", "", COUNT),
    ('"x"', "", COUNT),
    ('"a${var.open}"', "", ""),
    ("var.open", "", ""),
    ("[]", "", COUNT),
    ("{}", "", COUNT),
    ("", '["a"]', FOR_EACH),
    ("", 'tolist(["a"])', FOR_EACH),
    ("", "[]", ""),
    ("", "{ a = [] }", ""),
    ("", '"a"', FOR_EACH),
    ("", "null", ""),
    ("", "var.open", ""),
    ("", 'toset(["a"])', ""),
    ("", "toset([1])", FOR_EACH),
    ("", "toset([true])", FOR_EACH),
    ("", "toset([[]])", FOR_EACH),
    ("", "toset([{}])", FOR_EACH),
    ("", 'toset(["a", null])', FOR_EACH),
    ("", "toset([var.open])", ""),
    ("", "toset([for v in [1, 2] : v if var.flag])", ""),
]


@pytest.mark.parametrize(("count", "for_each", "expected"), REFUSED)
def test_what_terraform_refuses(count: str, for_each: str, expected: str) -> None:
    given = (value_of(one, AROUND) if one else None for one in (count, for_each))
    assert refusal(*given) == expected


@pytest.mark.parametrize(
    ("expression", "fails_for_certain", "may_be_refused", "open_"),
    [
        ("upper([])", True, True, True),
        ("[1, upper([])]", True, False, True),
        ("{ a = upper([]) }", True, False, True),
        ("jsonencode([upper([])])", True, False, False),
        ("(var.flag ? upper([]) : upper([]))", True, True, True),
        ("(var.flag ? upper([]) : 1)", False, True, True),
        ("(var.flag ? 1 : upper([]))", False, True, True),
        ("(var.flag ? 1 : 2)", False, False, False),
        ("(var.flag ? var.open : 2)", False, False, True),
        ("(var.flag ? 2 : var.open)", False, False, True),
        ("var.open", False, False, True),
        ("[[var.open]]", False, False, True),
        ("{ a = var.open }", False, False, True),
        ("{ for v in var.list : v => 1 }", False, False, True),
        ("[]", False, False, False),
        ("{ a = [1] }", False, False, False),
        ('"a${var.open}"', False, False, False),
    ],
)
def test_what_is_refused_and_what_is_open(
    expression: str, fails_for_certain: bool, may_be_refused: bool, open_: bool
) -> None:
    value = value_of(expression, AROUND)
    assert (fails(value), may_fail(value), is_open(value)) == (fails_for_certain, may_be_refused, open_)
