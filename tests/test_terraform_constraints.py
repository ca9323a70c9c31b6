"""What the type of a variable makes of a value, where not all of the value is known."""

from __future__ import annotations

import pytest

from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.constraints import converted
from kmslint.terraform.declarations import declarations
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.types import type_of
from terraform_modules import spelt, spelt_type
from terraform_surroundings import AROUND

REFUSED = "refused ${a value that does not fit the type of its variable} any"
CONVERTED = [
    ("list(string)", "var.open", "${var.open} any"),
    ("list(string)", "null", "null null"),
    # Terraform 0.11 wrote types in quotes.
    ('"string"', "1", '"1" string'),
    ('"string"', "[1]", "[1] tuple([number])"),
    ('"string"', "{ a = 1 }", "{a: 1} object({a = number})"),
    ('"list"', '["b"]', '["b"] tuple([string])'),
    ('"list"', "1", "1 number"),
    # What is missing is filled in, in either way that a value may come out.
    (
        'object({ a = optional(string, "d") })',
        "(var.flag ? {} : { a = 1 })",
        '(var.flag ? {a: "d"} : {a: "1"}) object({a = string})',
    ),
    ("object({ a = optional(string) })", "{}", "{a: null} object({a = any})"),
    ("object({ a = optional(number, 3) })", "{ a = null }", "{a: 3} object({a = number})"),
    ("object({ a = optional(number, 3) })", "{ a = 4 }", "{a: 4} object({a = number})"),
    ("object({ a = string })", "{}", REFUSED),
    ("object({ a = string })", "{ a = 1, b = 2 }", '{a: "1"} object({a = string})'),
    ("object({ a = optional(string) })", "[]", REFUSED),
    (
        "object({ a = optional(string) })",
        "{ (var.open) = 1 }",
        "${a value that does not fit the type of its variable} any",
    ),
    ("object({ a = string })", "merge({ b = 1 }, var.open)", "{a: ${var.open.a}} object({a = any})"),
    ('object({ a = optional(string, "d") })', "merge({ b = 1 }, var.open)", "{a: ${var.open.a}} object({a = any})"),
    ('list(object({ a = optional(string, "d") }))', "[{}, {}]", '[{a: "d"}, {a: "d"}] list(object({a = string}))'),
    ('set(object({ a = optional(string, "d") }))', "[{}, {}]", '<{a: "d"}> set(object({a = string}))'),
    ('map(object({ a = optional(string, "d") }))', "{ k = {} }", '{k: {a: "d"}} map(object({a = string}))'),
    ('tuple([object({ a = optional(string, "d") })])', "[{}]", '[{a: "d"}] tuple([object({a = string})])'),
    ('tuple([object({ a = optional(string, "d") })])', "[{}, {}]", REFUSED),
    (
        'object({ a = optional(object({ b = optional(string, "d") }), {}) })',
        "{}",
        '{a: {b: "d"}} object({a = object({b = string})})',
    ),
    # `any` is one type for all elements.
    ("any", '[1, "a"]', '[1, "a"] tuple([number, string])'),
    ("any", '(var.flag ? 1 : "a")', '(var.flag ? "1" : "a") string'),
    ("any", '[var.flag ? ["b", "b"] : []]', '[(var.flag ? ["b", "b"] : [])] tuple([any])'),
    (
        "list(any)",
        '[var.flag ? ["b", "b"] : [], var.flag ? ["b", "b"] : []]',
        '[(var.flag ? ["b", "b"] : []), (var.flag ? ["b", "b"] : [])] list(any)',
    ),
    ("list(any)", '[var.flag ? ["b", "b"] : []]', '[(var.flag ? ["b", "b"] : [])] list(any)'),
    ("list(any)", '[1, "a"]', '["1", "a"] list(string)'),
    ("list(any)", "[1, []]", REFUSED),
    ("list(any)", "[]", "[] list(any)"),
    ("list(any)", "[null, 1]", "[null, 1] list(number)"),
    ("list(any)", "[null, [1]]", "[null, [1]] list(tuple([number]))"),
    ("list(any)", '[var.open, "a"]', '[${var.open}, "a"] list(string)'),
    ("list(any)", "[var.open, 1]", "[${var.open}, 1] list(any)"),
    ("list(any)", '[for v in [1, "a"] : v if var.flag]', '[(var.flag ? "1" : -), (var.flag ? "a" : -)] list(string)'),
    ("list(any)", "(var.flag ? [1] : tolist([2]))", "(var.flag ? [1] : [2]) list(number)"),
    ("set(any)", '[1, "a"]', '<"1", "a"> set(string)'),
    ("map(any)", '{ a = 1, b = "x" }', '{a: "1", b: "x"} map(string)'),
    ("map(any)", "{ a = 1, b = [] }", REFUSED),
    ("map(any)", "[]", REFUSED),
    ("tuple([any, string])", "[[1], 2]", '[[1], "2"] tuple([tuple([number]), string])'),
    ("tuple([any, string])", "[1]", REFUSED),
    ("object({ a = any })", "{ a = [1] }", "{a: [1]} object({a = tuple([number])})"),
    ("list(object({ a = any }))", '[{ a = 1 }, { a = "x" }]', '[{a: "1"}, {a: "x"}] list(object({a = string}))'),
    ("list(object({ a = any }))", "[{ a = 1 }, { a = [] }]", REFUSED),
    ("list(list(any))", '[[1], ["a", "b"]]', '[["1"], ["a", "b"]] list(list(string))'),
    ("list(tuple([any]))", '[[1], ["a"]]', '[["1"], ["a"]] list(tuple([string]))'),
    # Terraform takes the first two for `list(any)` and `map(any)`, and refuses the others.
    ("list", "[1]", "[1] list(number)"),
    ("map", "{ a = 1 }", "{a: 1} map(number)"),
    ("object(string)", "{ a = 1 }", "{} object({})"),
    ("tuple(string)", "[1]", "[1] tuple([number])"),
    ("list()", "[1]", "[1] list(number)"),
    ('object({ "a" = string })', "{ a = 1 }", '{a: "1"} object({a = string})'),
    ("object({ (a) = string })", "{ a = 1 }", "{} object({})"),
    ("object({ a = optional() })", "{ a = 1 }", "{a: 1} object({a = number})"),
]


@pytest.mark.parametrize(("constraint", "expression", "expected"), CONVERTED)
def test_what_the_type_of_a_variable_makes_of_a_value(constraint: str, expression: str, expected: str) -> None:
    text = f"locals {{\n  it = {expression}\n  type = {constraint}\n}}\n{AROUND}"
    names = ModuleNames(declarations([read_hcl(Source("main.tf", text))]))
    given, type_ = (names.declared.locals[name][0].value for name in ("it", "type"))
    value = converted(names.evaluate(given), type_, names.evaluate)
    assert f"{spelt(value)} {spelt_type(type_of(value))}" == expected


def test_without_a_type_a_value_stays_as_it_is() -> None:
    names = ModuleNames(declarations([read_hcl(Source("main.tf", 'locals {\n  it = [1, "a"]\n}\n'))]))
    value = names.evaluate(names.declared.locals["it"][0].value)
    assert converted(value, None, names.evaluate) is value
