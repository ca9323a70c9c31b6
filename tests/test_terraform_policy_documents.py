"""`aws_iam_policy_document` as the provider builds it, and where its statements stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kmslint import limits
from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl
from kmslint.values import Encoded, Fields, Value
from terraform_modules import module, spelt, statements_of, the_key, value_of

FIXTURE = Path(__file__).parent.parent / "fixtures" / "terraform" / "policy_documents.tf"


def document(value: Value) -> Fields:
    """The document that a `json` attribute encodes."""
    assert isinstance(value, Encoded)
    assert isinstance(value.value, Fields)
    return value.value


def cases() -> Iterator[tuple[str, str]]:
    """The documents of the fixture by name, each with the statements written in the comments above it."""
    file = read_hcl(Source(FIXTURE.name, FIXTURE.read_text(encoding="utf-8")))
    assert file.problems == ()
    comments = {comment.at.line: comment.text.strip() for comment in file.comments}
    expected = {line: text[2:] for line, text in comments.items() if text.startswith("= ")}
    for block in file.body.blocks:
        lines: list[str] = []
        while block.at.line - 1 - len(lines) in expected:
            lines.insert(0, expected.pop(block.at.line - 1 - len(lines)))
        if lines:
            yield block.labels[1].text, " ".join(lines)
    assert not expected, "a comment that belongs to no document"


@pytest.mark.parametrize(("name", "expected"), list(cases()))
def test_statements(name: str, expected: str) -> None:
    value = value_of(
        f"data.aws_iam_policy_document.{name}.json", FIXTURE.read_text(encoding="utf-8"), path=FIXTURE.name
    )
    assert spelt(document(value).get("Statement")) == expected


def test_version_and_id() -> None:
    around = """
