"""Terraform's JSON syntax as blocks: which members are blocks, which strings are templates, and where each stands."""

from __future__ import annotations

import pytest

from kmslint.location import Source
from kmslint.syntax.json import read_json
from kmslint.syntax.tree import HclFile
from kmslint.terraform.json_files import as_hcl, values_as_hcl
from terraform_outline import outline, text_at


def read(text: str, path: str = "main.tf.json") -> HclFile:
    return as_hcl(read_json(Source(path, text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"resource": {"a": {"b": {"c": 1, "d": "x", "e": {"f": null}}}}}',
            "resource a b {c = 1, d = 'x', e = {'f': null}}",
        ),
        (
            '{"resource": {"a": {"b": [{"c": 1}, {"d": 2}], "e": {}}}}',
            "resource a b {c = 1}, resource a b {d = 2}, resource a e {}",
        ),
        ('{"resource": {"a": {"b": null, "c": []}}}', ""),
        ('{"module": [{"a": {"source": "./a"}}, {"b": {}}]}', "module a {source = './a'}, module b {}"),
        ('[{"locals": {"a": 1}}, {"//": {}, "locals": {"b": 2}}]', "locals {a = 1}, locals {b = 2}"),
        ('{"locals": null}', ""),
        # Strings are templates, and so are names; but for what a variable is declared with.
        (
            '{"locals": {"a": "${x}", "b": ["%{ if y }z%{ endif }"]}}',
            'locals {a = <"${x}">, b = [<"%{ if y }z%{ endif }">]}',
        ),
        ('{"locals": {"a": {"${x}": "$${y}"}}}', """locals {a = {<"${x}">: '${y}'}}"""),
        ('{"variable": {"v": {"default": {"${x}": ["$${y}"]}}}}', "variable v {default = {'${x}': ['$${y}']}}"),
        ('{"variable": {"v": {"type": "list(any)"}}}', "variable v {type = refused list(any)}"),
        ('{"variable": {"v": {"type": "a.b"}}}', "variable v {type = <a.b>}"),
        ('{"variable": {"v": {"type": ["a.b"], "default": "a.b"}}}', "variable v {type = ['a.b'], default = 'a.b'}"),
        ('{"resource": {"a": {"b": {"type": "a.b"}}}}', "resource a b {type = 'a.b'}"),
        # Blocks in blocks.
        (
            '{"provider": {"aws": {"assume_role": {"a": 1}, "assume_role_with_web_identity": [{}], "b": {"c": 2}}}}',
            "provider aws {b = {'c': 2}, assume_role {a = 1}, assume_role_with_web_identity {}}",
        ),
        ('{"provider": {"other": {"assume_role": {"a": 1}}}}', "provider other {assume_role = {'a': 1}}"),
        (
            '{"resource": {"aws_iam_role": {"r": {"inline_policy": [{"policy": "x"}, {}], "constraints": {}}}}}',
            "resource aws_iam_role r {constraints = {}, inline_policy {policy = 'x'}, inline_policy {}}",
        ),
        ('{"data": {"aws_iam_role": {"r": {"inline_policy": {}}}}}', "data aws_iam_role r {inline_policy = {}}"),
        (
            '{"resource": {"aws_kms_grant": {"g": {"constraints": {"a": {}}, "inline_policy": {}}}}}',
            "resource aws_kms_grant g {inline_policy = {}, constraints {a = {}}}",
        ),
        (
            (
                '{"data": {"aws_iam_policy_document": {"d": {"statement": {"condition": {"values": ["${x}"]},'
                ' "principals": [{}], "not_principals": {}, "other": {}}}}}}'
            ),
            (
                "data aws_iam_policy_document d {statement {other = {}, "
                'condition {values = [<"${x}">]}, principals {}, not_principals {}}}'
            ),
        ),
        (
            (
                '{"data": {"aws_iam_policy_document": {"d": {"dynamic": {"statement": {"for_each": [1], "content":'
                ' {"sid": "s", "dynamic": {"condition": [{}]}}}}}}}}'
            ),
            (
                "data aws_iam_policy_document d {dynamic statement {for_each = [1], "
                "content {sid = 's', dynamic condition {}}}}"
            ),
        ),
        ('{"resource": {"a": {"b": {"content": {}, "dynamic": {}}}}}', "resource a b {content = {}}"),
        *((f'{{"{kind}": {{"dynamic": {{"a": 1}}}}}}', f"{kind} {{dynamic = {{'a': 1}}}}") for kind in ("locals",)),
        *(
            (f'{{"{kind}": {{"x": {{"dynamic": {{"a": 1}}}}}}}}', f"{kind} x {{dynamic = {{'a': 1}}}}")
            for kind in ("output", "variable")
        ),
        # What stands twice.
        ('{"locals": {"//": 1, "a": {"//": 1, "//": 2}}}', "locals {a = {'//': 1, '//': 2}}"),
        ('{"locals": {"a": {"b": {"c": {}, "c": {}}}}}', 'locals {a = {\'b\': refused {"c": {}, "c": {}}}}'),
        ('{"resource": {"a": {"b": {"c": {"d": {}, "d": [{}]}}}}}', "resource a b {c = {'d': {}, 'd': [{}]}}"),
    ],
)
def test_blocks_and_arguments(text: str, expected: str) -> None:
    assert ", ".join(outline(read(text).body)) == expected


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("[1]", "not Terraform: the JSON text is no object", ""),
        ('{"x": 1, "//": 2}', 'Terraform has no "x" blocks', '"x"'),
        ('{"module": null}', "module needs a name", '"module"'),
        ('{"resource": {"a": []}}', "resource needs a type and a name", '"a"'),
        ('{"resource": []}', "resource needs a type and a name", '"resource"'),
        ('{"resource": {"a": [{"b": {}}, null]}}', "resource needs a type and a name", '"a"'),
        ('{"resource": {"a": {"b": [{}, "x"]}}}', "resource must be an object", '"x"'),
        ('{"resource": {"a": {"b": [null]}}}', "resource must be an object", "null"),
        ('{"resource": {"a": {"b": "null"}}}', "resource must be an object", '"null"'),
        ('{"locals": false}', "locals must be an object", "false"),
        ('{"locals": {"a": 1, "a": 2}}', 'duplicate argument "a"', '"a"'),
        ('{"locals": {"a": {}, "a": {}}}', 'duplicate argument "a"', '"a"'),
        ('{"output": {"o": {"value": {"a": {}, "a": {}}}}}', 'duplicate argument "a"', '"a"'),
        ('{"resource": {"x": {"y": {"a": [{}], "a": [{}, 1]}}}}', 'duplicate argument "a"', '"a"'),
        ('{"resource": {"x": {"y": {"a": {}, "a": false}}}}', 'duplicate argument "a"', '"a"'),
        ('{"resource": {"x": {"y": {"a": null, "a": "null"}}}}', 'duplicate argument "a"', '"a"'),
        ('{"resource": {"x": {"y": {"z": {"a": 1, "a": 2}}}}}', 'duplicate argument "a"', '"a"'),
    ],
)
def test_what_terraform_refuses_and_where(text: str, reason: str, place: str) -> None:
    """A name that stands twice is refused where it stands again, anything else where it begins."""
    (problem,) = read(text).problems
    assert (problem.path, problem.reason) == ("main.tf.json", reason)
    assert problem.at is not None
    assert problem.at.start == (text.rindex(place) if place and "duplicate" in reason else text.find(place))
    assert text_at(problem.at) == place


