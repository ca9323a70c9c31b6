"""What Terraform refuses is a problem at its line; the rest of the module is judged all the same."""

from __future__ import annotations

import pytest

from kmslint import limits
from terraform_modules import module, reasons, spelt, statements_of, the_key


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ('resource "aws_kms_key" "x" {}', "aws_kms_key.x"),
        ('resource "terraform_data" "x" {}', "terraform_data.x"),
        ('data "aws_region" "x" {}', "data.aws_region.x"),
        ('ephemeral "aws_kms_secrets" "x" {}', "ephemeral.aws_kms_secrets.x"),
        ('variable "x" {}', "var.x"),
        ('output "x" {\n  value = 1\n}', "output.x"),
        ('module "x" {}', "module.x"),
        ('check "x" {}', "check.x"),
        ('provider "aws" {}', "provider aws"),
        ('provider "google" {\n  alias = "x"\n}', "provider google.x"),
    ],
)
def test_twins(block: str, name: str) -> None:
    lines = block.count("\n") + 2
    assert reasons(module(f"{block}\n{block}\n")) == [f"main.tf:{lines}: {name} is declared twice"]
    assert reasons(module(block, {"other.tf": f"\n{block}\n"})) == [f"other.tf:2: {name} is declared twice"]


def test_twin_local_values() -> None:
    text = "locals {\n  x = 1\n}\nlocals {\n  y = 1\n  x = 1\n}\n"
    assert reasons(module(text)) == ["main.tf:6: local.x is declared twice"]


def test_what_only_looks_like_a_twin() -> None:
    text = """
resource "aws_kms_key" "x" {}
data "aws_kms_key" "x" {}
variable "x" {}
output "x" {}
module "x" {}
provider "aws" {}
provider "aws" {
  alias = "x"
}
provider "google" {}
locals {
  x = 1
}
moved {}
moved {}
"""
    assert reasons(module(text)) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('resource "aws_kms_key" {}', "resource needs a type and a name"),
        ('data "aws_kms_key" "a" "b" {}', "data needs a type and a name"),
        ("variable {}", "variable needs a name"),
        ('module "a" "b" {}', "module needs a name"),
        ("provider {}", "provider needs a name"),
        ('locals "x" {}', "locals needs no labels"),
        ('resources "aws_kms_key" "x" {}', 'Terraform has no "resources" blocks'),
        ("x = 1", 'argument "x" outside of any block'),
    ],
)
def test_headers(text: str, reason: str) -> None:
    estate = module(f'resource "aws_kms_key" "before" {{}}\n{text}\nresource "aws_kms_key" "after" {{}}\n')
    assert reasons(estate) == [f"main.tf:2: {reason}"]
    assert [key.address for key in estate.keys] == ["aws_kms_key.before", "aws_kms_key.after"]


def test_an_argument_that_stands_twice_is_neither_of_both() -> None:
    text = """
locals {
  spec = "a"
  spec = "b"
}
resource "aws_kms_key" "k" {
  policy                   = jsonencode({ Statement = [{ Sid = "One" }] })
  policy                   = jsonencode({ Statement = [{ Sid = "Other" }] })
  customer_master_key_spec = local.spec
  key_usage                = "SIGN_VERIFY"
}
"""
    estate = module(text)
    assert reasons(estate) == ['main.tf:4: duplicate argument "spec"', 'main.tf:8: duplicate argument "policy"']
    (key,) = estate.keys
    assert key.policy.missing is not None
    assert key.policy.missing.hole.label.startswith("policy = jsonencode(")
    assert [spelt(key.settings.spec), spelt(key.settings.usage)] == ['${spec = "b"}', '"SIGN_VERIFY"']


def test_the_last_member_of_an_object_wins() -> None:
    """`terraform console`: { a = 1, a = 2 }.a is 2."""
    text = 'resource "aws_kms_key" "k" {\n  policy = jsonencode({ Statement = [{ Sid = "One", Sid = "Other" }] })\n}\n'
    assert [one.sid for one in statements_of(the_key(module(text)))] == ["Other"]


KEY = 'resource "aws_kms_key" "%s" {\n  policy = jsonencode({ Statement = [{ Sid = "%s" }] })\n}\n'


