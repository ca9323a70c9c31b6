"""Expressions of which something is not known: what is known stays, and what is not has a name."""

from __future__ import annotations

import json

import pytest

from kmslint.values import Encoded, HoleKind, Text, Unknown
from terraform_modules import spelt, value_of
from terraform_surroundings import AROUND

UNKNOWN_PARTS = {
    '"arn:${var.open}:x"': '"arn:${var.open}:x"',
    '["a", var.open]': '["a", ${var.open}]',
    'concat(var.list, ["a"])': '[${var.list}..., "a"]',
    'concat(["a"], var.flag ? ["b"] : [])': '["a", (var.flag ? "b" : -)]',
    'concat(var.flag ? ["b"] : ["c"], ["d"])': '[(var.flag ? "b" : -), (var.flag ? - : "c"), "d"]',
    'flatten(["a", var.list, [["b"]]])': '["a", ${var.list}..., "b"]',
    'compact(["a", var.open, ""])': '["a", ${var.open}...]',
    'compact(["a", var.flag ? "b" : ""])': '["a", (var.flag ? "b" : -)]',
    'distinct(["a", var.open, "a"])': '["a", ${var.open}]',
    'toset(["b", "a", "b"])': '<"a", "b">',
    'sort(["b", var.open])[0]': '${sort(["b", var.open])[0]}',
    "merge({a = 1}, var.open, {b = 2})": "{a: ${var.open.a}, b: 2, ${var.open}...}",
    "merge({a = 1}, var.open).a": "${var.open.a}",
    "merge(var.open, {a = 1}).a": "1",
    'lookup(merge(var.open, {a = 1}), "b", 2)': '${lookup(merge(var.open, {a = 1}), "b", 2)}',
    'join(",", ["a", var.open])': '"a,${var.open}"',
    'join(",", var.list)': '${join(",", var.list)}',
    'join("", [jsonencode({a = var.open})])': "json {a: ${var.open}}",
    'format("%s-%s", "a", var.open)': '"a-${var.open}"',
    'format("arn:aws:iam::${var.open}:role/%s", "x")': '"arn:aws:iam::${var.open}:role/x"',
    'formatlist("%s:%s", ["a", var.open], "x")': '["a:x", "${var.open}:x"]',
    'formatlist("arn:%s", var.list)': '${formatlist("arn:%s", var.list)}',
    "[for v in aws_iam_role.one : v]": "${[for v in aws_iam_role.one : v]}",
    'aws_iam_role.one != null ? "a" : "b"': '"a"',
    "aws_iam_role.one == null": "false",
    "null == aws_iam_role.one": "false",
    '"x" == aws_iam_role.one': '${"x" == aws_iam_role.one}',
    '"x" == aws_kms_key.k.key_id': '${"x" == aws_kms_key.k.key_id}',
    '"" == "${var.open}${aws_kms_key.k.key_id}"': "false",
    (
        '"arn:${data.aws_partition.p.partition}:kms:${data.aws_region.r.name}:'
        '${data.aws_caller_identity.me.account_id}:key/${aws_kms_key.k.key_id}" == aws_kms_key.k.arn'
    ): "true",
    'aws_iam_role.two[0] == null ? "a" : "b"': '"b"',
    'replace("a ACCOUNT b", "ACCOUNT", var.open)': '"a ${var.open} b"',
    'replace("a ${data.aws_caller_identity.me.account_id} X", "X", aws_iam_role.one.name)': (
        '"a ${data.aws_caller_identity.me.account_id} One"'
    ),
    'replace("a ${data.aws_caller_identity.me.account_id} 1", "1", "x")': (
        '${replace("a ${data.aws_caller_identity.me.account_id} 1", "1", "x")}'
    ),
    'replace("a ${var.open}", "X", "b")': '${replace("a ${var.open}", "X", "b")}',
    'replace("aXb", "", var.open)': '${replace("aXb", "", var.open)}',
    'replace("aXb", "/X/", var.open)': '${replace("aXb", "/X/", var.open)}',
    'split(":", "a:${data.aws_caller_identity.me.account_id}:b")[1]': '"${data.aws_caller_identity.me.account_id}"',
    'split(":", "a:${var.open}")': '${split(":", "a:${var.open}")}',
    'split("/", aws_iam_role.one.arn)[2]': '"One"',
    'split("/", "a/${var.open.name}")': '${split("/", "a/${var.open.name}")}',
    'split("/", "a/${aws_iam_role.one.unique_id}")': '${split("/", "a/${aws_iam_role.one.unique_id}")}',
    'split(":", "a:${data.aws_region.r.name}")': '["a", "${data.aws_region.r.region}"]',
    'split("-", "a-${data.aws_region.r.name}")': '${split("-", "a-${data.aws_region.r.name}")}',
    "length(var.list)": "${length(var.list)}",
    'length(concat(["a"], var.flag ? ["b"] : []))': "(var.flag ? 2 : 1)",
    "var.list[0]": "${var.list[0]}",
    'var.open.deep["key"].name': '${var.open.deep["key"].name}',
    "upper(var.open)": "${upper(var.open)}",
    'contains(["a", var.open], "a")': "true",
    'contains(["a", var.open], "b")': '${contains(["a", var.open], "b")}',
    'coalesce(var.open, "x")': '${coalesce(var.open, "x")}',
    'coalesce("", "x", var.open)': '"x"',
    'templatefile("${path.module}/p.json", {})': '${templatefile("${path.module}/p.json", {})}',
    'provider::aws::arn_parse("arn:aws:iam::1:root")': (
        '{account_id: "1", partition: "aws", region: "", resource: "root", service: "iam"}'
    ),
    'jsondecode("{\\"a\\": \\"${var.open}\\"}").a': '"${var.open}"',
    "jsondecode(jsonencode({a = var.list}))": "{a: ${var.list}}",
    "module.other.role_arn": "${module.other.role_arn}",
    "module.other[0].role_arn": "${module.other[0].role_arn}",
    "local.nowhere": "${local.nowhere}",
    "terraform.workspace": "${terraform.workspace}",
    "aws_instance.nowhere.arn": "${aws_instance.nowhere.arn}",
}