def test_places_of_blocks() -> None:
    """A block is at its last label, or at its brace: its type may stand far away, for many blocks."""
    text = '{"resource": {"a": {"b": {"x": 1}}}, "locals": {"c": 2}, "provider": {"aws": {"assume_role": {}}}}'
    file = read(text)
    assert text_at(file.body.at) == text
    assert file.source.text == text
    named, nameless, provider = file.body.blocks
    assert [text_at(block.at) for block in (named, nameless)] == ['"b": {"x": 1}', '{"c": 2}']
    assert [text_at(block.type.at) for block in (named, nameless, provider)] == ['"', "{", '"']
    assert named.type.at.start == named.at.start
    assert [text_at(block.body.at) for block in (named, nameless)] == ['{"x": 1}', '{"c": 2}']
    assert [text_at(block.at) for block in provider.body.blocks] == ["{}"]


@pytest.mark.parametrize("path", ["a.tfvars.json", "a.auto.tfvars.json", "values.json"])
def test_values_of_variables_are_no_templates(path: str) -> None:
    text = '{"a": "${x}", "b": ["%{ if", {"$${y}": 1}], "//": 2}'
    file = values_as_hcl(read_json(Source(path, text)))
    assert list(outline(file.body)) == ["a = '${x}'", "b = ['%{ if', {'$${y}': 1}]", "// = 2"]
    assert (text_at(file.body.at), file.source.path, file.problems) == (text, path, ())
    if path.endswith(".tfvars.json"):
        assert list(outline(read(text, path).body)) == list(outline(file.body))


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("[]", ["not Terraform: the JSON text is no object"]),
        ('{"a": {"b": {}, "b": {}}}', ['duplicate argument "b"']),
        ('{"a": [{"b": 1, "b": 2}, {"b": 3}]}', ['duplicate argument "b"']),
        ('{"a": "x", "b": {"a": 1}}', []),
    ],
)
def test_values_that_terraform_refuses(text: str, reasons: list[str]) -> None:
    assert [problem.reason for problem in read(text, "a.tfvars.json").problems] == reasons