data "aws_iam_policy_document" "plain" {}
data "aws_iam_policy_document" "written" {
  version   = "2008-10-17"
  policy_id = "key"
}
"""
    plain, written = (
        document(value_of(f"data.aws_iam_policy_document.{name}.json", around)) for name in ("plain", "written")
    )
    assert spelt(plain.get("Version")) == '"2012-10-17"'
    assert [spelt(written.get(name)) for name in ("Version", "Id")] == ['"2008-10-17"', '"key"']


@pytest.mark.parametrize(
    ("arguments", "version", "name"),
    [
        ('version = "2008-10-17"', "2008-10-17", "nothing"),
        ('version = "2008-10-17"\nsource_json = jsonencode({Version = "2012-10-17", Id = "a"})', "2012-10-17", '"a"'),
        ('policy_id = "own"\nsource_json = jsonencode({Version = "2008-10-17", Id = "a"})', "2012-10-17", '"own"'),
        ('policy_id = "own"\noverride_json = jsonencode({Id = "a"})', "2012-10-17", '"a"'),
    ],
)
def test_the_latest_version_and_the_last_id(arguments: str, version: str, name: str) -> None:
    merged = document(
        value_of("data.aws_iam_policy_document.d.json", f'data "aws_iam_policy_document" "d" {{\n{arguments}\n}}\n')
    )
    assert (spelt(merged.get("Version")), spelt(merged.get("Id"))) == (f'"{version}"', name)


@pytest.mark.parametrize(
    ("arguments", "version"),
    [
        ('version = "2008-10-17"\nsource_json = var.flag ? jsonencode({Version = "2012-10-17"}) : "{}"', None),
        ('version = "2008-10-17"\nsource_json = var.flag ? "{}" : jsonencode({Version = "2012-10-17"})', None),
        ('version = "2008-10-17"\nsource_json = jsonencode({Version = var.open})', None),
        ('version = "2008-10-17"\nsource_json = var.open', None),
        ('version = var.open\nsource_json = jsonencode({Version = "2008-10-17"})', None),
        ('source_json = var.flag ? jsonencode({Version = "2008-10-17"}) : "{}"', "2012-10-17"),
        ('version = "2012-10-17"\nsource_json = jsonencode({Version = var.open})', "2012-10-17"),
        (
            (
                'version = "2008-10-17"\nsource_policy_documents = [jsonencode({Version = var.open}), '
                'jsonencode({Version = "2012-10-17"})]'
            ),
            "2012-10-17",
        ),
    ],
)
def test_a_version_that_may_be_the_later_one(arguments: str, version: str | None) -> None:
    variables = 'variable "flag" {\n type = bool\n}\nvariable "open" {}\n'
    around = f'{variables}data "aws_iam_policy_document" "d" {{\n{arguments}\n}}'
    found = document(value_of("data.aws_iam_policy_document.d.json", f"{around}\n"))
    later = '(a document that is merged in is of version 2012-10-17 ? "2012-10-17" : "2008-10-17")'
    assert spelt(found.get("Version")) == (later if version is None else f'"{version}"')


def test_what_terraform_refuses() -> None:
    text = FIXTURE.read_text(encoding="utf-8")
    found = [(problem.reason, problem.line) for problem in module(text).problems]
    lines = text.splitlines()
    assert [(reason, lines[line - 1].strip()) for reason, line in found] == [
        ('unsupported argument "action" in statement', 'action = ["kms:*"]'),
        ('unsupported block type "principal" in statement', "principal {"),
        ('unsupported block type "statements" in aws_iam_policy_document', "statements {}"),
        ('no content block in dynamic "statement"', 'dynamic "statement" {'),
        ('missing argument "for_each" in dynamic "condition"', 'dynamic "condition" {'),
    ]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ('statement {\n principals {\n type = "AWS"\n }\n}', 'missing argument "identifiers" in principals'),
        ('statement "a" {}', "a statement block has no labels"),
        (
            'dynamic "statement" "b" {\n for_each = []\n content {}\n}',
            "a dynamic block has one label, the type of its blocks",
        ),
        (
            'dynamic "statments" {\n for_each = []\n content {}\n}',
            'unsupported block type "statments" in aws_iam_policy_document',
        ),
        (
            'dynamic "statement" {\n for_each = []\n content {}\n content {}\n}',
            'more than one content block in dynamic "statement"',
        ),
        (
            'dynamic "statement" {\n for_each = []\n content {}\n sid = "a"\n}',
            'unsupported argument "sid" in dynamic "statement"',
        ),
        (
            'dynamic "statement" {\n for_each = []\n content {}\n statement {}\n}',
            'unsupported block type "statement" in dynamic "statement"',
        ),
        ('lifecycle {\n postcondition {\n condition = true\n error_message = ""\n }\n}', None),
        ("count = 2", None),
    ],
)
def test_refused_blocks(written: str, reason: str | None) -> None:
    problems = module(f'data "aws_iam_policy_document" "d" {{\n{written}\n}}\n').problems
    assert [problem.reason for problem in problems] == ([] if reason is None else [reason])


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (
            'source_policy_documents = ["[]"]',
            "a document given to aws_iam_policy_document cannot be read: a value that is no policy document",
        ),
        (
            "source_policy_documents = [jsonencode({ Statement = {} })]",
            "a document given to aws_iam_policy_document cannot be read: its Statement is not a list",
        ),
        (
            'statement {\n sid = "A"\n}\nstatement {\n sid = "A"\n}',
            'duplicate Sid "A" in the statements of aws_iam_policy_document',
        ),
        (
            'source_policy_documents = [for i in [1, 2] : jsonencode({ Statement = [{ Sid = "A" }] })]',
            'duplicate Sid "A" in source_policy_documents of aws_iam_policy_document',
        ),
        ('override_policy_documents = [for i in [1, 2] : jsonencode({ Statement = [{ Sid = "A" }] })]', None),
        ("source_policy_documents = [null]", None),
    ],
)
def test_refused_by_the_provider(written: str, reason: str | None) -> None:
    around = f'data "aws_iam_policy_document" "d" {{\n{written}\n}}\n'
    key = 'resource "aws_kms_key" "k" {\n  policy = data.aws_iam_policy_document.d.json\n}\n'
    problems = module(around + key).problems
    assert [problem.reason for problem in problems] == ([] if reason is None else [reason])


@pytest.mark.parametrize("listed", ["{}", '"none"', "true", "jsonencode([])", "null", "var.f ? [] : null"])
def test_statements_that_are_no_list_are_refused_where_they_stand(listed: str) -> None:
    text = f"""