CONDITIONS = {
    'var.flag ? "a" : "b"': '(var.flag ? "a" : "b")',
    '!var.flag ? "a" : "b"': '(var.flag ? "b" : "a")',
    'var.open != "x" ? 1 : 2': '(var.open == "x" ? 2 : 1)',
    "var.open == null ? 1 : 2": "(var.open == null ? 1 : 2)",
    'var.flag && var.open == "x" ? 1 : 2': '(var.flag ? (var.open == "x" ? 1 : 2) : 2)',
    "var.flag || var.open ? 1 : 2": "(var.flag ? 1 : (var.open ? 1 : 2))",
    "var.flag && false ? 1 : 2": "2",
    "var.flag ? (var.flag ? 1 : 2) : 3": "(var.flag ? 1 : 3)",
    'var.flag ? "same" : "same"': '(var.flag ? "same" : "same")',
    '"x-${var.flag ? "a" : "b"}"': '(var.flag ? "x-a" : "x-b")',
    '"%{if var.flag}a%{else}b%{endif}c"': '(var.flag ? "ac" : "bc")',
    '"%{for v in var.list}${v}%{endfor}"': '"${%{for v in var.list}${v}%{endfor}}"',
    "(var.flag ? {a = 1} : {a = 2}).a": "(var.flag ? 1 : 2)",
    '(var.flag ? ["a"] : ["b"])[0]': '(var.flag ? "a" : "b")',
    'upper(var.flag ? "a" : "b")': '(var.flag ? "A" : "B")',
    'join(",", ["a", var.flag ? "b" : "c"])': '(var.flag ? "a,b" : "a,c")',
    'regex("^a", var.open) ? 1 : 2': '(regex("^a", var.open) ? 1 : 2)',
    '"${var.flag}" ? 1 : 2': "(var.flag ? 1 : 2)",
    "null ? 1 : 2": "refused ${null ? 1 : 2}",
}

