"""Templates of their own: which variables they see, and what Terraform refuses of them."""

from __future__ import annotations

import json

import pytest

from terraform_modules import spelt, value_of
from terraform_surroundings import AROUND

LONG = "n" * 70
REFUSED, UNKNOWN = "refused", "unknown"
"""The call as a whole."""
RENDERED = [
    ("a${n}", '{ n = "x" }', '"ax"'),
    ("a", "{}", '"a"'),
    ("", "{}", '""'),
    ("${n}", "{ n = 5 }", '"5"'),
    ("${n}", "{ n = [] }", REFUSED),
    ("${n}", "{ n = null }", REFUSED),
    ("${upper([])}", "{}", REFUSED),
    ("${n.name}", "{ n = aws_iam_role.one }", '"One"'),
    ("%{ for v in n }${v},%{ endfor }", '{ n = ["x", "y"] }', '"x,y,"'),
    # What is not given is refused; of what may be given nothing is known.
    ("a${n}", "{}", 'refused ${templatestring: no variable "n" is given to it}'),
    (f"a${{{LONG}}}", "{}", f'refused ${{templatestring: no variable "{LONG[:60]}" is given to it}}'),
    ("a${n}", "var.open", '"a${n}"'),
    ("a${n.name}", "var.open", '"a${n.name}"'),
    ("a${n}", "merge({ m = 1 }, var.open)", '"a${n}"'),
    ("a${m}", "merge(var.open, { m = 1 })", '"a1"'),
    ("a${n}${m}", '{ (var.open) = 1, m = "x" }', '"a${n}x"'),
    ("a${n}", "null", REFUSED),
    ("a${n}", "[]", REFUSED),
    ("a${n}", '"x"', REFUSED),
    # The names of variables.
    ("a${n}", '{ n = 1, "b c" = 2 }', REFUSED),
    ("a${n}", "{ n = 1, b-c = 2 }", '"a1"'),
    ("a${n}", '{ n = 1, "1" = 2 }', REFUSED),
    # One template is not rendered inside another.
    ("${templatestring(n, {})}", '{ n = "x" }', REFUSED),
    # What is no template.
    ("${", "{}", UNKNOWN),
    ("\ufeffa", "{}", UNKNOWN),
]


@pytest.mark.parametrize(("template", "variables", "expected"), RENDERED)
def test_what_a_template_comes_to(template: str, variables: str, expected: str) -> None:
    spelling = json.dumps(template, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    around = f"locals {{\n  t = {spelling}\n}}\n{AROUND}"
    expression = f"templatestring(local.t, {variables})"
    assert _short(spelt(value_of(expression, around)), expression) == expected


def _short(value: str, expression: str) -> str:
    return {f"refused ${{{expression}}}": REFUSED, f"${{{expression}}}": UNKNOWN}.get(value, value)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("templatestring(var.open, {})", UNKNOWN),
        ("templatestring(local.no, {})", UNKNOWN),
        ("templatestring(local.open, {})", UNKNOWN),
        ("templatestring(null, {})", REFUSED),
        ('templatestring("a", {})', REFUSED),
        ("templatestring(local.t)", REFUSED),
        ("templatestring(local.t, {}, 1)", REFUSED),
        ("templatestring(local.number, {})", '"1"'),
        ("templatestring(local.list[0], { n = 1 })", '"b1"'),
        ("templatestring(local.either, { n = 1 })", '(var.flag ? "a1" : "b")'),
        ('try(templatestring(local.t, {}), "else")', '"else"'),
        ('try(templatestring(local.t, var.open), "else")', UNKNOWN),
        ('try(templatestring(local.t, { n = [] }), "else")', '"else"'),
        ("can(templatestring(local.t, { n = 1 }))", "true"),
        ("can(templatestring(local.t, { n = var.open }))", UNKNOWN),
    ],
)
def test_what_is_asked_for(expression: str, expected: str) -> None:
    around = """locals {
  t      = "a$${n}"
  number = 1
  list   = ["b$${n}"]
  either = var.flag ? "a$${n}" : "b"
  open   = "a${var.open}"
}
"""
    assert _short(spelt(value_of(expression, around + AROUND)), expression) == expected


@pytest.mark.parametrize(
    ("template", "variables", "expected"),
    [
        ('"a$${n}"', "{ n = 5 }", '"a5"'),
        ('"%%{ if n == "5" }yes%%{ endif }"'.replace('"5"', '\\"5\\"'), "{ n = 5 }", '"yes"'),
        ('"a$${n}"', "{ n = [] }", "refused ${data.template_file.it.rendered}"),
        ('"a$${n}"', "{}", 'refused ${data.template_file.it.rendered: no variable "n" is given to it}'),
        ("var.open", "{}", "${data.template_file.it.rendered}"),
        ("var.open", "{ n = [] }", "${data.template_file.it.rendered}"),
        ('"$${"', "{}", "${data.template_file.it.rendered}"),
    ],
)
def test_the_data_source_takes_strings(template: str, variables: str, expected: str) -> None:
    around = f'data "template_file" "it" {{\n  template = {template}\n  vars     = {variables}\n}}\n{AROUND}'
    assert spelt(value_of("data.template_file.it.rendered", around)) == expected
