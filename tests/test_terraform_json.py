"""Terraform's JSON syntax: the same blocks, at their own places."""

from __future__ import annotations

import pytest

from kmslint.terraform.module import read_module
from terraform_modules import files_of, module, spelt, statements_of, the_key

MAIN = r"""{
  "//": "a comment",
  "variable": {"on": {"type": "bool"}, "names": {"default": ["a", "b"]}},
  "data": {
    "aws_caller_identity": {"me": {}},
    "aws_iam_policy_document": {"d": {
      "statement": [
        {"sid": "Root", "actions": ["kms:*"], "resources": ["*"],
         "principals": {"type": "AWS", "identifiers": ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]}},
        {"sid": "Second", "condition": [{"test": "StringEquals", "variable": "a", "values": ["${var.on}"]}]}
      ],
      "dynamic": {"statement": {"for_each": "${var.names}", "content": {"sid": "${statement.value}"}}}
    }}
  },
  "resource": {
    "aws_kms_key": {"k": [{"count": "${var.on ? 1 : 0}", "policy": "${data.aws_iam_policy_document.d.json}"}]}
  },
  "provider": {"aws": [{"allowed_account_ids": ["111122223333"]}]}
}
"""


def test_blocks() -> None:
    estate = read_module(".", files_of({"main.tf.json": MAIN}))
    key = the_key(estate)
    assert [str(guard) for guard in key.guards] == ["var.on is true"]
    assert repr(key.at) == "main.tf.json:16:21-16:24"
    assert [one.sid for one in statements_of(key)] == ["Root", "Second", "a", "b"]
    assert str(estate.accounts.configured) == "111122223333"


def test_places() -> None:
    root, second = statements_of(the_key(read_module(".", files_of({"main.tf.json": MAIN}))))[:2]
    assert (repr(root.at), repr(root.header)) == ("main.tf.json:8:9-9:120", "main.tf.json:8:17-8:23")
    assert root.principals is not None
    assert repr(root.principals[0].at) == "main.tf.json:9:56-9:117"
    assert str(root.principals[0].value) == "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"
    assert root.principals[0].at.source.line(9) == MAIN.splitlines()[8]
    assert repr(second.at).startswith("main.tf.json:10:9-")


@pytest.mark.parametrize(
    ("policy", "expected", "header"),
    [
        (r'"{\"Statement\": [{\"Sid\": \"${var.x}!\"}]}"', "${var.x}!", '\\"${var.x}!\\"'),
        (r'"${jsonencode({Statement = [{Sid = \"a${var.x}\"}]})}"', "a${var.x}", r"\"a${var.x}\""),
        (r'"{\"Statement\": [{\"Sid\": \"${upper(\"x\")}\"}]}"', "X", r"\"${upper(\"x\")}\""),
        (r'"{\"Statement\":\n [{\"Sid\": \"$${x}T\"}]}"', "${x}T", r"\"$${x}T\""),
    ],
)
def test_strings_with_escapes(policy: str, expected: str, header: str) -> None:
    text = f'{{"variable": {{"x": {{}}}}, "resource": {{"aws_kms_key": {{"k": {{"policy": {policy}}}}}}}}}'
    (statement,) = statements_of(the_key(read_module(".", files_of({"main.tf.json": text}))))
    assert statement.sid == expected
    assert text[statement.header.start : statement.header.end] == header


def test_string_that_is_no_template_is_unknown() -> None:
    text = '{"resource": {"aws_kms_key": {"k": {"policy": "${oops"}}}}'
    missing = the_key(read_module(".", files_of({"main.tf.json": text}))).policy.missing
    assert missing is not None
    assert missing.hole.label == '"${oops"'


def test_values_of_variables() -> None:
    text = 'variable "days" {}\nresource "aws_kms_key" "k" {\n  deletion_window_in_days = var.days\n}\n'
    key = the_key(module(text, {"terraform.tfvars.json": '{"days": 7, "other": {"a": [true]}}'}))
    assert spelt(key.settings.deletion_window) == "7"


@pytest.mark.parametrize("text", ["[]", '"x"', "1"])
def test_what_is_no_object(text: str) -> None:
    estate = read_module(".", files_of({"main.tf.json": text}))
    assert [problem.reason for problem in estate.problems] == ["not Terraform: the JSON text is no object"]


@pytest.mark.parametrize(
    "text",
    [
        '{"resource": []}',
        '{"resource": {"aws_kms_key": [1, {"k": null}]}}',
        '{"${a}": 1, "resource": {"aws_kms_key": {"k": {"policy": "${"}}}}',
        '{"locals": {"${a}": "${local.x}"}, "module": {"m": {"source": "x/kms/aws"}}}',
        '{"resource": {"aws_kms_key": {"k": {"dynamic": {"x": [{}]}, "inline_policy": 1}}}}',
    ],
)
def test_odd_shapes_raise_nothing(text: str) -> None:
    read_module(".", files_of({"main.tf.json": text}))