LOOPS = {
    '[for v in ["a", var.open] : "x${v}"]': '["xa", "x${var.open}"]',
    '[for v in var.list : "x${v}"]': '[(length(var.list) > 0 ? "x${var.list[*]}" : -)...]',
    '[for v in concat(["a"], var.list) : v]': '["a", (length(var.list) > 0 ? ${var.list[*]} : -)...]',
    "length([for v in var.list : v])": "${length([for v in var.list : v])}",
    "[for v in var.list : v][0]": "${[for v in var.list : v][0]}",
    '[for v in ["a", "b"] : v if v == var.open]': (
        '[(v == var.open (v = element 1) ? "a" : -), (v == var.open (v = element 2) ? "b" : -)]'
    ),
    '[for v in var.flag ? ["a"] : [] : upper(v)]': '[(var.flag ? "A" : -)]',
    "[for i, v in concat(var.list, [1]) : i]": (
        "[(length(var.list) > 0 ? ${index of an element} : -)..., ${index of an element}]"
    ),
    "{for v in var.list : v => 1}": "{${{for v in var.list : v => 1}}...}",
    "{for v in [1, 2] : v => var.open}": "{1: ${var.open}, 2: ${var.open}}",
    '{for v in ["a"] : var.open => v}': '{${var.open}: "a"}',
    "keys({for v in var.list : v => 1})": "[${key of {for v in var.list : v => 1}}...]",
    "values(merge({a = 1}, var.open))": "[${var.open.a}, ${var.open}...]",
    "var.list[*]": "[(length(var.list) > 0 ? ${var.list[*]} : -)...]",
    "var.open[*].name": "[(length(var.open) > 0 ? ${var.open[*].name} : -)...]",
    "concat([for v in var.list : [v]]...)": "[(length(var.list) > 0 ? ${var.list[*]} : -)...]",
}

REFERENCES = {
    "aws_iam_role.one.arn": '"arn:${partition}:iam::${account}:role/team/One"',
    "aws_iam_role.one.name": '"One"',
    "aws_iam_role.one[*].name": '["One"]',
    "aws_iam_role.one[*]": "[${aws_iam_role.one}]",
    "aws_iam_role.one.id": '"One"',
    "aws_iam_role.one.unique_id": "${aws_iam_role.one.unique_id}",
    "aws_iam_role.generated.arn": '"arn:${partition}:iam::${account}:role/gen-${aws_iam_role.generated.name}"',
    "aws_iam_role.nameless.name": '"${aws_iam_role.nameless.name}"',
    "aws_iam_user.u.arn": '"arn:${partition}:iam::${account}:user/${var.open}"',
    "aws_iam_role.maybe[0].name": '"maybe-0"',
    "aws_iam_role.maybe[*].name": '[(var.flag ? "maybe-0" : -)]',
    "aws_iam_role.maybe.*.name": '[(var.flag ? "maybe-0" : -)]',
    "one(aws_iam_role.maybe[*].name)": '(var.flag ? "maybe-0" : null)',
    'try(aws_iam_role.maybe[0].name, "none")': '(var.flag ? "maybe-0" : "none")',
    'join("", aws_iam_role.maybe[*].name)': '(var.flag ? "maybe-0" : "")',
    "aws_iam_role.gone[*].name": "[]",
    'try(aws_iam_role.gone[0].name, "none")': '"none"',
    "aws_iam_role.two[*].name": '["two-0", "two-1"]',
    "length(aws_iam_role.two)": "2",
    'aws_iam_role.each["a"].name': '"each-a"',
    "keys(aws_iam_role.each)": '["a", "b"]',
    "[for r in aws_iam_role.each : r.name]": '["each-a", "each-b"]',
    "values(aws_iam_role.any)[*].name": '[(length(aws_iam_role.any) > 0 ? "${each.value.name}" : -)...]',
    "aws_kms_key.k.key_id": '"${aws_kms_key.k.key_id}"',
    "aws_kms_key.k.arn": '"arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}"',
    "aws_kms_alias.a.arn": '"arn:${partition}:kms:${region}:${account}:alias/a"',
    "aws_kms_alias.a.target_key_arn": '"arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}"',
    "aws_s3_bucket.b.arn": '"arn:${partition}:s3:::logs"',
    "aws_s3_bucket.b.region": "${aws_s3_bucket.b.region}",
    "data.aws_caller_identity.me.account_id": '"${data.aws_caller_identity.me.account_id}"',
    "data.aws_caller_identity.me.user_id": "${data.aws_caller_identity.me.user_id}",
    "data.aws_iam_session_context.me.issuer_arn": '"${data.aws_iam_session_context.me.issuer_arn}"',
    "data.aws_iam_session_context.role.issuer_arn": '"arn:aws:iam::111122223333:role/x"',
    "data.aws_iam_session_context.role.issuer_name": '""',
    "data.aws_ssm_parameter.s.value": "${data.aws_ssm_parameter.s.value}",
    "data.aws_ssm_parameter.s.name": '"/kms/admin"',
    "data.aws_iam_policy.written.name": '"ViewOnlyAccess"',
    "data.aws_iam_policy.named.arn": "${data.aws_iam_policy.named.arn}",
}


