"""Terraform's JSON syntax: the same blocks, at their own places."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.model.estate import Estate
from terraform_modules import files_of, module, read_module, reasons, spelt, statements_of, the_key

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
        (r'"${jsonencode({Statement = [{Sid = \"a${var.x}\"}]}) ~}"', "a${var.x}", r"\"a${var.x}\""),
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


@pytest.mark.parametrize("text", ["[1]", '"x"', "1"])
def test_what_is_no_object(text: str) -> None:
    estate = read_module(".", files_of({"main.tf.json": text}))
    assert [problem.reason for problem in estate.problems] == ["not Terraform: the JSON text is no object"]


def json_module(text: str) -> Estate:
    return read_module(".", files_of({"main.tf.json": text}))


def test_list_of_objects() -> None:
    """As `terraform validate` takes it."""
    assert [key.address for key in json_module(LISTED).keys] == ["aws_kms_key.a", "aws_kms_key.b", "aws_kms_key.c"]
    assert reasons(json_module(LISTED)) == []


LISTED = """[
  {"resource": {"aws_kms_key": [{"a": {}}, {"b": [{}], "none": null, "nothing": []}]}},
  {"resource": [{"aws_kms_key": {"c": {}}}], "terraform": {}, "moved": [], "//": 1, "output": {"o": {"value": 1}}}
]"""


def test_comments_are_ignored_where_arguments_stand() -> None:
    text = '{"//": 1, "resource": {"aws_kms_key": {"k": {"//": "x", "//": "y"}}}, "locals": {"//": 1}}'
    assert the_key(json_module(text)).address == "aws_kms_key.k"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"resource": "oops"}', "resource needs a type and a name"),
        ('{"resource": {}}', "resource needs a type and a name"),
        ('{"resource": {"aws_kms_key": "oops"}}', "resource needs a type and a name"),
        ('{"resource": {"aws_kms_key": [1, {"k": {}}]}}', "resource needs a type and a name"),
        ('{"resource": {"aws_kms_key": {"z": "oops"}}}', "resource must be an object"),
        ('{"resource": {"aws_kms_key": {"z": [{}, "oops"]}}}', "resource must be an object"),
        ('{"resource": {"aws_kms_key": {"//": "a comment"}}}', "resource must be an object"),
        ('{"resource": {"aws_iam_role": {"z": {"inline_policy": "oops"}}}}', "inline_policy must be an object"),
        ('{"resource": {"aws_iam_role": {"z": {"dynamic": 1}}}}', "dynamic needs a name"),
        (
            '{"data": {"aws_iam_policy_document": {"z": {"statement": [{"condition": 1}]}}}}',
            "condition must be an object",
        ),
        ('{"variable": {"z": "oops"}}', "variable must be an object"),
        ('{"variable": {"z": {"type": 1}}}', "var.z: a type that Terraform does not have"),
        ('{"variable": {"z": {"type": "string string"}}}', "var.z: a type that Terraform does not have"),
        ('{"module": null}', "module needs a name"),
        ('{"locals": "oops"}', "locals must be an object"),
        ('{"locals": [null]}', "locals must be an object"),
        ('{"wat": {}}', 'Terraform has no "wat" blocks'),
        ('{"locals": {"a": 1, "a": 2}}', 'duplicate argument "a"'),
        ('{"locals": {"a": {"z": {}, "z": {}}}}', 'duplicate argument "z"'),
        ('{"variable": {"a": {"default": {"z": 1, "z": 1}}}}', 'duplicate argument "z"'),
        ('{"resource": {"aws_kms_key": {"k": {"policy": "a", "policy": "b"}}}}', 'duplicate argument "policy"'),
        ('{"resource": {"a": {"b": {"list": ["x"], "list": ["y"]}}}}', 'duplicate argument "list"'),
        ('{"resource": {"a": {"b": {"tags": {"z": "1", "z": "2"}}}}}', 'duplicate argument "z"'),
        ('{"resource": {"a": {"b": {}, "b": {}}}}', "a.b is declared twice"),
    ],
)
def test_wrong_shapes_are_problems(text: str, expected: str) -> None:
    assert reasons(json_module(text)) == [f"main.tf.json:1: {expected}"]


def test_nested_blocks_may_stand_twice() -> None:
    text = '{"resource": {"a": {"b": {"rule": {"x": 1}, "rule": {"y": 2}, "none": null, "none": null}}}}'
    assert reasons(json_module(text)) == []
    several = '{"resource": {"a": {"b": {"rule": [{"x": 1}], "rule": [{"y": 2}, {"z": 3}]}}}}'
    assert reasons(json_module(several)) == []


def test_what_stands_twice_is_unknown() -> None:
    text = '{"locals": {"p": {"a": "x", "a": "y"}}, "resource": {"aws_kms_key": {"k": {"policy": "${local.p.a}"}}}}'
    missing = json_module(text).keys[0].policy.missing
    assert missing is not None


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ('{"default": "${upper(\\"x\\")}"}', '"${upper("x")}"'),
        ('{"default": "$${x}"}', '"$${x}"'),
        ('{"default": "5", "type": "number"}', "5"),
        ('{"default": ["b", "a", "b"], "type": "set(string)"}', '<"a", "b">'),
        ('{"default": {"a": 1}, "type": "object({a = string, b = optional(string, \\"x\\")})"}', '{a: "1", b: "x"}'),
    ],
)
def test_defaults_are_no_templates(variable: str, expected: str) -> None:
    """`terraform console` shows the strings as they are spelt."""
    text = '{"variable": {"v": IT}, "resource": {"aws_kms_key": {"k": {"key_usage": "${var.v}"}}}}'
    text = text.replace("IT", variable)
    assert spelt(the_key(json_module(text)).settings.usage) == expected


def test_values_in_files_are_no_templates() -> None:
    text = 'variable "v" {}\nresource "aws_kms_key" "k" {\n  key_usage = var.v\n}\n'
    key = the_key(module(text, {"terraform.tfvars.json": '{"v": "${1 + 1}"}'}))
    assert spelt(key.settings.usage) == '"${1 + 1}"'


def test_refusals_are_counted() -> None:
    names = ", ".join(f'"wat{number}": 1' for number in range(300))
    found = reasons(json_module(f"{{{names}}}"))
    assert len(found) == limits.REFUSALS + 1
    reason = f"main.tf.json:1: more than {limits.REFUSALS} declarations that Terraform refuses"
    assert found[-1] == limits.named(reason, "refusals")


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
