"""What references lead to: resources with and without instances, data sources, and names that lead nowhere."""

from __future__ import annotations

import pytest

from terraform_modules import spelt, value_of
from terraform_surroundings import AROUND as SURROUNDINGS

AROUND = (
    SURROUNDINGS
    + """
locals {
  attribute = "$${k.arn}"
  broken    = "%%{ if"
}
module "near" {
  source = "./near"
}
data "template_file" "nothing" {}
resource "aws_iam_role" "many" {
  count = 200
  name  = "many-${count.index}"
}
resource "aws_iam_role" "flagged" {
  for_each = var.flag ? toset(["a"]) : toset(["b"])
  name     = each.key
}
resource "aws_iam_role" "some" {
  for_each = { for v in ["a", "b"] : v => v if v != var.open }
  name     = each.value
}
resource "aws_iam_role" "none" {
  for_each = {}
  name     = each.key
}
resource "aws_iam_role" "counted" {
  count = length(var.list)
  name  = var.list[count.index]
}
resource "aws_iam_role" "either" {
  for_each = var.flag ? var.open : { a = "A" }
  name     = each.value
}
resource "aws_iam_role" "listed" {
  for_each = toset(var.flag ? var.list : ["x"])
  name     = each.key
}
resource "aws_iam_role" "two_conditions" {
  count = var.flag ? 2 : (var.open == "x" ? 1 : 0)
  name  = "role-${count.index}"
}
resource "aws_iam_role" "once" {
  count = 1
  name  = "once"
}
"""
)