UNDER_CONDITIONS = {
    # A set that hangs on a condition is one set or the other, each in its order.
    'join(",", toset(["b", var.flag ? "a" : "c"]))': '(var.flag ? "a,b" : "b,c")',
    'length(toset(["b", var.flag ? "a" : "b"]))': "(var.flag ? 2 : 1)",
    'length(distinct([var.flag ? "a" : "b", "b"]))': (
        '(var.flag ? 2 : ${length(distinct([var.flag ? "a" : "b", "b"]))})'
    ),
    # A group of which nobody knows whether it has elements may not be there.
    '{ for v in ["b", "c", "bb"] : substr(v, 0, 1) => v... if var.flag }': (
        '{b: (var.flag ? ["b", "bb"] : -), c: (var.flag ? ["c"] : -)}'
    ),
    # A name that is refused does not matter where the condition leaves the member out.
    "{ for v in [[]] : v => 1 if var.flag }": "{${{ for v in [[]] : v => 1 if var.flag }}...}",
    # A member that may be absent leaves the one before it.
    'merge({ b = "0" }, { for v in ["b"] : v => upper(v) if var.flag })': '{b: (var.flag ? "B" : "0")}',
    'merge(var.open, { for v in ["b"] : v => upper(v) if var.flag })': (
        '{b: (var.flag ? "B" : ${var.open.b}...), ${var.open}...}'
    ),
    'merge({ for v in ["b"] : v => upper(v) if var.flag }, var.open)': "{b: ${var.open.b}..., ${var.open}...}",
    "{ a = 1, (var.open) = 2 }.a": "${{ a = 1, (var.open) = 2 }.a}",
    '{ a = 1, "b${var.open}" = 2 }.a': "1",
    "merge({ (var.open) = 2 }, { a = 1 })": "{${var.open}: 2, a: 1}",
    "{} == { for v in [1] : v => 1 if var.flag }": "${{} == { for v in [1] : v => 1 if var.flag }}",
    # A set is a set, whatever stands on the other side of the conditional.
    '{ for k, v in (false ? toset([var.open]) : toset(["x"])) : k => v }': '{x: "x"}',
    # `"0"` is `false`.
    "tobool(var.open)": "${tobool(var.open)}",
    # Terraform does not ask for the type of a branch that it refuses and does not take.
    "var.flag ? tomap({ a = 1 }) : tomap({ a = upper([]), b = jsondecode(1) })": (
        "(var.flag ? {a: 1} : {a: refused ${upper([])}, b: 1})"
    ),
    '"%{ for v in var.flag ? var.list : var.list }${v}%{ endfor }"': (
        '"${%{ for v in var.flag ? var.list : var.list }${v}%{ endfor }}"'
    ),
    # `coalesce` passes over what it cannot convert, and a default of a map is of the type of its elements.
    'coalesce(["a"], toset([1]))': "<1>",
    'coalesce(["a"], toset([var.open]))': '${coalesce(["a"], toset([var.open]))}',
    'lookup(tomap({ a = var.open }), "b", "1")': '${lookup(tomap({ a = var.open }), "b", "1")}',
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [*UNKNOWN_PARTS.items(), *CONDITIONS.items(), *LOOPS.items(), *REFERENCES.items(), *UNDER_CONDITIONS.items()],
)
def test_value(expression: str, expected: str) -> None:
    assert spelt(value_of(expression, AROUND)) == expected


@pytest.mark.parametrize(
    ("expression", "kind", "resource"),
    [
        ("data.aws_caller_identity.me.account_id", HoleKind.OWN_ACCOUNT, ""),
        ("data.aws_caller_identity.me.arn", HoleKind.DEPLOYER, ""),
        ("data.aws_iam_session_context.me.issuer_arn", HoleKind.DEPLOYER, ""),
        ("data.aws_iam_session_context.me.issuer_name", HoleKind.DEPLOYER, ""),
        ("data.aws_iam_session_context.unseen.issuer_arn", HoleKind.EXPRESSION, ""),
        ("data.aws_partition.p.partition", HoleKind.PARTITION, ""),
        ("data.aws_partition.p.dns_suffix", HoleKind.URL_SUFFIX, ""),
        ("data.aws_region.r.name", HoleKind.REGION, ""),
        ("data.aws_region.r.id", HoleKind.REGION, ""),
        ("data.aws_ssm_parameter.s.value", HoleKind.EXPRESSION, ""),
        ("var.open", HoleKind.PARAMETER, ""),
        ("var.open == 1", HoleKind.EXPRESSION, ""),
        ('"${format("%d", var.open)}!"', HoleKind.EXPRESSION, ""),
        ('"${jsonencode({ a = var.open })}!"', HoleKind.EXPRESSION, ""),
        ("var.open.name", HoleKind.PARAMETER, ""),
        ("aws_kms_key.k.id", HoleKind.RESOURCE, "aws_kms_key.k"),
        ("aws_iam_role.nameless.name", HoleKind.RESOURCE, "aws_iam_role.nameless"),
        ("aws_s3_bucket.b.region", HoleKind.RESOURCE, "aws_s3_bucket.b"),
        ("module.x.y", HoleKind.EXPRESSION, ""),
    ],
)
def test_kind_of_hole(expression: str, kind: HoleKind, resource: str) -> None:
    value = value_of(expression, AROUND)
    assert isinstance(value, (Text, Unknown))
    hole = value.hole if isinstance(value, Unknown) else value.holes[0]
    assert (hole.kind, hole.resource) == (kind, resource)


