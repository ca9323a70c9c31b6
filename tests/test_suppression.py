"""Suppressions: what they take out of a report, what they leave, and what is said of those that are of no use."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmslint.cli import main
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint, lint_text
from kmslint.report import render
from kmslint.report.options import Options
from kmslint.settings import Settings

TODAY = "2026-06-30"
ROTATION = "      EnableKeyRotation: {}\n"
HEAD = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n"
POLICY = '      EnableKeyRotation: true\n      KeyPolicy:\n        Version: "2012-10-17"\n        Statement:\n'


def statement(action: str, sid: str = "") -> str:
    head = f"          - Sid: {sid}\n            Effect: Allow\n" if sid else "          - Effect: Allow\n"
    return f'{head}            Principal: "*"\n            Action: {action}\n            Resource: "*"\n'


def run(root: Path, files: dict[str, str], **options: object) -> Outcome:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="")
    return lint([str(root)], Settings(root=str(root), today=TODAY)._replace(**options))  # type: ignore[arg-type]


def rules(outcome: Outcome) -> list[str]:
    return [finding.rule_id for finding in outcome.findings]


def suppressed(outcome: Outcome) -> list[str]:
    return [one.finding.rule_id for one in outcome.suppressed]


@pytest.mark.parametrize(
    ("until", "found", "left"),
    [("2026-06-30", [], ["KMS501"]), ("2026-07-01", [], ["KMS501"]), ("2026-06-29", ["KMS003", "KMS501"], [])],
)
def test_the_last_day_counts_to_its_end(tmp_path: Path, until: str, found: list[str], left: list[str]) -> None:
    line = f"      # kmslint: ignore[KMS501] until={until} known\n"
    outcome = run(tmp_path, {"a.yaml": HEAD + line + ROTATION.format("false")})
    assert (rules(outcome), suppressed(outcome)) == (found, left)
    assert [one.until for one in outcome.suppressed] == ([until] if left else [])


@pytest.mark.parametrize(
    "comment",
    [
        "# kmslint: ignore[KMS501] known",
        "#kmslint:ignore[KMS501] known",
        "# kmslint: ignore [ KMS501 , KMS201 ]: known",
        "# kmslint: ignore[KMS501] - known",
        "# checkov:skip=CKV_AWS_7: known # kmslint: ignore[KMS501] known",
        "# kmslint: ignore[KMS404] another # kmslint: ignore[KMS501] known",
        "# kmslint: ignore[KMS501] known # kmslint: ignore[KMS404] another",
    ],
)
def test_forms_of_comments(tmp_path: Path, comment: str) -> None:
    select = ("KMS501", "KMS004")
    outcome = run(tmp_path, {"a.yaml": HEAD + ROTATION.format(f"false {comment}")}, select=select)
    assert rules(outcome) == []
    assert [one.reason for one in outcome.suppressed] == ["known"]


PLACES = [
    pytest.param("# M\n" + HEAD + ROTATION.format("false"), False, id="above the file"),
    pytest.param(HEAD.replace("  Key:", "  # M\n  Key:") + ROTATION.format("false"), True, id="above the key"),
    pytest.param(HEAD.replace("  Key:", "  # M\n  # more\n\n  Key:") + ROTATION.format("false"), True, id="not quite"),
    pytest.param(HEAD.replace("Key:\n", "Key:  # M\n", 1) + ROTATION.format("false"), True, id="beside the key"),
    pytest.param(HEAD + "      # M\n" + ROTATION.format("false"), True, id="above the line"),
    pytest.param(HEAD + ROTATION.format("false  # M"), True, id="beside it"),
    pytest.param(HEAD + ROTATION.format("false") + "      # M\n", True, id="at the end of the key"),
    pytest.param(HEAD + ROTATION.format("false") + "# M\n", False, id="at the end of the file"),
    pytest.param(HEAD + ROTATION.format("false") + "  # M\n  B: {Type: AWS::S3::Bucket}\n", False, id="above another"),
    pytest.param(
        HEAD + ROTATION.format("false") + "      # M\n  B: {Type: AWS::S3::Bucket}\n", True, id="still inside"
    ),
    pytest.param(
        HEAD + ROTATION.format("false") + "        # M\n  B: {Type: AWS::S3::Bucket}\n", False, id="deeper than above"
    ),
    pytest.param(HEAD + ROTATION.format("true") + "  # M\n  B: {Type: AWS::KMS::Key}\n", True, id="above the second"),
    pytest.param(HEAD + ROTATION.format('false\n      Description: "# M"'), False, id="in a text"),
    pytest.param(HEAD + ROTATION.format("false\n      Description: |\n        # M"), False, id="in a block"),
    pytest.param("Resources: {Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: no}}} # M\n", True, id="flow"),
    pytest.param("Resources: {\n # M\n Key: {Type: AWS::KMS::Key}}\n", True, id="above in flow"),
]


@pytest.mark.parametrize(("text", "counts"), PLACES)
def test_places_in_yaml(tmp_path: Path, text: str, counts: bool) -> None:
    outcome = run(tmp_path, {"a.yaml": text.replace("# M", "# kmslint: ignore[KMS501] known")}, select=("KMS501",))
    assert (suppressed(outcome) == ["KMS501"]) == counts
    assert len(outcome.findings) + len(outcome.suppressed) == 1


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ('# M\nresource "aws_kms_key" "k" {}\n', True),
        ('resource "aws_kms_key" "k" {} # M\n', True),
        ('resource "aws_kms_key" "k" {} // M\n', True),
        ('resource "aws_kms_key" "k" {\n  /* M */\n}\n', True),
        ('/*\n * M\n */\nresource "aws_kms_key" "k" {\n}\n', True),
        ('resource "aws_kms_key" "k" {\n  # M\n}\n', True),
        ('resource "aws_kms_key" "k" {\n}\n# M\n', False),
        ('resource "aws_kms_key" "k" {\n}\n  # M\n', False),
        ('/* M */ resource "aws_kms_key" "k" {}\n', True),
        ('resource "aws_kms_key" "k" {\n} /* old */ # M\n', True),
        ('  locals {}\n  # M\nresource "aws_kms_key" "k" {}\n', True),
        ('# M\nlocals {}\nresource "aws_kms_key" "k" {}\n', False),
        ('resource "aws_kms_key" "k" {\n  description = "# M"\n}\n', False),
        ('resource "aws_kms_key" "k" {\n  description = <<-E\n    # M\n  E\n}\n', False),
    ],
)
def test_places_in_hcl(tmp_path: Path, text: str, counts: bool) -> None:
    outcome = run(tmp_path, {"main.tf": text.replace("M", "kmslint: ignore[KMS501] known", 1)}, select=("KMS501",))
    assert (suppressed(outcome) == ["KMS501"]) == counts
    assert len(outcome.findings) + len(outcome.suppressed) == 1


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (HEAD + POLICY + statement("kms:Decrypt") + "            # M\n", "in this statement"),
        (HEAD + POLICY + statement("kms:Decrypt") + "          # M\n", "in Key"),
        (HEAD + POLICY + statement("kms:Decrypt") + "   # M\n", "in Key"),
        (HEAD + POLICY + statement("kms:Decrypt") + "  # M\n", "outside of every resource"),
        (HEAD + POLICY + "          - {Effect: Allow,\n # M\n            Principal: '*'}\n", "in this statement"),
        ("Resources: {Key: {Type: AWS::KMS::Key,\n# M\n}}\n", "in Key"),
        ("Resources: {Key: {Type: AWS::KMS::Key, Tags: {Effect:\n  x}} # M\n}\n", "in Key"),
        ("Resources: {Key: {Type: AWS::KMS::Key, Tags: {Effect:\n  x}}, # M\n}\n", "in Key"),
        (HEAD + POLICY + statement("kms:Decrypt") + "        # M\n  B: {Type: AWS::S3::Bucket}\n", "in Key"),
    ],
)
def test_the_indentation_of_a_comment_at_the_end_says_what_it_is_of(tmp_path: Path, text: str, where: str) -> None:
    text = text.replace("# M", "# kmslint: ignore[KMS404] known")
    (finding,) = run(tmp_path, {"a.yaml": text}, select=("KMS002", "KMS404")).findings
    assert where in finding.message


def test_a_suppression_in_a_resource_says_nothing_of_the_first_line(tmp_path: Path) -> None:
    text = 'resource "aws_kms_key" "k" {}\nresource "aws_kms_key" "l" {\n  # M\n}\n'
    outcome = run(tmp_path, {"main.tf": text.replace("# M", MARK)}, select=("KMS501", "KMS002"))
    assert [one.finding.resource for one in outcome.suppressed] == ["aws_kms_key.l"]
    assert rules(outcome) == ["KMS501"]


@pytest.mark.parametrize(
    ("above_the_key", "in_the_statement", "used"),
    [
        ("", "known", "of the statement"),
        ("", "statement=Look known", "of the statement"),
        ("of the key", "", "of the key"),
        ("of the key", "statement=Other known", "of the key"),
    ],
)
def test_the_nearest_suppression_counts(tmp_path: Path, above_the_key: str, in_the_statement: str, used: str) -> None:
    """One that is bound to what a statement does not say is of no use, whether or not it has changed."""
    head = HEAD.replace("  Key:", f"  # kmslint: ignore[KMS201] {above_the_key or 'of the key'}\n  Key:")
    line = f"            # kmslint: ignore[KMS201] {in_the_statement.replace('known', 'of the statement')}\n"
    text = head + POLICY + statement("kms:Decrypt", "Look") + (line if in_the_statement else "")
    outcome = run(tmp_path, {"a.yaml": text}, select=("KMS201", "KMS002"))
    assert [one.reason for one in outcome.suppressed] == [used]
    assert [(finding.rule_id, finding.advice) for finding in outcome.findings] == [("KMS002", "")] * bool(
        in_the_statement
    )


def test_all_that_stands_on_a_line_is_suppressed_beside_it(tmp_path: Path) -> None:
    text = f"Resources: {{A: {{Type: AWS::KMS::Key}}, B: {{Type: AWS::KMS::Key}}}} {MARK}\n"
    outcome = run(tmp_path, {"a.yaml": text}, select=("KMS501",))
    assert (rules(outcome), suppressed(outcome)) == ([], ["KMS501", "KMS501"])


def test_of_two_in_one_place_the_one_that_is_bound_to_nothing_counts(tmp_path: Path) -> None:
    line = "          # kmslint: ignore[KMS201] {}\n"
    lines = line.format("content=0123456789 of another") + line.format("of any")
    text = HEAD + POLICY + lines + statement("kms:Decrypt", "Look")
    assert [one.reason for one in run(tmp_path, {"a.yaml": text}, select=("KMS201",)).suppressed] == ["of any"]


def test_of_two_in_one_place_the_one_that_names_the_statement_counts(tmp_path: Path) -> None:
    line = "          # kmslint: ignore[KMS201] {}\n"
    lines = line.format("of any") + line.format("statement=Look of this")
    text = HEAD + POLICY + lines + statement("kms:Decrypt", "Look")
    assert [one.reason for one in run(tmp_path, {"a.yaml": text}, select=("KMS201",)).suppressed] == ["of this"]


@pytest.mark.parametrize("options", ["content=0123456789", "statement=Look"])
def test_what_is_found_outside_of_statements_is_bound_to_none(tmp_path: Path, options: str) -> None:
    text = HEAD + ROTATION.format(f"false  # kmslint: ignore[KMS501] {options} known")
    outcome = run(tmp_path, {"a.yaml": text}, select=("KMS501", "KMS002"))
    assert [(finding.rule_id, finding.advice != "") for finding in outcome.findings if finding.rule_id < "KMS1"] == [
        ("KMS002", False)
    ]
    assert suppressed(outcome) == []


def test_one_for_another_statement_is_of_no_use_and_nothing_has_changed(tmp_path: Path) -> None:
    line = "          # kmslint: ignore[KMS201] statement=Other known\n"
    outcome = run(
        tmp_path, {"a.yaml": HEAD + POLICY + line + statement("kms:Decrypt", "Look")}, select=("KMS201", "KMS002")
    )
    assert [(finding.rule_id, "has changed" in finding.message) for finding in outcome.findings] == [
        ("KMS002", False),
        ("KMS201", False),
    ]


def test_a_statement_that_names_what_stands_elsewhere_is_suppressed_in_either_place(tmp_path: Path) -> None:
    text = (
        'locals {\n  who = "*" # 0\n}\nresource "aws_kms_key" "k" {\n  policy = jsonencode({ Statement = [\n'
        '    # 1\n    { Effect = "Allow", Principal = local.who, Action = "kms:*", Resource = "*" },\n  ] })\n}\n'
    )
    for place in ("# 0", "# 1"):
        outcome = run(tmp_path, {"main.tf": text.replace(place, MARK.replace("501", "201"))}, select=("KMS201",))
        assert (rules(outcome), suppressed(outcome)) == ([], ["KMS201"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.tf", 'locals {}\n# M\nresource "aws_kms_key" "k" {}\n'),
        ("terraform.tfvars", 'who = "*"\n# M\n'),
        ("a.yaml", HEAD + "# M\n" + ROTATION.format("false")),
    ],
)
def test_what_speaks_of_a_whole_file_stands_at_its_top(tmp_path: Path, name: str, text: str) -> None:
    files = {"main.tf": 'variable "who" {}\nresource "aws_kms_key" "k" {}\n'} if name.endswith("vars") else {}
    text = text.replace("# M", MARK.replace("ignore", "ignore-file"))
    outcome = run(tmp_path, {**files, name: text}, select=("KMS004", "KMS501"))
    assert sorted((finding.rule_id, finding.at.path == name) for finding in outcome.findings) == [
        ("KMS004", True),
        ("KMS501", not files),
    ]
    first = text.replace(f"{MARK.replace('ignore', 'ignore-file')}\n", "", 1)
    outcome = run(tmp_path, {name: f"{MARK.replace('ignore', 'ignore-file')}\n{first}"}, select=("KMS004", "KMS501"))
    assert rules(outcome) == ["KMS501"] * bool(files)


def test_more_than_may_be_in_one_file_count_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmslint.limits.IGNORES", 2)
    lines = "".join(f"      # kmslint: ignore[{rule}] known\n" for rule in ("KMS101", "KMS201", "KMS501", "KMS404"))
    outcome = run(tmp_path, {"a.yaml": HEAD + lines + ROTATION.format("false")}, select=("KMS501", "KMS004"))
    assert sorted((finding.rule_id, finding.at.line) for finding in outcome.findings) == [("KMS004", 7), ("KMS501", 9)]
    assert "more than 2 suppressions in one file" in next(
        finding.message for finding in outcome.findings if finding.rule_id == "KMS004"
    )


def test_a_statement_is_suppressed_and_its_neighbours_are_not(tmp_path: Path) -> None:
    comment = "            # kmslint: ignore[KMS201] known\n"
    text = HEAD + POLICY + statement("kms:Decrypt") + comment + statement("kms:Encrypt") + statement("kms:CreateGrant")
    outcome = run(tmp_path, {"a.yaml": text}, select=("KMS201",))
    assert [one.finding.at.line for one in outcome.suppressed] == [10]
    assert [finding.at.line for finding in outcome.findings] == [15, 19]


def test_what_is_suppressed_silences_as_before(tmp_path: Path) -> None:
    """KMS101 says more than KMS107 and its like: whoever accepts it is not told the others instead."""
    text = (
        HEAD
        + POLICY
        + '          - {Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: "kms:*", Resource: "*"}\n'
    )
    before = run(tmp_path, {"a.yaml": text})
    line = "  # kmslint: ignore[KMS101] known\n  Key:"
    after = run(tmp_path, {"a.yaml": text.replace("  Key:", line, 1)})
    assert "KMS101" in rules(before)
    assert rules(after) == [rule for rule in rules(before) if rule != "KMS101"]


def test_a_statement_that_changes_is_reported_again(tmp_path: Path) -> None:
    text = HEAD + POLICY + statement("kms:DescribeKey", "Look")
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--select", "KMS201", "--add-ignore", "everybody may look"])
    written = (tmp_path / "a.yaml").read_text(encoding="utf-8")
    assert rules(run(tmp_path, {}, select=("KMS201", "KMS002"))) == []
    reformatted = written.replace("Action: kms:DescribeKey", "Action:   kms:DescribeKey  # by the way")
    assert rules(run(tmp_path, {"a.yaml": reformatted}, select=("KMS201", "KMS002"))) == []
    for weaker in (written.replace("DescribeKey", "Decrypt"), written.replace("kms:DescribeKey", "['kms:*']")):
        outcome = run(tmp_path, {"a.yaml": weaker}, select=("KMS201", "KMS002"))
        assert sorted(rules(outcome)) == ["KMS002", "KMS201"]
        assert "content=" in next(finding.advice for finding in outcome.findings if finding.rule_id == "KMS002")


def test_a_policy_of_two_keys_is_suppressed_for_one(tmp_path: Path) -> None:
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}'
    key = '{}resource "aws_kms_key" "{}" {{\n  enable_key_rotation = true\n  policy = file("p.json")\n}}\n'
    text = key.format("# kmslint: ignore[KMS201] known\n", "a") + key.format("", "b")
    outcome = run(tmp_path, {"main.tf": text, "p.json": policy}, select=("KMS201",))
    assert [one.finding.resource for one in outcome.suppressed] == ["aws_kms_key.a"]
    assert [finding.resource for finding in outcome.findings] == ["aws_kms_key.b"]


def test_all_instances_of_a_statement_are_suppressed_together(tmp_path: Path) -> None:
    module = 'resource "aws_kms_key" "k" { # kmslint: ignore[KMS501] known\n  for_each = toset(["a", "b"])\n}\n'
    call = 'module "{}" {{\n  source = "../m"\n}}\n'
    files = {"m/main.tf": module, "x/main.tf": call.format("p") + call.format("q"), "y/main.tf": call.format("r")}
    outcome = run(tmp_path, files)
    assert (rules(outcome), suppressed(outcome)) == ([], ["KMS501"])


def test_what_was_not_analysed_cannot_be_ignored(tmp_path: Path) -> None:
    text = '# kmslint: ignore-file[KMS000] known\nresource "aws_kms_key" "k" {\n  a = 1\n  a = 2\n}\n'
    outcome = run(tmp_path, {"main.tf": text}, select=("KMS000", "KMS004"))
    assert sorted(rules(outcome)) == ["KMS000", "KMS004"]
    assert outcome.counts.not_analysed == 1


def test_unused_is_said_only_of_what_was_analysed_in_full(tmp_path: Path) -> None:
    key = 'resource "aws_kms_key" "k" {\n  enable_key_rotation = true # kmslint: ignore[KMS501] known\n}\n'
    assert rules(run(tmp_path, {"main.tf": key})) == ["KMS002"]
    assert rules(run(tmp_path, {"main.tf": key, "b.tf": "}\n"})) == ["KMS000"]
    assert rules(run(tmp_path, {"b.tf": ""}, changed=True)) == []
    assert rules(run(tmp_path, {}, ignore=("KMS501",))) == []
    assert rules(run(tmp_path, {}, select=("KMS002",))) == ["KMS002"]
    assert rules(run(tmp_path, {}, ignores=False)) == []
    (tmp_path / "main.tf").unlink()
    assert rules(run(tmp_path, {"x/main.tf": key, "x/b.tf": "}\n"})) == ["KMS000"]
    (tmp_path / "x").rename(tmp_path / "y")
    (tmp_path / "y/b.tf").unlink()
    assert rules(run(tmp_path, {"y/b.tf": ""})) == ["KMS002"]
    call = 'module "m" {{\n  source = "../{}"\n}}\n'
    assert rules(run(tmp_path, {"z/main.tf": call.format("y") + "}\n"})) == ["KMS000"]
    assert rules(run(tmp_path, {"z/main.tf": call.format("w") + "}\n", "w/main.tf": call.format("y")})) == ["KMS000"]
    assert rules(run(tmp_path, {"z/main.tf": call.format("w")})) == ["KMS002"]
    (tmp_path / "y/main.tf").unlink()
    (tmp_path / "main.tf").write_text(key, encoding="utf-8")
    assert rules(lint_text("main.tf", key.encode(), Settings(today=TODAY))) == []


PARAMETER = "Parameters: {P: {Type: String}}\n"
IAM_POLICY = "Resources:\n  R:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {}\n"
CLOSED = "{Statement: [{Effect: Allow, Action: kms:Decrypt, Resource: '*'}]}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEAD + ROTATION.format("true # M"), ["KMS002"]),
        (HEAD + ROTATION.format("true # M") + "  Other: {Type: [}\n", ["KMS000"]),
        (HEAD + ROTATION.format("true # M") + "  Other: {Type: AWS::KMS::Key, Properties: []}\n", ["KMS000"]),
        ("Description: kms:Decrypt\nResources:\n  W: {Type: AWS::CloudFormation::WaitCondition} # M\n", []),
        (IAM_POLICY.replace("  R:", "  # M\n  R:").format(CLOSED), ["KMS002"]),
        (PARAMETER + IAM_POLICY.replace("  R:", "  # M\n  R:").format("!Ref P"), []),
        (PARAMETER + IAM_POLICY.replace("  R:", "  # M\n  R:").format(CLOSED.replace("'*'", "!Ref P")), []),
    ],
    ids=[
        *("all seen", "broken", "broken in part", "nothing to see"),
        *("a policy", "a policy that is not seen", "a statement that is open"),
    ],
)
def test_unused_is_said_only_of_a_template_that_was_analysed_in_full(
    tmp_path: Path, text: str, found: list[str]
) -> None:
    text = text.replace("# M", "# kmslint: ignore[KMS501] known")
    assert rules(run(tmp_path, {"a.yaml": text}, select=("KMS000", "KMS002", "KMS501"))) == found


def test_unused_is_said_of_a_file_without_keys_in_a_module_with_keys(tmp_path: Path) -> None:
    key = 'resource "aws_kms_key" "k" {\n  enable_key_rotation = true\n}\n'
    outcome = run(tmp_path, {"main.tf": key, "b.tf": "# kmslint: ignore-file[KMS501] known\nlocals {}\n"})
    assert [(finding.rule_id, finding.at.path) for finding in outcome.findings] == [("KMS002", "b.tf")]


def test_unused_is_not_said_of_a_key_that_is_undecided(tmp_path: Path) -> None:
    text = PARAMETER + HEAD.replace("  Key:", "  # kmslint: ignore[KMS101] known\n  Key:") + "      KeyPolicy: !Ref P\n"
    assert rules(run(tmp_path, {"a.yaml": text}, select=("KMS101", "KMS002"))) == []


def test_unused_is_not_said_of_a_template_without_keys_beside_one_that_has_them(tmp_path: Path) -> None:
    other = "Description: kms:Decrypt\nResources:\n  W: {Type: AWS::CloudFormation::WaitCondition} # M\n"
    files = {"a.yaml": HEAD + ROTATION.format("true"), "b.yaml": other.replace("# M", MARK)}
    assert rules(run(tmp_path, files)) == []


@pytest.mark.parametrize("where", ["# 0", "# 1"])
def test_unused_is_not_said_where_a_part_of_what_is_undecided_stands(tmp_path: Path, where: str) -> None:
    text = (
        'variable "who" {}\n# 0\nresource "aws_kms_key" "k" {}\n# 1\nresource "aws_kms_key_policy" "p" {\n'
        "  key_id = aws_kms_key.k.id\n  policy = var.who\n}\n"
    )
    text = text.replace(where, MARK.replace("501", "201"))
    assert rules(run(tmp_path, {"main.tf": text}, select=("KMS201", "KMS002"))) == []


def test_unused_is_not_said_of_a_policy_whose_statements_are_given_elsewhere(tmp_path: Path) -> None:
    text = (
        'variable "more" {}\nlocals {\n  all = concat([], var.more)\n}\n# M\nresource "aws_iam_policy" "p" {\n'
        "  policy = jsonencode({ Statement = local.all })\n}\n"
    )
    text = text.replace("# M", MARK.replace("501", "401"))
    assert rules(run(tmp_path, {"main.tf": text}, select=("KMS401", "KMS002"))) == []


def test_unused_is_not_said_of_a_module_without_keys(tmp_path: Path) -> None:
    assert rules(run(tmp_path, {"main.tf": '# kmslint: ignore[KMS501] known\nvariable "aws_kms_key" {}\n'})) == []


def test_unused_is_not_said_of_a_policy_without_text(tmp_path: Path) -> None:
    role = 'resource "aws_iam_role" "r" {\n  # M\n  inline_policy {\n    name = "p"\n  }\n}\n'
    text = role.replace("M", "kmslint: ignore[KMS401] known")
    assert rules(run(tmp_path, {"main.tf": text}, select=("KMS401", "KMS002"))) == []


def test_what_a_broken_template_nests_may_be_used(tmp_path: Path) -> None:
    parent = (
        "Resources:\n  Keys:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./keys.yaml}\n"
        "  Broken: {Type: AWS::KMS::Key, Properties: []}\n"
    )
    files = {"main.yaml": parent, "keys.yaml": HEAD + ROTATION.format("true # kmslint: ignore[KMS501] known")}
    assert rules(run(tmp_path, files, select=("KMS000", "KMS002", "KMS501"))) == ["KMS000"]


def test_what_cannot_be_decoded_is_not_analysed_whatever_it_says(tmp_path: Path) -> None:
    text = HEAD + ROTATION.format("false # kmslint: ignore[KMS501] known")
    (tmp_path / "a.yaml").write_bytes(text.encode() + b"\xff")
    assert rules(run(tmp_path, {"b.yaml": text})) == ["KMS000"]


def test_an_expired_one_says_nothing_where_nobody_asks_for_expired_ones(tmp_path: Path) -> None:
    text = HEAD + ROTATION.format("false # kmslint: ignore[KMS501] until=2026-06-29 known")
    assert rules(run(tmp_path, {"a.yaml": text}, select=("KMS501", "KMS002"))) == ["KMS501"]


def test_of_many_that_are_bound_to_contents_each_counts(tmp_path: Path) -> None:
    content = "          # kmslint: ignore[KMS201] content={} known\n"
    others = "".join(content.format(f"{number:010x}") for number in range(20))
    text = HEAD + POLICY + others + statement("kms:Decrypt")
    outcome = run(tmp_path, {"a.yaml": text}, select=("KMS201", "KMS002"))
    (advice,) = {finding.advice for finding in outcome.findings if finding.advice}
    mark = advice.rpartition("content=")[2]
    assert rules(outcome).count("KMS002") == 20
    assert sum(finding.advice != "" for finding in outcome.findings if finding.rule_id == "KMS002") == 16
    outcome = run(tmp_path, {"a.yaml": text.replace(others, others + content.format(mark))}, select=("KMS201",))
    assert (rules(outcome), suppressed(outcome)) == ([], ["KMS201"])


def test_a_name_that_is_an_alias_does_not_stretch_what_a_suppression_speaks_of(tmp_path: Path) -> None:
    text = (
        "Resources:\n  A:\n    # kmslint: ignore[KMS501] known\n"
        "    Type: AWS::KMS::Key\n    Metadata: {Name: &name B}\n"
        "  *name : {Type: AWS::KMS::Key}\n"
    )
    outcome = run(tmp_path, {"a.yaml": text}, select=("KMS501",))
    assert [one.finding.resource for one in outcome.suppressed] == ["A"]
    assert [finding.resource for finding in outcome.findings] == ["B"]


@pytest.mark.parametrize("select", [("KMS002",), ("KMS002", "KMS501"), ()])
def test_whoever_asks_for_unused_ones_is_not_told_used_ones(tmp_path: Path, select: tuple[str, ...]) -> None:
    outcome = run(tmp_path, {"a.yaml": HEAD + ROTATION.format("false # kmslint: ignore[KMS501] known")}, select=select)
    assert rules(outcome) == []


def test_nested_templates(tmp_path: Path) -> None:
    parent = "Resources:\n  Keys:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./keys.yaml}\n"
    child = HEAD + ROTATION.format("false # kmslint: ignore[KMS501] known")
    outcome = run(tmp_path, {"main.yaml": parent, "keys.yaml": child})
    assert (rules(outcome), suppressed(outcome)) == ([], ["KMS501"])


def test_metadata_of_a_template_speaks_of_all_of_it(tmp_path: Path) -> None:
    metadata = "Metadata: {kmslint: {ignore: [{id: KMS501, reason: by hand, until: 2026-06-30}]}}\n"
    other = "  Other:\n    Type: AWS::KMS::Key\n"
    outcome = run(tmp_path, {"a.yaml": metadata + HEAD + ROTATION.format("false") + other})
    assert (rules(outcome), suppressed(outcome)) == ([], ["KMS501", "KMS501"])


def test_what_is_strange_beside_metadata_takes_nothing_from_it(tmp_path: Path) -> None:
    listed = "{kmslint: {ignore: [{id: KMS501, reason: by hand}]}}"
    text = f"Resources:\n  Odd: 1\n  Key: {{Type: AWS::KMS::Key, Metadata: {listed}}}\n---\n- {listed}\n"
    outcome = run(tmp_path, {"a.yaml": text}, select=("KMS501", "KMS004"))
    assert (rules(outcome), suppressed(outcome)) == ([], ["KMS501"])


def test_what_is_strange_beside_comment_members_takes_nothing_from_them(tmp_path: Path) -> None:
    key = {"//": [{"by": "us"}, MARK[2:]]}
    whole = {"//": 1, "variable": ["odd"], "resource": {"aws_kms_key": {"k": key, "l": ["odd"]}}}
    outcome = run(tmp_path, {"main.tf.json": json.dumps(whole)}, select=("KMS501", "KMS004"))
    assert (rules(outcome), suppressed(outcome)) == ([], ["KMS501"])


def test_comment_members_of_terraform(tmp_path: Path) -> None:
    statements: list[dict[str, Any]] = [
        {"effect": "Allow", "actions": [action], "resources": ["*"]} for action in ("kms:Decrypt", "kms:Encrypt")
    ]
    for one in statements:
        one["principals"] = [{"type": "*", "identifiers": ["*"]}]
    data = {
        "aws_iam_policy_document": {
            "p": {"statement": [{"//": f"{MARK[2:]}".replace("501", "201"), **statements[0]}, statements[1]]}
        }
    }
    key = {"//": MARK[2:], "policy": "${data.aws_iam_policy_document.p.json}"}
    whole = {
        "//": ["kmslint: ignore-file[KMS503] by hand"],
        "data": data,
        "resource": {"aws_kms_key": {"k": key, "l": {"is_enabled": False}}},
    }
    outcome = run(tmp_path, {"main.tf.json": json.dumps(whole)}, select=("KMS201", "KMS501", "KMS503", "KMS002"))
    assert sorted(suppressed(outcome)) == ["KMS201", "KMS501", "KMS503"]
    assert sorted(rules(outcome)) == ["KMS201", "KMS501"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = HEAD + ROTATION.format("false # kmslint: ignore[KMS501] 鍵は手で替える")
    (tmp_path / "a.yaml").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    outcome = lint([str(tmp_path / "a.yaml")], Settings(root=str(tmp_path), today=TODAY))
    assert [one.reason for one in outcome.suppressed] == ["鍵は手で替える"]


# --- reports ---------------------------------------------------------------------------------------

NOTHING: Mapping[str, str] = {}
MISCHIEF = "\x1b[31m ::error::x ##[error] %0A [a](javascript:1) <b> \u202e \u200b"


def mischief(root: Path, more: Mapping[str, str] = NOTHING) -> Outcome:
    line = f'resource "aws_kms_key" "k" {{}} # kmslint: ignore[KMS501] {MISCHIEF} known\n'
    return run(root, {"main.tf": f'{line}resource "aws_kms_key" "l" {{}}\n', **more})


@pytest.mark.parametrize("form", ["text", "concise", "sarif", "json", "github"])
def test_a_reason_does_no_harm(tmp_path: Path, form: str) -> None:
    broken = f"# kmslint: ignore[KMS501, {MISCHIEF.replace('[', '(')}] {MISCHIEF}\n# kmslint: {MISCHIEF}\n"
    shown = render(form, mischief(tmp_path, {"more.tf": broken}), Options(suppressed=True, verbose=True))
    assert "KMS004" in shown
    assert not {"\x1b", "\u202e", "\u200b"} & set(shown)
    assert "##[" not in shown
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::") and form != "github"]


def test_json_lists_what_is_suppressed(tmp_path: Path) -> None:
    report = json.loads(render("json", mischief(tmp_path), Options()))
    assert (report["summary"]["findings"], report["summary"]["suppressed"]) == (1, 1)
    (one,) = report["suppressed"]
    assert set(one) - set(report["findings"][0]) == {"reason", "until"}
    assert (one["rule"], one["until"]) == ("KMS501", None)
    assert one["reason"].endswith("known")


def results(outcome: Outcome, shown: bool) -> list[dict[str, object]]:
    log = json.loads(render("sarif", outcome, Options(suppressed=shown)))
    found: list[dict[str, object]] = log["runs"][0]["results"]
    return found


def test_sarif_has_suppressions_of_all_results_or_of_none(tmp_path: Path) -> None:
    outcome = mischief(tmp_path)
    assert ["suppressions" in result for result in results(outcome, False)] == [False]
    first, second = (result["suppressions"] for result in results(outcome, True))
    assert first == []
    assert isinstance(second, list)
    assert (second[0]["kind"], second[0]["status"]) == ("inSource", "accepted")


def test_suppressing_changes_no_fingerprint(tmp_path: Path) -> None:
    text = HEAD + POLICY + statement("kms:Decrypt") + statement("kms:Decrypt")
    before = json.loads(render("json", run(tmp_path, {"a.yaml": text}), Options()))
    line = "          # kmslint: ignore[KMS201] known\n"
    after = json.loads(
        render("json", run(tmp_path, {"a.yaml": HEAD + POLICY + line + text[len(HEAD + POLICY) :]}), Options())
    )
    kept = [one["fingerprint"] for one in (*after["findings"], *after["suppressed"])]
    assert sorted(kept) == sorted(one["fingerprint"] for one in before["findings"])


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    public = statement("kms:Decrypt")
    (tmp_path / "a.yaml").write_text(HEAD + POLICY + "          # kmslint: ignore[KMS201,KMS101] known\n" + public)

    def code(*arguments: str) -> object:
        with pytest.raises(SystemExit) as exit_:
            main([str(tmp_path / "a.yaml"), "--select", "KMS201", *arguments])
        return exit_.value.code

    assert code() == 0
    assert "1 finding ignored with a reason." in capsys.readouterr().out
    assert code("--no-ignores") == 1
    capsys.readouterr()
    assert code("--show-suppressed") == 0
    assert "ignored (" in capsys.readouterr().out


# --- properties ------------------------------------------------------------------------------------

ACTIONS = ("kms:*", "kms:Decrypt", "kms:CreateGrant", "kms:Nonsense", "kms:PutKeyPolicy")
PRINCIPALS = ('"*"', "{AWS: 111122223333}", "{Service: s3.amazonaws.com}", "{AWS: AIDAABCDEFGHIJKLMNOPQ}")


def template(keys: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    lines = ["Resources:"]
    for number, statements in enumerate(keys):
        lines += [f"  Key{number}:", "    Type: AWS::KMS::Key", "    Properties:", "      KeyPolicy:"]
        lines += ['        Version: "2012-10-17"', "        Statement:"]
        for action, principal in statements:
            lines += ["          - Effect: Allow", f"            Principal: {principal}"]
            lines += [f"            Action: {action}", '            Resource: "*"']
    return lines


def identities(outcome: Outcome, moved: Sequence[int]) -> set[tuple[object, ...]]:
    """The findings, at the lines where they stood before some came to stand above them."""

    def of(line: int) -> int:
        return line - sum(1 for one in moved if one < line)

    found = [*outcome.findings, *(one.finding for one in outcome.suppressed)]
    return {(one.rule_id, of(one.at.line), one.message) for one in found if one.rule_id > "KMS004"}


KEYS = st.lists(
    st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(PRINCIPALS)), min_size=1, max_size=3),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(keys=KEYS, data=st.data())
def test_a_suppression_changes_nothing_but_what_it_names(
    keys: list[list[tuple[str, str]]], data: st.DataObject
) -> None:
    """Whatever it says and wherever it stands: all findings are still there, and only those of its rules are taken."""
    lines = template(keys)
    before = lint_text("a.yaml", "\n".join(lines).encode(), Settings(today=TODAY))
    named = data.draw(
        st.sets(st.sampled_from(["KMS101", "KMS201", "KMS203", "KMS401", "KMS404", "KMS501"]), min_size=1)
    )
    place = data.draw(st.integers(0, len(lines) - 1))
    indentation = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    comment = f"{indentation}# kmslint: ignore[{','.join(sorted(named))}] known"
    after_lines = [*lines[:place], comment, *lines[place:]]
    after = lint_text("a.yaml", "\n".join(after_lines).encode(), Settings(today=TODAY))
    assert identities(after, [place + 1]) == identities(before, [])
    assert {one.finding.rule_id for one in after.suppressed} <= named
    without = lint_text("a.yaml", "\n".join(after_lines).encode(), Settings(today=TODAY, ignores=False))
    assert len(without.findings) == len(before.findings)
    assert without.keys == after.keys


# --- many ------------------------------------------------------------------------------------------

MANY = 10_000
MARK = "# kmslint: ignore[KMS501] known"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.yaml", HEAD + ROTATION.format("false") + f"      {MARK}\n" * MANY, MANY - 1),
        ("a.yaml", HEAD + ROTATION.format("false") + f"      {MARK}\n" * (2 * MANY), MANY),
        ("a.yaml", HEAD + ROTATION.format(f"false {MARK}" + " # kmslint: ignore[KMS501] x" * MANY), MANY),
        ("a.yaml", HEAD + ROTATION.format("false # kmslint: ignore[" + "KMS501," * MANY + "] known"), 2),
        ("a.yaml", HEAD + ROTATION.format("false # kmslint: ignore[KMS501] " + "until=2027-01-01 " * MANY), 2),
        ("a.yaml", HEAD + ROTATION.format("false " + "# " * MANY * 10), 1),
        ("main.tf", 'resource "aws_kms_key" "k" {\n' + "/* kmslint: ignore[KMS501] x */" * 1_000 + "\n}\n", 999),
    ],
)
def test_many(tmp_path: Path, name: str, text: str, found: int) -> None:
    start = process_time()
    outcome = run(tmp_path, {name: text})
    assert len(outcome.findings) == found
    assert process_time() - start < 5