variable "f" {{}}
resource "aws_kms_key" "k" {{
  policy = data.aws_iam_policy_document.d.json
}}
data "aws_iam_policy_document" "d" {{
  source_policy_documents = [
    jsonencode({{
      Version   = "2012-10-17"
      Statement = {listed}
    }}),
  ]
}}
"""
    found = [(problem.reason.rpartition(": ")[2], problem.line) for problem in module(text).problems]
    assert found == ([] if "null" in listed else [("its Statement is not a list", 10)])


PLACES = """
resource "aws_kms_key" "k" {
  policy = data.aws_iam_policy_document.d.json
}

data "aws_iam_policy_document" "d" {
  statement {
    sid     = "Root"
    actions = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["111122223333"]
    }
  }
}
"""


def test_places_in_the_document() -> None:
    first, second = statements_of(the_key(module(PLACES)))
    assert (repr(first.at), repr(first.header)) == ("main.tf:7:3-15:4", "main.tf:8:15-8:21")
    assert first.principals is not None
    assert repr(first.principals[0].at) == "main.tf:13:22-13:54"
    assert repr(second.header) == "main.tf:16:3-16:12"
    assert second.actions is not None
    assert repr(second.actions[0].at) == "main.tf:17:18-17:31"
    assert repr(second.conditions[0].at).startswith("main.tf:25:18-")


def test_places_in_jsonencode_and_heredoc() -> None:
    text = """
resource "aws_kms_key" "encoded" {
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "111122223333" } },
    ]
  })
}
resource "aws_kms_key" "heredoc" {
  policy = <<-EOT
    {"Statement": [
      {"Effect": "Allow", "Action": "kms:*", "Resource": "*",
       "Principal": {"AWS": "${local.account}"}}
    ]}
  EOT
}
resource "aws_kms_key" "elsewhere" {
  policy = local.policy
}
"""
    values = 'locals {\n  account = "111122223333"\n  policy  = "{\\"Statement\\": [{\\"Sid\\": \\"There\\"}]}"\n}\n'
    estate = module(text, {"values.tf": values})
    encoded, heredoc, elsewhere = (statements_of(key)[0] for key in estate.keys)
    assert (repr(encoded.at), repr(encoded.header)) == ("main.tf:5:7-5:99", "main.tf:5:9-5:15")
    assert (repr(heredoc.at), repr(heredoc.header)) == ("main.tf:12:7-13:49", "main.tf:12:8-12:16")
    assert heredoc.principals is not None
    assert repr(heredoc.principals[0].at) == "main.tf:13:29-13:47"
    assert (elsewhere.sid, repr(elsewhere.header)) == ("There", "values.tf:3:41-3:50")


def test_a_statement_of_one_of_two_sids_may_be_the_one_that_is_replaced() -> None:
    either = 'var.flag ? { Sid = "A", Effect = "Deny" } : { Sid = "B", Effect = "Deny" }'
    around = (
        'variable "flag" {}\ndata "aws_iam_policy_document" "d" {\n'
        f"  source_policy_documents = [jsonencode({{ Statement = [{either}] }})]\n"
        '  statement {\n    sid = "A"\n  }\n}\n'
    )
    there = '(var.flag ? {Sid: "A", Effect: "Deny"} : {Sid: "B", Effect: "Deny"})'
    assert spelt(document(value_of("data.aws_iam_policy_document.d.json", around)).get("Statement")) == (
        f'[(Sid A is not ${{Sid (main.tf:3:75-3:78)}} ? {there} : -), {{Sid: "A", Effect: "Allow"}}]'
    )


def test_documents_of_documents_end_at_a_bound() -> None:
    around = 'data "aws_iam_policy_document" "d0" {\n  statement {\n    sid = "A"\n  }\n}\n'
    around += "".join(
        f'data "aws_iam_policy_document" "d{number}" {{\n'
        f"  source_policy_documents = [data.aws_iam_policy_document.d{number - 1}.json]\n}}\n"
        for number in range(1, 5)
    )
    found = []
    for depth in range(8, 40):
        with limits.within({"depth": depth}):
            found.append(spelt(value_of("data.aws_iam_policy_document.d4.json", around)))
    assert found[-1] == 'json {Version: "2012-10-17", Statement: [{Sid: "A", Effect: "Allow"}]}'
    for one in set(found):
        assert one == found[-1] or "--limit depth=N raises this" in one, one
    assert any("documents of documents, nested deeper than" in one for one in found)