KNOWN = {
    "templatestring(local.attribute, { k = aws_kms_key.k })": (
        '"arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}"'
    ),
    "data.template_file.nothing.rendered": "${data.template_file.nothing}",
    "module.near.arn": "${module.near.arn}",
    'aws_iam_role.either["a"].name': '"${each.value}"',
    'try(aws_iam_role.either["a"].name, "none")': (
        '(aws_iam_role.either has instances ? ${try(aws_iam_role.either["a"].name, "none")} : "none")'
    ),
    "values(aws_iam_role.either)[*].name": '[(length(aws_iam_role.either) > 0 ? "${each.value}" : -)...]',
    'aws_iam_role.listed["x"].name': '"${each.key}"',
    "[for r in aws_iam_role.listed : r.name]": '[(length(aws_iam_role.listed) > 0 ? "${each.key}" : -)...]',
    'try(aws_iam_role.listed["x"].name, "none")': (
        '(aws_iam_role.listed has instances ? ${try(aws_iam_role.listed["x"].name, "none")} : "none")'
    ),
    "aws_iam_role.two_conditions[*].name": (
        '[(var.flag ? "role-0" : -), (var.flag ? "role-1" : -), (var.flag ? - : (var.open == "x" ? "role-0" : -))]'
    ),
    'try(aws_iam_role.two_conditions[0].name, "none")': (
        '(var.flag ? "role-0" : (var.open == "x" ? "role-0" : "none"))'
    ),
    'try(aws_iam_role.two_conditions[1].name, "none")': '(var.flag ? "role-1" : "none")',
    'try(aws_iam_role.two_conditions[2].name, "none")': '"none"',
    "aws_iam_role.two_conditions[0].name": '"role-0"',
    "length(aws_iam_role.two_conditions)": '(var.flag ? (var.open == "x" ? 2 : 2) : (var.open == "x" ? 1 : 0))',
    'try(aws_iam_role.counted[0].name, "none")': '(length(var.list) > 0 ? "${var.list[count.index]}" : "none")',
    'try(aws_iam_role.counted[1].name, "none")': (
        '(length(var.list) > 0 ? ${try(aws_iam_role.counted[1].name, "none")} : "none")'
    ),
    "can(aws_iam_role.counted[0].name)": "(length(var.list) > 0 ? true : false)",
    "path.root": '"."',
    "aws_iam_role.one[0].name": '"One"',
    "aws_iam_role.two": "[${aws_iam_role.two[0]}, ${aws_iam_role.two[1]}]",
    "aws_iam_role.two[1].name": '"two-1"',
    'aws_iam_role.two["1"].name': '"two-1"',
    "aws_iam_role.two[2].name": "refused ${aws_iam_role.two[2]}",
    "aws_iam_role.two[-1].name": "refused ${aws_iam_role.two[-1]}",
    'aws_iam_role.two["x"].name': 'refused ${aws_iam_role.two["x"]}',
    "aws_iam_role.two[var.flag ? 0 : 1].name": '(var.flag ? "two-0" : "two-1")',
    "aws_iam_role.two[*].arn": (
        '["arn:${partition}:iam::${account}:role/two-0", "arn:${partition}:iam::${account}:role/two-1"]'
    ),
    "aws_iam_role.two.*.arn": (
        '["arn:${partition}:iam::${account}:role/two-0", "arn:${partition}:iam::${account}:role/two-1"]'
    ),
    "aws_iam_role.two.0.name": '"two-0"',
    "aws_iam_role.each.a.name": '"each-a"',
    'aws_iam_role.each["c"].name': 'refused ${aws_iam_role.each["c"]}',
    "aws_iam_role.each": '{a: ${aws_iam_role.each["a"]}, b: ${aws_iam_role.each["b"]}}',
    "values(aws_iam_role.each)[*].name": '["each-a", "each-b"]',
    '[for k, r in aws_iam_role.each : "${k}${r.name}"]': '["aeach-a", "beach-b"]',
    "{ for k, r in aws_iam_role.each : k => r.arn }": (
        '{a: "arn:${partition}:iam::${account}:role/each-a", b: "arn:${partition}:iam::${account}:role/each-b"}'
    ),
    "aws_iam_role.maybe.name": '"maybe-0"',
    "aws_iam_role.maybe[0].arn": '"arn:${partition}:iam::${account}:role/maybe-0"',
    "aws_iam_role.maybe[1].name": "refused ${aws_iam_role.maybe[1]}",
    "length(aws_iam_role.maybe)": "(var.flag ? 1 : 0)",
    'try(aws_iam_role.maybe[1].name, "none")': '"none"',
    "aws_iam_role.gone[0].name": '"${aws_iam_role.gone.name}"',
    "aws_iam_role.gone": "[]",
    'try(aws_iam_role.gone.name, "none")': '"none"',
    'aws_iam_role.any["x"].name': '"${each.value.name}"',
    "aws_iam_role.any": "{${aws_iam_role.any}...}",
    'try(aws_iam_role.any["x"].name, "none")': (
        '(length(var.open) > 0 ? ${try(aws_iam_role.any["x"].name, "none")} : "none")'
    ),
    "keys(aws_iam_role.any)": "[${key of aws_iam_role.any}...]",
    "aws_iam_role.many[5].name": '"many-${count.index}"',
    "aws_iam_role.many[500].name": '"many-${count.index}"',
    "aws_iam_role.many[*].name": '[(length(aws_iam_role.many) > 0 ? "many-${count.index}" : -)...]',
    'aws_iam_role.flagged["a"].name': '"a"',
    'aws_iam_role.flagged["b"].name': '"b"',
    'aws_iam_role.flagged["c"].name': 'refused ${aws_iam_role.flagged["c"]}',
    'try(aws_iam_role.flagged["a"].name, "none")': '(var.flag ? "a" : "none")',
    'try(aws_iam_role.flagged["c"].name, "none")': '"none"',
    "keys(aws_iam_role.flagged)": '[(var.flag ? "a" : -), (var.flag ? - : "b")]',
    'aws_iam_role.some["a"].name': '"a"',
    'try(aws_iam_role.some["a"].name, "none")': '(v == var.open (v = element 1) ? "none" : "a")',
    "[for r in aws_iam_role.some : r.name]": (
        '[(v == var.open (v = element 1) ? - : "a"), (v == var.open (v = element 2) ? - : "b")]'
    ),
    "aws_iam_role.none": "{}",
    "length(aws_iam_role.none)": "0",
    'try(aws_iam_role.none["a"].name, "none")': '"none"',
    "aws_iam_role.counted[0].name": '"${var.list[count.index]}"',
    "aws_iam_role.counted[*].name": '[(length(aws_iam_role.counted) > 0 ? "${var.list[count.index]}" : -)...]',
    "aws_iam_role.once[0].name": '"once"',
    "aws_iam_role.once.name": '"once"',
    "one(aws_iam_role.once[*].arn)": '"arn:${partition}:iam::${account}:role/once"',
    'try(one(aws_iam_role.gone[*].arn), "none")': "null",
    "aws_kms_key.k == null": "false",
    "[aws_kms_key.k]": "[${aws_kms_key.k}]",
    "{ for k in [aws_kms_key.k] : k.id => k.arn }": (
        '{${aws_kms_key.k.key_id}: "arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}"}'
    ),
    "aws_kms_alias.a.name": '"alias/a"',
    "aws_kms_alias.a.id": '"alias/a"',
    "aws_kms_alias.a.target_key_id": '"${aws_kms_key.k.key_id}"',
    "aws_kms_replica_key.far.arn": (
        '"arn:${partition}:kms:${region}:${account}:key/${aws_kms_replica_key.far.key_id}"'
    ),
    "aws_kms_replica_key.far.key_id": '"${aws_kms_replica_key.far.key_id}"',
    "aws_s3_bucket.b.id": '"logs"',
    "aws_s3_bucket.b.bucket_domain_name": '"logs.s3.${aws_s3_bucket.b.endpoint}"',
    "can(aws_iam_role.one.arn)": "true",
    "can(aws_iam_role.maybe[0].arn)": "(var.flag ? true : false)",
    "can(aws_iam_role.gone[0].arn)": "false",
    'can(aws_iam_role.any["a"].arn)': '(length(var.open) > 0 ? ${can(aws_iam_role.any["a"].arn)} : false)',
    'coalesce(aws_iam_role.one.arn, "x")': '"arn:${partition}:iam::${account}:role/team/One"',
    'lookup(aws_iam_role.each, "a", null)': '${aws_iam_role.each["a"]}',
    "aws_iam_role.one != aws_iam_role.two": "(aws_iam_role.one == aws_iam_role.two ? false : true)",
    "data.aws_iam_session_context.me.arn": '"${data.aws_caller_identity.me.arn}"',
    "tolist([aws_iam_role.one.arn, var.open])": '["arn:${partition}:iam::${account}:role/team/One", ${var.open}]',
    'sort([aws_iam_role.one.name, "a"])': '["One", "a"]',
    'contains([aws_iam_role.one.arn], "x")': "false",
    'aws_iam_role.nameless.name == ""': "false",
    'aws_iam_role.generated.name == "x"': "false",
    '"${aws_iam_role.nameless.name}" == ""': "false",
    'split(":", aws_iam_role.one.arn)[4]': '"${account}"',
    'split("/", aws_kms_key.k.arn)[1]': '"${aws_kms_key.k.key_id}"',
    'replace(data.aws_caller_identity.me.account_id, "-", "")': '"${data.aws_caller_identity.me.account_id}"',
    'format("%s", aws_iam_role.one.arn)': '"arn:${partition}:iam::${account}:role/team/One"',
    'format("%v", aws_iam_role.one.arn)': '"arn:${partition}:iam::${account}:role/team/One"',
    "jsondecode(jsonencode({ a = aws_iam_role.one.arn })).a": '"arn:${partition}:iam::${account}:role/team/One"',
    "compact([aws_iam_role.one.name, aws_iam_role.nameless.name, aws_kms_key.k.id])": (
        '["One", "${aws_iam_role.nameless.name}", "${aws_kms_key.k.key_id}"]'
    ),
    "length(aws_iam_role.one.name)": "3",
}

