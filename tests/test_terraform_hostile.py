"""Modules made to cost: they end at a bound, and the bound is named."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmslint import limits
from kmslint.location import Location, Source
from kmslint.model.estate import PolicyOrigin
from kmslint.terraform.merging import Merged, Origin
from kmslint.values import Field, Fields, Hole, HoleKind, Items, Text, Unknown, Value, text, unknown
from terraform_modules import module, spelt, value_of

DEPTH, MANY = 90, 300


def chain(last: str, step: str, length: int = MANY) -> str:
    """Locals of which each builds on the one before: `local.z` is the last."""
    steps = "\n".join(f"  a{index} = {step.replace('IT', f'local.a{index - 1}')}" for index in range(1, length))
    return f"locals {{\n  a0 = {last}\n{steps}\n  z = local.a{length - 1}\n}}\n"


NESTED = {
    "lists": "[" * DEPTH + "1" + "]" * DEPTH,
    "objects": "{ a = " * DEPTH + "1" + " }" * DEPTH,
    "calls": "upper(" * DEPTH + '"a"' + ")" * DEPTH,
    "tries": "try(" * DEPTH + "var.open" + ", 1)" * DEPTH,
    "loops": "[for a in [1] : " * DEPTH + "1" + "]" * DEPTH,
    "filters": "[for a in [1] : 1 if " * DEPTH + "true" + "]" * DEPTH,
    "maps": "{ for a in [1] : a => " * DEPTH + "1" + " }" * DEPTH,
    "collections": "[for a in " * DEPTH + "[1]" + " : a]" * DEPTH,
    "operators": "1 + " * DEPTH + "1",
    "negations": "!" * DEPTH + "var.open",
    "conditionals": "var.open ? 1 : " * (DEPTH // 2) + "2",
    "indexes": "[" * (DEPTH // 2) + "1" + "][0]" * (DEPTH // 2),
    "splats": "[1]" + "[*]" * DEPTH,
}

GROWING = {
    "chain": ("1", "IT"),
    "chain of templates": ('"x"', '"${IT}!"'),
    "chain of loops": ('["x"]', "[for v in IT : upper(v)]"),
    "doubled text": ('"0123456789"', '"${IT}${IT}"'),
    "doubled holes": ("var.open", '"${IT}${IT}"'),
    "doubled lists": ("[1]", "[IT, IT]"),
    "doubled concat": ("[1]", "concat(IT, IT)"),
    "doubled flatten": ("[1]", "flatten([IT, IT])"),
    "doubled JSON": ("[1]", '"${jsonencode(IT)}${jsonencode(IT)}"'),
    "doubled choices": ("var.open ? 1 : 2", "var.open == IT ? [IT] : [IT, IT]"),
    "squares": ("99999999", "IT * IT"),
}

LARGE = {
    "range": "range(1000000000)",
    "nested ranges": "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]",
    "product of lists": "flatten([for a in range(1000) : [for b in range(1000) : a]])",
    "exponent": "1e999999999 + 1",
    "wide number": "9" * 5000 + " + 1",
    "wide verb": 'format("%09999999d", 1)',
    "replacement": 'replace(format("%s%s", local.long, local.long), "a", local.long)',
    "many conditions": "[" + ", ".join(f"var.c{index} ? 1 : 2" for index in range(200)) + "]",
    "joined conditions": 'join("", [' + ", ".join(f'var.c{index} ? "a" : "b"' for index in range(200)) + "])",
    "anded conditions": " && ".join(f"var.c{index}" for index in range(60)) + " ? 1 : 2",
    "condition of conditions": "(" * 40 + "var.a" + " ? var.b : var.c)" * 40 + " ? 1 : 2",
}


LONG = f'variable "open" {{}}\nlocals {{\n  long = "{"a" * 9_000}"\n}}\n'


def quickly(expression: str, around: str = "") -> Value:
    start = time.process_time()
    value = value_of(expression, LONG + around)
    assert time.process_time() - start < 10
    return value


@pytest.mark.parametrize("expression", NESTED.values(), ids=NESTED)
def test_nested(expression: str) -> None:
    quickly(expression)


@pytest.mark.parametrize(("last", "step"), GROWING.values(), ids=GROWING)
def test_growing(last: str, step: str) -> None:
    quickly("local.z", chain(last, step))


@pytest.mark.parametrize("expression", LARGE.values(), ids=LARGE)
def test_large(expression: str) -> None:
    quickly(expression)


@pytest.mark.parametrize(
    ("last", "step", "length", "reason"),
    [
        ("1", "IT", MANY, "an expression nested deeper than 100 levels; --limit depth=N raises this"),
        (
            '"0123456789"',
            '"${IT}${IT}"',
            30,
            "a text of more than 1000000 characters or 10000 parts; --limit text=N or elements=N raises this",
        ),
        (
            "[1]",
            "[IT, IT]",
            30,
            "a value of more than 10000 parts or 100 levels; --limit elements=N or depth=N raises this",
        ),
        (
            '"a"',
            '"%{ if true }${IT}%{ endif }"',
            80,
            "a template nested deeper than 100 levels; --limit depth=N raises this",
        ),
    ],
)
def test_the_bound_is_named(last: str, step: str, length: int, reason: str) -> None:
    assert reason in spelt(value_of("local.z", chain(last, step, length)))[:1_000_000]


def test_json_that_is_nested_too_deep_is_named() -> None:
    """No value is handed on that is nested so deep, but one expression may build it of one that is not."""
    around = chain("[1]", "[[[[IT]]]]", 25)
    reason = "JSON nested deeper than 100 levels; --limit depth=N raises this"
    known = "local.a5, local.a10, local.a15, local.a20"
    assert reason in spelt(value_of(f"[{known}, jsondecode(jsonencode([[[[[[local.z]]]]]]))]", around))
    assert "--limit" not in spelt(value_of(f"[{known}, jsondecode(jsonencode([[local.z]]))]", around))


def test_what_lies_deep_in_values_of_several_types_is_unknown() -> None:
    """Terraform makes the number a text there."""
    number, name = ("[" * 70 + one + "]" * 70 for one in ("1", '"a"'))
    value, levels = value_of(f"tolist([{number}, {name}])[0]"), 0
    while isinstance(value, Items):
        (value,), levels = value.items, levels + 1
    assert isinstance(value, Unknown)
    assert levels > 40


def test_a_text_of_too_many_conditions_keeps_what_hangs_on_none() -> None:
    around = "".join(f'variable "c{number}" {{\n  type = bool\n}}\n' for number in range(7)) + 'variable "open" {}\n'
    written = "-".join(f'${{var.c{number} ? "a" : "b"}}' for number in range(7))
    holes = "-".join(
        f'${{var.c{number} ? "a" : "b" among so many conditions; --limit choices=N raises this}}' for number in range(7)
    )
    assert spelt(value_of(f'"x-${{var.open}}-{written}"', around)) == f'"x-${{var.open}}-{holes}"'


def test_instances_that_nobody_knows_are_none_that_there_is_no_room_for() -> None:
    keys = 'resource "aws_kms_key" "a" {\n  count = 2\n}\nresource "aws_kms_key" "b" {\n  for_each = %s\n}\n'
    with limits.within({"instances": 3}):
        assert module('variable "open" {}\n' + keys % "var.open").problems == ()
        assert [problem.reason for problem in module(keys % 'toset(["x", "y"])').problems] == [
            "aws_kms_key.b: more than 3 instances to be told apart; --limit instances=N raises this"
        ]


def test_steps_are_a_problem_of_the_module() -> None:
    estate = module(f'resource "aws_kms_key" "k" {{\n  policy = jsonencode({LARGE["nested ranges"]})\n}}\n')
    assert [(problem.line, problem.reason) for problem in estate.problems] == [
        (2, "more than 50000 evaluation steps; --limit expression-steps=N raises this")
    ]
    assert estate.keys[0].policy.origin is PolicyOrigin.UNKNOWN


def test_what_stands_beside_a_bomb_is_evaluated() -> None:
    bombs = "".join(f"  l{number} = {LARGE['nested ranges']}\n" for number in range(3))
    keys = "".join(
        f'resource "aws_kms_key" "k{number}" {{\n  for_each = toset(local.l{number})\n}}\n' for number in range(3)
    )
    estate = module(f'locals {{\n{bombs}}}\n{keys}resource "aws_kms_key" "k" {{\n  policy = jsonencode({{}})\n}}\n')
    assert [problem.line for problem in estate.problems] == [2, 3, 4]
    assert [key.policy.origin for key in estate.keys if key.address == "aws_kms_key.k"] == [PolicyOrigin.EXPLICIT]


def test_comparing_long_texts_is_paid_for() -> None:
    """By their length, though each of them is one step to read."""
    long = "x" * 6_400
    for steps, found in ((300, "true"), (100, "${too many evaluation steps}")):
        with limits.within({"expression-steps": steps, "steps": steps}):
            assert spelt(value_of(f'"{long}" == "{long}"')) == found


def test_bombs_one_after_the_other_exhaust_the_module() -> None:
    bombs = "".join(f"  l{number} = {LARGE['nested ranges']}\n" for number in range(9))
    keys = "".join(
        f'resource "aws_kms_key" "k{number}" {{\n  for_each = toset(local.l{number})\n}}\n' for number in range(9)
    )
    reasons = [problem.reason for problem in module(f"locals {{\n{bombs}}}\n{keys}").problems]
    assert reasons == [
        *["more than 50000 evaluation steps; --limit expression-steps=N raises this"] * 3,
        "more than 200000 evaluation steps; --limit steps=N raises this",
    ]


CIRCLES = {
    "local": ("locals {\n  p = local.q\n  q = local.p\n}\n", "local.p"),
    "document": (
        'data "aws_iam_policy_document" "d" {\n  source_policy_documents = [data.aws_iam_policy_document.d.json]\n}\n',
        "data.aws_iam_policy_document.d.json",
    ),
    "count": ('data "x" "y" {\n  count = length(data.x.y)\n}\n', "jsonencode(data.x.y[0].z)"),
}


@pytest.mark.parametrize(("around", "policy"), CIRCLES.values(), ids=CIRCLES)
def test_circle(around: str, policy: str) -> None:
    estate = module(f'{around}resource "aws_kms_key" "k" {{\n  policy = {policy}\n}}\n')
    (key,) = estate.keys
    unseen = key.policy.document.unseen if key.policy.document else (key.policy.missing,)
    assert [unknown is not None for unknown in unseen] == [True]


def test_many_statements_are_merged_in_linear_time() -> None:
    at = Location(Source("main.tf", ""), 0, 0)
    statements = [Fields((Field(text("Sid", at), text(f"S{index}", at)),), at) for index in range(20_000)]
    merged = Merged()
    start = time.process_time()
    merged.add(statements, Origin.SOURCES)
    merged.add(statements, Origin.OVERRIDES)
    assert len(merged.statements) == 20_000
    # Comparing each with each takes minutes.
    assert time.process_time() - start < 10


def test_sids_that_may_be_any_other_end_in_an_unknown() -> None:
    at = Location(Source("main.tf", ""), 0, 0)
    sids = [Text((Hole(HoleKind.EXPRESSION, f"x[{index}]"),), at) for index in range(5_000)]
    statements = [Fields((Field(text("Sid", at), sid),), at) for sid in sids]
    merged = Merged()
    start = time.process_time()
    merged.add(statements, Origin.SOURCES)
    merged.add(statements, Origin.OVERRIDES)
    assert len(merged.statements) == 10_000
    assert sum(isinstance(statement, Unknown) for statement in merged.statements) > 5_000
    assert time.process_time() - start < 10


def test_documents_that_cannot_be_seen_override_in_linear_time() -> None:
    at = Location(Source("main.tf", ""), 0, 0)
    known = [Fields((Field(text("Sid", at), text(f"S{index}", at)),), at) for index in range(100)]
    merged = Merged()
    merged.add(known, Origin.OWN)
    merged.add([unknown(f"x{index}", at, spread=True) for index in range(5_000)], Origin.OVERRIDES)
    assert all(isinstance(statement, Unknown) for statement in merged.statements)


def test_many_lookups_by_name() -> None:
    roles = "".join(f'resource "aws_iam_role" "r{n}" {{\n  name = "r{n}"\n}}\n' for n in range(1_000))
    lookups = "".join(f'data "aws_iam_role" "r{n}" {{\n  name = "r{n}"\n}}\n' for n in range(1_000))
    used = ", ".join(f"data.aws_iam_role.r{n}.arn" for n in range(1_000))
    start = time.process_time()
    estate = module(f'{roles}{lookups}resource "aws_kms_key" "k" {{\n  policy = jsonencode([{used}])\n}}\n')
    assert len(estate.identities) == 1_000
    assert time.process_time() - start < 10


VOCABULARY = """
var.x local.y data.aws_iam_policy_document.d.json aws_iam_role.r each.value count.index module.m.o self path.module
aws_iam_role.r[0].arn aws_iam_role.r[*].name aws_kms_key.k.arn null true 1 -1 1.5 "" "a" "${var.x}" "a${local.y}b" [] {}
[var.x] {a=1} {(var.x)=1} jsonencode concat merge try can length join format keys values flatten lookup element toset
for in if : ? => ... [ ] ( ) { } , . [*] .* == != && || ! + - * / % < >=
"""


@given(st.lists(st.sampled_from(VOCABULARY.split()), max_size=12))
@settings(max_examples=300, deadline=None)
def test_nothing_raises(words: list[str]) -> None:
    expression = " ".join(words)
    module(f"""
variable "x" {{}}
locals {{
  y = {expression}
}}
data "aws_iam_policy_document" "d" {{
  statement {{
    actions = {expression}
  }}
  dynamic "statement" {{
    for_each = {expression}
    content {{
      sid = statement.value
    }}
  }}
}}
resource "aws_kms_key" "k" {{
  count  = {expression}
  policy = {expression}
}}
resource "aws_iam_role" "r" {{
  for_each            = {expression}
  name                = {expression}
  managed_policy_arns = {expression}
}}
resource "aws_iam_role_policy_attachment" "a" {{
  role       = {expression}
  policy_arn = {expression}
}}
""")