UNKNOWN = "unknown"
LOCALS = """locals {
  l = true ? [1] : var.open
  m = true ? { a = 1 } : var.open
  s = true ? [["a"]] : var.open
  x = { a = "x" }
  o = [var.open]
  f = [upper([])]
  g = { a = upper([]) }
  c = [var.flag ? upper([]) : 1]
}
"""
"""Terraform evaluates these once: what it may refuse in them does not matter to who tries to use them."""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("can(coalesce(local.l, [2]))", UNKNOWN),
        ('can(coalesce("a", "b"))', "true"),
        ("can(coalesce([1], local.x))", "false"),
        ("can(length(local.l))", "true"),
        ("can(keys(local.m))", "true"),
        ("can(values(local.m))", "true"),
        ("can(tolist(local.l))", UNKNOWN),
        ("can(reverse(local.l))", UNKNOWN),
        ("can(merge(local.m, {}))", UNKNOWN),
        ('can(lookup(local.m, "a", 1))', UNKNOWN),
        ('can(lookup(local.m, "a", "x"))', UNKNOWN),
        ('can(lookup(local.m, "a"))', "true"),
        ('can(lookup(local.x, "b", 1))', "true"),
        ("can(element(local.l, 0))", "true"),
        ("can(contains(local.l, 1))", UNKNOWN),
        ('can(upper("a"))', "true"),
        ('can(format("%s", local.x.a))', "true"),
        ('can(concat(local.s, ["x"]))', "true"),
        ("can(local.o)", "true"),
        ("can(local.f)", "false"),
        ("can(local.f[0])", "false"),
        ("can([for v in local.f : 1])", UNKNOWN),
        ("can([for v in local.c : v])", UNKNOWN),
        ('can({ for v in local.c : "a" => v })', UNKNOWN),
        ('can({ for v in local.c : "a" => v... })', UNKNOWN),
        ("can([local.o])", "true"),
        ("can(flatten(local.c))", UNKNOWN),
        ("can(concat(local.c, []))", UNKNOWN),
        ("try(local.f, 1)", "1"),
        ("try([local.f], 1)", "1"),
        ("try(local.g, 1)", "1"),
        ("try(local.g.a, 1)", "1"),
        ("try(local.c[0], 2)", "(var.flag ? 2 : 1)"),
        ("try({ for k, v in local.g : k => v }, 1)", "1"),
        ("try([for v in local.f : v], 1)", "1"),
        ('can(join(",", local.s[0]))', "true"),
        ("can(sum(local.l))", UNKNOWN),
        ("can(slice(local.l, 0, 1))", UNKNOWN),
    ],
)
def test_what_is_tried_with_a_local_of_which_the_type_is_open(expression: str, expected: str) -> None:
    found = spelt(value_of(expression, LOCALS + AROUND))
    assert (UNKNOWN if found == f"${{{expression}}}" else found) == expected


def test_region_of_a_provider_alias_is_another_region() -> None:
    near, far = (value_of(f"{key}.arn", AROUND) for key in ("aws_kms_key.k", "aws_kms_replica_key.far"))
    assert isinstance(near, Text)
    assert isinstance(far, Text)
    assert [hole.scope for hole in near.holes] == ["", "", "", ""]
    assert [hole.scope for hole in far.holes] == ["far", "far", "far", ""]


def test_region_of_one_of_several_providers_is_its_own() -> None:
    """OpenTofu: https://opentofu.org/docs/language/providers/configuration/#referring-to-provider-instances"""
    around = "".join(
        f'resource "aws_kms_key" "{name}" {{\n  provider = aws.by_region["{name}"]\n}}\n' for name in ("east", "west")
    )
    for name in ("east", "west"):
        arn = value_of(f"aws_kms_key.{name}.arn", around)
        assert isinstance(arn, Text)
        assert arn.holes[1].kind is HoleKind.REGION
        assert arn.holes[1].scope == f'aws.by_region["{name}"]'