NOT_KNOWN = [
    "can(aws_iam_role.many[3].name)",
    "data",
    "data.aws_region",
    "path",
    "path.module",
    "path.cwd",
    "path.nowhere",
    "terraform",
    "terraform.nowhere",
    "each.value",
    "count.index",
    "self.arn",
    "var",
    "local",
    "module",
    "module.nowhere",
    "aws_iam_role",
    "aws_iam_role.one",
    "aws_iam_role.two[var.open].name",
    "aws_iam_role.two[[]].name",
    "aws_iam_role.each[var.open].name",
    "length(aws_iam_role.many)",
    "length(aws_iam_role.counted)",
    "aws_kms_key.k",
    "data.aws_nowhere.x.y",
    "data.aws_caller_identity.me",
    'split(".", aws_kms_key.k.arn)',
    'replace(aws_iam_role.one.arn, "role", "user")',
    "templatestring(var.open, {})",
    "templatestring(local.broken, {})",
    'replace(data.aws_region.r.name, "-", "")',
    'replace("x-${data.aws_partition.p.partition}", "x", "y")',
    'replace("X-${data.aws_partition.p.partition}", "X-", "y")',
    'format("%q", aws_iam_role.one.arn)',
    'regex("x", var.open)',
    "timestamp()",
    "uuid()",
    "plantimestamp()",
    'file("x")',
    'filebase64("x")',
    'fileexists("x")',
    'fileset("x", "*")',
    'templatefile("x", {})',
    'pathexpand("~/x")',
    'bcrypt("x")',
    'rsadecrypt("x", "y")',
    'list("a")',
    'map("a", "b")',
    "provider::x::y()",
    'strcontains(data.aws_caller_identity.me.arn, "x")',
]

REFUSED = [
    "aws_iam_role.one.name.x",
    "aws_iam_role.two.name",
]


@pytest.mark.parametrize(("expression", "expected"), KNOWN.items())
def test_value(expression: str, expected: str) -> None:
    assert spelt(value_of(expression, AROUND)) == expected


@pytest.mark.parametrize("expression", NOT_KNOWN)
def test_what_is_not_known_is_named_as_it_is_written(expression: str) -> None:
    assert spelt(value_of(expression, AROUND)) == f"${{{expression}}}"


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_certainly_not_there_is_refused(expression: str) -> None:
    assert spelt(value_of(expression, AROUND)) == f"refused ${{{expression}}}"
