"""Every function that may build more than it is given says which bound stopped it, and has a value just within it."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.declarations import declarations
from kmslint.terraform.names import ModuleNames
from terraform_modules import spelt, value_of
from terraform_surroundings import AROUND

BOUNDED = [
    ('yamldecode("a: 12345")', "policy-characters", 8, "{a: 12345}"),
    ('csvdecode("a,b\\n1,2")', "policy-characters", 7, '[{a: "1", b: "2"}]'),
    ('csvdecode("a,b\\n1,2\\n3,4")', "elements", 4, '[{a: "1", b: "2"}, {a: "3", b: "4"}]'),
    ("merge({ a = 1, b = 2 }, { c = 3 })", "elements", 3, "{a: 1, b: 2, c: 3}"),
    ('transpose({ a = ["x", "y"], b = ["x"] })', "elements", 3, '{x: ["a", "b"], y: ["a"]}'),
    ('setunion(["a", "b"], ["c"])', "elements", 3, '<"a", "b", "c">'),
    ('setproduct(["a"], ["c", "d"])', "elements", 4, '[["a", "c"], ["a", "d"]]'),
    ('format("%s-%s", "aaa", "bbb")', "text", 7, '"aaa-bbb"'),
    ('format("%s-%s", "aaa", var.open)', "text", 4, '"aaa-${var.open}"'),
    ('format("%s%s", var.open, var.list[0])', "elements", 5, '"${var.open}${var.list[0]}"'),
    ('yamlencode("abc")', "text", 6, '""abc"\n"'),
    ('base64encode("abc")', "text", 4, '"YWJj"'),
    ('textencodebase64("a", "UTF-8")', "text", 4, '"YQ=="'),
    ('concat(["a"], ["b"])', "elements", 2, '["a", "b"]'),
    ('flatten([["a"], ["b"]])', "elements", 2, '["a", "b"]'),
    ('reverse(["a", "b"])', "elements", 2, '["b", "a"]'),
    ('split("", "abc")', "elements", 3, '["a", "b", "c"]'),
    ('split(",", "a,b,c")', "elements", 3, '["a", "b", "c"]'),
    ('replace("aa", "a", "01234")', "text", 17, '"0123401234"'),
    ('replace("a${aws_iam_role.one.name}a", "a", var.open)', "text", 29, '"${var.open}One${var.open}"'),
    ('indent(2, "a\\nb\\nc")', "text", 9, '"a\n  b\n  c"'),
]


@pytest.mark.parametrize(("expression", "bound", "least", "expected"), BOUNDED)
def test_what_a_function_gives_ends_at_a_bound_that_is_named(
    expression: str, bound: str, least: int, expected: str
) -> None:
    with limits.within({bound: least}):
        assert spelt(value_of(expression, AROUND)) == expected
    with limits.within({bound: least - 1}):
        function = expression.partition("(")[0]
        reason = f"what {function} gives, beyond {least - 1}; --limit {bound}=N raises this"
        assert spelt(value_of(expression, AROUND)) == f"${{{reason}}}"


DOCUMENTS = [
    # What is no JSON is refused by Terraform; what was not read for its size may be some.
    ('jsondecode("[1,")', {"policy-characters": 3}, 'refused ${jsondecode("[1,")}'),
    ('jsondecode("[1,")', {"policy-characters": 2}, '${jsondecode("[1,")}'),
    ('jsondecode("[{[")', {"depth": 4}, 'refused ${jsondecode("[{[")}'),
    ('jsondecode("[{[")', {"depth": 3}, '${jsondecode("[{[")}'),
    ('jsondecode("[1,${upper(var.open)}")', {}, '${jsondecode("[1,${upper(var.open)}")}'),
    ('jsondecode("[1,${var.open}")', {}, '${jsondecode("[1,${var.open}")}'),
    ('jsondecode("${var.open}")', {}, '${jsondecode("${var.open}")}'),
    ("length(jsonencode([1]))", {"text": 2}, "3"),
    ("length(jsonencode([1]))", {"text": 1}, "${length(jsonencode([1]))}"),
    # What hangs on more conditions than are combined is not known.
    *(
        (expression, {"choices": 1}, "${2 conditions in one expression; --limit choices=N raises this}")
        for expression in (
            '(var.flag ? 1 : (var.open == "x" ? 2 : 3)) + 1',
            '-(var.flag ? 1 : (var.open == "x" ? 2 : 3))',
            '!(var.flag ? true : (var.open == "x" ? false : true))',
            'upper(var.flag ? "a" : (var.open == "x" ? "b" : "c"))',
            '(var.flag ? { a = 1 } : (var.open == "x" ? { a = 2 } : { a = 3 })).a',
            '(var.flag ? [1] : (var.open == "x" ? [2] : [3]))[0]',
            '[for v in (var.flag ? { a = 1 } : (var.open == "x" ? { a = 2 } : { a = 3 })) : v]',
            'try((var.flag ? 1 : (var.open == "x" ? 2 : 3)), 4)',
            'can(var.flag ? 1 : (var.open == "x" ? 2 : 3))',
            '(var.flag ? true : (var.open == "x" ? false : true)) ? 1 : 2',
        )
    ),
    *(
        (expression, {"choices": 1}, '"${2 conditions in one expression; --limit choices=N raises this}x"')
        for expression in (
            '"%{ if (var.flag ? true : (var.open == "x" ? false : true)) }a%{ endif }x"',
            '"%{ for v in (var.flag ? { a = 1 } : (var.open == "x" ? {} : { a = 3 })) }a%{ endfor }x"',
        )
    ),
    # Nesting that is too deep is named.
    ("[[[1]]]", {"depth": 3}, "[[[${an expression nested deeper than 3 levels; --limit depth=N raises this}]]]"),
    (
        '"a%{ if true }b%{ endif }"',
        {"depth": 2},
        '"a${a template nested deeper than 2 levels; --limit depth=N raises this}"',
    ),
]


@pytest.mark.parametrize(("expression", "bounds", "expected"), DOCUMENTS)
def test_what_is_beyond_a_bound_is_not_taken_for_a_mistake(
    expression: str, bounds: dict[str, int], expected: str
) -> None:
    assert evaluated(expression, bounds) == expected


def evaluated(expression: str, bounds: dict[str, int]) -> str:
    """What the expression comes to within these bounds, which are not for what stands around it."""
    file = read_hcl(Source("main.tf", f"locals {{\n  it = {expression}\n}}\n{AROUND}"))
    with limits.within(bounds):
        names = ModuleNames(declarations([file]))
        return spelt(names.evaluate(names.declared.locals["it"][0].value))


STEPS = [
    ("1", 1),
    ("[1, 2]", 3),
    ("-1", 2),
    ("1 + 2", 3),
    ("upper(1)", 2),
    ("true ? 1 : 2", 3),
    ('"a${1}b"', 2),
    ("[1][0]", 4),
    ("[1, 2][*]", 6),
    ("[for v in [1, 2] : v]", 6),
    ("length([1, 2, 3])", 8),
    ("jsonencode([1, 2])", 6),
    ("concat([1, 2])", 4),
    ("[1] == [1]", 5),
    ('"%{for v in [1, 2]}${v}-%{endfor}"', 18),
    ("concat(range(50), [1])", 8),
    ("range(50) == range(50)", 11),
    (f'upper("{"a" * 128}")', 4),
    (f'length([jsonencode("{"a" * 128}")])', 7),
]
"""Expressions, and how many steps each takes: more for what is in a value, if all of it is looked at."""


@pytest.mark.parametrize(("expression", "steps"), STEPS)
def test_an_expression_is_paid_for(expression: str, steps: int) -> None:
    expected = evaluated(expression, {})
    assert evaluated(expression, {"steps": steps}) == expected
    assert evaluated(expression, {"steps": steps - 1}) != expected


LEVELS = [
    ("[[[1]]]", 4),
    ("-1", 2),
    ("upper(1)", 3),
    ("true ? 1 : 2", 3),
    ("[1][*]", 5),
    ("[for v in [1] : v]", 5),
    ('"a${1}"', 3),
    ('"a%{ if true }b%{ endif }"', 4),
    ('"a%{ for v in [1] }${v}%{ endfor }${[2][0]}"', 5),
]
"""Expressions, and how many levels each counts for."""


@pytest.mark.parametrize(("expression", "levels"), LEVELS)
def test_an_expression_is_as_deep_as_what_it_takes(expression: str, levels: int) -> None:
    expected = evaluated(expression, {})
    assert evaluated(expression, {"depth": levels}) == expected
    assert evaluated(expression, {"depth": levels - 1}) != expected


def test_json_that_is_longer_than_a_text_may_be_is_one_hole_in_it() -> None:
    expression = '"x${jsonencode({ resource = 1 })}"'
    with limits.within({"text": 15}):
        assert spelt(value_of(expression)) == '"x{"resource":1}"'
    for short in range(8, 13):
        with limits.within({"text": short}):
            assert spelt(value_of(expression)) == '"x${jsonencode(...)}"'