@pytest.mark.parametrize("expression", ['"${local.root}"', 'format("%s", local.root)', 'join(",", [local.root])'])
def test_literal_keeps_its_place(expression: str) -> None:
    value = value_of(expression, 'locals {\n  root = "arn:aws:iam::111122223333:root"\n}\n')
    assert repr(value.at) == "main.tf:2:10-2:42"


def test_computed_attribute_stands_where_it_is_asked_for() -> None:
    assert repr(value_of("[aws_kms_key.k.arn]", AROUND).items[0].at) == "it.tf:2:9-2:26"  # type: ignore[union-attr]


def test_pieces_of_a_template() -> None:
    """Literal stretches keep their places; what is filled in stands where it is filled in."""
    value = value_of('"a${local.b}c${var.open}"', 'locals {\n  b = "bb"\n}\n' + AROUND)
    assert isinstance(value, Text)
    first, filled, last, hole = value.pieces
    assert str(value) == "abbc${var.open}"
    assert (first.text, list(first.offsets)) == ("a", [17, 18])  # type: ignore[union-attr]
    assert (filled.text, list(filled.offsets)) == ("bb", [18, 18, 18])  # type: ignore[union-attr]
    assert (last.text, list(last.offsets)) == ("c", [28, 29])  # type: ignore[union-attr]
    assert hole == value.holes[0]


def test_jsonencode_keeps_the_value_and_its_places() -> None:
    value = value_of('jsonencode({Action = ["kms:*"]})')
    assert isinstance(value, Encoded)
    assert spelt(value) == 'json {Action: ["kms:*"]}'
    assert repr(value.value.fields[0].value.items[0].at) == "it.tf:2:30-2:37"  # type: ignore[union-attr]


def test_circle_is_named() -> None:
    value = value_of("local.a", "locals {\n  a = local.b\n  b = [local.c]\n  c = local.a\n}\n")
    assert spelt(value) == "[${circle: local.a -> local.b -> local.c -> local.a}]"


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ('variable "v" {}', "${var.v}"),
        ('variable "v" {\n  default = null\n}', "null"),
        ('variable "v" {\n  default = "x"\n}', '"x"'),
        ('variable "v" {\n  type = number\n  default = "2.50"\n}', "2.5"),
        ('variable "v" {\n  type = string\n  default = 5\n}', '"5"'),
        ('variable "v" {\n  type = set(string)\n  default = ["b", "a", "b"]\n}', '<"a", "b">'),
        ('variable "v" {\n  type = "list"\n  default = ["b"]\n}', '["b"]'),
        (
            """variable "v" {
  type    = object({a = string, b = optional(bool, true), c = optional(string)})
  default = {a = 1, z = 2}
}""",
            '{a: "1", b: true, c: null}',
        ),
        (
            'variable "v" {\n  type = map(list(object({a = optional(string, "d")})))\n  default = {k = [{}]}\n}',
            '{k: [{a: "d"}]}',
        ),
    ],
)
def test_variable(declaration: str, expected: str) -> None:
    assert spelt(value_of("var.v", declaration)) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        # What HCL sees in `[*]` is another thing than in `.*`.
        ("{jsonencode(o[*].t[0])}", 'json ["a", "c"]'),
        # The condition of a loop without a round wants the loop's own name.
        ("{jsonencode([for k in none : k if k != 1])}", "json []"),
        # Two unknowns are not the same because nobody wrote them anywhere.
        (
            '{"${upper(x)}!" == "${upper(y)}!" ? 1 : 2}',
            '("${upper(x)}!" == "${upper(y)}!" (it.tf:2:8, it.tf:2:8) ? "1" : "2")',
        ),
    ],
)
def test_a_template_that_is_put_together_is_read_as_it_is_spelt(template: str, expected: str) -> None:
    spelling = json.dumps(template).replace("${", "$${")
    around = f'variable "x" {{}}\nvariable "y" {{}}\nlocals {{\n  t = join("", ["$", {spelling}])\n}}\n'
    given = '{ o = [{ t = ["a", "b"] }, { t = ["c"] }], none = [], x = var.x, y = var.y }'
    assert spelt(value_of(f"templatestring(local.t, {given})", around)) == expected
