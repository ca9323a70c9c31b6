"""kmslint's rules inside cfn-lint, run by cfn-lint itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cases import ROOT
from kmslint.engine.registry import all_rules

TEMPLATES = "fixtures/templates"
CFN_LINT = "import sys; from cfnlint.runner.cli import main; sys.exit(main())"


class Match(NamedTuple):
    """What cfn-lint reports; its lines and columns begin at 1."""

    id: str
    line: int
    column: int
    path: tuple[str | int, ...]
    message: str


def matches(*arguments: str, text: str | None = None, directory: Path = ROOT) -> list[Match]:
    """Our rules' matches in what cfn-lint prints."""
    command = [sys.executable, "-c", CFN_LINT, *arguments, "--append-rules", "kmslint.cfnlint", "--format", "json"]
    done = subprocess.run(command, cwd=directory, input=text, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr[-2000:]
    return [
        Match(
            one["Rule"]["Id"],
            one["Location"]["Start"]["LineNumber"],
            one["Location"]["Start"]["ColumnNumber"],
            tuple(one["Location"]["Path"] or ()),
            one["Message"],
        )
        for one in json.loads(done.stdout)
        if one["Rule"]["Id"][1:].startswith("97") or one["Rule"]["Id"].startswith("E000")
    ]


def test_findings_stand_at_cfnlints_own_places() -> None:
    found = matches(f"{TEMPLATES}/archive.yaml")
    assert [(one.id, one.line, "/".join(map(str, one.path))) for one in found] == [
        ("E9707", 26, "Resources/ArchiveKey/Properties/KeyPolicy/Statement/0/Principal/AWS/Fn::GetAtt"),
        ("E9706", 37, "Resources/LogKey"),
    ]
    assert found[1].message.startswith("KMS101 nobody-manages-key: nobody may call kms:PutKeyPolicy on LogKey")


NESTING = """\
Resources:
  Ignored:
    Type: AWS::KMS::Key
    Metadata:
      cfn-lint: {config: {ignore_checks: [E9706]}}
    Properties: &properties
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:Decrypt
            Resource: "*"
  Locked:
    Type: AWS::KMS::Key
    Properties: *properties
  Stack:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./nested.yaml}
"""


def test_what_cfnlint_is_told_to_ignore_and_what_stands_in_a_nested_stack(tmp_path: Path) -> None:
    nested = (ROOT / TEMPLATES / "archive.yaml").read_text(encoding="utf-8")
    (tmp_path / "nested.yaml").write_text(nested, encoding="utf-8")
    (tmp_path / "main.yaml").write_text(NESTING, encoding="utf-8")
    found = matches("main.yaml", directory=tmp_path)
    assert [(one.id, one.path) for one in found if one.path[1:2] != ("Stack",)] == [("E9706", ("Resources", "Locked"))]
    in_stack = [one for one in found if one.path == ("Resources", "Stack")]
    assert sorted(one.id for one in in_stack) == ["E9706", "E9707"]
    assert all(one.line == 18 for one in in_stack)
    assert any(one.message.endswith("(nested.yaml:37)") for one in in_stack)


def test_standard_input_is_judged_at_its_resources() -> None:
    text = (ROOT / TEMPLATES / "archive.yaml").read_text(encoding="utf-8")
    found = matches(text=text)
    assert [(one.id, one.path) for one in found] == [
        ("E9707", ("Resources", "ArchiveKey")),
        ("E9706", ("Resources", "LogKey")),
    ]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    template = 'Resources: {K: {Type: "AWS::KMS::Key", Properties: {EnableKeyRotation: true, KeyPolicy: "{oops"}}}\n'
    (tmp_path / "t.yaml").write_text(template, encoding="utf-8")
    (found,) = matches("t.yaml", directory=tmp_path)
    assert (found.id, found.path) == ("E9700", ("Resources", "K", "Properties", "KeyPolicy"))
    assert "not analysed" in found.message


def test_a_failing_rule_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from kmslint import cfnlint as adapter  # a second: cfn-lint is loaded

    def fails(_estate: object) -> None:
        raise ZeroDivisionError("oops")

    module = all_rules()[5]
    monkeypatch.setattr(module, "check", fails)
    from cfnlint.template import Template

    template = Template(f"{TEMPLATES}/archive.yaml", {"Resources": {}}, ["us-east-1"])
    monkeypatch.chdir(ROOT)
    rule = vars(adapter)["KMS101"]()
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(rule.match(template))


def test_every_rule_has_one_id() -> None:
    from kmslint import cfnlint as adapter

    rules = [vars(adapter)[module.RULE.id] for module in all_rules()]
    numbers = [rule.id[1:] for rule in rules]
    assert len(set(numbers)) == len(rules)
    assert sorted(numbers) == numbers
    assert all(len(number) == 4 and number.startswith("97") for number in numbers)
    assert [rule.experimental for rule in rules] == [module.RULE.profile.value != "default" for module in all_rules()]