@pytest.mark.parametrize(
    "broken",
    [
        'resource "aws_kms_key" "k" {\n  policy = = 1\n}',
        'resource "aws_kms_key" "k" {\n  policy = \n}',
        'resource "aws_kms_key" "k" {\n  policy = "{\n}',
        'resource "aws_kms_key" "k" {\n  policy = jsonencode({ a = [1, 2 })\n}',
        'resource "aws_kms_key" "k" {\n  policy = "${var.a"\n}',
        'resource "aws_kms_key" "k" {\n  policy = a ? b\n}',
        'resource "aws_kms_key" "k" {\n  policy = <<E\n{}\n}',
        'resource "aws_kms_key" "k {\n}',
        'resource "aws_kms_key" "k"\n{\n}',
        'resource "aws_kms_key" "k" {\n  policy: "x"\n}',
        'resource "aws_kms_key" "k" {\n  statement {\n}',
        'resource "aws_kms_key" "k" {\n  /* never closed\n}',
        'resource "aws_kms_key" "k" {\n  policy = [for a in b]\n}',
        'resource "aws_kms_key" "k" {\n  policy = “x”\n}',
        '<<<<<<< ours\nresource "aws_kms_key" "k" {\n=======\n>>>>>>> theirs',
        "}",
    ],
)
def test_a_broken_block_hides_only_itself(broken: str) -> None:
    estate = module(KEY % ("before", "before") + broken + "\n" + KEY % ("after", "after"))
    found = {key.address: key for key in estate.keys}
    for name in ("before", "after"):
        assert [one.sid for one in statements_of(found[f"aws_kms_key.{name}"])] == [name]
    assert estate.problems
    first, last = 4, 4 + broken.count("\n")
    assert all(first <= problem.line <= last for problem in estate.problems)


WITHOUT_EFFECT = """
terraform {
  required_version = ">= 1.9"
  backend "s3" {}
}
import {
  to = aws_kms_key.k
  id = "1234abcd"
}
import {
  to = aws_kms_key.only_imported
  id = "1234abcd"
}
moved {
  from = aws_kms_key.old
  to   = aws_kms_key.k
}
removed {
  from = aws_kms_key.gone
  lifecycle {
    destroy = false
  }
}
check "health" {
  data "aws_kms_key" "checked" {
    key_id = aws_kms_key.k.id
  }
  assert {
    condition     = true
    error_message = "x"
  }
}
ephemeral "aws_kms_secrets" "e" {
  secret {
    name    = "x"
    payload = "y"
  }
}
output "arn" {
  value = aws_kms_key.k.arn
}
"""


def test_blocks_that_declare_no_key() -> None:
    key = the_key(module(KEY % ("k", "Only") + WITHOUT_EFFECT))
    assert key.address == "aws_kms_key.k"
    assert [one.sid for one in statements_of(key)] == ["Only"]


def test_many_twins_take_linear_time() -> None:
    twins = "locals {\n  x = 1\n}\n" * 1_000
    keys = "".join(f'resource "aws_kms_key" "k{n}" {{\n  key_usage = local.x\n}}\n' for n in range(1_000))
    estate = module(twins, {"keys.tf": keys})
    assert len(estate.problems) == limits.REFUSALS + 1
    assert {spelt(key.settings.usage) for key in estate.keys} == {"1"}


@pytest.mark.parametrize("name", ["terraform.tfvars", "a.auto.tfvars"])
def test_a_value_that_is_assigned_twice(name: str) -> None:
    estate = module('variable "v" {}\nresource "aws_kms_key" "k" {\n  key_usage = var.v\n}\n', {name: "v = 1\nv = 2\n"})
    assert reasons(estate) == [f'{name}:2: duplicate argument "v"']
    assert spelt(estate.keys[0].settings.usage) == "${v = 2}"


TYPES = """
any bool number string list map list(string) set(any) map(list(number)) object({}) object({a=string,b=optional(number)})
object({a=optional(list(string),["x"])}) tuple([]) tuple([string,any]) "string" "list" "map"
"""
NO_TYPES = """
foo var.x 1 null set object tuple list(foo) list(list) list("string") list(string,string) set() string() any() object(1)
object({a=list}) object({a=optional()}) object({a=optional(string,1,2)}) tuple(string) tuple([map]) optional(string)
list(optional(string)) "number" "any" "x" {} [] string=="a" "a${var.x}"
"""


@pytest.mark.parametrize("written", [*TYPES.split(), *NO_TYPES.split()])
def test_types_of_variables(written: str) -> None:
    """As Terraform 1.11 validates them, but for those that 0.11 wanted in quotes."""
    found = reasons(module(f'variable "v" {{\n  type = {written}\n}}\n'))
    assert found == ([] if written in TYPES.split() else ["main.tf:2: var.v: a type that Terraform does not have"])
